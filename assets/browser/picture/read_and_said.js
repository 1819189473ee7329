/**
 * What is read, started from, and said? x of each word or the layer below, the states before the first step; numbers
 * that are read, and what the model says, above and below the strips.
 */

import { AXIS } from "../layout/picture.js"
import { bottomOf } from "../layout/stack.js"
import { colourOf, shadesOf } from "../shared/colour.js"
import { BARE, isHere, purged } from "../shared/drawn_heatmaps.js"
import { element, more } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { penOf, place as put } from "../shared/page.js"
import { plotly } from "../shared/plotly.js"
import { looked, zoomed } from "../state/state.js"
import { layersOf, now, readBy } from "../state/time.js"
import { between } from "./cover.js"

// What does a layer read, and start from? x of each word, or the layer below; and c and h before the first step.

// Pixels: the width of the starting values and their distance from the strips; and the lowest cell with a number.
export const START = { width: 17, away: 4 }
const NUMBER = 14
// The most units whose starting values are drawn.
const STARTS = 64

/**
 * Draws x into a stack of the first layer; a later one says what it reads.
 *
 * @param {Painted} stack @param {Picture} picture
 */
export function drawInputs(stack, { inputs, look: { states } }) {
    const { canvas, label } = stack.inputs
    canvas.hidden = !inputs || stack.layer > 0
    label.hidden = !inputs
    if (!inputs) return
    const { z, reach, place } = inputs
    const { height } = place
    put(label, place)
    const pen = penOf(canvas, { left: 0, top: place.top, width: stack.layout.width, height })
    if (canvas.hidden) return
    const row = height / z.length
    const shade = shadesOf({ colorscale: states, zmin: -reach, zmax: reach })
    z[0].forEach((_, column) => {
        const [left, right] = between(stack, column, column)
        if (right <= left) return
        z.forEach((values, feature) => {
            // A word that is left out has no x.
            if (Number.isNaN(values[column])) return
            pen.fillStyle = shade(values[column]).colour
            const gap = row > 6 ? 1 : 0
            pen.fillRect(left, feature * row, Math.max(1, right - left - 1), row - gap)
        })
    })
}

/** Draws c and h before the first step beside their strips. @param {Painted} stack */
export function drawStart(stack) {
    const { start, places, data, layout, direction } = stack
    const canvas = stack.starts
    const [some] = Object.values(start)
    const isGiven = Object.values(start).some(values => values.some(Boolean))
    canvas.hidden = !some || some.length > STARTS || !isGiven
    if (canvas.hidden) return
    // The reverse direction begins at the last word.
    const left = direction ? layout.width + START.away : -START.width - START.away
    const pen = penOf(canvas, { left, top: 0, width: START.width, height: bottomOf(places) })
    canvas.title = "Before the first step, the LSTM was given this state."
    data.forEach((trace, strip) => {
        const values = start[trace.name]
        if (values) drawColumn(pen, values, trace, places[strip], layout.font)
    })
}

/**
 * @param {CanvasRenderingContext2D} pen @param {number[]} values @param {Wire.Scale} trace
 * @param {import("../state/answer.js").Place} place @param {{color: string, family: string}} font
 */
function drawColumn(pen, values, trace, { top, height }, { color, family }) {
    const row = height / values.length
    pen.strokeStyle = pen.fillStyle = color
    pen.textAlign = "center"
    pen.textBaseline = "middle"
    pen.font = `12px ${family}`
    values.forEach((value, line) => {
        const y = top + line * row
        pen.fillStyle = colourOf(value, trace)
        pen.fillRect(0, y, START.width, row - (row > 6 ? 1 : 0))
        pen.fillStyle = color
        if (row >= NUMBER) pen.fillText(value ? fixed(value, 1) : "0", START.width / 2, y + row / 2)
    })
    pen.globalAlpha = 0.35
    pen.strokeRect(0.5, top + 0.5, START.width - 1, height - 1)
    pen.globalAlpha = 1
}

/** The elements of a stack that these functions draw into. @param {number} layer */
export function inputParts(layer) {
    const canvas = element("canvas", { class: "gs-inputs", hidden: true, role: "img", "aria-label": "input x" })
    const says = layer
        ? ["input: ", element("i", {}, "h"), ` of layer ${layer - 1}`]
        : [element("span", { class: "gs-title" }, "input "), element("i", {}, "x")]
    const hidden = { hidden: true, "aria-hidden": "true" }
    const label = element("div", { class: layer ? "gs-inputs-below" : "gs-inputs-name", ...hidden }, ...says)
    return { canvas, label }
}

// Which numbers are read, and what does the model say at each step? Pictures above and below the strips.

/** @typedef {import("../state/answer.js").Extra} Extra */
/** @typedef {{place: HTMLElement, names: HTMLElement, plot: any, now: HTMLElement, layout?: any,
 *     drawing?: Promise<any>, listens?: boolean}} Shown `plot` is Plotly's. */

