import assert from "node:assert/strict"
import { test } from "node:test"
import { Columns } from "../../assets/browser/state/answer.js"

const one = new Columns({ columns: { first: 2, per: 1, number: 3, steps: 9 }, labels: ["two", "three", "four"] })
const bins = new Columns({ columns: { first: 0, per: 4, number: 3, steps: 10 }, labels: [] })

test("a column stands for a step and the step for its column", () => {
    assert.deepEqual(
        [2, 3, 4].map(step => one.of(step)),
        [0, 1, 2],
    )
    assert.deepEqual(
        [0, 1, 2].map(column => one.step(column)),
        [2, 3, 4],
    )
})

test("a bin holds several steps and the last one what is left", () => {
    assert.deepEqual(
        [0, 3, 4, 9].map(step => bins.of(step)),
        [0, 0, 1, 2],
    )
    assert.equal(bins.name(2), "steps 8 to 9")
    assert.equal(bins.where(0), "4 steps")
    assert.equal(bins.where(2), "2 steps")
})

test("edges lie half a step to both sides and never past the sequence", () => {
    assert.deepEqual(one.edges(0), [1.5, 2.5])
    assert.deepEqual(bins.edges(2), [7.5, 9.5])
    assert.deepEqual(bins.range, [-0.5, 9.5])
})

test("a step is quoted by its word, and where all are called by their numbers it is none", () => {
    const quoted = (labels, per = 1) =>
        new Columns({ columns: { first: 2, per, number: 3, steps: 9 }, labels }).quoted(3)
    assert.equal(quoted(["two", "three", "four"]), "“three”")
    assert.equal(quoted(["2", "3", "4"]), "step 3")
    assert.equal(quoted(["2", "3", "3"]), "“3”", "a text of numbers")
})

test("a step is called by its word, or by its number where its word is not at hand", () => {
    assert.equal(one.name(1), "three")
    assert.equal(one.word(1_234), "step 1,234")
})
