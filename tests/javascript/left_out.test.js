import assert from "node:assert/strict"
import { test } from "node:test"
import { runWithout } from "../../assets/browser/engine/left_out.js"
import { run } from "../../assets/browser/engine/run.js"
import { asUpdate, KINDS } from "../../assets/browser/kinds.js"

const [STEPS, FEATURES, UNITS] = [6, 2, 3]
const numbers = (length, from) => Float32Array.from({ length }, (_, k) => Math.sin(from + 1.7 * k))
const matrix = (rows, columns, from) => ({ rows, columns, data: numbers(rows * columns, from) })

/** A layer that reads in both directions. */
function recurrent(kind, blocks) {
    const weights = {}
    for (const [k, way] of ["", "_reverse"].entries()) {
        weights[`weight_ih_l0${way}`] = matrix(blocks * UNITS, FEATURES, k)
        weights[`weight_hh_l0${way}`] = matrix(blocks * UNITS, UNITS, k + 0.5)
    }
    const sizes = { inputSize: FEATURES, hiddenSize: UNITS, numLayers: 1, projSize: 0 }
    return { kind, ...sizes, bidirectional: true, bias: false, weights }
}

for (const [kind, blocks, inGap] of [
    ["LSTM", 4, { f: 1, i: 0, g: 0 }],
    ["GRU", 3, { z: 1, n: 0 }],
]) {
    test(`${kind}: a word that is left out changes no state, and each other stays in its place`, () => {
        const [lstm, x] = [recurrent(kind, blocks), numbers(STEPS * FEATURES, 3)]
        const left = [1, 3, 4]
        const read = Float32Array.from(left.flatMap(t => [...x.subarray(t * FEATURES, (t + 1) * FEATURES)]))
        const [expected] = run(lstm, read)
        const [whole] = runWithout(lstm, x, [], [0, 2, 5])
        for (const [direction, values] of whole.entries()) {
            // The step whose state each step has; at the first steps none was read yet.
            const before = direction ? [0, 0, 1, 1, 2, -1] : [-1, 0, 0, 1, 2, 2]
            for (const letter of KINDS[kind].quantities)
                for (let t = 0; t < STEPS; t++) {
                    const place = before[t] * UNITS
                    const last = place < 0 ? [0, 0, 0] : expected[direction][letter].slice(place, place + UNITS)
                    const isGap = !left.includes(t) && letter in inGap
                    assert.deepEqual(
                        [letter, t, ...values[letter].slice(t * UNITS, (t + 1) * UNITS)],
                        [letter, t, ...(isGap ? Array(UNITS).fill(inGap[letter]) : last)],
                    )
                }
        }
    })
}

for (const [kind, blocks] of /** @type {[string, number][]} */ ([
    ["LSTM", 4],
    ["GRU", 3],
    ["RNN_TANH", 1],
]))
    test(`${kind}: c is what is kept of c before and what is let in, also where words are left out`, () => {
        const [lstm, without] = [recurrent(kind, blocks), [0, 2, 5]]
        const [layer] = asUpdate(lstm, runWithout(lstm, numbers(STEPS * FEATURES, 3), [], without), without)
        for (const [direction, { f, i, g, c }] of layer.entries())
            for (const [at, value] of c.entries()) {
                const before = c[at + (direction ? UNITS : -UNITS)] ?? 0
                assert.ok(Math.abs(f[at] * before + i[at] * g[at] - value) < 1e-6, `${direction} ${at}`)
                if (without.includes(Math.floor(at / UNITS))) assert.deepEqual([f[at], i[at]], [1, 0])
            }
    })
