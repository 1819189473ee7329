/** How is a picture exported, its visible part or the whole? What makes the files is loaded when it is needed. */

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

// How is a picture exported, its visible part or the whole? Pictures and animations are laid out here, of an answer as
// the page has it; the answerer makes the other files.

/**
 * What is to be in a file, and what makes it; `cell` is the drawn cell on the page; `say` names the step of a long work.
 *
 * @typedef {{theme: "light" | "dark", cell: Element}} Seen
 * @typedef {Seen & {query: Query, zoom: Zoom, whole: boolean, size: string,
 *     colours: Wire.Colours}} Wanted
 * @typedef {(store: Store, answerer: Answerer, kind: string, wanted: Wanted, say: (text: string) => void) =>
 *     Promise<Blob>} Make
 */

/** What makes a picture or an animation is loaded when it is needed. @type {Object<string, Make>} */
const MADE_HERE = {
    svg: painted,
    png: painted,
    gif: animated,
}
// What holds all of a trace.
const ALL_OF_IT = ["npz", "py"]
const WHOLE = "The trace and the code are always whole."

// The fields that choose a part of a picture; a question without them asks for the whole.
const CHOICES = ["quantities", "layers", "top"]

/**
 * The export menu. `partly(state)` returns whether only a part is on screen; `seen()` what the page shows beside it.
 *
 * @param {Store} store @param {Answerer} answerer @param {(state: State) => boolean} partly
 * @param {() => Seen} seen @param {Wire.Colours} colours
 */
export function exportMenu(store, answerer, partly, seen, colours) {
    const extent = select("What to export", { sight: "visible part", whole: "the whole picture" })
    const size = select("Figure size", { slide: "for a slide, 16:9", column: "single column (paper)" })
    const chooses = element(
        "label",
        { class: "gs-choice" },
        "What to export",
        extent,
        ...(ALL_OF_IT.some(kind => answerer.files.includes(kind))
            ? [element("span", { class: "gs-faint" }, WHOLE)]
            : []),
    )
    const wanted = () => {
        const whole = extent.value === "whole" && partly(store.state)
        const part = (whole ? whatIsWhole : whatIsInSight)(store.state)
        return { ...part, ...seen(), whole, size: size.value, colours }
    }
    const kinds = Object.keys(FILES).filter(kind => kind in MADE_HERE || answerer.files.includes(kind))
    const files = kinds.map(kind => fileButton(store, answerer, kind, wanted))
    const sizes = element("label", { class: "gs-choice" }, "Figure size", size)
    const details = menu("Export", chooses, sizes, ...files)
    details.addEventListener("toggle", () => {
        chooses.hidden = !partly(store.state)
    })
    return details
}

/** @param {string} label @param {Object<string, string>} options */
function select(label, options) {
    const choices = Object.entries(options).map(([value, text]) => element("option", { value }, text))
    return element("select", { "aria-label": label }, ...choices)
}

/** @param {State} state */
function whatIsInSight(state) {
    return { query: withPin(state, asked(state)), zoom: state.zoom }
}

/** @param {State} state */
function whatIsWhole(state) {
    const query = Object.fromEntries(Object.entries(asked(state)).filter(([name]) => !CHOICES.includes(name)))
    return { query: withPin(state, { ...query, top: "all" }), zoom: { steps: null, units: null } }
}

/** @param {State} state @param {Query} query */
const withPin = ({ pin }, query) => (pin ? { ...query, pin: pinOf(pin) } : query)

/** @param {Store} store @param {Answerer} answerer @param {string} kind @param {() => Wanted} wanted */
function fileButton(store, answerer, kind, wanted) {
    const make = async (/** @type {(text: string) => void} */ say) => {
        const about = wanted()
        const { quantities = "" } = ALL_OF_IT.includes(kind) ? {} : about.query
        const says = [titleOf(store.drawn), quantities.length < KINDS.LSTM.quantities.length ? quantities : ""]
        give(await (MADE_HERE[kind] ?? fetched)(store, answerer, kind, about, say), says, kind)
    }
    return making(kind, make, said => store.set({ said }))
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

/** @type {Make} */
async function fetched(_, answerer, kind, { query, zoom }) {
    return (await answerer.download(kind, { query, steps: zoom.steps, rows: zoom.units })).blob()
}

/** @type {Make} */
async function painted(store, answerer, kind, about) {
    const { sheetFile } = await import("../slide/files.js")
    return sheetFile(/** @type {"svg"} */ (kind), await sheetOf(store, answerer, about, await cellOf(about)))
}

/** The drawn cell as a picture, for a slide; a paper's column has no room for it. @param {Wanted} wanted */
async function cellOf({ cell, query, size }) {
    if (size !== "slide" || !query.pin) return null
    const [{ asSeen }, { CELL }] = await Promise.all([import("../slide/as_seen.js"), import("../slide/memory.js")])
    const place = /** @type {Element} */ (cell.parentElement)
    return asSeen(place, /** @type {Element} */ (cell.cloneNode(true)), CELL.width, CELL.height)
}

/** The answer for a sheet's room, laid out there. @param {Store} store @param {Answerer} answerer
 * @param {Wanted} wanted @param {SVGElement | null} [drawing] of the pinned cell */
async function sheetOf({ drawn }, answerer, { query, zoom, whole, size, theme, cell, colours }, drawing = null) {
    const { memorySheet, roomOf } = await import("../slide/memory.js")
    const { picture, pin } = drawn
    const directions = 1 + Math.max(0, ...picture.stacks.map(({ direction }) => direction))
    const stacks = whole ? directions * picture.model.layers : picture.stacks.length
    const question = { query, room: roomOf(size, stacks || 1), zoom: zoom.steps, cell: pin }
    const numbers = await answerer.picture(question, new AbortController().signal)
    const place = /** @type {Element} */ (cell.closest(".gatescope"))
    return memorySheet(numbers, { title: titleOf(drawn), size, theme, zoom, pin, place, drawing }, colours)
}

/** A file of all frames; meanwhile the button says how far it is. @type {Make} */
async function animated(store, answerer, kind, about, say) {
    const [{ framesOf, gifOf }, { bitmap, textOf }] = await Promise.all([
        import("../slide/film.js"),
        import("../slide/files.js"),
    ])
    const { root, size, played } = await sheetOf(store, answerer, { ...about, size: "slide" })
    const frames = framesOf(await bitmap(await textOf(root), size, 1), size, played)
    return gifOf(frames, done => say(`${FILES[kind]}: ${done} of ${frames.number} frames`))
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
