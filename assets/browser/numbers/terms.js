/** What happens inside one cell at one step? Every term, as `lstm_core/analysis/ledger.py` has them. */

import { shownSize, sideBySide } from "../engine/run.js"
import { kindOf } from "../kinds.js"
import { isLeftOut } from "../state/holds.js"

/** Whether a reading has a cell. @param {Reading} reading @param {Cell} cell */
export const isIn = ({ lstm, tokens }, { layer, direction, unit, step }) =>
    layer < lstm.numLayers && direction <= +lstm.bidirectional && unit < lstm.hiddenSize && step < tokens.length

/** What is recorded at a step, by letter; 0 before the first step and after the last. @param {Recurrent} lstm
 * @param {Recorded} recorded @param {string} letters @param {number} t @returns {import("../kinds.js").Values} */
export function valuesAt(lstm, recorded, letters, t) {
    const steps = recorded.h.length / shownSize(lstm)
    const of = (/** @type {string} */ letter) => {
        const units = letter === "h" ? shownSize(lstm) : lstm.hiddenSize
        return t < 0 || t >= steps ? new Float32Array(units) : recorded[letter].subarray(t * units, (t + 1) * units)
    }
    return Object.fromEntries([...letters].map(letter => [letter, of(letter)]))
}

/**
 * Every term of a cell, its gates as they are held; null where the word is left out, and of a GRU or an RNN.
 *
 * @param {Reading} reading @param {Cell} cell @returns {Wire.CellTerms | null}
 */
export function termsOf(reading, cell) {
    const { lstm, layers, text, tokens } = reading
    if (!isIn(reading, cell) || isLeftOut(text, cell.step) || kindOf(lstm).own) return null
    const { layer, direction, unit, step } = cell
    const recorded = layers[layer][direction]
    const now = valuesAt(lstm, recorded, "ifgoch", step)
    const before = valuesAt(lstm, recorded, "ch", step + (direction ? 1 : -1))
    const read = layer ? sideBySide(layers[layer - 1], shownSize(lstm)) : reading.x
    const size = read.length / tokens.length
    const [x, h_before] = [[...read.subarray(step * size, (step + 1) * size)], [...before.h]]
    const gates = gatesOf(lstm, cell, x, h_before, now)
    const [c_before, c] = [before.c[unit], now.c[unit]]
    const [kept, written, tanh_c] = [gates.f.value * c_before, gates.i.value * gates.g.value, Math.tanh(c)]
    // The units of a projection's h are others.
    const h = lstm.projSize ? gates.o.value * tanh_c : now.h[unit]
    const place = { layer, direction, unit, step }
    return /** @type {any} */ ({ ...place, x, h_before, ...gates, c_before, kept, written, c, tanh_c, h })
}

/**
 * The four gates of a unit, by letter.
 *
 * @param {Recurrent} lstm @param {Cell} cell @param {number[]} x @param {number[]} h
 * @param {import("../kinds.js").Values} now what is recorded at the step
 */
function gatesOf(lstm, { layer, direction, unit }, x, h, now) {
    const suffix = `l${layer}${direction ? "_reverse" : ""}`
    const row = (/** @type {string} */ name, /** @type {number} */ at) => {
        const { columns, data } = lstm.weights[`${name}_${suffix}`]
        return [...data.subarray(at * columns, (at + 1) * columns)]
    }
    const dot = (/** @type {number[]} */ a, /** @type {number[]} */ b) =>
        a.reduce((sum, value, k) => sum + value * b[k], 0)
    const gate = (/** @type {string} */ letter, /** @type {number} */ block) => {
        const at = block * lstm.hiddenSize + unit
        const [weights_x, weights_h] = [row("weight_ih", at), row("weight_hh", at)]
        const bias = lstm.bias ? Math.fround(row("bias_ih", at)[0] + row("bias_hh", at)[0]) : 0
        const [from_x, from_h] = [dot(weights_x, x), dot(weights_h, h)]
        return { weights_x, weights_h, from_x, from_h, bias, pre: from_x + from_h + bias, value: now[letter][unit] }
    }
    return Object.fromEntries([..."ifgo"].map((letter, block) => [letter, gate(letter, block)]))
}
