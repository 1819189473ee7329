import assert from "node:assert/strict"
import { test } from "node:test"
import { heldWithin } from "../../assets/browser/numbers/reading.js"
import {
    heldAt,
    heldNow,
    holding,
    holdsOf,
    isHeld,
    undone,
    withHold,
    withoutHold,
    withoutWord,
    written,
} from "../../assets/browser/state/holds.js"
import { asked } from "../../assets/browser/state/state.js"
import { stateOf } from "./pictures.js"

const at = (gate, rest = {}) => ({ gate, layer: 0, direction: 0, units: [2], steps: [3], ...rest })
const cell = { layer: 0, direction: 0, unit: 2, step: 3 }

test("holds come back from their link", () => {
    for (const text of ["", "f.0.2.3_0", "g.1.all.3.1_-0.25 c.0.1.all_12 w.0 w.7", "h.0.0,3-5.0-1_0.5"]) {
        assert.equal(written(holdsOf(text)), text)
    }
    assert.deepEqual(holdsOf("f.1.all.3.1_0.5").gates, [
        { gate: "f", layer: 1, direction: 1, units: null, steps: [3], value: 0.5 },
    ])
})

test("what a text or an LSTM does not have is not held, and a sentence names it", () => {
    const lstm = { kind: "LSTM", hiddenSize: 3, projSize: 0, numLayers: 1, bidirectional: false }
    const there = "f.0.2.3_0 w.1"
    assert.deepEqual(heldWithin(there, lstm, 4), { holds: holdsOf(there), text: there, notices: [] })
    for (const gone of ["f.0.1,3.0_0", "f.0.1.4_0", "f.1.0.0_0", "f.0.0.0.1_0", "z.0.2.3_0"]) {
        const { text, notices } = heldWithin(`${gone} ${there}`, lstm, 4)
        assert.equal(text, there)
        assert.deepEqual([notices.length, notices[0].includes(`hold at ${gone}:`)], [1, true])
    }
})

test("a gate is held at one value: a new one takes the place of the last", () => {
    let text = withHold("", { ...at("f"), value: 0 })
    text = withHold(text, { ...at("f"), value: 0.123456789 })
    assert.equal(text, "f.0.2.3_0.123457")
    assert.equal(withHold(text, { ...at("i"), value: 1 }), "f.0.2.3_0.123457 i.0.2.3_1")
})

test("a hold of all units or steps takes the place of those of one, and not the other way round", () => {
    const one = "f.0.2.3_0 f.0.1.3_0"
    assert.equal(withHold(one, { ...at("f", { units: null }), value: 1 }), "f.0.all.3_1")
    assert.equal(withHold(one, { ...at("f", { steps: null }), value: 1 }), "f.0.1.3_0 f.0.2.all_1")
    assert.equal(withHold("f.0.all.all_1", { ...at("f"), value: 0 }), "f.0.all.all_1 f.0.2.3_0")
    assert.equal(withHold("f.0.2.3.1_0", { ...at("f"), value: 0 }), "f.0.2.3.1_0 f.0.2.3_0")
})

test("a hold of several units and steps takes the place of those that it covers alone", () => {
    const several = { ...at("f", { units: [1, 2], steps: [3, 4] }), value: 1 }
    assert.equal(withHold("f.0.2.3_0 f.0.1.5_0", several), "f.0.1.5_0 f.0.1-2.3-4_1")
    assert.equal(heldAt("f.0.1-2.3-4_1", cell, "f")?.value, 1)
    assert.equal(heldAt("f.0.0-1.3-4_1", cell, "f"), null)
})

test("the last hold counts at a cell", () => {
    assert.equal(heldAt("f.0.all.all_1 f.0.2.3_0", cell, "f")?.value, 0)
    assert.equal(heldAt("f.0.all.all_1 f.0.2.3_0", { ...cell, unit: 1 }, "f")?.value, 1)
    assert.equal(heldAt("f.0.2.3_0", { ...cell, step: 2 }, "f"), null)
    assert.equal(heldAt("f.0.2.3_0", cell, "i"), null)
})

test("what is let go is held no more, and the rest is", () => {
    assert.equal(withoutHold("f.0.2.3_0 i.0.2.3_1 w.1", at("f")), "i.0.2.3_1 w.1")
    assert.ok(isHeld("i.0.2.3_1 w.1", { ...at("i"), value: 1 }))
    assert.ok(!isHeld("i.0.2.3_1 w.1", { ...at("i"), value: 0 }))
})

test("a word that is left out is read again", () => {
    assert.equal(withoutWord("f.0.2.3_0 w.4", 1), "f.0.2.3_0 w.1 w.4")
    assert.equal(withoutWord("w.1 w.4", 1), "w.4")
})

test("holds are asked for with the text, and not in another LSTM, whose units are others", () => {
    const source = { sentence: "a b", model: "random", hidden_dim: 3 }
    const state = stateOf({ source, ...holding({ source }, "f.0.2.3_0") })
    assert.equal(asked(state).holds, "f.0.2.3_0")
    assert.equal(heldNow({ ...state, source: { ...source, sentence: "a b c" } }), "f.0.2.3_0")
    assert.equal(heldNow({ ...state, source: { ...source, hidden_dim: 4 } }), "")
    assert.ok(!("holds" in asked({ ...state, source: { ...source, model: "tagger" } })))
    assert.ok(!("holds" in asked(stateOf({ source }))))
})

test("the last change is undone first, and a gate's drag is one change", () => {
    let state = stateOf({ source: { model: "random" } })
    const drag = ["f.0.2.3_0.4", "f.0.2.3_0.2", "f.0.2.3_0"]
    for (const text of [...drag, "f.0.2.3_0 w.1", "w.1"]) state = { ...state, ...holding(state, text) }
    const back = []
    while (heldNow(state)) {
        state = { ...state, ...undone(state) }
        back.push(heldNow(state))
    }
    assert.deepEqual(back, ["f.0.2.3_0 w.1", "f.0.2.3_0", ""])
    // What a link holds came at once.
    const { source } = state
    assert.equal(heldNow({ source, ...undone(holding({ source }, "f.0.2.3_0 w.1")) }), "")
})
