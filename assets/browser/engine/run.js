/** What does an LSTM, GRU or RNN compute at each step? Every quantity of every layer and direction. */

import { KINDS } from "../kinds.js"
import { touchOf } from "./held.js"
import { affine } from "./matrix.js"

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
