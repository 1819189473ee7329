/** Which order of a heatmap's rows tells the most? As `lstm_core/analysis/order_units.py` says. */

import { whole } from "./bins.js"

// A step of inverse iteration that moves no entry by more ends it.
const STILL = 1e-13
const MOST_STEPS = 20_000

/**
 * All units in an order; `recorded` is one layer in one direction.
 *
 * @param {Recorded} recorded @param {number} units @param {string} by
 */
export function ordered({ c, f }, units, by) {
    const column = (/** @type {Float32Array} */ values, /** @type {number} */ unit) =>
        Float64Array.from({ length: values.length / units }, (_, step) => values[step * units + unit])
    if (by === "similarity") return seriated(whole(units).map(unit => column(c, unit)))
    if (by === "activity") return largestFirst(whole(units).map(unit => deviation(column(c, unit))))
    if (by === "half-life") return largestFirst(whole(units).map(unit => leak(column(f, unit))))
    return whole(units)
}

/** The places of some numbers, the largest first; equal ones stay in order. @param {number[]} numbers */
export const largestFirst = numbers => whole(numbers.length).sort((a, b) => numbers[b] - numbers[a] || a - b)

/** @param {Float64Array} values */
const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length

/** @param {Float64Array} values */
function deviation(values) {
    const middle = mean(values)
    return Math.sqrt(mean(values.map(value => (value - middle) ** 2)))
}

/** Steps until half of c is left, by forget gates alone. @param {Float64Array} f */
const leak = f => Math.LN2 / Math.abs(mean(f.map(Math.log)))

/**
 * The order in which correlated units stand side by side: along the Fiedler vector of the graph with edges
 * (1 + correlation) / 2 (Atkins, Boman & Hendrickson 1998).
 *
 * @param {Float64Array[]} c a row a unit
 */
function seriated(c) {
    const unit = c.map(values => {
        const middle = mean(values)
        const moved = values.map(value => value - middle)
        const length = Math.hypot(...moved)
        return moved.map(value => (length <= 1e-12 * Math.hypot(...values) ? 0 : value / length))
    })
    const dot = (/** @type {Float64Array} */ a, /** @type {Float64Array} */ b) =>
        a.reduce((sum, value, k) => sum + value * b[k], 0)
    const ties = unit.map(a => unit.map(b => (1 + dot(a, b)) / 2))
    const all = ties.map(row => row.reduce((sum, tie) => sum + tie, 0))
    // The constant vector, of eigenvalue 0, is moved to the other end of the spectrum.
    const laplacian = ties.map((row, a) => Float64Array.from(row, (tie, b) => 1 - tie + (a === b ? all[a] : 0)))
    const along = smallestVector(laplacian)
    const order = whole(c.length).sort((a, b) => along[a] - along[b] || a - b)
    return order.indexOf(0) <= order.indexOf(c.length - 1) ? order : order.reverse()
}

/** The eigenvector of the smallest eigenvalue of a symmetric positive matrix, by inverse iteration. */
function smallestVector(/** @type {Float64Array[]} */ matrix) {
    const size = matrix.length
    const factor = cholesky(matrix)
    let vector = Float64Array.from({ length: size }, (_, k) => Math.sin(1 + k))
    for (let step = 0; step < MOST_STEPS; step++) {
        const next = solved(factor, vector)
        const length = Math.hypot(...next) || 1
        for (let k = 0; k < size; k++) next[k] /= length
        const moved = Math.max(...next.map((value, k) => Math.abs(value - vector[k])))
        vector = next
        if (moved < STILL) break
    }
    return vector
}

/** L with L Lᵀ = A. A zero on the diagonal becomes a little more. */
function cholesky(/** @type {Float64Array[]} */ a) {
    const l = a.map(row => new Float64Array(row.length))
    for (let i = 0; i < a.length; i++) {
        for (let j = 0; j <= i; j++) {
            let sum = a[i][j]
            for (let k = 0; k < j; k++) sum -= l[i][k] * l[j][k]
            l[i][j] = i === j ? Math.sqrt(Math.max(sum, 1e-12 * a.length)) : sum / l[j][j]
        }
    }
    return l
}

/** x with L Lᵀ x = b. @param {Float64Array[]} l @param {Float64Array} b */
function solved(l, b) {
    const x = Float64Array.from(b)
    for (let i = 0; i < x.length; i++) {
        for (let k = 0; k < i; k++) x[i] -= l[i][k] * x[k]
        x[i] /= l[i][i]
    }
    for (let i = x.length - 1; i >= 0; i--) {
        for (let k = i + 1; k < x.length; k++) x[i] -= l[k][i] * x[k]
        x[i] /= l[i][i]
    }
    return x
}
