/** Which steps does a picture show, and how many to a column? As `lstm_core/plots/columns.py` says. */

import { roundUp } from "../shared/numbers.js"

// The most bytes of numbers in one picture; the bytes of a step's value, and of a bin's three values.
const MOST_BYTES = 900_000
const STEP_BYTES = 4
const BIN_BYTES = 6
// Never fewer than these: a sentence is read word by word, and fewer bins say nothing.
const LEAST_STEPS = 64
const LEAST_BINS = 24

/**
 * The columns for the visible part, which has room for `room` of them, with `numbers` values a step.
 *
 * @param {number} steps @param {number} room @param {number} numbers @param {number[] | null} zoom
 * @returns {Wire.Columns}
 */
export function fit(steps, room, numbers, zoom) {
    let [first, last] = zoom ? [Math.max(0, rounded(zoom[0])), Math.min(steps, rounded(zoom[1]) + 1)] : [0, steps]
    // The zoom belongs to a longer sequence.
    if (first >= last) [first, last] = [0, steps]
    const seen = Math.max(1, last - first)
    const most = Math.max(LEAST_STEPS, Math.floor(MOST_BYTES / (STEP_BYTES * numbers)))
    if (steps <= Math.min(room, most)) return { first: 0, per: 1, number: steps, steps }
    if (seen <= Math.min(room, most)) {
        const beside = Math.min(Math.ceil(seen / 2), Math.floor((most - seen) / 2))
        first = Math.max(0, first - beside)
        return { first, per: 1, number: Math.min(steps, last + beside) - first, steps }
    }
    const bins = Math.max(LEAST_BINS, Math.min(room, Math.floor(MOST_BYTES / (BIN_BYTES * numbers))))
    const per = roundUp(seen / bins)
    first -= first % per
    return { first, per, number: Math.ceil((last - first) / per), steps }
}

/** To the nearest whole number, a half to the even one, as Python rounds. @param {number} number */
function rounded(number) {
    const low = Math.floor(number)
    return number - low === 0.5 ? low + (low % 2) : Math.round(number)
}
