/**
 * What does the answer owe to each step of one layer? M_h and M_c are what it owes to each unit of h and c, in two ways
 * at once: with all, and directly, where nothing is read again through h. `lstm_core/explaining/sweep.py` has the
 * equations.
 */

import { shownSize } from "./run.js"
import { slopesOf } from "./slopes.js"

/** @typedef {import("./sweep.js").Run} Run */

export const WAYS = [0, 1]
export const ALL = 0

/**
 * One layer in one direction; adds what is owed to its input to `below`, and returns M at c and at h of each step, by
 * what is kept or read again later.
 *
 * @param {Recurrent} lstm @param {Run[]} runs
 * @param {{layer: number, direction: number, size: number, steps: number}} place
 * @param {(way: number, t: number) => Float64Array} owed @param {Float64Array[]} below
 */
export function layerBack(lstm, runs, { layer, direction, size, steps }, owed, below) {
    const suffix = `l${layer}${direction ? "_reverse" : ""}`
    const [ih, hh, hr] = ["weight_ih", "weight_hh", "weight_hr"].map(name => lstm.weights[`${name}_${suffix}`])
    const [units, shown] = [lstm.hiddenSize, shownSize(lstm)]
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

/** M times a weight: (rows) to (columns). @param {Float64Array} m @param {Matrix} weight */
function times(m, { rows, columns, data }) {
    const sums = new Float64Array(columns)
    for (let row = 0; row < rows; row++) {
        const each = m[row]
        if (each) for (let k = 0, from = row * columns; k < columns; k++) sums[k] += each * data[from + k]
    }
    return sums
}
