/** What is read? A sentence in a box, one of the examples, or a file. */

import { button, element, wordButton } from "../shared/element.js"
import { changes } from "../shared/page.js"
import { close, menu } from "./menu.js"

// A longer pasted text is read as a file.
const LONG = 20_000
// Pixels; a longer text scrolls.
const HIGHEST = 104

/** A box for a text, with a menu of examples and of files. @param {Store} store
 * @param {(file: File) => Promise<Object<string, any> | null>} send answers what is then read */
export function textBox(store, send) {
    const source = (/** @type {Object<string, any>} */ change) => ({ source: { ...store.state.source, ...change } })
    const read = (/** @type {Object<string, any>} */ change) => store.set({ ...source(change), waits: null })
    const name = element("span", {})
    const open = async (/** @type {File} */ file) => {
        const change = await send(file)
        if (!change) return
        name.textContent = file.name
        read(change)
    }
    const box = sentenceBox(store, read, open)
    const close = button("Close the file", "×", () => read({ file: "" }))
    const opened = element("div", { class: "gs-file", hidden: true }, name, close)
    store.on(["source"], ({ source }) => {
        opened.hidden = !source.file
        box.hidden = !!source.file
    })
    store.afterDrawn([], ({ picture }) => {
        name.textContent = picture.file || ""
    })
    const example = (/** @type {string} */ text) => store.set(source({ sentence: text, file: "" }))
    const dropped = (/** @type {DragEvent} */ event) => {
        const file = event.dataTransfer?.files[0]
        if (!file) return
        event.preventDefault()
        open(file)
    }
    const dragged = (/** @type {DragEvent} */ event) => event.preventDefault()
    const texts = examples(store, example, fileChooser(open))
    return element("div", { class: "gs-sentence", ondragover: dragged, ondrop: dropped }, box, opened, texts)
}

/** @param {Store} store @param {(change: {sentence: string}) => void} read @param {(file: File) => void} open */
function sentenceBox(store, read, open) {
    const box = element("textarea", {
        id: "gs-sentence",
        rows: 1,
        spellcheck: "false",
        autocomplete: "off",
        "aria-label": "Sentence",
        oninput: () => {
            fit()
            read({ sentence: box.value })
        },
        // A sentence is one line to most people; a text of several lines takes Shift + Enter.
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
            if (event.key === "Enter" && !event.shiftKey) event.preventDefault()
        },
        onpaste: (/** @type {ClipboardEvent} */ event) => {
            const text = event.clipboardData?.getData("text") ?? ""
            if (text.length <= LONG) return
            event.preventDefault()
            open(new File([text], "pasted text"))
        },
    })
    const fit = () => {
        box.style.height = "auto"
        box.style.height = `${Math.min(box.scrollHeight + 2, HIGHEST)}px`
    }
    store.on(["source"], ({ source: { sentence = "" } }) => {
        if (box.value === sentence) return
        box.value = sentence
        requestAnimationFrame(fit)
    })
    return box
}

/** A menu of texts that the model can read; `last`: what stands below, such as the way to a file.
 * @param {Store} store
 * @param {(text: string) => void} use @param {...Node} last */
function examples(store, use, ...last) {
    const root = menu("examples", ...last)
    const choose = (/** @type {string} */ text) => {
        close(root)
        use(text)
    }
    root.classList.add("gs-examples")
    const isNew = changes()
    /** @type {any[]} */
    let buttons = []
    store.afterDrawn([], ({ picture }) => {
        if (!isNew(JSON.stringify(picture.examples))) return
        const example = (/** @type {string[]} */ [name, text]) => wordButton(name, () => choose(text), { class: null })
        // What stands below stays where it is: it may have the keyboard's focus.
        const focused = buttons.includes(document.activeElement)
        for (const old of buttons) old.remove()
        buttons = Object.entries(picture.examples).map(example)
        root.lastChild.prepend(...buttons)
        if (focused) buttons[0]?.focus()
    })
    return root
}

/** @param {(file: File) => void} open */
function fileChooser(open) {
    const chooser = element("input", {
        type: "file",
        "aria-label": "Open a file",
        class: "gs-unseen",
        onchange: () => {
            if (chooser.files[0]) open(chooser.files[0])
            chooser.value = ""
            // What is said of the file stands under the menu.
            close(chooser.closest("details"))
        },
    })
    return element("label", { class: "gs-button gs-open-file" }, "Open a file…", chooser)
}
