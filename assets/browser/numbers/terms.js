/** What happens inside one cell at one step? Every term, as `lstm_core/analysis/anatomy.py` has them. */

import { shownSize } from "../engine/run.js"
import { kindOf, sigmoid } from "../kinds.js"
import { isLeftOut } from "../state/holds.js"

/** Whether a reading has a cell. @param {Reading} reading @param {Cell} cell */
export const isIn = ({ lstm, tokens }, { layer, direction, unit, step }) =>
    layer < lstm.numLayers && direction <= +lstm.bidirectional && unit < lstm.hiddenSize && step < tokens.length

/**
 * Every term of a cell, its gates as they are held; null where the word is left out, and of a GRU or an RNN.
 *
 * @param {Reading} reading @param {Cell} cell @returns {Wire.CellTerms | null}
 */
export function termsOf(reading, cell) {
    const { lstm, layers, holds, text } = reading
    if (!isIn(reading, cell) || isLeftOut(text, cell.step) || kindOf(lstm).own) return null
    const { layer, direction, unit, step } = cell
    const recorded = layers[layer][direction]
    const size = lstm.hiddenSize
    const earlier = step + (direction ? 1 : -1)
    const isFirst = earlier < 0 || earlier >= reading.tokens.length
    const before = (/** @type {Float32Array} */ values, /** @type {number} */ units) =>
        isFirst ? new Float32Array(units) : values.subarray(earlier * units, (earlier + 1) * units)
    const x = inputOf(reading, layer, step)
    const h_before = [...before(recorded.h, shownSize(lstm))]
    const gates = gatesOf(lstm, cell, x, h_before)
    const c_before = before(recorded.c, size)[unit]
    const held = holds.gates.length > 0
    if (held) for (const letter of "ifgo") gates[letter].value = recorded[letter][step * size + unit]
    const [kept, written] = [gates.f.value * c_before, gates.i.value * gates.g.value]
    const c = held ? recorded.c[step * size + unit] : kept + written
    const tanh_c = Math.tanh(c)
    // The units of a projection's h are others.
    const h = held && !lstm.projSize ? recorded.h[step * size + unit] : gates.o.value * tanh_c
    const cellOnly = { layer, direction, unit, step }
    return /** @type {any} */ ({ ...cellOnly, x, h_before, ...gates, c_before, kept, written, c, tanh_c, h })
}

/** What a layer reads at a step. @param {Reading} reading @param {number} layer @param {number} step */
function inputOf({ lstm, x, layers }, layer, step) {
    const at = (/** @type {Float32Array} */ values, /** @type {number} */ size) => [
        ...values.subarray(step * size, (step + 1) * size),
    ]
    if (layer === 0) return at(x, lstm.inputSize)
    return layers[layer - 1].flatMap(({ h }) => at(h, shownSize(lstm)))
}

/**
 * The four gates of a unit, by letter.
 *
 * @param {Recurrent} lstm @param {Cell} cell @param {number[]} x @param {number[]} h
 */
function gatesOf(lstm, { layer, direction, unit }, x, h) {
    const suffix = `l${layer}${direction ? "_reverse" : ""}`
    const row = (/** @type {string} */ name, /** @type {number} */ at) => {
        const { columns, data } = lstm.weights[`${name}_${suffix}`]
        return [...data.subarray(at * columns, (at + 1) * columns)]
    }
    const dot = (/** @type {number[]} */ a, /** @type {number[]} */ b) =>
        a.reduce((sum, value, k) => sum + value * b[k], 0)
    const gate = (/** @type {number} */ number) => {
        const at = number * lstm.hiddenSize + unit
        const [weights_x, weights_h] = [row("weight_ih", at), row("weight_hh", at)]
        const bias = lstm.bias ? Math.fround(row("bias_ih", at)[0] + row("bias_hh", at)[0]) : 0
        const [from_x, from_h] = [dot(weights_x, x), dot(weights_h, h)]
        const pre = from_x + from_h + bias
        return { weights_x, weights_h, from_x, from_h, bias, pre, value: number === 2 ? Math.tanh(pre) : sigmoid(pre) }
    }
    /** @type {Object<string, ReturnType<typeof gate>>} */
    const gates = { i: gate(0), f: gate(1), g: gate(2), o: gate(3) }
    return gates
}
