/**
 * What does a page without the live view need? A menu that exports its pictures, and a box whose text is followed as it
 * is typed.
 */

import { element, wordButton } from "../shared/element.js"
import { FILES, give } from "../shared/give.js"
import { menu } from "./menu.js"

// How does a page of Streamlit follow the typing in a text of several lines? Its box waits for Ctrl + Enter.

// Milliseconds without a key after which the text is read; Streamlit's box of one line waits as long.
const PAUSE = 250

/** Presses Ctrl + Enter for the visitor, until `signal` ends. @param {AbortSignal} signal */
export function followTyping(signal) {
    let timer = 0
    const typed = (/** @type {EventTarget | null} */ target) => {
        if (!(target instanceof HTMLTextAreaElement) || !target.ariaLabel?.startsWith("Sentence")) return
        clearTimeout(timer)
        const enter = { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true, cancelable: true }
        timer = window.setTimeout(() => target.dispatchEvent(new KeyboardEvent("keydown", enter)), PAUSE)
    }
    document.addEventListener("input", ({ target }) => typed(target), { signal })
    // A visitor may have typed before this module was loaded.
    typed(document.activeElement)
}

// How are pictures of a page without the live view exported? What makes the files is loaded when it is needed.

const KINDS = ["svg", "png", "html", "csv"]

/** The export menu. It looks for the page's pictures when it opens. @param {boolean} served whether a server gives what a
 * page needs */
export function pageExport(served) {
    const which = element("select", { "aria-label": "Picture" })
    const label = element("label", { class: "gs-choice", hidden: true }, "Picture", which)
    const said = element("p", { role: "status" })
    /** @type {import("../slide/page_file.js").Shown[]} */
    let found = []
    const make = async (/** @type {string} */ kind, /** @type {HTMLButtonElement} */ button) => {
        button.disabled = true
        said.textContent = ""
        try {
            const { fileOf } = await import("../slide/page_file.js")
            const shown = found[+which.value]
            give(await fileOf(kind, shown), [shown.title.replace(/^Side by side: /, "")], kind)
        } catch (error) {
            said.textContent = error.message
        }
        button.disabled = false
    }
    const buttons = KINDS.filter(kind => served || kind !== "html").map(kind => {
        const button = wordButton(FILES[kind], () => make(kind, button), { class: null, hidden: true })
        return button
    })
    const root = menu("Export", label, ...buttons, said)
    root.addEventListener("toggle", async () => {
        if (!root.open) return
        const { pictures } = await import("../slide/page_file.js")
        found = pictures()
        which.replaceChildren(...found.map(({ title }, value) => element("option", { value }, title)))
        said.textContent = found.length ? "" : "This page shows no picture yet."
        label.hidden = !found.length
        for (const button of buttons) button.hidden = !found.length
    })
    return root
}
