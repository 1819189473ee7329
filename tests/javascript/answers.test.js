import assert from "node:assert/strict"
import { test } from "node:test"
import { strength } from "../../assets/browser/picture/answers.js"
import { chosen } from "../../assets/browser/state/write_on.js"

test("the surer a model is, the stronger its answer", () => {
    const shares = [0, 0.2, 0.59, 0.6, 0.9, 1]
    const strengths = shares.map(strength)
    assert.deepEqual(
        strengths,
        [...strengths].sort((a, b) => a - b),
    )
    assert.ok(strengths[0] > 0 && strengths[5] === 1)
})

test("a number is written, not drawn", () => {
    const number = [{ label: "37.2", share: null, text: ", 37.2" }]
    assert.equal(chosen(number, { sample: true, temperature: 1, seed: 0 }, 2), number[0])
})
