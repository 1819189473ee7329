/** What is made of numbers that were computed: answers, orders, bins, and a table that is read? Small cases of each. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { answersAt, coming, saidBy } from "../../assets/browser/numbers/answers.js"
import { changes, taken } from "../../assets/browser/numbers/bins.js"
import { heldIn, heldWithin } from "../../assets/browser/numbers/held.js"
import { scoresOf, seriesOf } from "../../assets/browser/numbers/model_output.js"
import { ordered } from "../../assets/browser/numbers/order.js"
import { columnsOf, inputsOf, overviewOf, reachOf } from "../../assets/browser/numbers/stacks.js"
import { readTable, standardised } from "../../assets/browser/numbers/table.js"

const modelOf = change =>
    /** @type {any} */ ({
        ...{ gives: "classes", labels: ["a", "b"], reads: "words", embedding: { knows: one => one !== "b" } },
        ...change,
    })
const rows = (...all) => all.map(row => Float32Array.from(row))
const whole = (steps, per = 1) => ({ first: 0, per, number: Math.ceil(steps / per), steps })

test("an answer is the best label, the possible ones, or a number or two", () => {
    const said = (change, ...row) => Object.values(saidBy(modelOf(change), Float32Array.from(row)))
    assert.deepEqual(said({}, 0.5, 0.5), ["a", 0.5])
    assert.deepEqual(said({}, 0.25, 0.75), ["b", 0.75])
    assert.deepEqual(said({ gives: "hidden" }, 1, 2), ["", null])
    assert.deepEqual(said({ gives: "value" }, 1.234, -5, 9), ["1.23 -5", null])
    assert.deepEqual(said({ gives: "set" }, 0.5, 0.25), ["a", 0.5])
    assert.deepEqual(said({ gives: "set" }, 0.75, 0.75), ["a b", 0.75])
    assert.deepEqual(said({ gives: "set" }, 0.125, 0.25), ["–", 0.75])
})

test("answers stand at single steps alone, and none where nothing was said", () => {
    const at = (change, all, columns = whole(3)) => answersAt(all && modelOf(change), all, columns)
    const all = rows([1, 0], [NaN, NaN], [0, 1])
    assert.deepEqual(at({}, all), [
        { step: 0, label: "a", share: 1 },
        { step: 2, label: "b", share: 1 },
    ])
    assert.deepEqual(at({}, all, { first: 2, per: 1, number: 1, steps: 3 }), [{ step: 2, label: "b", share: 1 }])
    assert.deepEqual([at({}, all, whole(3, 2)), at({ gives: "hidden" }, all), at({}, null)], [[], [], []])
    assert.deepEqual(answersAt(modelOf({}), null, whole(3)), [])
})

test("what may come is told with the text that would follow, if the model reads it as one known token", () => {
    const next = (change, ...last) => coming(modelOf(change), Float32Array.from(last))
    assert.deepEqual(next({ labels: ["a", "b", "two words"] }, 0.25, 0.5, 0.25), [
        { label: "b", share: 0.5, text: null },
        { label: "a", share: 0.25, text: " a" },
        { label: "two words", share: 0.25, text: null },
    ])
    assert.deepEqual(next({ reads: "characters", labels: ["x", "ab"] }, 0.25, 0.75), [
        { label: "ab", share: 0.75, text: null },
        { label: "x", share: 0.25, text: "x" },
    ])
    // A blank and a letter are one word, which is not the label.
    assert.deepEqual(next({ labels: [" a"] }, 1), [{ label: " a", share: 1, text: null }])
    assert.deepEqual(next({}, NaN, 1), [])
    assert.deepEqual(next({ gives: "value" }, 1.23456), [{ label: "1.235", share: null, text: ", 1.235" }])
    assert.deepEqual(next({ gives: "value" }, 1, 2), [{ label: "1 2", share: null, text: "\n1 2" }])
})

