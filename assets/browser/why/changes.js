/** What changes an answer, and how much? A gate of a unit held shut or open at its step, or a word left out. */

import { affine, probabilities, projectionOf, run, runWithout, scores, shownSize, touchOf } from "../engine/run.js"
import { KINDS } from "../kinds.js"
import { saidBy } from "../numbers/answers.js"
import { significant } from "../numbers/label.js"
import { written } from "../state/holds.js"
import { parametersOf, rowsOf, signed, statesBefore, stepName, stepsLeft } from "./names.js"

// How much does an answer change, and does it become another one?

// The change of an answer that is marked, and that is offered as what turns it.
const FRAMED = 0.02
const WORTH = 0.1

/** @param {Float32Array} row */
export const best = row => row.reduce((most, share, k) => (share > row[most] ? k : most), 0)

/**
 * How much an answer changes; of forecasts as a share of `spread`, how far those of the whole reading lie apart.
 *
 * @param {Model} model @param {Float32Array} before @param {Float32Array} after @param {number} spread
 */
export function unlike({ gives }, before, after, spread) {
    if (gives === "classes") return Math.abs(after[best(before)] - before[best(before)])
    const most = Math.max(...before.map((value, k) => Math.abs(after[k] - value)))
    return gives === "set" ? most : most / (spread || 1)
}

/**
 * By how much a change turns the answer into another one; 0 where it stays.
 *
 * @param {Model} model @param {Float32Array} before @param {Float32Array} after
 */
export function turned({ gives }, before, after) {
    if (gives === "classes") {
        const [old, now] = [best(before), best(after)]
        return old === now ? 0 : Math.min(before[old] - after[old], after[now] - before[now])
    }
    if (gives !== "set") return 0
    return Math.max(...before.map((value, k) => (value > 0.5 === after[k] > 0.5 ? 0 : Math.abs(after[k] - value))))
}

/** How far the answers of a whole reading lie apart. @param {Float32Array[]} said */
export function spreadOf(said) {
    const there = said.filter(row => !row.some(Number.isNaN))
    const ends = Array.from(there[0] ?? [], (_, k) =>
        there.reduce(([a, b], row) => [Math.min(a, row[k]), Math.max(b, row[k])], [Infinity, -Infinity]),
    )
    return Math.max(...ends.map(([low, high]) => high - low))
}

// What does the model answer at a step when one word is left out?

// The most multiplications, numbers in memory, and steps while a gate is held, of all these texts.
const MOST_WITHOUT = 300_000_000
const MOST_NUMBERS = 8_000_000
const MOST_HELD = 1_000

/** The words that the answer at a step can know of, without its own. @param {Reading} reading @param {number} step */
export const wordsOf = (reading, step) =>
    stepsLeft(reading).filter(word => word !== step && (word < step || reading.lstm.bidirectional))

/** How many words are left out, one by one. @param {Reading} reading @param {number} step */
export function howMany(reading, step) {
    const { lstm, tokens, holds } = reading
    const read = lstm.bidirectional ? tokens.length : step + 1
    const states = lstm.hiddenSize * lstm.numLayers * (1 + +lstm.bidirectional)
    const most = Math.min(
        Math.floor(MOST_WITHOUT / (read * parametersOf(reading))),
        Math.floor(MOST_NUMBERS / (read * (lstm.inputSize + states))),
    )
    return holds.gates.length ? Math.min(most, Math.floor(MOST_HELD / read)) : most
}

/** What the model says at a step of a run. */
export const saidAt = (
    /** @type {Model} */ model,
    /** @type {Reading["layers"]} */ layers,
    /** @type {number} */ step,
) => probabilities(model, scores(model, layers)[step])

/** The model's answer at a step without a word. @param {Reading} reading @param {number} step @param {number} word */
export function answerWithout(reading, step, word) {
    const { lstm, x, holds } = reading
    const model = /** @type {Model} */ (reading.model)
    if (holds.gates.length) return saidAt(model, runWithout(lstm, x, holds.gates, [...holds.without, word]), step)
    // In one direction nothing changes before the word.
    const from = lstm.bidirectional ? 0 : word
    const known = stepsLeft(reading).filter(one => one !== word && one >= from && (one <= step || lstm.bidirectional))
    const states = lstm.bidirectional ? [] : statesBefore(reading, word)
    return saidAt(model, run(lstm, rowsOf(reading, known), [], states), known.indexOf(step))
}

