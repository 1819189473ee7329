/** What still stands in c of a cell? `lstm_core.ledger`: what each step wrote, times what was kept of it. */

import { kindOf } from "../kinds.js"
import { short, signed, stepName, sum } from "./names.js"

// The most steps that have a share of their own; the least share that is named; how far rounding takes c.
const MOST = 2_000
const NOTHING = 0.005
const ROUNDING = 1e-3

/** @param {Reading} reading @param {Cell} cell @returns {Wire.Still} */
export function stillInC(reading, cell) {
    const { layer, direction, unit, step } = cell
    const steps = reading.tokens.length
    const shares = ledger(reading, cell)
    const recorded = reading.layers[layer][direction]
    const c = recorded.c[step * reading.lstm.hiddenSize + unit]
    if (![c, ...shares].every(Number.isFinite))
        throw new Error("Expected a memory that is a number, got NaN or infinity.")
    let [first, end] = direction ? [step, steps] : [0, step + 1]
    if (end - first > MOST) [first, end] = direction ? [first, first + MOST] : [end - MOST, end]
    const earlier = sum(shares.slice(0, first)) + sum(shares.slice(end))
    return {
        first,
        shares: Array.from(shares.slice(first, end), short),
        start: 0,
        earlier: short(earlier),
        c: short(c),
        said:
            `${kindOf(reading.lstm).memory} of unit ${unit}${layer ? ` of layer ${layer}` : ""} at ${stepName(reading, step)} is ${signed(c)}: ` +
            "the sum of what still stands of each step" +
            (Math.abs(earlier) >= NOTHING ? `, and ${signed(earlier)} of steps too far to show.` : "."),
    }
}

/** The shares (step) of a cell's c. A value at which c was held counts as written there. @param {Reading} reading
 * @param {Cell} cell */
function ledger({ layers, lstm, tokens }, { layer, direction, unit, step }) {
    const { i, f, g, c } = layers[layer][direction]
    const at = (/** @type {Float32Array} */ values, /** @type {number} */ t) => values[t * lstm.hiddenSize + unit] ?? 0
    const shares = new Float64Array(tokens.length)
    let survived = 1
    for (let t = step; t >= 0 && t < tokens.length; t += direction ? 1 : -1) {
        const written = at(i, t) * at(g, t)
        const computed = at(f, t) * at(c, t + (direction ? 1 : -1)) + written
        const isHeld = Math.abs(at(c, t) - computed) > ROUNDING * Math.max(1, Math.abs(at(c, t)))
        shares[t] = survived * (isHeld ? at(c, t) : written)
        survived *= isHeld ? 0 : at(f, t)
    }
    return shares
}
