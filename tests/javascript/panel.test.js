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

test("c before is that of the step to the left", () => {
    near(at(pictureOf(), 1, 2).before, cellValue("c", 1, 1))
})

test("from the right, c before is that of the step to the right", () => {
    near(at(pictureOf({ places: [[0, 1]] }), 1, 2).before, cellValue("c", 1, 3))
})

test("nothing was there before the first step, from either side", () => {
    assert.equal(at(pictureOf(), 1, 0).before, 0)
    assert.equal(at(pictureOf({ places: [[0, 1]] }), 1, 3).before, 0)
})

test("before the first step there is the state that was given", () => {
    const given = picture => {
        picture.stacks[0].start = { c: [0, 7, 0], h: [0, 8, 0] }
        return picture
    }
    const { before, recalled } = at(given(pictureOf()), 1, 0)
    assert.deepEqual([before, recalled], [7, 8])
    near(at(given(pictureOf()), 1, 1).before, cellValue("c", 1, 0))
    assert.equal(at(given(pictureOf({ places: [[0, 1]] })), 1, 3).before, 7)
})

test("at a step whose state did not come from the step before there is the state that it was given", () => {
    const picture = pictureOf({ resets: [1, 2] })
    picture.stacks[0].reset = {
        c: [
            [9, 9, 9],
            [4, 5, 6],
        ],
        h: [
            [9, 9, 9],
            [1, 2, 3],
        ],
    }
    const { before, recalled } = at(picture, 1, 2)
    assert.deepEqual([before, recalled], [5, 2])
    near(at(picture, 1, 3).before, cellValue("c", 1, 2))
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

test("f, i and o are gates, the others have a sign", () => {
    const gates = linesOf(fromTerms(terms, { held: null })).filter(([, , isGate]) => isGate)
    assert.deepEqual(
        gates.map(([name]) => name),
        ["× f (keep)", "i (let in)", "× o (show)"],
    )
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

test("the answerer's terms say the same sum", () => {
    const lines = Object.fromEntries(linesOf(fromTerms(terms, { held: null })))
    assert.deepEqual(Object.values(lines), [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.5, 0.46, 0.4, 0.18])
})
