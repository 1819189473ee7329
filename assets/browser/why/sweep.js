/**
 * Which inputs make an answer differ between two runs, and which units carried it? One sweep back through both, layer by
 * layer: M is what the answer owes to each unit, in two ways at once, with all and directly, where nothing is read again
 * through h. A kind's `back` takes it through one step.
 */

import { affine } from "../engine/matrix.js"
import { shownSize, sideBySide } from "../engine/run.js"
import { KINDS } from "../kinds.js"

/**
 * @typedef {{x: Float32Array, layers: Recorded[][]}} Run what is read, and what is recorded of it
 * @typedef {{inputs: Float64Array, direct: number, kept: Float64Array[][], reread: Float64Array[][]}} Split `inputs`:
 *     (time × feature), they sum to the effect; `direct`: their sum without h; `kept` (time × unit) and `reread`
 *     (time × h unit), by layer and direction: carried on from each step in the memory, and because h is read again.
 * @typedef {{layer: number, direction: number, size: number, steps: number}} Place `size`: how many numbers are read
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
    const [shown, directions] = [shownSize(lstm), lstm.bidirectional ? [0, 1] : [0]]
    const { memory } = KINDS[lstm.kind]
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
            kept[0].push(swept.kept.map((m, k) => m * (one[memory][k] - other[memory][k])))
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
 * One layer in one direction; adds what is owed to its input to `below`, and returns M at the memory and at h of each
 * step, by what is kept or read again later.
 *
 * @param {Recurrent} lstm @param {Run[]} runs @param {Place} place
 * @param {(way: number, t: number) => Float64Array} owed @param {Float64Array[]} below
 */
function layerBack(lstm, runs, place, owed, below) {
    const { direction, size, steps } = place
    const [units, shown, weight] = [lstm.hiddenSize, shownSize(lstm), weightsOf(lstm, place)]
    const [ih, hh, hr] = [weight("weight_ih"), weight("weight_hh"), weight("weight_hr")]
    const stepOf = runs.map(run => stepsOf(lstm, run, place))
    const found = { kept: new Float64Array(steps * units), h: new Float64Array(steps * shown) }
    /** @type {Float64Array[]} */
    const kept = WAYS.map(() => new Float64Array(units))
    const onH = new Float64Array(shown)
    for (let k = 0; k < steps; k++) {
        const t = direction ? k : steps - 1 - k
        const back = KINDS[lstm.kind].back(stepOf[0](t), stepOf[1](t))
        found.kept.set(kept[ALL], t * units)
        found.h.set(onH, t * shown)
        const again = onH.slice()
        for (const way of WAYS) {
            const m = owed(way, t).map((own, u) => own + (way === ALL ? again[u] : 0))
            const handed = back(hr ? times(m, hr) : m, kept[way])
            kept[way] = handed.kept
            if (way === ALL) onH.set(times(handed.atH, hh))
            times(handed.atX, ih).forEach((each, column) => {
                below[way][t * size + column] += each
            })
        }
    }
    return found
}

/** @param {Recurrent} lstm @param {Place} place */
const weightsOf =
    (lstm, { layer, direction }) =>
    (/** @type {string} */ name) =>
        lstm.weights[`${name}_l${layer}${direction ? "_reverse" : ""}`] ?? null

/**
 * What a layer computed at a step of a run, and from what.
 *
 * @param {Recurrent} lstm @param {Run} run @param {Place} place
 * @returns {(t: number) => import("../kinds.js").StepOfRun}
 */
function stepsOf(lstm, { x, layers }, place) {
    const { layer, direction, size, steps } = place
    const { quantities, states } = KINDS[lstm.kind]
    const [weight, recorded] = [weightsOf(lstm, place), layers[layer][direction]]
    const read = layer ? sideBySide(layers[layer - 1], shownSize(lstm)) : x
    const at = (/** @type {string} */ letter, /** @type {number} */ t) => {
        const units = letter === "h" ? shownSize(lstm) : lstm.hiddenSize
        return t < 0 || t >= steps ? new Float32Array(units) : recorded[letter].subarray(t * units, (t + 1) * units)
    }
    const values = (/** @type {string} */ letters, /** @type {number} */ t) =>
        Object.fromEntries([...letters].map(letter => [letter, at(letter, t)]))
    return t => {
        const before = values(states, t + (direction ? 1 : -1))
        return {
            fromX: affine(weight("weight_ih"), read, weight("bias_ih"), t * size),
            fromH: affine(weight("weight_hh"), before.h, weight("bias_hh")),
            before,
            now: values(quantities, t),
        }
    }
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
