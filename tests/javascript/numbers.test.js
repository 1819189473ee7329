/** Which numbers does a page compute of a reading? Its columns, its cells and their terms. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { fit } from "../../assets/browser/numbers/fit.js"
import { numbersOf } from "../../assets/browser/numbers/picture.js"
import { readingOf } from "../../assets/browser/numbers/reading.js"
import { termsOf } from "../../assets/browser/numbers/terms.js"
import { modelOf, VIEW } from "./pictures.js"

test("columns hold every step that is asked for, in as few as there is room for", () => {
    for (const steps of [1, 64, 100, 1001, 40_000])
        for (const zoom of [null, [0, 9], [2.5, 70.2], [500, 999]])
            for (const room of [24, 100, 832]) {
                const { first, per, number } = fit(steps, room, 18, zoom)
                const [from, to] = zoom && zoom[0] < steps ? [Math.round(zoom[0] - 0.1), zoom[1]] : [0, steps - 1]
                const said = JSON.stringify({ steps, zoom, room, first, per, number })
                assert.ok(first >= 0 && first <= from && first + per * number > Math.min(to, steps - 1), said)
                assert.ok(per === 1 ? first + number <= steps : number <= room + 1 && per * (number - 1) <= steps, said)
            }
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
