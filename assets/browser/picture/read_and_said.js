/** Which numbers are read, and which are foretold? Curves above and below the strips. */

import { element } from "../shared/element.js"
import { drag } from "../shared/hands.js"
import { changes, place } from "../shared/page.js"
import { looked, zoomed } from "../state/state.js"
import { layersOf, now, readBy } from "../state/time.js"
import { between, curves } from "./cells.js"
import { stepUnder } from "./cursor.js"
import { toCanvas } from "./sinks.js"

/** @typedef {import("../state/answer.js").Extra} Extra */
/** @typedef {{extra: Extra, names: HTMLElement, drawn: HTMLElement, plot: HTMLCanvasElement, now: HTMLElement,
 *     box: HTMLElement}} Shown */

// Pixels around a picture, for the numbers on its axis.
const AROUND = { left: 40, top: 8 }

export class ModelOutput {
    /** @param {Store} store */
    constructor(store) {
        this.store = store
        this.above = element("div", { class: "gs-extras" })
        this.below = element("div", { class: "gs-extras gs-beside" })
        /** @type {Shown[]} */
        this.shown = []
        this.isOther = changes()
        store.afterDrawn([], ({ picture }) => this.draw(picture))
        store.afterDrawn(["time"], state => this.reveal(state))
        store.afterDrawn(["pin", "hover", "time"], state => this.mark(state))
    }

    /** @param {Picture} picture */
    draw({ extras, narrow, columns }) {
        if (this.isOther([narrow, ...extras.map(({ title, above }) => title + above)].join())) {
            for (const place of [this.above, this.below]) place.replaceChildren()
            this.shown = extras.map(extra => this.add(extra, narrow))
        }
        extras.forEach((extra, n) => {
            this.paint(this.shown[n], extra, columns)
        })
    }

    /** @param {Extra} extra @param {boolean} narrow @returns {Shown} */
    add(extra, narrow) {
        const names = element("div", { class: "gs-names gs-extra-names" })
        const plot = element("canvas", { class: "gs-extra-plot" })
        const now = element("div", { class: "gs-extra-now", hidden: true, "aria-hidden": "true" })
        const box = element("div", { class: "gs-brushed", hidden: true, "aria-hidden": "true" })
        const about = { class: "gs-extra-drawn", role: "img", ondblclick: () => this.zoom(null) }
        const drawn = element("div", about, plot, now, box)
        const shown = { extra, names, drawn, plot, now, box }
        drawn.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.tell(shown, event))
        drawn.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.press(shown, event))
        const kind = narrow ? "gs-extra gs-narrow-extra" : "gs-extra"
        const place = extra.above ? this.above : this.below
        place.append(element("section", { class: kind }, names, drawn))
        return shown
    }

    /** @param {Shown} shown @param {Extra} extra @param {Columns} columns */
    paint(shown, extra, columns) {
        const { names, drawn, plot } = shown
        const { title, question, labels, layout } = extra
        const { width, height } = layout
        shown.extra = extra
        const named = [element("span", { class: "gs-title" }, title), " "]
        const asks = element("span", { class: "gs-question" }, question)
        names.replaceChildren(element("div", { class: "gs-extra-title" }, ...named, asks), labelsOf(labels, height))
        drawn.setAttribute("aria-label", `${title}: ${labels.map(({ text }) => text).join(", ")}`)
        place(drawn, { width, height })
        const { left, top } = AROUND
        const box = { left: -left, top: -top, width: width + 2 * left, height: height + 2 * top }
        toCanvas(plot, curves(extra, columns), box)
    }

    /** Marks the step of the cell that is looked at. @param {Drawn} state */
    mark(state) {
        const cell = looked(state)
        for (const { now, extra } of this.shown) {
            const { xaxis, width } = extra.layout
            const [first, last] = xaxis.range
            const at = cell ? (cell.step - first) / (last - first) : -1
            now.hidden = at < 0 || at > 1
            now.style.left = `${at * width}px`
        }
    }

    /** Hides what comes at steps that are not read yet. @param {Drawn} state */
    reveal({ picture, time }) {
        const moment = now(time)
        // The model's output comes last, when every layer has read a step.
        const end = moment && picture.columns.edges(moment.from + readBy(layersOf(picture), null, moment) - 1)[1]
        for (const { plot, extra } of this.shown) {
            const { xaxis, width } = extra.layout
            const [first, last] = xaxis.range
            const unread = end === null ? 0 : Math.min(1, (last - end) / (last - first))
            plot.style.clipPath = unread > 0 ? `inset(0 ${AROUND.left + unread * width}px 0 0)` : ""
        }
    }

    /** The numbers at the column under the pointer. @param {Shown} shown @param {PointerEvent} pointer */
    tell({ drawn, extra: { lines, layout } }, pointer) {
        const { columns } = this.store.drawn.picture
        const column = columns.of(stepUnder(drawn, layout, pointer))
        const said = lines.flatMap(({ name, values, late }) => {
            const value = values[column - late] ?? NaN
            return Number.isNaN(value) ? [] : `${name}: ${+value.toPrecision(4)}`.replace(": -", ": −")
        })
        drawn.title = said.length ? [columns.name(column), ...said].join("\n") : ""
    }

    /** A drag chooses the steps that are shown. @param {Shown} shown @param {PointerEvent} pressed */
    press({ drawn, box, extra: { layout } }, pressed) {
        const { columns } = this.store.drawn.picture
        const ends = (/** @type {PointerEvent} */ event) =>
            [pressed, event].map(one => columns.of(stepUnder(drawn, layout, one))).sort((a, b) => a - b)
        const follow = (/** @type {PointerEvent} */ event) => {
            const [first, last] = ends(event)
            const [left, right] = between({ columns, layout }, first, last)
            box.hidden = first === last
            place(box, { left, width: right - left, height: layout.height })
        }
        drag(drawn, pressed, follow, up => {
            const [first, last] = ends(up)
            box.hidden = true
            if (first !== last) this.zoom([columns.edges(Math.max(0, first))[0], columns.edges(last)[1]])
        })
    }

    /** @param {number[] | null} steps */
    zoom(steps) {
        this.store.set(zoomed(this.store.drawn, { ...this.store.state.zoom, steps }))
    }
}

/** The labels left of the lines, each in its colour. @param {Extra["labels"]} labels @param {number} height */
function labelsOf(labels, height) {
    const sign = (/** @type {string} */ colour) =>
        element("span", { class: "gs-line-sign", style: `background: ${colour}` })
    const lines = labels.map(({ text, colour }) => element("div", {}, text, sign(colour)))
    return element("div", { class: "gs-extra-labels gs-lines", style: `height: ${height}px` }, ...lines)
}
