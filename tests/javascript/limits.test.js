/** How much is tried, explained and shown of a long text or a large model? As much as a visitor waits for, and not more. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { bestTurn, spreadOf, turned, withoutEach } from "../../assets/browser/why/changes.js"
import { stillInC } from "../../assets/browser/why/drawer.js"
import { baselineOf } from "../../assets/browser/why/explained.js"
import { answerOf } from "../../assets/browser/why/the_answer.js"

/** A reading of so many steps by an LSTM with so many weights. @returns {any} */
function readingOf({ steps = 9, weights = 1, hidden = 5, gates = 0, without = [], ...lstm }) {
    const sizes = { kind: "LSTM", inputSize: 2, hiddenSize: hidden, numLayers: 1, bidirectional: false, ...lstm }
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

/** Every gate of one unit at each step. */
function cellOf(steps, { i = 1, f = 1, g = 1, c = (/** @type {number} */ t) => t + 1 } = {}, direction = 0) {
    const all = value => Array.from({ length: steps }, () => value)
    const own = { i: all(i), f: all(f), g: all(g), c: Array.from({ length: steps }, (_, t) => c(t)) }
    const layers = [[own, own]]
    const lstm = { kind: "LSTM", hiddenSize: 1 }
    const tokens = all("a")
    return step => stillInC(/** @type {any} */ ({ lstm, layers, tokens }), { layer: 0, direction, unit: 0, step })
}

test("of a long memory the nearest two thousand steps have shares, and the others are summed", () => {
    const { first, shares, earlier, c, said } = cellOf(2005)(2004)
    assert.deepEqual([first, shares.length, new Set(shares), earlier, c], [5, 2000, new Set([1]), 5, 2005])
    assert.match(said, /^c of unit 0 at “a” is \+2005.00: .*, and \+5.00 of steps too far to show.$/)
    const whole = cellOf(2000)(1999)
    assert.deepEqual([whole.first, whole.shares.length, whole.earlier], [0, 2000, 0])
    assert.match(whole.said, /what still stands of each step\.$/)
})

test("what is too far to show is said from half a hundredth on", () => {
    const of = value => cellOf(2001, { g: value, c: t => value * (t + 1) })(2000).said
    assert.match(of(0.005), /, and \+0\.0050 of steps too far to show\.$/)
    assert.match(of(0.0049), /each step\.$/)
    assert.match(of(-0.005), /, and −0\.0050 of steps/)
})

test("a memory that is not what was kept and written was held there, so nothing before it stands", () => {
    const shares = (c, more = {}) => cellOf(3, { ...more, c: t => [1, c, c + 1][t] })(2).shares
    assert.deepEqual(shares(2.0019), [1, 1, 1])
    assert.deepEqual(shares(2.0021), [0, 2.0021, 1])
    const halved = cellOf(3, { i: 0.5, f: 0.5, c: t => 1 - 0.5 ** (t + 1) })
    assert.deepEqual([halved(2).shares, halved(2).c], [[0.125, 0.25, 0.5], 0.875])
    assert.throws(() => cellOf(2, { c: () => NaN })(1), /Expected a memory that is a number/)
    assert.throws(() => cellOf(2, { c: () => Infinity })(1), /Expected a memory that is a number/)
})

const said = rows => rows.map(row => Float64Array.from(row))
const value = /** @type {any} */ ({ gives: "value", labels: ["x"] })

test("an answer is framed where it changes by more than two hundredths", () => {
    const framed = (after, spread = 1) =>
        withoutEach(value, [4, 7], /** @type {any} */ (said([[0]])[0]), /** @type {any} */ (said(after)), spread)
    assert.deepEqual(framed([[0.02], [0.0201]]), [
        { step: 4, label: "0.02", share: null, framed: false },
        { step: 7, label: "0.0201", share: null, framed: true },
    ])
    assert.deepEqual(
        framed([[0.02], [-0.05]], 2).map(({ framed }) => framed),
        [false, true],
    )
    assert.deepEqual(
        framed([[0.02], [-0.05]], 0).map(({ framed }) => framed),
        [false, true],
    )
})

test("a symbol of exactly a half is no possible one, whichever way it goes", () => {
    const of = (before, after) =>
        turned(/** @type {any} */ ({ gives: "set" }), Float32Array.of(before), Float32Array.of(after))
    assert.deepEqual([of(0.5, 0.25), of(0.25, 0.5), of(0.5, 0.75), of(0.75, 0.5)], [0, 0, 0.25, 0.25])
})

test("of the changes that are worth it one of the pinned unit is told before a larger one", () => {
    const reading = { ...readingOf({ hidden: 2 }), model: value }
    const tried = ["f.0.1.2_0", "f.0.0.2_0", "w.0"].map((hold, k) => ({ hold, said: hold, isPinned: k === 0 }))
    const best = (moves, change = {}, all = tried) =>
        bestTurn({ ...reading, ...change }, all, /** @type {any} */ ([0]), /** @type {any} */ (moves.map(m => [m])), 1)
    const told = (...given) => best(...given)[0]?.hold ?? null
    assert.equal(told([0.1, 0.5, 0.3]), "f.0.1.2_0")
    assert.equal(told([0.09, 0.3, 0.5]), "w.0")
    assert.equal(told([0.09, 0.5, 0.3]), "f.0.0.2_0")
    assert.equal(told([0.09, 0.5, 0.5]), "f.0.0.2_0")
    assert.equal(told([NaN, 0.1, 0]), "f.0.0.2_0")
    assert.deepEqual(best([0.2, 0, 0]), [
        {
            ...{ hold: "f.0.1.2_0", said: "f.0.1.2_0", turns: false },
            ...{ was: { label: "0", share: null }, becomes: { label: "0.2", share: null } },
        },
        "",
    ])
})

test("the answers of a reading lie apart by their widest column, without steps that have none", () => {
    assert.equal(
        spreadOf(
            /** @type {any} */ (
                said([
                    [1, 5],
                    [NaN, 99],
                    [3, -4],
                    [2, 0],
                ])
            ),
        ),
        9,
    )
    assert.equal(spreadOf(/** @type {any} */ (said([[1, 5]]))), 0)
})

test("in the place of words stands the mean of the known ones, or nothing", () => {
    const embedding = { size: 2, known: () => ["a", "b"], vector: token => Float32Array.of(token === "a" ? 1 : 4, 2) }
    const of = change => baselineOf(/** @type {any} */ ({ embedding: { ...embedding, ...change } }))
    assert.deepEqual(of({}), [Float32Array.of(2.5, 2), "the mean vector of the 2 tokens that the model knows"])
    const zero = [Float32Array.of(0, 0), "the zero vector"]
    assert.deepEqual([of({ known: () => [] }), of({ known: undefined })], [zero, zero])
})
