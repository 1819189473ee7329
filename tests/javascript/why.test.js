/** By how much does a change turn an answer, and how is that said? */

import assert from "node:assert/strict"
import { test } from "node:test"

import { turned, unlike } from "../../assets/browser/why/changes.js"
import { signed } from "../../assets/browser/why/names.js"
import { answerOf } from "../../assets/browser/why/the_answer.js"

const model = gives => /** @type {any} */ ({ gives })
const near = (found, expected) => assert.ok(Math.abs(found - expected) < 1e-6, `${found} is not ${expected}`)

test("classes turn by what the old label loses or the new one gains", () => {
    const before = Float32Array.of(0.5, 0.3, 0.2)
    near(turned(model("classes"), before, Float32Array.of(0.45, 0.5, 0.05)), 0.05)
    near(turned(model("classes"), before, Float32Array.of(0.1, 0.42, 0.48)), 0.28)
    near(turned(model("classes"), before, Float32Array.of(0.4, 0.3, 0.3)), 0)
    near(unlike(model("classes"), before, Float32Array.of(0.4, 0.1, 0.5), 1), 0.1)
})

test("a set turns by the probability that crosses a half, and a forecast never does", () => {
    const before = Float32Array.of(0.9, 0.2)
    near(turned(model("set"), before, Float32Array.of(0.6, 0.6)), 0.4)
    near(unlike(model("set"), before, Float32Array.of(0.6, 0.3), 1), 0.3)
    near(turned(model("value"), before, Float32Array.of(5, 0)), 0)
    near(unlike(model("value"), before, Float32Array.of(1.9, 0.2), 4), 0.25)
})

test("a number has its sign, and a small one two digits", () => {
    assert.deepEqual([2.345, -0.5, 0.0432, -0.00123, 0].map(signed), ["+2.35", "−0.50", "+0.043", "−0.0012", "+0.00"])
})

test("a page without a server says who explains the answers of another cell than an LSTM", () => {
    const why = kind =>
        answerOf(
            /** @type {any} */ ({ model: model("classes"), holds: { without: [], gates: [] }, lstm: { kind } }),
            /** @type {any} */ ({ step: 0 }),
            "a",
            null,
        )[1]
    assert.match(why("RNN_TANH"), /: lstm_core\.explain and the app explain an RNN’s\.$/)
    assert.match(why("GRU"), /explain a GRU’s\.$/)
})
