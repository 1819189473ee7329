/** Which numbers does a page compute of a reading? The order of its units, its cells and their terms. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { saidBy } from "../../assets/browser/numbers/answers.js"
import { ordered } from "../../assets/browser/numbers/order.js"
import { numbersOf } from "../../assets/browser/numbers/picture.js"
import { readingOf } from "../../assets/browser/numbers/reading.js"
import { readTable, standardised } from "../../assets/browser/numbers/table.js"
import { termsOf } from "../../assets/browser/numbers/terms.js"
import { modelOf, VIEW } from "./pictures.js"

test("an answer is the best label, the possible ones, or a number or two", () => {
    const said = (change, ...row) => {
        const model = /** @type {any} */ ({ gives: "classes", labels: ["a", "b"], ...change })
        return Object.values(saidBy(model, Float32Array.from(row)))
    }
    assert.deepEqual(said({}, 0.5, 0.5), ["a", 0.5])
    assert.deepEqual(said({ gives: "hidden" }, 1, 2), ["", null])
    assert.deepEqual(said({ gives: "value" }, 1.234, -5, 9), ["1.23 -5", null])
    assert.deepEqual(said({ gives: "set" }, 0.5, 0.25), ["a", 0.5])
    assert.deepEqual(said({ gives: "set" }, 0.125, 0.25), ["–", 0.75])
})

test("a pinned cell that there is not is said with the last one that there is", () => {
    const of = (change, pin) => {
        const view = { ...VIEW, ...change, pin }
        const about = /** @type {any} */ ({ examples: {}, model: modelOf({}) })
        const words = /** @type {any} */ ({ strips: [{ quantity: "c" }], top: {} })
        return numbersOf(readingOf(null, view, ""), { view, room: 99, zoom: null, cell: null }, words, about).notices
    }
    const said = (cell, last) => [
        `There is no cell ${cell} (layer.unit.step): the last one is ${last}. No cell is pinned.`,
    ]
    assert.deepEqual(
        [of({}, "0.2.3"), of({}, "0.3.3"), of({}, "0.2.4")],
        [[], said("0.3.3", "0.2.3"), said("0.2.4", "0.2.3")],
    )
    const both = { n_layers: 2, directions: 2 }
    assert.deepEqual([of(both, "1.0.0.1"), of(both, "2.0.0")], [[], said("2.0.0", "1.2.3.1")])
})

test("the terms of a cell give what was recorded there, also where a gate is held", () => {
    const near = (one, other, where) => assert.ok(Math.abs(one - other) < 1e-6, `${where}: ${one} is not ${other}`)
    for (const holds of ["", "f.0.1.2_0.25 o.1.0.all_1"]) {
        const reading = readingOf(null, { ...VIEW, n_layers: 2, directions: 2 }, holds)
        for (let at = 0; at < 2 * 2 * 3 * 4; at++) {
            const [layer, direction, unit, step] = [at % 2, (at >> 1) % 2, (at >> 2) % 3, Math.floor(at / 12)]
            const recorded = reading.layers[layer][direction]
            const terms = termsOf(reading, { layer, direction, unit, step })
            const cell = `${holds} ${layer}.${unit}.${step}.${direction}`
            for (const letter of "figo") {
                const { value, pre, from_x, from_h, bias } = terms[letter]
                near(value, recorded[letter][3 * step + unit], `${letter} ${cell}`)
                near(pre, from_x + from_h + bias, `sum of ${letter} ${cell}`)
                if (!holds) near(value, letter === "g" ? Math.tanh(pre) : 1 / (1 + Math.exp(-pre)), `${letter} ${cell}`)
            }
            for (const letter of "ch") near(terms[letter], recorded[letter][3 * step + unit], `${letter} ${cell}`)
            near(terms.c_before, recorded.c[3 * (step + (direction ? 1 : -1)) + unit] ?? 0, `c before ${cell}`)
            near(terms.kept + terms.written, terms.c, `c ${cell}`)
        }
        assert.equal(termsOf(reading, { layer: 0, direction: 0, unit: 3, step: 0 }), null)
    }
})

test("two hundred waves, shuffled, are found in the order of their phases; equal ones stay in their own", () => {
    const [units, steps] = [200, 300]
    // 73 has no divisor in common with 200, so each place is taken once.
    const phase = unit => (73 * unit) % units
    const c = Float32Array.from({ length: units * steps }, (_, at) =>
        Math.sin((Math.floor(at / units) * Math.PI) / 50 + (phase(at % units) * Math.PI) / (2 * units)),
    )
    const found = ordered(/** @type {any} */ ({ c, f: c }), units, "similarity").map(phase)
    const rising = found[0] < found.at(-1) ? found : found.reverse()
    assert.deepEqual(
        rising,
        [...rising].sort((a, b) => a - b),
    )
    const pairs = Float32Array.of(0, 1, 0, 1, 1, 0, 1, 0)
    assert.deepEqual(ordered(/** @type {any} */ ({ c: pairs, f: pairs }), 4, "similarity"), [0, 2, 1, 3])
})

test("a table is read with or without names, with any of four marks between, and a list as one column", () => {
    const read = text => {
        const { names, values } = readTable(text)
        return [names.join(), [...values].join(" ")].join(": ")
    }
    for (const [text, wanted] of [
        ["1, 2, 3", "column 1: 1 2 3"],
        ["1\n2\n", "column 1: 1 2"],
        ["1 2\n3 4", "column 1,column 2: 1 2 3 4"],
        ["a;b\n1;2", "a,b: 1 2"],
        ["1;2\n3;4", "column 1,column 2: 1 2 3 4"],
        ["a\tb c\r\n1\t2", "a,b c: 1 2"],
        ["x, 2\n3, 4", "x,2: 3 4"],
        ["−1.5, +.5, 2., 1e3", "column 1: -1.5 0.5 2 1000"],
        ["load\n5", "load: 5"],
    ])
        assert.equal(read(text), wanted)
    for (const [text, said] of /** @type {[string, RegExp][]} */ ([
        ["  \n", /^Expected numbers, .*; got none\.$/],
        ["1, x, 3", /; got “x”\. Write numbers alone, or numbers below a row of names\.$/],
        ["1, 2\n3", /^Expected 2 columns in every row, got 1 in row 2\.$/],
        ["a, b\n1, 2\n3", /got 1 in row 2\.$/],
        ["1, 2\n3, z", /^Expected a number such as 1\.5 in column 2, row 2, got “z”\.$/],
        ["a, b\n1, 1e99", /^Expected a number such as 1\.5 in column b, row 1, got “1e99”\.$/],
        [`1, ${"x".repeat(41)}`, /got “x{40}”/],
    ]))
        assert.throws(() => readTable(text), { message: said })
    const x = standardised({ names: ["a", "b"], values: Float32Array.of(1, 5, 3, 5) })
    assert.deepEqual([...x], [-1, 0, 1, 0])
})
