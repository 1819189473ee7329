/** How much is tried, explained and shown of a long text or a large model? As much as a visitor waits for, and not more. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { openDrawer, spreadOf } from "../../assets/browser/why/drawer.js"
import { baselineOf } from "../../assets/browser/why/explained.js"
import { answerOf } from "../../assets/browser/why/the_answer.js"

/** A reading of so many steps by an LSTM with so many weights. @returns {any} */
function readingOf({ steps = 9, weights = 1, gates = 0, without = [], ...lstm } = /** @type {any} */ ({})) {
    const sizes = { kind: "LSTM", inputSize: 2, hiddenSize: 5, numLayers: 1, bidirectional: false, ...lstm }
    return {
        lstm: { ...sizes, weights: { w: { data: { length: weights } } } },
        tokens: Array.from({ length: steps }, (_, k) => `w${k}`),
        holds: { gates: Array(gates).fill({}), without },
        model: { gives: "classes", labels: ["A", "B"] },
        series: null,
    }
}

test("no answer is explained of what is too much to compute, while a gate is held, or where a word is left out", () => {
    const why = (change, step) => answerOf(readingOf(change), /** @type {any} */ ({ step }), "", null)[1]
    assert.match(`${why({ weights: 50_000_001 }, 2)}`, /^3 steps of so large a model are too many to explain/)
    assert.match(`${why({ gates: 1 }, 2)}`, /^While a gate is held, no answer is explained/)
    assert.equal(why({ without: [2] }, 2), "“w2” is left out, so there is no answer at it.")
})

/** What still stands in c of a unit, whose gates are the same at each step. */
function still(steps, { i = 1, f = 1, g = 1, c = (/** @type {number} */ t) => t + 1 } = {}, direction = 0) {
    const all = value => Array.from({ length: steps }, () => value)
    const own = { i: all(i), f: all(f), g: all(g), c: Array.from({ length: steps }, (_, t) => c(t)) }
    const reading = { ...readingOf({ steps, hiddenSize: 1, bidirectional: true }), layers: [[own, own]], model: null }
    const about = { event: null, label: "" }
    return step => openDrawer(reading, { ...about, cell: { layer: 0, direction, unit: 0, step } }).still
}

test("each step that was read has its share, from the left or from the right, however long the text", () => {
    const { first, shares, c, said } = still(2005)(2004)
    assert.deepEqual([first, shares.length, new Set(shares), c], [0, 2005, new Set([1]), 2005])
    assert.equal(said, "c of unit 0 at “w2004” is +2005.00: the sum of what still stands of each step.")
    const right = still(2005, { c: t => 2005 - t }, 1)(2003)
    assert.deepEqual([right.first, right.shares], [2003, [1, 1]])
})

test("a memory that is not what was kept and written was held there, so nothing before it stands", () => {
    const shares = c => still(3, { c: t => [1, c, c + 1][t] })(2).shares
    assert.deepEqual(shares(2.0019), [1, 1, 1])
    assert.deepEqual(shares(2.0021), [0, 2.0021, 1])
    const halved = still(3, { i: 0.5, f: 0.5, c: t => 1 - 0.5 ** (t + 1) })(2)
    assert.deepEqual([halved.shares, halved.c], [[0.125, 0.25, 0.5], 0.875])
    for (const none of [NaN, Infinity]) assert.throws(() => still(2, { c: () => none })(1), /a memory that is a number/)
})

test("the answers of a reading lie apart by their widest column, without steps that have none", () => {
    const rows = [
        [1, 5],
        [NaN, 99],
        [3, -4],
        [2, 0],
    ].map(row => Float32Array.from(row))
    assert.deepEqual([spreadOf(rows), spreadOf(rows.slice(0, 1))], [9, 0])
})

test("in the place of words stands the mean of the known ones, or nothing", () => {
    const embedding = { size: 2, known: () => ["a", "b"], vector: token => Float32Array.of(token === "a" ? 1 : 4, 2) }
    const of = change => baselineOf(/** @type {any} */ ({ embedding: { ...embedding, ...change } }))
    assert.deepEqual(of({}), [Float32Array.of(2.5, 2), "the mean vector of the 2 tokens that the model knows"])
    const zero = [Float32Array.of(0, 0), "the zero vector"]
    assert.deepEqual([of({ known: () => [] }), of({ known: undefined })], [zero, zero])
})
