/**
 * The equations of the three kinds of cell, as on PyTorch's pages `nn.LSTM`, `nn.GRU` and `nn.RNN`;
 * `lstm_core/recording/equations.py` gives the papers.
 *
 * A step takes W x + b and U h_before + b (blocks × unit), with the blocks in PyTorch's order, the states before the
 * step by letter, and `touch(letter, values)`, which may hold some of the values. It returns its quantities by letter.
 */

import { affine } from "./matrix.js"

/**
 * @typedef {Object<string, Float32Array>} Values by letter, (unit)
 * @typedef {(letter: string, values: Float32Array) => Float32Array} Touch
 * @typedef {(
 *     fromX: Float64Array, fromH: Float64Array, before: Values, touch: Touch, weightHr: Matrix | null
 * ) => Values} Step
 */

/** @param {number} z */
export const sigmoid = z => 1 / (1 + Math.exp(-z))

/** What gives a quantity (unit) by its letter, from its value at each unit; a plain loop, because Float32Array.from takes
 * ten times as long. @param {Touch} touch @param {number} units */
function quantities(touch, units) {
    return (/** @type {string} */ letter, /** @type {(u: number) => number} */ value) => {
        const values = new Float32Array(units)
        for (let u = 0; u < units; u++) values[u] = value(u)
        return touch(letter, values)
    }
}

/** @type {Step} */
function lstmStep(fromX, fromH, before, touch, weightHr) {
    const units = fromX.length / 4
    const of = quantities(touch, units)
    /** @param {number} block @param {number} u */
    const z = (block, u) => fromX[block * units + u] + fromH[block * units + u]
    const i = of("i", u => sigmoid(z(0, u)))
    const f = of("f", u => sigmoid(z(1, u)))
    const g = of("g", u => Math.tanh(z(2, u)))
    const o = of("o", u => sigmoid(z(3, u)))
    const c = of("c", u => f[u] * before.c[u] + i[u] * g[u])
    const shown = Float32Array.from(c, (value, u) => o[u] * Math.tanh(value))
    return { i, f, g, o, c, h: touch("h", weightHr ? Float32Array.from(affine(weightHr, shown)) : shown) }
}

/** @type {Step} */
function gruStep(fromX, fromH, before, touch) {
    const units = fromX.length / 3
    const of = quantities(touch, units)
    const r = of("r", u => sigmoid(fromX[u] + fromH[u]))
    const z = of("z", u => sigmoid(fromX[units + u] + fromH[units + u]))
    const n = of("n", u => Math.tanh(fromX[2 * units + u] + r[u] * fromH[2 * units + u]))
    return { r, z, n, h: of("h", u => (1 - z[u]) * n[u] + z[u] * before.h[u]) }
}

/** @type {Step} */
const tanhStep = (fromX, fromH, _before, touch) => ({
    h: quantities(touch, fromX.length)("h", u => Math.tanh(fromX[u] + fromH[u])),
})

/** @type {Step} */
const reluStep = (fromX, fromH, _before, touch) => ({
    h: quantities(touch, fromX.length)("h", u => Math.max(0, fromX[u] + fromH[u])),
})

/**
 * Each kind by its name: its step, its blocks of weights, its quantities, those that are gates, and the states that go
 * on.
 *
 * @type {Object<string, {step: Step, blocks: number, quantities: string, gates: string, states: string}>}
 */
export const KINDS = {
    LSTM: { step: lstmStep, blocks: 4, quantities: "ifgoch", gates: "fio", states: "hc" },
    GRU: { step: gruStep, blocks: 3, quantities: "rznh", gates: "rz", states: "h" },
    RNN_TANH: { step: tanhStep, blocks: 1, quantities: "h", gates: "", states: "h" },
    RNN_RELU: { step: reluStep, blocks: 1, quantities: "h", gates: "", states: "h" },
}
