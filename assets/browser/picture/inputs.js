/** What does a layer read, and start from? x of each word, or the layer below; and c and h before the first step. */

import { bottomOf } from "../layout/strip_heights.js"
import { colourOf, shadesOf } from "../shared/colour.js"
import { element } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { penOf, place as put } from "../shared/pixels.js"
import { between } from "./cover.js"

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