test("what is held is told with the answers before and after, where each step has its column", () => {
    const reading = /** @type {any} */ ({
        ...{ text: "w.1", model: modelOf({}) },
        ...{ said: rows([1, 0], [1, 0], [0, 1]), unheld: rows([0, 1], [0, 1], [0, 1]) },
    })
    assert.deepEqual(heldIn(reading, { first: 1, per: 1, number: 2, steps: 3 }), {
        ...{ holds: "w.1", before: ["b", "b"], after: ["", "b"] },
        ...{ sure_before: [1, 1], sure_after: [null, 1] },
    })
    const none = { holds: "w.1", before: [], after: [], sure_before: [], sure_after: [] }
    assert.deepEqual(heldIn(reading, whole(3, 2)), none)
    for (const change of [{ model: null }, { said: null }, { unheld: null }])
        assert.deepEqual(heldIn({ ...reading, ...change }, whole(3)), none)
    assert.equal(heldIn({ ...reading, text: "" }, whole(3)), null)
})

test("of the holds of a link those that are there are kept, and the others are named", () => {
    const lstm = { kind: "LSTM", hiddenSize: 3, projSize: 0, numLayers: 2, bidirectional: false }
    const kept = (text, change = {}, steps = 4) => {
        const { text: left, notices } = heldWithin(text, /** @type {any} */ ({ ...lstm, ...change }), steps)
        return [
            left,
            notices[0]
                ?.match(/nothing to hold at (.*): this text and (.*) have no such/)
                ?.slice(1)
                .join(" "),
        ]
    }
    for (const there of ["f.0.2.3_0", "f.1.0.0_1", "c.0.all.all_0.5", "h.0.2.0_0", "w.3"])
        assert.deepEqual(kept(there), [there, undefined])
    for (const none of ["f.0.3.0_0", "f.0.0.4_0", "f.2.0.0_0", "f.0.0.0.1_0", "w.4"])
        assert.deepEqual(kept(`${none} i.0.1.1_0`), ["i.0.1.1_0", `${none} LSTM`])
    assert.deepEqual(kept("f.0.0.0.1_0", { bidirectional: true }), ["f.0.0.0.1_0", undefined])
    assert.deepEqual(kept("h.0.2.0_0", { projSize: 2 }), ["", "h.0.2.0_0 LSTM"])
    assert.deepEqual(kept("h.0.1.0_0", { projSize: 2 }), ["h.0.1.0_0", undefined])
    assert.deepEqual(kept("f.0.0.0_0", { kind: "GRU" }), ["", "f.0.0.0_0 GRU"])
    assert.deepEqual(kept("w.0 w.1", {}, 2), ["", undefined])
    assert.match(
        heldWithin("w.0 w.1", /** @type {any} */ (lstm), 2).notices[0],
        /^Without its words there is nothing left/,
    )
    assert.deepEqual(heldWithin("", /** @type {any} */ (lstm), 0).notices, [])
})

test("a bin has its least, its mean and its most, and shows the end that is farther from the mean", () => {
    const bins = taken(whole(5, 2), Float32Array.of(0, 9, 1, 9, 8, 9, 2, 9, 4, 9), 2, [0])
    const { low, mean, high, extreme, other } = Object.fromEntries(
        Object.entries(bins).map(([name, [row]]) => [name, [...row]]),
    )
    assert.deepEqual(
        [low, mean, high],
        [
            [0, 2, 4],
            [0.5, 5, 4],
            [1, 8, 4],
        ],
    )
    assert.deepEqual(
        [extreme, other],
        [
            [0, 2, 4],
            [1, 8, 4],
        ],
    )
    const [spike] = taken({ first: 3, per: 3, number: 1, steps: 6 }, Float32Array.of(9, 9, 9, 0, 0, 6), 1).extreme
    assert.deepEqual([...spike], [6])
    assert.deepEqual([...changes(Float32Array.of(1, 5, 4, 3), 2)], [0, 0, 3, 2])
    const single = taken({ first: 1, per: 1, number: 2, steps: 4 }, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2)
    assert.deepEqual(
        single.low.map(row => [...row]),
        [
            [3, 5],
            [4, 6],
        ],
    )
})

