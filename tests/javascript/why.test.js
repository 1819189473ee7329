/** By how much does a change turn an answer, and how is that said? */

import assert from "node:assert/strict"
import { test } from "node:test"

import { EMBEDDINGS } from "../../assets/browser/engine/embeddings.js"
import { draws, randomLstm, uniform } from "../../assets/browser/engine/random.js"
import { run, scores, sideBySide } from "../../assets/browser/engine/run.js"
import { saidBy } from "../../assets/browser/numbers/answers.js"
import { readingOf } from "../../assets/browser/numbers/reading.js"
import { finely } from "../../assets/browser/shared/numbers.js"
import { openDrawer, unlike } from "../../assets/browser/why/drawer.js"
import { baselineOf, sweep } from "../../assets/browser/why/explained.js"
import { answerOf } from "../../assets/browser/why/the_answer.js"
import { shipped, VIEW } from "./pictures.js"

const near = (found, expected) => assert.ok(Math.abs(found - expected) < 2e-6, `${found} is not ${expected}`)

test("an answer changes by its probability, by the largest of a set, or by the range of the forecasts", () => {
    const moved = (gives, before, after, spread = 1) =>
        unlike(/** @type {any} */ ({ gives }), Float32Array.of(...before), Float32Array.of(...after), spread)
    near(moved("classes", [0.5, 0.3, 0.2], [0.4, 0.1, 0.5]), 0.1)
    near(moved("set", [0.9, 0.2], [0.6, 0.3]), 0.3)
    near(moved("value", [0.9, 0.2], [1.9, 0.2], 4), 0.25)
})

test("what the inputs add, and what is carried past each step, sums to the difference of two answers", () => {
    const steps = 5
    for (const [kind, numLayers, bidirectional, projSize] of /** @type {[string, number, boolean, number][]} */ ([
        ["LSTM", 1, false, 0],
        ["LSTM", 2, true, 0],
        ["LSTM", 1, false, 2],
        ["GRU", 1, false, 0],
        ["GRU", 2, true, 0],
        ["RNN_TANH", 1, false, 0],
        ["RNN_RELU", 2, false, 0],
    ])) {
        const lstm = randomLstm({ kind, inputSize: 2, hiddenSize: 3, numLayers, bidirectional }, 7)
        if (projSize) {
            lstm.weights.weight_hr_l0 = { rows: projSize, columns: 3, data: Float32Array.of(0.5, -1, 2, 1, 0.3, -0.7) }
            const { data } = lstm.weights.weight_hh_l0
            lstm.weights.weight_hh_l0 = { rows: 12, columns: projSize, data: data.slice(0, 12 * projSize) }
            lstm.projSize = projSize
        }
        const [a, b] = [3, -1].map(from => {
            const x = Float32Array.from({ length: 2 * steps }, (_, k) => Math.sin(from + 1.7 * k))
            return { x, layers: run(lstm, x) }
        })
        const shown = projSize || 3
        const readout = Float64Array.from({ length: shown * (bidirectional ? 2 : 1) }, (_, k) => k - 1.5)
        for (const at of bidirectional ? [2] : [0, steps - 1]) {
            const answer = ({ layers }) =>
                sideBySide(layers.at(-1), shown)
                    .slice(at * readout.length, (at + 1) * readout.length)
                    .reduce((sum, h, k) => sum + h * readout[k], 0)
            const sum = (all, from = 0, to = all.length) => all.slice(from, to).reduce((one, other) => one + other, 0)
            const { inputs, kept, reread } = sweep(lstm, a, b, readout, at)
            const difference = answer(a) - answer(b)
            near(sum(inputs), difference)
            // Of a single layer nothing else connects the steps.
            if (numLayers === 1)
                for (let t = 0; t <= at; t++) {
                    const carried = sum(kept[0][0], t * 3, (t + 1) * 3) + sum(reread[0][0], t * shown, (t + 1) * shown)
                    near(carried + sum(inputs, 2 * (t + 1)), difference)
                }
        }
    }
})

test("copy: a symbol that turns the answer has no small part, unless the sentence says so", () => {
    const copy = shipped("copy")
    for (const symbol of "abcd")
        for (let gap = 1; gap <= 15; gap++) {
            const reading = readingOf(copy, { ...VIEW, sentence: `${symbol}${".".repeat(gap)}?` }, "")
            const cell = { layer: 0, direction: 0, unit: 0, step: gap + 1 }
            const [{ parts, said, agrees, target, path }] = answerOf(reading, cell, "", { step: 0, feature: null })
            const own = `“${symbol}” alone makes ${finely(path.effect)} of ${target}, and its part is`
            assert.equal(agrees, parts[0][0] / path.effect > 0.1)
            assert.ok([said.includes(own), said.endsWith("as causes.")].every(is => is !== agrees))
            if (symbol !== "b" && gap > 1) assert.equal(agrees, symbol !== "a")
            assert.equal(said.includes("the model says “a” too and"), symbol === "a")
        }
})

