/**
 * What stands around the picture on a page that was made of it? What is read, how near PyTorch it is, and how it was
 * made; where the page carries its model, a box for another text.
 */

import { saying } from "../controls/controls.js"
import { textBox } from "../controls/text_box.js"
import { numbersTable } from "../picture/names.js"
import { element, wordButton } from "../shared/element.js"
import { holding } from "../state/holds.js"
import { titleOf } from "../state/link.js"
import { asked } from "../state/state.js"
import { notices } from "./notices.js"
import { listenToKeys } from "./present.js"
import { ViewBody } from "./view_body.js"

// Pixels: as high as a notebook's window has room for.
const HEIGHT = 560

export class OfflineView {
    /** @param {import("../asking/here.js").Carried} made @param {Omit<Wire.Told, "nan" | "words" | "carried">} told */
    constructor(made, { title, says, zoom, colours }) {
        const { link, names, near } = made
        this.body = new ViewBody(made, { link, names, colours, reads: !!near, height: () => HEIGHT, zoom })
        const { store, playback, zooming } = this.body
        // Of a picture of some steps there are a few more at its sides.
        store.on(["zoom"], state => {
            if (!zoom.steps || !made.isMadeOf(asked(state)) || !isBeyond(state.zoom.steps, zoom.steps)) return
            store.set({ zoom: { ...state.zoom, steps: zoom.steps } })
        })
        playback.root.append(playback.pace, zooming.tools, zooming.whole)
        const head = element("div", {}, headingOf(store, title), near && anotherText(store, made))
        const main = element("div", { class: "gs-main" }, this.body.root, numbersTable(store))
        const parts = [head, notices(store, {}), lineOf(store), main, element("p", { class: "gs-faint" }, says)]
        this.root = element("div", { class: "gatescope gs-offline" }, ...parts)
        this.root.classList.toggle("gs-watched", !near)
        listenToKeys(this.root, { play: playback.toggle, back: () => this.body.back() })
    }

    /** Takes a theme on. @param {"light" | "dark"} theme */
    wear(theme) {
        document.documentElement.dataset.theme = theme
        this.body.questions.layAgain()
    }

    /** Shows the picture, for the room that there is, also when that changes. */
    show() {
        this.body.questions.ask()
        this.body.resized.observe(this.body.picture)
    }
}

/** The page's title while it shows what it was made of, then the text of its reader. @param {Store} store
 * @param {string} title */
function headingOf(store, title) {
    const root = element("h1", {}, title)
    /** @type {string | null} */
    let first = null
    store.onDrawn([], state => {
        first ??= state.source.sentence
        root.textContent = document.title = state.source.sentence === first ? title : titleOf(state)
    })
    return root
}

/** What shapes the numbers have, and how near PyTorch they are. @param {Store} store */
function lineOf(store) {
    const proof = saying(store, { class: "gs-pill gs-proof" }, picture => picture.proof)
    const shapes = saying(store, { class: "gs-shapes" }, ({ shapes, few, resets: { length } }) => {
        const reset = length && `memory not from the step before at ${length} step${length > 1 ? "s" : ""}`
        return [shapes, few, reset].filter(Boolean).join(" · ")
    })
    return element("div", { class: "gs-line" }, shapes, element("div", { class: "gs-pills" }, proof))
}

/**
 * Whether a range of steps (null: all) reaches out of another one.
 *
 * @param {number[] | null} steps @param {number[]} whole
 */
const isBeyond = (steps, whole) => !steps || steps[0] < whole[0] || steps[1] > whole[1]

/** Where a reader tries another text, and goes back to the author's. @param {Store} store
 * @param {import("../asking/here.js").Carried} made */
function anotherText(store, made) {
    const root = textBox(store, file => made.file(file))
    /** @type {Partial<State> | null} */
    let first = null
    const back = wordButton("Back to the original", () => store.set({ ...first }), { hidden: true })
    store.afterDrawn(["source", "shown", "holds"], ({ source, shown, holds }) => {
        first ??= { source, shown, ...holding({ source }, holds.text) }
        back.hidden = first.source === source && first.shown === shown && first.holds?.text === holds.text
    })
    const says =
        "This page has the model inside: type another text, or hold a gate of a cell. The recording has its own check; " +
        `what the page computes was checked as it opened: its states match PyTorch’s to ${made.near}. `
    root.append(element("p", { class: "gs-faint gs-proved" }, says, back))
    return root
}
