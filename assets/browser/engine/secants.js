/**
 * How steep is a gate between two runs? The slope of the secant, so that slope times difference is exact;
 * `lstm_core/explaining/sweep.py` has the equations and the source.
 */

import { sigmoid } from "./equations.js"

/** The secant of σ between a and b: σ(high) σ(-low) (1 - e^-d) / d. @param {number} a @param {number} b */
export function sigmoidSlope(a, b) {
    const [high, low] = [Math.max(a, b), Math.min(a, b)]
    const d = high - low
    return sigmoid(high) * sigmoid(-low) * (d > 0 ? -Math.expm1(-d) / d : 1)
}

/** The secant of tanh, from tanh z = 2 σ(2z) - 1. @param {number} a @param {number} b */
export const tanhSlope = (a, b) => 4 * sigmoidSlope(2 * a, 2 * b)
