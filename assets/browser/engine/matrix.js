/** How is a matrix multiplied by a vector? Each sum is in double precision; what is kept is float32. */

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
    for (let row = 0; row < rows; row++) {
        let sum = bias ? bias.data[row] : 0
        for (let column = 0, from = row * columns; column < columns; column++)
            sum += data[from + column] * x[at + column]
        sums[row] = sum
    }
    return sums
}