/**
 * What is said without each word, `after`, where `before` is said with all.
 *
 * @param {Model} model @param {number[]} words @param {Float32Array} before @param {Float32Array[]} after
 * @param {number} spread @returns {Says.Without[]}
 */
export const withoutEach = (model, words, before, after, spread) =>
    words.map((step, k) => ({
        step,
        ...saidBy(model, after[k]),
        framed: unlike(model, before, after[k], spread) > FRAMED,
    }))

// What turns an answer? A gate of a unit held shut or open at its step, or a word left out.

// The most multiplications with which every unit is tried, and not the pinned one alone.
const MOST_TRIED = 1_000_000_000

/**
 * `isPinned`: whether it is a hold of the pinned unit.
 *
 * @typedef {{hold: string, said: string, isPinned: boolean}} Tried
 */

/** Each gate of a cell shut and open; none of a plain RNN. @param {Reading} reading */
const gatesTried = ({ lstm }) =>
    [...KINDS[lstm.kind].gates].flatMap(gate => [0, 1].map(value => /** @type {[string, number]} */ ([gate, value])))

/** The units whose gates are tried, the pinned one first. @param {Reading} reading @param {Cell} cell */
export function unitsTried(reading, { unit }) {
    const { hiddenSize, bidirectional } = reading.lstm
    const steps = bidirectional ? reading.tokens.length : 1
    if (steps * hiddenSize * gatesTried(reading).length * parametersOf(reading) > MOST_TRIED) return [unit]
    return [unit, ...Array.from({ length: hiddenSize }, (_, other) => other).filter(other => other !== unit)]
}

/** Each gate of each unit, held at the cell's step. @param {Reading} reading @param {Cell} cell
 * @param {number[]} units */
export const holdsTried = (reading, cell, units) =>
    gatesTried(reading).flatMap(([gate, value]) =>
        units.map(unit => ({
            gate,
            value,
            layer: cell.layer,
            direction: cell.direction,
            units: [unit],
            steps: [cell.step],
        })),
    )

/**
 * The model's answer at a cell's step with each of these, beside what is held anyway.
 *
 * @param {Reading} reading @param {Cell} cell @param {ReturnType<typeof holdsTried>} tried
 */
export function answersHeld(reading, cell, tried) {
    const { lstm, holds } = reading
    const model = /** @type {Model} */ (reading.model)
    if (!lstm.bidirectional) return oneStepWith(reading, cell, tried).map(layers => saidAt(model, layers, 0))
    const left = stepsLeft(reading)
    const x = rowsOf(reading, left)
    const placed = (/** @type {Hold} */ hold) => ({
        ...hold,
        steps: hold.steps?.map(at => left.indexOf(at)) ?? null,
    })
    return tried.map(hold => saidAt(model, run(lstm, x, [...holds.gates, hold].map(placed)), left.indexOf(cell.step)))
}

/**
 * The last layer after one step from where the last one ended, with each of these held: what does not change is
 * computed once. A word that is left out keeps the state of the one before.
 *
 * @param {Reading} reading @param {Cell} cell @param {ReturnType<typeof holdsTried>} tried
 */
function oneStepWith(reading, { layer, step }, tried) {
    const { lstm, layers, holds, x } = reading
    const of = (/** @type {Float32Array} */ values, /** @type {number} */ size) =>
        values.subarray(step * size, (step + 1) * size)
    const { step: oneStep } = KINDS[lstm.kind]
    const stack = statesBefore(reading, step)
        .slice(layer)
        .map((before, k) => {
            const weight = (/** @type {string} */ name) => lstm.weights[`${name}_l${layer + k}`] ?? null
            return { weight, before, fromH: affine(weight("weight_hh"), before.h, weight("bias_hh")) }
        })
    const read = layer ? of(layers[layer - 1][0].h, shownSize(lstm)) : of(x, lstm.inputSize)
    const first = affine(stack[0].weight("weight_ih"), read, stack[0].weight("bias_ih"))
    return tried.map(hold => {
        const h = stack.reduce((below, { weight, before, fromH }, k) => {
            const fromX = k ? affine(weight("weight_ih"), below, weight("bias_ih")) : first
            const touch = touchOf([...holds.gates, hold], { layer: layer + k, direction: 0, step })
            return oneStep(fromX, fromH, before, touch, projectionOf(weight("weight_hr"))).h
        }, read)
        return [[{ h }]]
    })
}

