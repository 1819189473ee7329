/**
 * Which inputs make an answer of an LSTM differ between two runs, and which units carried it? One sweep back through
 * both, layer by layer; `lstm_core/explaining/sweep.py` has the equations.
 */

import { shownSize } from "./run.js"
import { ALL, layerBack, WAYS } from "./sweep_layer.js"

/**
 * @typedef {{x: Float32Array, layers: Recorded[][]}} Run what is read, and what is recorded of it
 * @typedef {{inputs: Float64Array, direct: number, kept: Float64Array[][], reread: Float64Array[][]}} Split `inputs`:
 *     (time × feature), they sum to the effect; `direct`: their sum without h; `kept` (time × unit) and `reread`
 *     (time × h unit), by layer and direction: carried on from each step in c, and because h is read again.
 */

/**
 * The parts of the answer `readout` · h of the last layer at step `at`: run a minus run b.
 *
 * @param {Recurrent} lstm @param {Run} a @param {Run} b @param {Float64Array} readout (direction × h unit)
 * @param {number} at @returns {Split}
 */
export function sweep(lstm, a, b, readout, at) {
    const steps = a.x.length / lstm.inputSize
    const [shown, directions] = [shownSize(lstm), lstm.bidirectional ? [0, 1] : [0]]
    /** What is owed to what a layer gives, by way. */
    let owed = WAYS.map(() => new Float64Array(steps * readout.length))
    for (const one of owed) one.set(readout, at * readout.length)
    /** @type {Float64Array[][]} */
    const kept = []
    /** @type {Float64Array[][]} */
    const reread = []
    for (let layer = lstm.numLayers - 1; layer >= 0; layer--) {
        const isLast = layer === lstm.numLayers - 1
        const size = layer ? directions.length * shown : lstm.inputSize
        const below = WAYS.map(() => new Float64Array(steps * size))
        kept.unshift([])
        reread.unshift([])
        for (const direction of directions) {
            const to = (/** @type {Float64Array} */ all, /** @type {number} */ t) => {
                const begin = (t * directions.length + direction) * shown
                return all.subarray(begin, begin + shown)
            }
            const place = { layer, direction, size, steps }
            const swept = layerBack(lstm, [a, b], place, (way, t) => to(owed[way], t), below)
            const [one, other] = [a, b].map(({ layers }) => layers[layer][direction])
            kept[0].push(swept.kept.map((m, k) => m * (one.c[k] - other.c[k])))
            // The answer itself reads h of the last layer.
            const read = (/** @type {number} */ k) => (isLast ? to(owed[ALL], Math.floor(k / shown))[k % shown] : 0)
            reread[0].push(swept.h.map((m, k) => (m + read(k)) * (one.h[k] - other.h[k])))
        }
        owed = below
    }
    const [inputs, direct] = owed.map(m => m.map((each, k) => each * (a.x[k] - b.x[k])))
    return { inputs, direct: direct.reduce((sum, part) => sum + part, 0), kept, reread }
}
