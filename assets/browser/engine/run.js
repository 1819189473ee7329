/**
 * What does an LSTM, GRU or RNN compute at each step, also while gates are held and words left out; and what does a
 * model say of it?
 */

import { KINDS } from "../kinds.js"

// How is a matrix multiplied by a vector? Each sum is in double precision; what is kept is float32.

/**
 * A matrix by rows, or a vector, which has one column.
 *
 * @typedef {{rows: number, columns: number, data: Float32Array}} Matrix
 * @typedef {Float32Array | Float64Array} Vector
 */

/**
 * W x + b, where x begins at `at` in an array of many. Without a bias W x.
 *
 * @param {Matrix} weight @param {Vector} x @param {Matrix | null} bias @param {number} at
 */
export function affine({ rows, columns, data }, x, bias = null, at = 0) {
    const sums = new Float64Array(rows)
    if (bias) sums.set(bias.data)
    let row = 0
    // A sum waits for its last addition: four that take turns are done in a third of the time.
    for (; row + 4 <= rows; row += 4) {
        const from = row * columns
        let [a, b, c, d] = [sums[row], sums[row + 1], sums[row + 2], sums[row + 3]]
        for (let column = 0; column < columns; column++) {
            const value = x[at + column]
            a += data[from + column] * value
            b += data[from + columns + column] * value
            c += data[from + 2 * columns + column] * value
            d += data[from + 3 * columns + column] * value
        }
        sums[row] = a
        sums[row + 1] = b
        sums[row + 2] = c
        sums[row + 3] = d
    }
    for (; row < rows; row++) {
        for (let column = 0; column < columns; column++) sums[row] += data[row * columns + column] * x[at + column]
    }
    return sums
}

/** Tensors as matrices; a vector has one column. @param {Object<string, Tensor>} tensors */
export const matrices = tensors =>
    Object.fromEntries(
        Object.entries(tensors).map(([name, { shape, data }]) => [
            name,
            { rows: shape[0], columns: shape[1] ?? 1, data },
        ]),
    )

// Which values of a step are held?

/**
 * What puts the held values in at one step, in place; of several holds the last one counts.
 *
 * @param {Hold[]} holds @param {{layer: number, direction: number, step: number}} at
 * @returns {import("../kinds.js").Touch}
 */
export function touchOf(holds, { layer, direction, step }) {
    const here = holds.filter(
        hold => hold.layer === layer && hold.direction === direction && (hold.steps?.includes(step) ?? true),
    )
    return (letter, values) => {
        for (const { gate, value, units } of here) {
            if (gate !== letter) continue
            if (units) for (const unit of units) values[unit] = value
            else values.fill(value)
        }
        return values
    }
}

// What does an LSTM, GRU or RNN compute at each step? Every quantity of every layer and direction.

/**
 * `weights`: by PyTorch's names, such as weight_ih_l0_reverse. `projSize`: 0 without a projection.
 *
 * @typedef {{kind: string, inputSize: number, hiddenSize: number, numLayers: number, bidirectional: boolean,
 *     bias: boolean, projSize: number, weights: Object<string, Matrix>, parameters?: number}} Recurrent `parameters`: how
 *     many weights it has, where those are not here
 * @typedef {Object<string, Float32Array>} Recorded by letter, each (time × unit), in sentence order
 */

/**
 * The quantities by layer and direction. `x` is (time × feature); the states start at 0, or of one direction at `from`,
 * a layer each.
 *
 * @param {Recurrent} lstm @param {Float32Array} x @param {Hold[]} holds @param {import("../kinds.js").Values[]} [from]
 * @returns {Recorded[][]}
 */
export function run(lstm, x, holds = [], from = []) {
    const layers = []
    let read = x
    for (let layer = 0; layer < lstm.numLayers; layer++) {
        const directions = lstm.bidirectional ? [0, 1] : [0]
        const size = layer === 0 ? lstm.inputSize : directions.length * shownSize(lstm)
        const recorded = directions.map(direction => oneWay(lstm, read, { layer, direction, size, holds, from }))
        read = sideBySide(recorded, shownSize(lstm))
        layers.push(recorded)
    }
    return layers
}

/** How many numbers of h go on. @param {Recurrent} lstm */
export const shownSize = ({ projSize, hiddenSize }) => projSize || hiddenSize

