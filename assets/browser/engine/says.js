/** What does a model say at each step? Scores of the h of its last layer, and what the scores mean. */

import { affine } from "./matrix.js"
import { shownSize } from "./run.js"

/**
 * The scores of the labels at each step, from what was recorded.
 *
 * @param {Model} model @param {Recorded[][]} layers @returns {Float32Array[]}
 */
export function scores({ lstm, linear }, layers) {
    const [last, size] = [layers[layers.length - 1], shownSize(lstm)]
    return Array.from({ length: last[0].h.length / size }, (_, t) => {
        const h = Float32Array.from(last.flatMap(({ h }) => [...h.subarray(t * size, (t + 1) * size)]))
        return linear ? Float32Array.from(affine(linear.weight, h, linear.bias)) : h
    })
}

/**
 * What the scores of a step mean: probabilities, or values in the units of the data.
 *
 * @param {Model} model @param {Float32Array} row
 */
export function probabilities({ gives, restored }, row) {
    if (gives === "classes") return softmax(row)
    if (gives === "set") return row.map(score => 1 / (1 + Math.exp(-score)))
    return restored ? row.map((value, k) => value * restored.deviation.data[k] + restored.mean.data[k]) : row
}

/** @param {Float32Array} row */
function softmax(row) {
    const most = Math.max(...row)
    const weights = Array.from(row, score => Math.exp(score - most))
    const all = weights.reduce((sum, weight) => sum + weight, 0)
    return Float32Array.from(weights, weight => weight / all)
}