test("units stand by their number, by how much c varies, by how long f keeps, or side by side with their like", () => {
    // Steps of four units: an echo of the first, a constant, and its opposite.
    const waves = [0, 1, 2, 3, 4].flatMap(t => [Math.sin(t), 0, -2 * Math.sin(t), 0.5 * Math.sin(t) + 0.01 * t])
    const recorded = {
        c: Float32Array.from(waves),
        f: Float32Array.from(waves, (_, k) => [0.5, 0.9, 0.25, 0.9][k % 4]),
    }
    const by = name => ordered(/** @type {any} */ (recorded), 4, name)
    assert.deepEqual(by("index"), [0, 1, 2, 3])
    assert.deepEqual(by("activity"), [2, 0, 3, 1])
    assert.deepEqual(by("half-life"), [1, 3, 0, 2])
    const side = by("similarity")
    assert.equal(Math.abs(side.indexOf(0) - side.indexOf(3)), 1)
    assert.equal(Math.abs(side.indexOf(0) - side.indexOf(2)) > 1, true)
    assert.ok(side.indexOf(0) < side.indexOf(3))
    const alone = { c: Float32Array.of(1, 2), f: Float32Array.of(1, 1) }
    assert.deepEqual(ordered(/** @type {any} */ (alone), 1, "similarity"), [0])
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
        ["  \n", /^Expected numbers, got none/],
        ["1, x, 3", /got “x” in place 2\. Write a number there/],
        ["y 2", /got “y” in place 1\./],
        ["1, 2\n3", /^Expected 2 columns in every row, got 1 in row 2\.$/],
        ["a, b\n1, 2\n3", /got 1 in row 2\.$/],
        ["1, 2\n3, z", /^Expected a number such as 1\.5 in column 2, row 2, got “z”\.$/],
        ["a, b\n1, 1e99", /^Expected a number such as 1\.5 in column b, row 1, got “1e99”\.$/],
        ["a b", /^Expected rows of numbers, .* got names alone\.$/],
        [`1, ${"x".repeat(41)}`, /got “x{40}” in place 2/],
    ]))
        assert.throws(() => readTable(text), { message: said })
    const x = standardised({ names: ["a", "b"], values: Float32Array.of(1, 5, 3, 5) })
    assert.deepEqual([...x], [-1, 0, 1, 0])
})

/** A reading of four steps by an untrained LSTM of two units. @returns {any} */
function readingOf(change = {}) {
    const own = { c: Float32Array.of(0, 1, 0.5, -3, 1, 1, 0, 0), h: Float32Array.of(0, 9, 0, 0, 0, 0, 0, 0) }
    const lstm = { kind: "LSTM", inputSize: 1, hiddenSize: 2, projSize: 0, numLayers: 1, bidirectional: false }
    const made = {
        lstm,
        tokens: [..."abcd"],
        layers: [[own]],
        x: Float32Array.of(0, -2, 1, NaN),
        series: null,
        model: null,
    }
    return { ...made, ...change, lstm: { ...lstm, ...change.lstm } }
}
const places = few => [{ layer: 0, direction: 0, few }]

test("the scale of c ends at 1, or at the next round number beyond what the shown units reach", () => {
    const model = modelOf({})
    const reach = (few, change = {}) => reachOf(readingOf({ model, ...change }), places(few))
    assert.deepEqual([reach(null), reach([1]), reach([0]), reachOf(readingOf(), places(null))], [5, 5, 1, 1])
    assert.equal(reach([0], { lstm: { projSize: 2 } }), 10)
    const small = { layers: [[{ c: Float32Array.of(0.25, -0.5), h: Float32Array.of(9, 9) }]] }
    assert.equal(reach(null, small), 1)
})

test("x is drawn on a scale of at least 1, and not of many features or of a series", () => {
    const inputs = change => inputsOf(readingOf(change), whole(4))
    assert.equal(inputs({})?.reach, 2)
    assert.equal(inputs({ x: Float32Array.of(0.5, 0, 0, 0) })?.reach, 1)
    assert.equal(inputs({ series: {} }), null)
    const wide = size => inputsOf(readingOf({ lstm: { inputSize: size }, x: new Float32Array(4 * size) }), whole(4))
    assert.deepEqual([wide(64)?.z.length, wide(65)], [64, null])
})

