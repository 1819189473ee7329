/** Which order of a heatmap's rows tells the most? */

// A step of inverse iteration that moves no entry by more ends it.
const STILL = 1e-12
const MOST_STEPS = 5_000
// Units that are nearer on the line are at one place, and stay in their order.
const ROUNDING = 1e-9

/**
 * All units in an order; `recorded` is one layer in one direction.
 *
 * @param {Recorded} recorded @param {number} units @param {string} by
 */
export function ordered({ c, f }, units, by) {
    if (by === "similarity") return seriated(c, units)
    if (by === "activity") return largestFirst(whole(units).map(unit => deviation(column(c, units, unit))))
    if (by === "half-life") return largestFirst(whole(units).map(unit => leak(column(f, units, unit))))
    return whole(units)
}

/** One unit's values, in double precision. @param {Float32Array} values (step × unit) @param {number} units
 * @param {number} unit */
const column = (values, units, unit) =>
    Float64Array.from({ length: values.length / units }, (_, step) => values[step * units + unit])

/** 0, 1, …, all but the number itself. @param {number} number */
export const whole = number => Array.from({ length: number }, (_, k) => k)

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
 * @param {Float32Array} c (step × unit) @param {number} units
 */
function seriated(c, units) {
    const steps = c.length / units
    const rows = whole(units).map(unit => direction(column(c, units, unit)))
    const laplacian = new Float64Array(units * units)
    for (let a = 0; a < units; a++) {
        for (let b = 0; b <= a; b++) {
            let correlation = 0
            for (let t = 0; t < steps; t++) correlation += rows[a][t] * rows[b][t]
            laplacian[a * units + b] = laplacian[b * units + a] = (1 + correlation) / 2
        }
    }
    for (let a = 0; a < units; a++) {
        const row = laplacian.subarray(a * units, (a + 1) * units)
        const all = row.reduce((sum, tie) => sum + tie, 0)
        // The constant vector, of eigenvalue 0, is moved to the other end of the spectrum.
        for (let b = 0; b < units; b++) row[b] = 1 - row[b] + (a === b ? all : 0)
    }
    const along = smallestVector(laplacian, units).map(place => Math.round(place / ROUNDING))
    // Of its two directions the one where the first unit comes before the last.
    const sign = along[0] <= along[units - 1] ? 1 : -1
    return whole(units).sort((a, b) => sign * (along[a] - along[b]) || a - b)
}

/** What a unit does around its mean, of length 1; 0 of a constant one. @param {Float64Array} values */
function direction(values) {
    const middle = mean(values)
    const moved = values.map(value => value - middle)
    const length = norm(moved)
    return moved.map(value => (length <= 1e-12 * norm(values) ? 0 : value / length))
}

/** @param {Float64Array} values */
const norm = values => Math.sqrt(dot(values, values))

/** @param {Float64Array} a @param {Float64Array} b */
function dot(a, b) {
    let sum = 0
    for (let k = 0; k < a.length; k++) sum += a[k] * b[k]
    return sum
}

/**
 * The eigenvector of the smallest eigenvalue of a symmetric positive matrix: inverse iteration with its Cholesky factor.
 *
 * @param {Float64Array} a (size × size), overwritten @param {number} size
 */
function smallestVector(a, size) {
    const rows = whole(size).map(k => a.subarray(k * size, (k + 1) * size))
    const before = rows.map((row, k) => row.subarray(0, k))
    rows.forEach((row, k) => {
        for (let j = 0; j < k; j++) {
            let sum = row[j]
            for (let n = 0; n < j; n++) sum -= row[n] * rows[j][n]
            row[j] = sum / rows[j][j]
        }
        // A zero becomes a little more.
        row[k] = Math.sqrt(Math.max(row[k] - dot(before[k], before[k]), 1e-12 * size))
    })
    let vector = Float64Array.from(rows, (_, k) => Math.sin(1 + k))
    for (let step = 0, moved = 1; step < MOST_STEPS && moved > STILL; step++) {
        const next = Float64Array.from(vector)
        for (let k = 0; k < size; k++) next[k] = (next[k] - dot(before[k], next)) / rows[k][k]
        for (let k = size - 1; k >= 0; k--) {
            next[k] /= rows[k][k]
            for (let j = 0; j < k; j++) next[j] -= rows[k][j] * next[k]
        }
        const length = norm(next) || 1
        moved = 0
        for (let k = 0; k < size; k++) {
            next[k] /= length
            moved = Math.max(moved, Math.abs(next[k] - vector[k]))
        }
        vector = next
    }
    return vector
}
