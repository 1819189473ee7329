/**
 * Why this value, and why this answer? A drawer below the picture, in its columns; the way of a word is drawn over the
 * strip of c.
 */

import { rowOfC } from "../picture/cover.js"
import { element, svg } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { letterOf } from "../state/answer.js"
import { cellHeld, heldNow, holding, holdsOf, isLeftOut, withHold, withoutWord } from "../state/holds.js"
import { eventText, whyOf } from "../state/link.js"
import { pinned, stackOf } from "../state/state.js"
import { answerRows, changeRow, leftOf, sentences, stepIn, stillRow, withoutRow, wordsRow } from "./rows.js"

// How did a word reach the answer? Lines over the strip of c: thick where a unit kept it in c, dotted where it was read
// again through h.

// Pixels: the widest line, and the narrowest.
const WIDEST = 9
const NARROWEST = 1.2
/** The part of an effect from which on a line is drawn. */
const SEEN = 0.05

/** @param {Store} store @param {Heatmaps} heatmaps */
function pathOverC(store, heatmaps) {
    /** @type {any[]} */
    let drawn = []
    store.afterDrawn(["why", "drawer", "pin", "presenting"], state => {
        for (const root of drawn) root.remove()
        const path = state.drawer.open ? whyOf(state)?.values?.answer?.path : null
        const isRead = (/** @type {number} */ step) => !isLeftOut(heldNow(state), step)
        drawn = (path ? heatmaps.stacks : []).flatMap(stack => {
            if (!path || stack.direction) return []
            const about = { class: "gs-path", "aria-hidden": "true", width: stack.layout.width, height: "100%" }
            const own = path.lines.filter(({ layer }) => layer === stack.layer)
            const root = svg("svg", about, ...own.flatMap(line => linesOf(stack, line, path, isRead)))
            stack.area.append(root)
            return [root]
        })
    })
}

/**
 * The two lines of a unit from a step to the next one that is read, or to the answer.
 *
 * @param {Painted} stack @param {Says.Carried} line @param {Says.Path} path @param {(step: number) => boolean} isRead
 */
function linesOf(stack, { layer, step, unit, kept, reread }, { effect }, isRead) {
    const [row, from] = [rowOfC(stack, unit), stepIn(stack, step)]
    if (!row || !from) return []
    let next = step + 1
    while (!isRead(next)) next += 1
    const to = stepIn(stack, next)
    const [x1, x2] = [from.left + from.width / 2, to ? to.left + to.width / 2 : from.left + from.width]
    const most = Math.min(WIDEST, Math.max(NARROWEST, row.height * 0.4))
    /** @param {number} value */
    const widthOf = value => Math.max(NARROWEST, Math.min(1, Math.abs(value / effect)) * most)
    const about = { "data-layer": layer, "data-unit": unit, "data-step": step }
    const way = (/** @type {string} */ name, /** @type {number} */ value, /** @type {number} */ y) => {
        if (Math.abs(value) < SEEN * Math.abs(effect)) return []
        const width = widthOf(value)
        const dots = name === "reread" ? `0 ${fixed(width * 2.2, 1)}` : null
        const line = { x1, x2, y1: y, y2: y, "stroke-dasharray": dots }
        const kind = `gs-path-${name}${value * effect < 0 ? " gs-against" : ""}`
        const edge = svg("line", { ...line, "stroke-width": width + 2.5, class: "gs-path-edge" })
        return [edge, svg("line", { ...line, [`data-${name}`]: value, "stroke-width": width, class: kind, ...about })]
    }
    const below = row.middle + Math.min(row.height * 0.3, widthOf(kept) / 2 + 3)
    return [...way("kept", kept, row.middle), ...way("reread", reread, below)]
}

// Why this value, and why this answer? A drawer below the picture, in its columns: what still stands in c of the pinned
// cell, what each word did for the answer, the answer without each word, and what would change it.

/** @typedef {import("../state/link.js").Event} Event */

