/** How does a cell's h become the model's answer? Its part of the score, the other parts, and what the scores say. */

import { isLeftOut } from "../state/holds.js"
import { stackOf } from "../state/looked.js"

/** @typedef {Wire.Readout} Readout */

/**
 * A part of a score: `weight` · `h` of one unit; of several units or of the bias only the sum.
 *
 * @typedef {{name: string, part: number, h?: number, weight?: number, unit?: number}} Part
 * @typedef {{label: string, score: number, said: number}} Said A label's score, and its probability or value.
 * @typedef {{gives: string, label: string, parts: Part[], score: number, likeliest: Said[], others: number,
 *     rest: number, scale: {deviation: number, mean: number} | null}} Onward `others`: how many labels are not among
 *     the likeliest, `rest`: their probability; `scale`: what brings the score into the units of the data.
 */

// The units of a score that are drawn each for itself, the cell's own first.
const UNITS = 3

/**
 * The way from the h of a cell to the answer at its step; null if there is none, as below the last layer.
 *
 * @param {Picture} picture @param {Cell} cell @param {number | undefined} h of the cell @returns {Onward | null}
 */
export function onwardOf(picture, cell, h) {
    const { readout, columns, held } = picture
    const stack = stackOf(picture, cell)
    const column = columns.of(cell.step)
    if (!readout || !stack?.weights || column < 0 || h === undefined) return null
    if (isLeftOut(held?.holds ?? "", cell.step)) return null
    const likeliest = readout.best.map((labels, place) => ({
        label: readout.labels[labels[column]],
        score: readout.scores[place][column],
        said: readout.said[place][column],
    }))
    const label = readout.best[0][column]
    const [{ score, said: first }] = likeliest
    const probability = readout.gives === "classes" ? likeliest.reduce((sum, { said }) => sum + said, 0) : first
    return {
        gives: readout.gives,
        label: likeliest[0].label,
        parts: partsOf(readout, stack, stack.weights, { label, column, unit: cell.unit, h, score }),
        score,
        likeliest,
        others: readout.of - likeliest.length,
        rest: Math.max(0, 1 - probability),
        scale: readout.mean.length ? { deviation: readout.deviation[label], mean: readout.mean[label] } : null,
    }
}

/**
 * The parts of a score: of the cell's unit, of the largest other ones, of all the rest together, and the bias.
 *
 * @param {Readout} readout @param {Stack} stack @param {Float32Array[]} weights
 * @param {{label: number, column: number, unit: number, h: number, score: number}} own
 */
function partsOf({ units: all, bias }, { units, figure }, weights, { label, column, unit, h, score }) {
    const rows = figure.data.find(({ name }) => name === "h")?.z ?? []
    const part = (/** @type {number} */ line, /** @type {number} */ h) => {
        const weight = weights[line][label]
        return { name: `unit ${units[line]}`, unit: units[line], h, weight, part: weight * h }
    }
    const own = part(units.indexOf(unit), h)
    const others = units
        .map((other, line) => (other === unit || !rows[line] ? null : part(line, rows[line][column])))
        .filter(found => found !== null)
        .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
    // One that would be alone in the rest is named too.
    const named = [own, ...others.slice(0, all <= UNITS + 1 ? UNITS : UNITS - 1)]
    const left = all - named.length
    const rest = score - bias[label] - named.reduce((sum, { part }) => sum + part, 0)
    return [
        ...named,
        ...(left ? [{ name: `${left} other unit${left > 1 ? "s" : ""}`, part: rest }] : []),
        { name: "bias", part: bias[label] },
    ]
}