/** A model of another kind, which reads five words; its weights are `larger` than torch makes them. */
function small(kind, seed = 3, larger = 3) {
    const lstm = randomLstm({ kind, inputSize: 3, hiddenSize: 5 }, seed)
    const [draw, tokens] = [draws(4), ["The", "dog", "that", "barked", "at"]]
    for (const { data } of Object.values(lstm.weights)) for (const k of data.keys()) data[k] *= larger
    const matrix = (rows, columns) => ({ rows, columns, data: uniform(draw, 2, rows * columns) })
    const embedding = EMBEDDINGS.vocabulary({ tokens, size: 3 }, { "vectors.weight": matrix(6, 3) })
    const [labels, linear] = [["x", "y", "z"], { weight: matrix(3, 5), bias: matrix(3, 1) }]
    return /** @type {any} */ ({ gives: "classes", reads: "words", labels, embedding, lstm, linear, restored: null })
}

const MADE = { gru: "GRU", tanh: "RNN_TANH", relu: "RNN_RELU" }
const modelNamed = name => (name in MADE ? small(MADE[name]) : shipped(name))
const DOGS = "The dog that barked at the cats ran away".split(" ")
for (const [name, items, between, cell] of /** @type {[string, string[], string, number[]][]} */ ([
    ["tagger", DOGS, " ", [0, 3, 4]],
    ["tagger-bi", DOGS.slice(0, 5), " ", [1, 3, 4]],
    ["counter", [..."aaabbb"], "", [0, 1, 4]],
    ["brackets", [..."(())(("], "", [0, 1, 1]],
    ["series", [20, 27, 23, 30, 26, 29, 25].map(String), "\n", [0, 2, 5]],
    ["gru", DOGS, " ", [0, 3, 4]],
    ["tanh", DOGS, " ", [0, 3, 4]],
    ["relu", DOGS, " ", [0, 3, 4]],
]))
    test(`${name}: what is said of a step is so when it is tried`, () => {
        const model = modelNamed(name)
        const reads = (all, holds = "") => readingOf(model, { ...VIEW, sentence: all.join(between) }, holds)
        const [direction, unit, step] = cell
        const reading = reads(items)
        const event = { step: Math.min(2, step - 1), feature: null }
        const said = openDrawer(reading, { cell: { layer: 0, direction, unit, step }, event, label: "" })
        const { still, answer, without, turn } = said
        const sum = all => all.reduce((one, other) => one + other, 0)
        near(sum(still.shares), still.c)
        near(still.c, reading.layers[0][direction].c[step * model.lstm.hiddenSize + unit])
        // What the answer is with other numbers in the place of some.
        const [, a, b] = /^the (?:lead|score|forecast) of (.+?)(?: over (.+))?$/.exec(
            answer.target.replace(/[“”]/g, ""),
        )
        const answered = isOther => {
            const middle = reading.series ? model.embedding.vector("26") : baselineOf(model)[0]
            const size = model.lstm.inputSize
            const x = reading.x.map((value, at) => (isOther(Math.floor(at / size)) ? middle[at % size] : value))
            const scored = scores(model, run(model.lstm, x))[step]
            const of = label => (label ? scored[model.labels.indexOf(label)] : 0)
            return (of(a) - of(b)) * (model.restored?.deviation.data[0] ?? 1)
        }
        const close = (found, expected) =>
            near(found / Math.max(1, Math.abs(expected)), expected / Math.max(1, Math.abs(expected)))
        const whole = answered(() => false)
        close(answer.effect, whole - answered(() => true))
        close(sum(answer.parts.flat()), answer.effect)
        // A plain RNN keeps nothing: all is read again.
        const ways = new RegExp(`( \\d+% of it|: \\S+) came through the memory ${name === "gru" ? "h" : "c"} alone`)
        if (/tanh|relu/.test(name)) assert.doesNotMatch(answer.said, /ways|through/)
        else assert.match(answer.said, ways)
        if (answer.path) close(answer.path.effect, whole - answered(at => at === event.step))
        else assert.match(answer.no_path, /both directions/)
        const saidAt = (read, at) => saidBy(model, read.said[at])
        if (!reading.series) assert.ok(saidAt(reading, step).label.split(" ").includes(a), answer.target)
        const same = (one, other) => {
            assert.equal(one.label, other.label)
            if (other.share !== null) near(one.share, other.share)
        }
        assert.deepEqual(
            without.map(one => one.step),
            items.map((_, at) => at).filter(at => at !== step && (at < step || name === "tagger-bi")),
        )
        for (const one of without) {
            const left = items.filter((_, at) => at !== one.step)
            same(one, saidAt(reads(left), step - +(one.step < step)))
        }
        if (!turn) return
        same(turn.was, saidAt(reading, step))
        same(turn.becomes, saidAt(reads(items, turn.hold), step))
        assert.equal(turn.turns, turn.was.label !== turn.becomes.label && model.gives !== "value")
    })