/** What a projection makes of what the units show; without one it is h. @param {Matrix | null} weight */
export const projectionOf = weight => (/** @type {Float32Array} */ shown) =>
    weight ? Float32Array.from(affine(weight, shown)) : shown

/**
 * One layer in one direction.
 *
 * @param {Recurrent} lstm @param {Float32Array} x
 * @param {{layer: number, direction: number, size: number, holds: Hold[], from: import("../kinds.js").Values[]}} at
 * @returns {Recorded}
 */
function oneWay(lstm, x, { layer, direction, size, holds, from }) {
    const { step, quantities, states } = KINDS[lstm.kind]
    const suffix = `l${layer}${direction ? "_reverse" : ""}`
    /** @param {string} name */
    const weight = name => lstm.weights[`${name}_${suffix}`] ?? null
    const [ih, hh, ofX, ofH, hr] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"].map(weight)
    const steps = x.length / size
    /** @param {string} letter */
    const units = letter => (letter === "h" ? shownSize(lstm) : lstm.hiddenSize)
    const recorded = Object.fromEntries(
        [...quantities].map(letter => [letter, new Float32Array(steps * units(letter))]),
    )
    /** @type {import("../kinds.js").Values} */
    let before = from[layer] ?? Object.fromEntries([...states].map(letter => [letter, new Float32Array(units(letter))]))
    const project = projectionOf(hr)
    for (let k = 0; k < steps; k++) {
        const t = direction ? steps - 1 - k : k
        const touch = touchOf(holds, { layer, direction, step: t })
        before = step(affine(ih, x, ofX, t * size), affine(hh, before.h, ofH), before, touch, project)
        for (const letter of quantities) recorded[letter].set(before[letter], t * units(letter))
    }
    return recorded
}

/** h of both directions, one after the other at each step. @param {Recorded[]} parts @param {number} size */
export function sideBySide(parts, size) {
    if (parts.length === 1) return parts[0].h
    const all = new Float32Array(2 * parts[0].h.length)
    parts.forEach(({ h }, direction) => {
        for (let at = 0; at < h.length; at += size) all.set(h.subarray(at, at + size), 2 * at + direction * size)
    })
    return all
}

// What does an LSTM compute while words are left out? There a cell keeps all and adds nothing, so that every equation
// holds and every step stays where it is in the text.

/**
 * As `run`, without some steps.
 *
 * @param {Recurrent} lstm @param {Float32Array} x @param {Hold[]} holds
 * @param {number[]} without
 */
export function runWithout(lstm, x, holds, without) {
    if (!without.length) return run(lstm, x, holds)
    const size = lstm.inputSize
    const steps = x.length / size
    const left = Array.from({ length: steps }, (_, t) => t).filter(t => !without.includes(t))
    const read = new Float32Array(left.length * size)
    for (const [place, t] of left.entries()) read.set(x.subarray(t * size, (t + 1) * size), place * size)
    const held = holds.map(hold => ({ ...hold, steps: hold.steps?.map(t => left.indexOf(t)) ?? null }))
    return run(lstm, read, held).map(layer =>
        layer.map((recorded, direction) => spread(lstm, recorded, left, steps, direction)),
    )
}

/**
 * The steps `left` where they are in the text; a gap has what the last step read left.
 *
 * @param {Recurrent} lstm @param {Recorded} recorded @param {number[]} left
 * @param {number} steps @param {number} direction
 */
function spread(lstm, recorded, left, steps, direction) {
    const { quantities, skipped } = KINDS[lstm.kind]
    /** @type {Recorded} */
    const whole = {}
    for (const letter of quantities) {
        const units = letter === "h" ? shownSize(lstm) : lstm.hiddenSize
        whole[letter] = new Float32Array(steps * units)
        let last = new Float32Array(units)
        for (let k = 0; k < steps; k++) {
            const t = direction ? steps - 1 - k : k
            const place = left.indexOf(t)
            if (place >= 0) last = recorded[letter].slice(place * units, (place + 1) * units)
            whole[letter].set(place < 0 && letter in skipped ? last.map(() => skipped[letter]) : last, t * units)
        }
    }
    return whole
}

// What does a model say at each step? Scores of the h of its last layer, and what the scores mean.

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