/** @param {Reading} reading @param {Cell} cell @param {ReturnType<typeof holdsTried>} holds @returns {Tried[]} */
export function inWords({ layers, lstm, tokens }, { layer, direction, step, unit: pinned }, holds) {
    const recorded = layers[layer][direction]
    const at = (/** @type {string} */ letter, /** @type {number} */ unit, t = step) =>
        t < 0 || t >= tokens.length ? 0 : recorded[letter][t * lstm.hiddenSize + unit]
    return holds.map(hold => {
        const { gate, value, units } = hold
        const [unit] = units
        const [was, much] = [at(gate, unit), value ? "all" : "none"]
        const kept = `kept ${much} of its ${signed(at("c", unit, step + (direction ? 1 : -1)))}`
        const did = {
            f: kept,
            z: kept,
            i: `let in ${much} of its ${signed(at("g", unit))}`,
            o: `shown ${much} of its c`,
            r: `let its candidate see ${much} of the h before`,
        }[gate]
        const said = `Had unit ${unit} ${did} (${gate} = ${value}, not ${was.toFixed(2)})`
        return { hold: written({ gates: [hold], without: [] }), said, isPinned: unit === pinned }
    })
}

/** Each word left out. @param {Reading} reading @param {number[]} words @returns {Tried[]} */
export const wordsTried = (reading, words) =>
    words.map(word => ({ hold: `w.${word}`, said: `Without ${stepName(reading, word)}`, isPinned: false }))

/**
 * The change that turns the answer most, else the one that changes it most, of those worth telling; or a sentence.
 *
 * @param {Reading} reading @param {Tried[]} tried @param {Float32Array} before @param {Float32Array[]} after
 * @param {number} spread @returns {[Says.Turn | null, string]}
 */
export function bestTurn(reading, tried, before, after, spread) {
    const model = /** @type {Model} */ (reading.model)
    const number = (/** @type {number} */ amount) => (Number.isNaN(amount) ? 0 : amount)
    const moves = after.map(answer => number(unlike(model, before, answer, spread)))
    const turns = after.map(answer => number(turned(model, before, answer)))
    for (const by of [turns, moves]) {
        const worth = by.map((_, n) => n).filter(n => by[n] >= WORTH)
        if (!worth.length) continue
        const rank = (/** @type {number} */ n) => [+tried[n].isPinned, by[n]]
        const best = worth.reduce((a, b) => {
            const [one, other] = [rank(a), rank(b)]
            return other[0] > one[0] || (other[0] === one[0] && other[1] > one[1]) ? b : a
        })
        const { hold, said } = tried[best]
        return [
            { hold, said, was: saidBy(model, before), becomes: saidBy(model, after[best]), turns: by === turns },
            "",
        ]
    }
    if (!tried.length) return [null, "There is nothing to try: a plain RNN has no gate, and no other step is read."]
    const of = model.gives === "value" ? " of the range of the forecasts" : ""
    const gates = gatesTried(reading).length
    const units = tried.length > gates && !tried[1]?.isPinned ? "every unit" : "this unit"
    const each = [
        ...(gates ? [`each gate of ${units} shut and open here`] : []),
        ...(tried[tried.length - 1].hold.startsWith("w") ? ["each step left out"] : []),
    ]
    return [
        null,
        `No change that was tried moves the answer by ${significant(WORTH, 6)}${of}. ` +
            `Tried: ${each.join(", ")}. The largest change is ${Math.max(...moves).toFixed(3)}.`,
    ]
}
