/**
 * Which inputs make an answer of an LSTM differ between two runs, and which units carried it? One sweep back through
 * both; `lstm_core/explaining/sweep.py` and `cells.py` have the equations. M_h and M_c are what the answer owes to each
 * unit of h and c, in two ways at once: `ALL`, and `DIRECT`, where nothing is read again through h.
 */

import { slopesOf } from "./slopes.js"

/**
 * @typedef {import("./run.js").Recurrent} Recurrent
 * @typedef {{x: Float32Array, layers: import("./run.js").Recorded[][]}} Run what is read, and what is recorded of it
 * @typedef {{inputs: Float64Array, direct: number, kept: Float64Array[][], reread: Float64Array[][]}} Split `inputs`:
 *     (time × feature), they sum to the effect; `direct`: their sum without h; `kept` (time × unit) and `reread`
 *     (time × h unit), by layer and direction: carried on from each step in c, and because h is read again.
 */

const WAYS = [0, 1]
const ALL = 0

/**
 * The parts of the answer `readout` · h of the last layer at step `at`: run a minus run b.
 *
 * @param {Recurrent} lstm @param {Run} a @param {Run} b @param {Float64Array} readout (direction × h unit)
 * @param {number} at @returns {Split}
 */
export function sweep(lstm, a, b, readout, at) {
    const steps = a.x.length / lstm.inputSize
    const [shown, directions] = [lstm.projSize || lstm.hiddenSize, lstm.bidirectional ? [0, 1] : [0]]
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
            const swept = backThroughTime(
                lstm,
                [a, b],
                { layer, direction, size, steps },
                (way, t) => to(owed[way], t),
                below,
            )
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

/**
 * One layer in one direction; adds what is owed to its input to `below`, and returns M at c and at h of each step, by
 * what is kept or read again later.
 *
 * @param {Recurrent} lstm @param {Run[]} runs
 * @param {{layer: number, direction: number, size: number, steps: number}} place
 * @param {(way: number, t: number) => Float64Array} owed @param {Float64Array[]} below
 */
function backThroughTime(lstm, runs, { layer, direction, size, steps }, owed, below) {
    const suffix = `l${layer}${direction ? "_reverse" : ""}`
    const [ih, hh, hr] = ["weight_ih", "weight_hh", "weight_hr"].map(name => lstm.weights[`${name}_${suffix}`])
    const [units, shown] = [lstm.hiddenSize, lstm.projSize || lstm.hiddenSize]
    const slopes = slopesOf(lstm, runs, { layer, direction, size })
    const found = { kept: new Float64Array(steps * units), h: new Float64Array(steps * shown) }
    const onC = WAYS.map(() => new Float64Array(units))
    const onH = new Float64Array(shown)
    for (let k = 0; k < steps; k++) {
        const t = direction ? k : steps - 1 - k
        const slope = slopes(t)
        found.kept.set(onC[ALL], t * units)
        found.h.set(onH, t * shown)
        const again = onH.slice()
        for (const way of WAYS) {
            const given = owed(way, t).map((m, u) => m + (way === ALL ? again[u] : 0))
            const m = hr ? times(given, hr) : given
            const atZ = new Float64Array(4 * units)
            for (let u = 0; u < units; u++) {
                const onCell = onC[way][u] + m[u] * slope.c[u]
                atZ[u] = onCell * slope.i[u]
                atZ[units + u] = onCell * slope.f[u]
                atZ[2 * units + u] = onCell * slope.g[u]
                atZ[3 * units + u] = m[u] * slope.o[u]
                onC[way][u] = onCell * slope.kept[u]
            }
            if (way === ALL) onH.set(times(atZ, hh))
            times(atZ, ih).forEach((each, column) => {
                below[way][t * size + column] += each
            })
        }
    }
    return found
}

/** M times a weight: (rows) to (columns). @param {Float64Array} m @param {import("./matrix.js").Matrix} weight */
function times(m, { rows, columns, data }) {
    const sums = new Float64Array(columns)
    for (let row = 0; row < rows; row++) {
        const each = m[row]
        if (each) for (let k = 0, from = row * columns; k < columns; k++) sums[k] += each * data[from + k]
    }
    return sums
}
