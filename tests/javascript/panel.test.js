import assert from "node:assert/strict"
import { test } from "node:test"
import { weightsOf } from "../../assets/browser/panel/cell_panel.js"
import { barsOf, fromPicture, fromTerms, isMasked, linesOf } from "../../assets/browser/panel/cell_words.js"
import { cellValue, pictureOf } from "./pictures.js"

const near = (one, other) => assert.ok(Math.abs(one - other) < 1e-6, `${one} is not ${other}`)
const at = (picture, unit, step) => {
    const [stack] = picture.stacks
    return fromPicture(picture, stack, { layer: stack.layer, direction: stack.direction, unit, step })
}

test("c and h before are those of the step read before, from either side; at a begin or a reset those that were given", () => {
    const reads = (direction, step, change = {}) => {
        const picture = pictureOf({ places: [[0, direction]], resets: [1, 2] })
        const reset = { c: [Array(3).fill(9), [4, 5, 6]], h: [Array(3).fill(9), [1, 2, 3]] }
        Object.assign(picture.stacks[0], { reset, ...change })
        if (direction) picture.resets = []
        const { before, recalled } = at(picture, 1, step)
        return [before, recalled]
    }
    const start = { c: [0, 7, 0], h: [0, 8, 0] }
    const of = step => ["c", "h"].map(name => cellValue(name, 1, step))
    for (const [found, expected] of [
        [reads(0, 3), of(2)],
        [reads(1, 2), of(3)],
        [reads(0, 0), [0, 0]],
        [reads(1, 3), [0, 0]],
        [reads(0, 0, { start }), [7, 8]],
        [reads(1, 3, { start }), [7, 8]],
        [reads(0, 1), [9, 9]],
        [reads(0, 2), [5, 2]],
    ])
        for (const [k, value] of found.entries()) near(value, expected[k])
})

test("the arithmetic of a step is that of its kind, in its own letters", () => {
    const [f, i, g, c, o, h] = [..."figcoh"].map(name => cellValue(name, 2, 3))
    const before = cellValue("c", 2, 2)
    const [kept, written] = [f * before, i * g]
    for (const [change, expected] of /** @type {[object, Object<string, number>][]} */ ([
        [{}, { f, i, g, c, o, h, before, kept, written, tanh: Math.tanh(c), recalled: cellValue("h", 2, 2) }],
        [{ projects: true }, { f, c, kept, written, passed: o * Math.tanh(c) }],
        [
            { kind: "gru", found: "" },
            { z: f, lets: i, n: g, r: o, kept, written, c, h: c, before },
        ],
        [
            { kind: "rnn", found: "" },
            { before, recalled: before, c, h: c },
        ],
        [{ found: "o ⊙ div(c)" }, { f, i, g, c, kept, written, o, h, tanh: h / o }],
    ])) {
        const values = at({ ...pictureOf(), ...change }, 2, 3)
        for (const [name, value] of Object.entries(expected)) near(values[name], value)
        assert.equal(values.h === undefined, "projects" in change)
    }
})

test("a bin of several steps has no arithmetic of one", () => {
    assert.equal(at(pictureOf({ steps: 8, per: 2 }), 1, 2), null)
})

test("a step that is cut off, or a picture without all six quantities, has none", () => {
    const cut = pictureOf({ steps: 6 })
    cut.columns.first = 2
    cut.columns.number = 4
    assert.equal(at(cut, 1, 1), null)
    // Of the step before the first visible one nothing is known, unless the text begins there.
    assert.equal(at(cut, 1, 2), null)
    near(at(cut, 1, 3).before, cellValue("c", 1, 0))
    const few = pictureOf()
    few.stacks[0].figure.data.splice(0, 1)
    assert.equal(at(few, 1, 2), null)
})

test("a mask is said where c is another than what was kept and written, beyond rounding", () => {
    const masked = (c, off, found = "tanh(c)") => isMasked(/** @type {any} */ ({ kept: c, written: off, c, found }))
    assert.deepEqual(
        [masked(0.01, 9e-5), masked(0.01, 2e-4), masked(-50, 2e-3), masked(-50, 9e-3)],
        [false, true, false, true],
    )
    assert.equal(masked(0.01, 1, null), false, "only in somebody's own cell")
})

test("a negative bar lies left of the middle and a positive one right of it", () => {
    const bars = barsOf([
        ["less", -0.5],
        ["more", 0.25],
        ["none", 0],
    ])
    assert.deepEqual(
        bars.map(({ left, width }) => [left, width]),
        [
            [25, 25],
            [50, 12.5],
            [50, 0],
        ],
    )
})

const gate = k => ({
    weights_x: [k + 0.1, k + 0.2],
    weights_h: [k + 0.5],
    bias: k,
    from_x: 0,
    from_h: 0,
    pre: 0,
    value: k / 10,
})
const terms = /** @type {any} */ ({
    layer: 0,
    x: [7, 8],
    h_before: [9],
    f: gate(1),
    i: gate(2),
    g: gate(3),
    o: gate(4),
    c_before: 0.1,
    kept: 0.2,
    written: 0.3,
    c: 0.5,
    tanh_c: 0.46,
    h: 0.18,
})

test("the rows of x have its weights and those of h before have the other ones", () => {
    assert.deepEqual(weightsOf(terms), [
        ["x 0", 7, 1.1, 2.1, 3.1, 4.1],
        ["x 1", 8, 1.2, 2.2, 3.2, 4.2],
        ["h[0], previous step", 9, 1.5, 2.5, 3.5, 4.5],
        ["b", 1, 1, 2, 3, 4],
    ])
})

test("above the first layer the weights are those of h of the layer below, of both directions where there are two", () => {
    const names = change => weightsOf({ ...terms, layer: 2, ...change }).map(([name]) => name)
    assert.deepEqual(names({ h_before: [9, 9] }).slice(0, 2), ["h[0] of layer 1", "h[1] of layer 1"])
    assert.deepEqual(names({}).slice(0, 2), ["h[0] of layer 1", "h[0] of layer 1, from the right"])
})

test("the answerer's terms say the same sum; f, i and o are gates, the others have a sign", () => {
    const lines = linesOf(fromTerms(terms, { held: null }))
    assert.deepEqual(
        lines.map(([, value]) => value),
        [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.5, 0.46, 0.4, 0.18],
    )
    const gates = lines.filter(([, , isGate]) => isGate).map(([name]) => name)
    assert.deepEqual(gates, ["× f (keep)", "i (let in)", "× o (show)"])
})
