import assert from "node:assert/strict"
import { test } from "node:test"
import { cell } from "../../assets/browser/slide/numbers_of.js"
import { wrapped } from "../../assets/browser/slide/slide.js"

test("a text is broken between words", () => {
    assert.deepEqual(wrapped("one two three four", 9), ["one two", "three", "four"])
    assert.deepEqual(wrapped("", 9), [])
    assert.deepEqual(wrapped("averylongword", 4), ["averylongword"])
})

test("no cell of a table is a formula, and a number stays one", () => {
    assert.equal(cell("=1+1"), "'=1+1")
    assert.equal(cell(-0.5), "-0.5")
    assert.equal(cell('say "a, b"'), '"say ""a, b"""')
    assert.equal(cell(Number.NaN), "")
})
