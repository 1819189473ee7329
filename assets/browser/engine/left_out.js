/**
 * What does an LSTM compute while words are left out? There a cell keeps all and adds nothing, so that every equation
 * holds and every step stays where it is in the text.
 */

import { KINDS } from "../kinds.js"
import { run, shownSize } from "./run.js"

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
