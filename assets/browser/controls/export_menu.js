/** How is a picture exported? What makes the files is loaded when it is needed. */

import { KINDS } from "../kinds.js"
import { element, more, wordButton } from "../shared/element.js"
import { FILES, give } from "../shared/give.js"
import { pinOf, titleOf } from "../state/link.js"
import { asked } from "../state/state.js"
import { menu } from "./menu.js"

// How does a visitor get these numbers in Python? The code is loaded only when its panel opens.

/** @param {Store} store @param {(query: any) => Promise<string>} ask */
export function pythonCode(store, ask) {
    const code = element("pre", { tabindex: 0 })
    const root = more("The same in Python", code, () => show())
    const show = async () => {
        const { picture } = store.state
        code.textContent = ""
        if (!picture || !root.open) return
        const text = await ask(picture.view).catch(error => error.message)
        if (store.state.picture === picture) code.textContent = text
    }
    store.afterDrawn([], ({ picture }) => {
        root.hidden = !picture.stacks.length
        show()
    })
    return root
}

// How is a picture exported? Pictures and animations are laid out here, of an answer as the page has it; the answerer
// makes the other files.

/**
 * What is to be in a file; `cellAt` draws a cell for `place` on the page.
 *
 * @typedef {{theme: "light" | "dark", place: Element, cellAt: (cell: Cell) => Element}} Seen
 * @typedef {Seen & {query: Query, zoom: Zoom, colours: Wire.Colours}} Wanted
 */

// What makes these is loaded when it is needed.
const MADE_HERE = ["svg", "png", "gif"]
// What holds all of a trace.
const ALL_OF_IT = ["npz", "py"]

/**
 * The export menu, of what is in sight. `seen()`: what the page shows beside it.
 *
 * @param {Store} store @param {Answerer} answerer @param {() => Seen} seen @param {Wire.Colours} colours
 */
export function exportMenu(store, answerer, seen, colours) {
    /** @returns {Wanted} */
    const wanted = () => {
        const { pin, zoom } = store.state
        return { query: { ...asked(store.state), ...(pin && { pin: pinOf(pin) }) }, zoom, ...seen(), colours }
    }
    const kinds = Object.keys(FILES).filter(kind => MADE_HERE.includes(kind) || answerer.files.includes(kind))
    const buttons = kinds.map(kind => {
        const make = async (/** @type {(text: string) => void} */ say) => {
            const about = wanted()
            const { quantities = "" } = ALL_OF_IT.includes(kind) ? {} : about.query
            const says = [titleOf(store.drawn), quantities.length < KINDS.LSTM.quantities.length ? quantities : ""]
            const made = async () =>
                (await import("../slide/memory.js")).fileOf(store.drawn, answerer, kind, about, say)
            give(await (MADE_HERE.includes(kind) ? made() : fetched(answerer, kind, about)), says, kind)
        }
        return making(kind, make, said => store.set({ said }))
    })
    return menu("Export", ...buttons)
}

/** A button that gives a file; meanwhile it takes no click. `make(say)` may say how far it is, and `said` what failed.
 * @param {string} kind @param {(say: (text: string) => void) => Promise<void>} make
 * @param {(text: string) => void} said */
function making(kind, make, said) {
    const say = (/** @type {string} */ text) => {
        button.textContent = text
    }
    const click = async () => {
        button.disabled = true
        said("")
        await make(say).catch(error => said(error.message))
        say(FILES[kind])
        button.disabled = false
    }
    const button = wordButton(FILES[kind], click, { class: null })
    return button
}

/** @param {Answerer} answerer @param {string} kind @param {Wanted} wanted */
async function fetched(answerer, kind, { query, zoom }) {
    return (await answerer.download(kind, { query, steps: zoom.steps, rows: zoom.units })).blob()
}

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

// How are pictures of a page without the live view exported?

/** The export menu. It looks for the page's pictures when it opens. */
export function pageExport() {
    const which = element("select", { "aria-label": "Picture" })
    const label = element("label", { class: "gs-choice", hidden: true }, "Picture", which)
    const said = element("p", { role: "status" })
    const say = (/** @type {string} */ text) => {
        said.textContent = text
    }
    /** @type {import("../slide/page_file.js").Shown[]} */
    let found = []
    const buttons = ["svg", "png", "csv"].map(kind => {
        const make = async () => {
            const { fileOf } = await import("../slide/page_file.js")
            const shown = found[+which.value]
            give(await fileOf(kind, shown), [shown.title.replace(/^Side by side: /, "")], kind)
        }
        return making(kind, make, say)
    })
    const root = menu("Export", label, ...buttons, said)
    const hide = (/** @type {boolean} */ isHidden) => {
        for (const part of [label, ...buttons]) part.hidden = isHidden
    }
    hide(true)
    root.addEventListener("toggle", async () => {
        if (!root.open) return
        const { pictures } = await import("../slide/page_file.js")
        found = pictures()
        which.replaceChildren(...found.map(({ title }, value) => element("option", { value }, title)))
        say(found.length ? "" : "This page shows no picture yet.")
        hide(!found.length)
    })
    return root
}
