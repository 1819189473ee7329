import assert from "node:assert/strict"
import { test } from "node:test"
import { strength } from "../../assets/browser/picture/answers.js"
import { chance, chosen } from "../../assets/browser/state/write_on.js"

const COMING = [
    { label: "a", share: 0.7, text: "a" },
    { label: "b", share: 0.2, text: "b" },
    { label: "end", share: 0.1, text: null },
]

test("the surer a model is, the stronger its answer", () => {
    const shares = [0, 0.2, 0.59, 0.6, 0.9, 1]
    const strengths = shares.map(strength)
    assert.deepEqual(
        strengths,
        [...strengths].sort((a, b) => a - b),
    )
    assert.ok(strengths[0] > 0 && strengths[5] === 1)
})

test("a low temperature draws the likeliest, a high one draws all alike, and a seed draws the same again", () => {
    const draws = (temperature, seed) =>
        Array.from({ length: 300 }, (_, step) => chosen(COMING, { sample: true, temperature, seed }, step).label)
    assert.ok(draws(0.1, 0).every(label => label === "a"))
    const wild = draws(100, 0)
    for (const { label } of COMING) assert.ok(wild.filter(one => one === label).length > 60, label)
    assert.deepEqual(draws(1, 5), draws(1, 5))
    assert.notDeepEqual(draws(1, 5), draws(1, 6))
    assert.ok(chance(0, 0) >= 0 && chance(0, 0) < 1)
})

test("a number is written, not drawn", () => {
    const number = [{ label: "37.2", share: null, text: ", 37.2" }]
    assert.equal(chosen(number, { sample: true, temperature: 1, seed: 0 }, 2), number[0])
})
