/**
 * How steep is each gate of a step between two runs? A bar is the mean of both:
 *
 *     M_c += M_h ō S_tanh(c)
 *     M_z = [M_c ḡ S_i, M_c c̄_before S_f, M_c ī S_g, M_h t̄anh(c) S_o]
 *     kept in c: M_c f̄
 */

import { sigmoid } from "./equations.js"
import { affine } from "./matrix.js"
import { shownSize, sideBySide } from "./run.js"
import { sigmoidSlope, tanhSlope } from "./secants.js"

/**
 * The factors of M at each step of one layer and direction, by letter.
 *
 * @param {Recurrent} lstm @param {import("./sweep.js").Run[]} runs
 * @param {{layer: number, direction: number, size: number}} place `size`: how many numbers the layer reads
 */
export function slopesOf(lstm, runs, { layer, direction, size }) {
    const suffix = `l${layer}${direction ? "_reverse" : ""}`
    const [ih, hh, ofX, ofH] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map(
        name => lstm.weights[`${name}_${suffix}`] ?? null,
    )
    const [units, shown] = [lstm.hiddenSize, shownSize(lstm)]
    const read = runs.map(({ x, layers }) => (layer ? sideBySide(layers[layer - 1], shown) : x))
    const steps = read[0].length / size
    return (/** @type {number} */ t) => {
        const before = t + (direction ? 1 : -1)
        const isFirst = before < 0 || before >= steps
        const at = runs.map(({ layers }, run) => {
            const { c, h } = layers[layer][direction]
            const last = isFirst ? new Float32Array(shown) : h.subarray(before * shown, (before + 1) * shown)
            const fromX = affine(ih, read[run], ofX, t * size)
            return {
                z: affine(hh, last, ofH).map((value, k) => value + fromX[k]),
                c: c.subarray(t * units, (t + 1) * units),
                before: isFirst ? new Float32Array(units) : c.subarray(before * units, (before + 1) * units),
            }
        })
        const each = (/** @type {(u: number) => number} */ value) =>
            Float64Array.from({ length: units }, (_, u) => value(u))
        const mean = (/** @type {(run: typeof at[0]) => number} */ value) => (value(at[0]) + value(at[1])) / 2
        const z = (/** @type {number} */ block, /** @type {number} */ u) => at.map(one => one.z[block * units + u])
        const gate = (/** @type {number} */ block, /** @type {number} */ u) =>
            mean(one => sigmoid(one.z[block * units + u]))
        const slope = (/** @type {number} */ block, /** @type {number} */ u) =>
            sigmoidSlope(z(block, u)[0], z(block, u)[1])
        return {
            i: each(u => mean(one => Math.tanh(one.z[2 * units + u])) * slope(0, u)),
            f: each(u => mean(one => one.before[u]) * slope(1, u)),
            g: each(u => gate(0, u) * tanhSlope(z(2, u)[0], z(2, u)[1])),
            o: each(u => mean(one => Math.tanh(one.c[u])) * slope(3, u)),
            c: each(u => gate(3, u) * tanhSlope(at[0].c[u], at[1].c[u])),
            kept: each(u => gate(1, u)),
        }
    }
}
