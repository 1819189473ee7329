/** How does h become the model's answers? Scores of the likeliest labels, and what each shown unit gives to them. */

import { whole } from "./bins.js"
import { label } from "./label.js"
import { largestFirst } from "./order.js"

/**
 * @typedef {Object} Linear
 * @property {Readout} sent
 * @property {(place: import("./stacks.js").Place, units: number[]) => Float32Array[] | null} of
 */

// The labels of a column.
const LIKELIEST = 3

/**
 * The Linear over the columns' h, `of` with the weights (unit × label) of a stack's units; null without a model that
 * has one, and with several steps in a column.
 *
 * @param {Reading} reading @param {Wire.Columns} columns @returns {Linear | null}
 */
export function linearOf({ model, lstm, scores, said }, { first, number, per }) {
    if (!model?.linear || !scores || !said || model.gives === "hidden" || per > 1) return null
    const { weight, bias } = model.linear
    const steps = whole(number).map(column => first + column)
    const best = steps.map(step => (model.gives === "value" ? whole(weight.rows) : largestFirst([...scores[step]])))
    const places = whole(Math.min(LIKELIEST, weight.rows))
    const used = [...new Set(best.flatMap(row => row.slice(0, LIKELIEST)))].sort((a, b) => a - b)
    const over = (/** @type {(step: number, of: number) => number} */ value) =>
        places.map(place => Float32Array.from(steps, (step, column) => value(step, best[column][place])))
    const restored = model.gives === "value" ? model.restored : null
    const sent = {
        gives: model.gives,
        units: weight.columns,
        of: model.of ?? weight.rows,
        labels: used.map(k => label(model.labels[k])),
        bias: used.map(k => bias?.data[k] ?? 0),
        best: over((_, of) => used.indexOf(of)),
        scores: over((step, of) => scores[step][of]),
        said: over((step, of) => said[step][of]),
        mean: restored ? used.map(k => restored.mean.data[k]) : [],
        deviation: restored ? used.map(k => restored.deviation.data[k]) : [],
    }
    /** @param {import("./stacks.js").Place} place @param {number[]} units */
    const of = ({ layer, direction }, units) => {
        if (layer < lstm.numLayers - 1 || lstm.projSize) return null
        const at = (/** @type {number} */ unit) => direction * lstm.hiddenSize + unit
        return units.map(unit => Float32Array.from(used, k => weight.data[k * weight.columns + at(unit)]))
    }
    return { sent, of }
}
