/** How do the words show the colours of a unit? With a named ribbon under them, one piece for each column. */

import { colourOf } from "../shared/colour.js"
import { place } from "../shared/pixels.js"
import { letterOf } from "../state/answer.js"
import { between } from "./cover.js"

// Pixels: its height, and how far above what is under it it begins.
const HEIGHT = 5
const ABOVE = 6
// Of its name.
const LINE = 14

/**
 * A ribbon under the words of the pinned cell's stack, in the colours of one of its unit's quantities.
 *
 * @param {Picture} picture @param {Painted[]} stacks @param {Cell | null} cell
 * @param {string} quantity
 */
export function colourWords(picture, stacks, cell, quantity) {
    for (const stack of stacks) {
        const here = cell?.layer === stack.layer && cell.direction === stack.direction
        const trace = here ? stack.data.find(({ name }) => name === quantity) : null
        const values = cell && trace?.z[stack.units.indexOf(cell.unit)]
        stack.ribbon.hidden = stack.ribbonName.hidden = !values
        if (!values || !cell) continue
        const top = topOf(picture, stack)
        paint(stack, trace, values, top)
        stack.ribbonName.textContent = `${letterOf(picture, quantity)} of unit ${cell.unit}`
        stack.ribbonName.style.setProperty("--gs-top", `${top - ABOVE - LINE / 2}px`)
    }
}

/**
 * Where what stands under the words begins: the answers, the input, or the strips.
 *
 * @param {Picture} picture @param {Painted} stack
 */
function topOf({ answers, inputs }, { places }) {
    return (answers ?? inputs)?.place.top ?? places[0].top
}

/** @param {Painted} stack @param {Wire.Scale} trace @param {Float32Array} values @param {number} top */
function paint(stack, trace, values, top) {
    const { ribbon, layout } = stack
    Object.assign(ribbon, { width: layout.width, height: HEIGHT })
    place(ribbon, { top: top - ABOVE, width: layout.width })
    const pen = /** @type {CanvasRenderingContext2D} */ (ribbon.getContext("2d"))
    values.forEach((value, column) => {
        const [left, right] = between(stack, column, column)
        pen.fillStyle = colourOf(value, trace)
        if (right > left) pen.fillRect(left, 0, Math.max(1, right - left - 1), HEIGHT)
    })
}
