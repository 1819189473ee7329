/** Is a kind of cell one row? A minimal gated unit (Zhou et al. 2016) is added here, and everything knows it. */

import assert from "node:assert/strict"
import { after, test } from "node:test"
import { EMBEDDINGS } from "../../assets/browser/engine/embeddings.js"
import { recurrentOf } from "../../assets/browser/engine/found_weights.js"
import { randomLstm } from "../../assets/browser/engine/random.js"
import { KINDS, kindShown, sigmoid, sigmoidSlope, tanhSlope } from "../../assets/browser/kinds.js"
import { heldWithin, readingOf } from "../../assets/browser/numbers/reading.js"
import { cellInWords } from "../../assets/browser/panel/cell_words.js"
import { openDrawer } from "../../assets/browser/why/drawer.js"
import { VIEW } from "./pictures.js"

const pair = (a, b, of) => /** @type {[number, number]} */ ([of(a), of(b)])
const mean = ([a, b]) => (a + b) / 2
const each = (units, of) => Float64Array.from({ length: units }, (_, u) => of(u))

/** f keeps h, and 1 - f lets n in: h = f h_before + (1 - f) n. */
const MGU = {
    ...KINDS.GRU,
    ...{ name: "MGU", own: "mgu", blocks: 2, quantities: "fnh", gates: "f", keeps: "f", skipped: { f: 1, n: 0 } },
    step: (fromX, fromH, before, touch) => {
        const of = (letter, value) =>
            touch(
                letter,
                Float32Array.from(before.h, (_, u) => value(u)),
            )
        const z = row => fromX[row] + fromH[row]
        const f = of("f", u => sigmoid(z(u)))
        const n = of("n", u => Math.tanh(z(before.h.length + u)))
        return { f, n, h: of("h", u => f[u] * before.h[u] + (1 - f[u]) * n[u]) }
    },
    back: (a, b) => {
        const units = a.now.h.length
        const sum = row => pair(a, b, run => run.fromX[row] + run.fromH[row])
        return (m, kept) => {
            const onH = kept.map((own, u) => own + m[u])
            const both = (letter, u) => mean(pair(a, b, ({ now }) => now[letter][u]))
            const change = u => mean(pair(a, b, ({ before, now }) => before.h[u] - now.n[u]))
            const at = each(2 * units, row =>
                row < units
                    ? onH[row] * change(row) * sigmoidSlope(sum(row))
                    : onH[row - units] * (1 - both("f", row - units)) * tanhSlope(sum(row)),
            )
            return { atX: at, atH: at, kept: onH.map((one, u) => one * both("f", u)) }
        }
    },
    update: ({ f, n, h }) => ({ f, i: f.map(share => 1 - share), g: n, c: h }),
    sum: { state: "h", keep: "f", letIn: "1 − f", what: "n" },
    offered: { f: [0, 1], h: [0] },
}

KINDS.MGU = /** @type {any} */ (MGU)
after(() => {
    delete KINDS.MGU
})

const lstm = randomLstm({ kind: "MGU", inputSize: 3, hiddenSize: 4 }, 2)
const matrix = (rows, columns) => ({
    ...{ rows, columns },
    data: Float32Array.from({ length: rows * columns }, (_, k) => 2 * Math.sin(1 + 7 * k)),
})
const tokens = ["a", "b", "c"]
const model = /** @type {any} */ ({
    ...{ gives: "classes", reads: "words", labels: ["x", "y"], lstm, restored: null },
    embedding: EMBEDDINGS.vocabulary({ tokens, size: 3 }, { "vectors.weight": matrix(4, 3) }),
    linear: { weight: matrix(2, 4), bias: matrix(2, 1) },
})
const reads = (sentence, holds = "") => readingOf(model, { ...VIEW, sentence }, holds)

test("a kind is found in a file by the blocks of its weights, and its own gates are held", () => {
    const tensors = Object.entries(lstm.weights).map(([name, { rows, columns, data }]) => [
        name,
        { shape: columns > 1 ? [rows, columns] : [rows], dtype: "F32", data },
    ])
    assert.equal(recurrentOf("cell", Object.fromEntries(tensors)).kind, "MGU")
    assert.equal(heldWithin("f.0.1.0_1", lstm, 3).notices.length, 0)
    assert.match(heldWithin("z.0.1.0_1", lstm, 3).notices[0], /this text and MGU have no such gate/)
})

test("a kind is drawn as an update, keeps all where a word is left out, and is said and offered as its row says", () => {
    const { layers } = reads("a b c", "w.1")
    const [[{ c, f }]] = layers
    assert.deepEqual([...f.slice(4, 8)], [1, 1, 1, 1])
    assert.deepEqual(c.slice(4, 8), c.slice(0, 4))
    const shown = { kind: "mgu", before: 2, f: 0.5, kept: 1, i: 0.5, g: 2, written: 1, c: 2 }
    assert.equal(
        cellInWords(/** @type {any} */ (shown)),
        "h before +2.000, × f (keep) 0.500, = kept +1.000, 1 − f (let in) 0.500, × n (what) +2.000, = added +1.000, " +
            "h = kept + added +2.000.",
    )
    assert.deepEqual(kindShown(shown).offered, { f: [0, 1], h: [0] })
})

test("an answer of a kind is explained, in parts that sum to its effect, and its gates are tried", () => {
    const reading = reads("a b c a")
    const cell = { layer: 0, direction: 0, unit: 1, step: 3 }
    const { still, answer, turn, no_turn } = openDrawer(reading, { cell, event: null, label: "" })
    const sum = all => all.reduce((one, other) => one + other, 0)
    assert.ok(Math.abs(sum(answer.parts.flat()) - answer.effect) < 1e-5 && Math.abs(answer.effect) > 0.01)
    assert.ok(Math.abs(sum(still.shares) - still.c) < 1e-5)
    assert.match(answer.said, /memory h alone/)
    if (turn) assert.equal(turn.becomes.share, reads("a b c a", turn.hold).said[3][turn.becomes.label === "x" ? 0 : 1])
    else assert.match(no_turn, /each gate of every unit/)
})