export class ModelOutput {
    /** @param {Store} store */
    constructor(store) {
        this.store = store
        this.above = element("div", { class: "gs-extras" })
        this.beside = element("div", { class: "gs-extras" })
        this.scores = element("div", { class: "gs-extras" })
        this.folded = more("All probabilities", this.scores, () => this.draw(store.drawn.picture))
        this.below = element("div", { class: "gs-beside" }, this.beside, this.folded)
        /** @type {Shown[]} */
        this.shown = []
        this.kind = ""
        store.afterDrawn([], ({ picture }) => this.draw(picture))
        store.afterDrawn(["time"], state => this.reveal(state))
        store.afterDrawn(["pin", "hover", "time"], state => this.mark(state))
    }

    /** Draws what is shown beside the strips, and what is folded only while it is open. @param {Picture} picture */
    draw({ extras, narrow }) {
        this.folded.hidden = !extras.some(({ folded }) => folded)
        const drawn = extras.filter(({ folded }) => !folded || this.folded.open)
        const kind = [narrow, ...drawn.map(({ title, above }) => title + above)].join()
        if (kind !== this.kind) {
            for (const { plot, drawing } of this.shown) if (drawing) purged(plot, drawing)
            for (const place of [this.above, this.beside, this.scores]) place.replaceChildren()
            this.shown = drawn.map(extra => this.add(this.placeOf(extra), narrow))
            this.kind = kind
        }
        drawn.forEach((extra, n) => {
            this.paint(this.shown[n], extra)
        })
    }

    /** @param {Extra} extra @returns {HTMLElement} */
    placeOf({ above, folded }) {
        return above ? this.above : folded ? this.scores : this.beside
    }

    /** @param {HTMLElement} place @param {boolean} narrow @returns {Shown} */
    add(place, narrow) {
        const names = element("div", { class: "gs-names gs-extra-names" })
        const plot = element("div", { class: "gs-extra-plot" })
        const now = element("div", { class: "gs-extra-now", hidden: true, "aria-hidden": "true" })
        const drawn = element("div", { class: "gs-extra-drawn" }, plot, now)
        place.append(element("section", { class: narrow ? "gs-extra gs-narrow-extra" : "gs-extra" }, names, drawn))
        return { place, names, plot, now }
    }

    /** Marks the step of the cell that is looked at on the curves. @param {Drawn} state */
    mark(state) {
        const cell = looked(state)
        for (const { place, now, layout } of this.shown) {
            const { xaxis, margin, width } = layout
            const [first, last] = xaxis.range
            const at = cell ? (cell.step - first) / (last - first) : -1
            now.hidden = place === this.scores || at < 0 || at > 1
            now.style.left = `${at * (width - margin.l)}px`
        }
    }

    /** Hides what comes at steps that are not read yet. @param {Drawn} state */
    reveal({ picture, time }) {
        const moment = now(time)
        // The model's output comes last, when every layer has read a step.
        const end = moment && picture.columns.edges(moment.from + readBy(layersOf(picture), null, moment) - 1)[1]
        for (const { plot, layout } of this.shown) {
            const { xaxis, margin, width } = layout
            const [first, last] = xaxis.range
            const unread = end === null ? 0 : Math.min(1, (last - end) / (last - first))
            plot.style.clipPath = unread > 0 ? `inset(0 ${unread * (width - margin.l)}px 0 -${AXIS}px)` : ""
        }
    }

    /** @param {Shown} shown @param {Extra} extra */
    paint(shown, { title, question, labels, figure }) {
        const { names, plot } = shown
        names.replaceChildren(
            element(
                "div",
                { class: "gs-extra-title" },
                element("span", { class: "gs-title" }, title),
                " ",
                element("span", { class: "gs-question" }, question),
            ),
            labelsOf(labels, figure.layout.height),
        )
        plot.style.marginLeft = `-${figure.layout.margin.l}px`
        plot.setAttribute("role", "img")
        plot.setAttribute("aria-label", `${title}: ${labels.map(({ text }) => text).join(", ")}`)
        shown.layout = { ...figure.layout, dragmode: "zoom" }
        plot.style.height = `${figure.layout.height}px`
        if (!isHere()) return this.store.painted(() => plotly().then(() => this.draw(this.store.drawn.picture)))
        shown.drawing = Plotly.react(plot, figure.data, shown.layout, BARE)
        if (shown.listens) return
        shown.listens = true
        const zoom = (/** @type {number[] | null} */ steps) =>
            this.store.set(zoomed(this.store.drawn, { ...this.store.state.zoom, steps }))
        plot.on("plotly_relayout", (/** @type {any} */ change) => {
            if ("xaxis.range[0]" in change) zoom([change["xaxis.range[0]"], change["xaxis.range[1]"]])
        })
        plot.on("plotly_doubleclick", () => zoom(null))
    }
}

/**
 * The labels left of the rows of a heatmap, or of lines, each in its colour.
 *
 * @param {Extra["labels"]} labels @param {number} height
 */
function labelsOf(labels, height) {
    const lines = labels.some(({ colour }) => colour)
    const sign = (/** @type {string} */ colour) =>
        element("span", { class: "gs-line-sign", style: `background: ${colour}` })
    return element(
        "div",
        { class: lines ? "gs-extra-labels gs-lines" : "gs-extra-labels", style: `height: ${height}px` },
        ...labels.map(({ text, colour }) => element("div", {}, text, colour ? sign(colour) : "")),
    )
}
