/** How does a trained model turn its tokens into numbers? As the classes of `lstm_core/models/embeddings.py` do. */

import { affine } from "./run.js"
import { rowsOf } from "./tokens.js"

/**
 * `vector` is null for a token of numbers that can't be read.
 *
 * @typedef {{
 *     size: number,
 *     knows: (token: string) => boolean,
 *     vector: (token: string) => Float32Array | null,
 *     known?: () => string[],
 *     columns?: string[],
 *     rows?: number,
 *     zeros?: boolean,
 *     sent?: Map<string, Float32Array>
 * }} Embedding `known()`: the tokens of its list, if it has one; `columns`: what its numbers are called; `rows`: how many
 *     rows there are, if their numbers are the tokens; `zeros`: whether the vector of an unknown token is zero; `sent`: the
 *     vectors of words that a server has sent, where it has the table.
 * @typedef {(settings: any, weights: Object<string, Matrix>) => Embedding} Made
 */

/** Vectors of words that are kept: some megabytes. */
const MOST_KEPT = 10_000

/** @param {Matrix} table @param {number} row */
const rowOf = ({ columns, data }, row) => data.subarray(row * columns, (row + 1) * columns)

/** A learned vector for each token of a list; all others share row 0. @type {Made} */
function vocabulary({ tokens, size }, { "vectors.weight": table }) {
    const rows = new Map(tokens.map((/** @type {string} */ token, /** @type {number} */ k) => [token, k + 1]))
    const known = () => tokens
    return { size, known, knows: token => rows.has(token), vector: token => rowOf(table, rows.get(token) ?? 0) }
}

/** The rows of a given table; a token is one of a list, or the number of its row. @type {Made} */
function rows({ rows: there, size, tokens = [], unknown }, { "vectors.weight": table }) {
    const listed = new Map(tokens.map((/** @type {string} */ token, /** @type {number} */ row) => [token, row]))
    const numbered = (/** @type {string} */ token) => (/^\d{1,9}$/.test(token) && +token < there ? +token : -1)
    const known = (/** @type {string} */ token) => (tokens.length ? (listed.get(token) ?? -1) : numbered(token))
    const row = (/** @type {string} */ token) => (known(token) < 0 && tokens.length ? (unknown ?? -1) : known(token))
    return {
        size,
        rows: tokens.length ? undefined : there,
        zeros: !tokens.length || (unknown ?? -1) < 0,
        known: () => (tokens.length ? tokens : Array.from({ length: there }, (_, row) => `${row}`)),
        knows: token => known(token) >= 0,
        vector: token => (row(token) < 0 ? new Float32Array(size) : rowOf(table, row(token))),
    }
}

/** A table's columns, each minus its mean, divided by its standard deviation; a token is one row. @type {Made} */
function numbers({ columns }, { mean, deviation }) {
    const vector = (/** @type {string} */ token) => {
        const row = token.split(/\s+/).filter(Boolean).map(Number)
        if (row.length !== columns.length || !row.every(Number.isFinite)) return null
        return Float32Array.from(row, (number, k) => Math.fround(number - mean.data[k]) / deviation.data[k])
    }
    return { size: columns.length, columns, knows: token => vector(token) !== null, vector }
}

/** Words whose vectors a server sends. @param {number} size @returns {Embedding} */
function sentWords(size) {
    /** @type {Map<string, Float32Array>} */
    const sent = new Map()
    const vector = (/** @type {string} */ word) => {
        const found = sent.get(word)
        if (!found) throw new Error(`Expected the vector of “${word}” from the server, got none.`)
        return found
    }
    return { size, knows: () => true, vector, sent }
}

/** A word as the sum of the vectors of its features, over the square root of their number. @type {Made} */
function wordFeatures({ buckets, size }, { "vectors.weight": table }) {
    if (!table) return sentWords(size)
    const sum = (/** @type {string} */ token) => {
        const found = rowsOf(token, buckets)
        const root = Math.sqrt(found.length)
        const sums = new Float64Array(size)
        for (const row of found) for (let k = 0; k < size; k++) sums[k] += table.data[row * size + k]
        return Float32Array.from(sums, number => number / root)
    }
    /** @type {Map<string, Float32Array>} */
    const kept = new Map()
    // A text repeats its words, and a hand that types changes one of them.
    const vector = (/** @type {string} */ token) => {
        if (kept.size > MOST_KEPT) kept.clear()
        const found = kept.get(token) ?? sum(token)
        kept.set(token, found)
        return found
    }
    return { size, knows: () => true, vector }
}

/** The vectors of word features, put through a Linear that leaves fewer numbers. @type {Made} */
function reduced({ buckets, features, size }, weights) {
    if (!weights["whole.vectors.weight"]) return sentWords(size)
    const whole = wordFeatures({ buckets, size: features }, { "vectors.weight": weights["whole.vectors.weight"] })
    const [weight, bias] = [weights["reduce.weight"], weights["reduce.bias"]]
    const vector = (/** @type {string} */ token) =>
        Float32Array.from(affine(weight, /** @type {Float32Array} */ (whole.vector(token)), bias))
    return { size, knows: () => true, vector }
}

/** Each kind by the name that a file gives it. @type {Object<string, Made>} */
export const EMBEDDINGS = {
    vocabulary,
    rows,
    numbers,
    "word features": wordFeatures,
    "reduced word features": reduced,
}