// Pixels that the picture leaves for the drawer; and how much of the picture it covers when it is open.
const CLOSED = 40
const COVERS = 210
// Of many steps in a column no cell is shown.
const NO_CELL = "Zoom in until each step has its own column, then click a cell."

export class Drawer {
    /** @param {Store} store @param {Heatmaps} heatmaps */
    constructor(store, heatmaps) {
        this.store = store
        this.heatmaps = heatmaps
        this.said = element("span", { class: "gs-why-said" })
        this.rows = element("div", { class: "gs-why-rows" })
        const summary = element("summary", {}, element("b", {}, "Why this value?"), this.said)
        const { open } = store.state.drawer
        this.root = element("details", { class: "gs-why", open, ontoggle: () => this.#toggle() }, summary, this.rows)
        store.afterDrawn(["why", "drawer", "pin"], state => this.#show(state))
        store.on(["drawer"], ({ drawer }) => {
            this.root.open = drawer.open
        })
        pathOverC(store, heatmaps)
    }

    /** The pixels that the picture leaves for it: the same, open or not. */
    get height() {
        return this.store.state.presenting ? 0 : CLOSED
    }

    /** Brings it into the window, if it is open below. */
    show() {
        if (this.root.getBoundingClientRect().top > window.innerHeight - CLOSED / 2)
            this.root.scrollIntoView({ block: "center" })
    }

    #toggle() {
        const { drawer } = this.store.state
        if (this.root.open !== drawer.open) this.store.set({ drawer: { ...drawer, open: this.root.open } })
    }

    /** @param {Drawn} state */
    #show(state) {
        const { picture, pin, drawer } = state
        this.root.hidden = !picture.stacks.length
        const why = whyOf(state)
        this.root.classList.toggle("gs-stale", drawer.open && !!pin && !why)
        if (!drawer.open || !why || !pin) {
            this.said.textContent = drawer.open && !pin ? NO_CELL : ""
            if (!pin) this.rows.replaceChildren()
            return
        }
        this.said.textContent = why.values?.still.said ?? why.said
        const stack = stackOf(this.heatmaps, pin)
        this.rows.replaceChildren(...(why.values && stack ? this.#rows(why.values, stack, state) : []))
        // A high one covers as much as another; the rest of it is below the window.
        this.root.style.bottom = `${Math.min(0, COVERS - this.root.offsetHeight)}px`
    }

    /** @param {Says.Drawer} said @param {Painted} stack @param {Drawn} state */
    #rows(said, stack, { picture, drawer }) {
        const { columns } = picture
        /** @type {import("./rows.js").How} */
        const how = {
            stack,
            name: step => columns.word(step),
            quoted: step => columns.quoted(step),
            left: Math.max(0, leftOf(stack, this.root)),
            narrow: picture.narrow,
            memory: letterOf(picture, "c"),
        }
        return [
            wordsRow(how, said),
            stillRow(how, said),
            ...answerRows(how, said, drawer, event => this.#path(event)),
            withoutRow(how, said),
            changeRow(how, said, () => this.#try(said.turn?.hold ?? "")),
            ...sentences(how, said, drawer, label => this.store.set({ drawer: { ...drawer, label } })),
        ]
    }

    /** Shows the path of an event over c, or no more if it is shown. @param {Event} event */
    #path(event) {
        const { drawer } = this.store.state
        const same = eventText(drawer.event) === eventText(event)
        this.store.set({ drawer: { ...drawer, event: same ? null : event } })
    }

    /** Holds what turns the answer, and pins the cell that is held. @param {string} hold */
    #try(hold) {
        const { drawn } = this.store
        const { gates, without } = holdsOf(hold)
        const now = heldNow(drawn)
        const left = without.filter(step => !isLeftOut(now, step))
        const text = left.reduce(withoutWord, gates.reduce(withHold, now))
        this.store.set({ ...pinned(drawn, cellHeld(hold) ?? drawn.pin), ...holding(drawn, text) })
    }
}