test("the overview has the least c, the most, and the largest move of one step", () => {
    const [low, high, moves] = overviewOf(readingOf(), places(null)).map(row => [...row])
    assert.deepEqual(
        [low, high, moves],
        [
            [0, -3, 1, 0],
            [1, 0.5, 1, 0],
            [0, 4, 4, 1],
        ],
    )
    const long = 601
    const c = Float32Array.from({ length: 2 * long }, (_, k) => (k === 2 * long - 1 ? 7 : 0))
    const [, most] = overviewOf(readingOf({ tokens: Array(long).fill("a"), layers: [[{ c }]] }), places(null))
    assert.deepEqual([most.length, most.at(-1), most.at(-2)], [301, 7, 0])
})

test("as many steps are sent as their numbers allow, of all units or of the few that are shown", () => {
    const of = (few, quantities, change = {}) => {
        const reading = readingOf({ tokens: Array(5_000).fill("a"), ...change })
        return columnsOf(reading, places(few), quantities, { room: 5_000, zoom: null }).per
    }
    const wide = { lstm: { hiddenSize: 50 } }
    // 900,000 bytes, of four bytes a number and step.
    assert.deepEqual([of(null, "c", { lstm: { hiddenSize: 45 } }), of(null, "c", { lstm: { hiddenSize: 46 } })], [1, 2])
    assert.deepEqual(
        [of([1], "c", wide), of(Array(22).fill(0), "ch", wide), of(Array(23).fill(0), "ch", wide)],
        [1, 1, 2],
    )
    assert.deepEqual([of(null, "h", { lstm: { ...wide.lstm, projSize: 3 } }), of(null, "c", wide)], [1, 2])
})

test("a model's numbers are drawn with the series that they foresee, else beside it", () => {
    const series = { names: ["column 1"], values: Float32Array.of(1, 2, 3, 4) }
    const restored = { mean: {}, deviation: {} }
    const value = change => modelOf({ gives: "value", labels: ["column 1"], restored, ...change })
    const said = rows([5], [6], [-1], [7])
    const of = (model, change = {}) => seriesOf(readingOf({ model, series, said, ...change }), whole(4))
    const [read] = of(null)
    assert.deepEqual(
        [read.title, read.question, read.labels, read.low, read.high, read.read],
        ["the series", "", ["value"], [1], [4], true],
    )
    const [both, ...none] = of(value({}))
    assert.deepEqual(
        [none, both.question, both.low, both.high],
        [[], "line: what came; dotted: its forecast", [-1], [7]],
    )
    assert.deepEqual(
        both.foreseen?.map(row => [...row]),
        [[5, 6, -1, 7]],
    )
    const beside = of(value({ restored: null, labels: ["a"] }))
    assert.deepEqual(
        beside.map(({ title, labels, read }) => [title, labels[0], read]),
        [
            ["the series", "value", true],
            ["what the Linear says", "a", false],
        ],
    )
    assert.equal(of(value({ labels: ["a"] }), { series: null })[0].read, false)
    assert.deepEqual([of(modelOf({}), { series: null }), of(value({}), { said: null }).length], [[], 1])
    const thirteen = { names: [..."abcdefghijklm"], values: new Float32Array(13 * 4) }
    const [wide] = of(null, { series: thirteen })
    assert.deepEqual([wide.labels.length, wide.values.length, wide.question], [12, 12, "each on its own scale"])
})

test("of many labels the likeliest twelve are drawn, in their order", () => {
    const labels = [..."abcdefghijklm"]
    const said = rows(
        labels.map((_, k) => (k === 4 ? 0 : k + 1)),
        labels.map(() => 0),
    )
    const of = (change, all = said, columns = whole(2)) =>
        scoresOf(readingOf({ model: modelOf({ labels, ...change }), said: all }), columns)
    const found = of({})
    assert.deepEqual([found?.title, found?.question], ["class probabilities", "which one? (top 12 of 13)"])
    assert.deepEqual([found?.labels.join(""), [...(found?.z[4] ?? [])]], ["abcdfghijklm", [6, 0]])
    const twelve = of(
        { labels: labels.slice(0, 12), gives: "set" },
        said.map(row => row.subarray(0, 12)),
    )
    assert.deepEqual([twelve?.title, twelve?.question], ["what is allowed", "what may come?"])
    assert.deepEqual([of({ gives: "value" }), of({ gives: "hidden" }), of({}, null)], [null, null, null])
})
