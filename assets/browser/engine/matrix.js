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
