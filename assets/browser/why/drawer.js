/**
 * What is in the drawer of a view, at one cell of it? What still stands in the memory, why this answer, the answer without
 * each word, and what would change it. Where a part is not said, the sentence beside it says why.
 *
 * @typedef {{cell: Cell, still: Still, answer: TheAnswer | null, no_answer: string, without: Without[],
 *     no_without: string, turn: Turn | null, no_turn: string}} Drawer
 * @typedef {{first: number, shares: number[], c: number, said: string}} Still What still stands in c of the cell: a share
 *     for each step that it has read, from `first` on.
 * @typedef {{target: string, labels: string[], baseline: string, effect: number, features: string[], parts: number[][],
 *     said: string, agrees: boolean, path: Path | null, no_path: string}} TheAnswer What each input did for the answer
 *     `target`, against a baseline: `parts` (feature × step), one row for words; `labels`: what may be asked about
 *     instead; `agrees` is false where single erasures contradict the parts, which are no causes then.
 * @typedef {{step: number, feature: number | null, effect: number, lines: Carried[], said: string}} Path
 *     How one word, or one feature at one step, reached the answer.
 * @typedef {{layer: number, step: number, unit: number, kept: number, reread: number}} Carried What a unit carried on
 *     from a step, in c, and read again through h.
 * @typedef {{step: number, label: string, share: number | null, framed: boolean}} Without What the model answers at the
 *     cell's step when one word is left out; `framed`: whether that is worth a look.
 * @typedef {{label: string, share: number | null}} Said
 * @typedef {{hold: string, said: string, was: Said, becomes: Said, turns: boolean}} Turn The hold, as in a link, that
 *     turns the answer, or changes it most.
 */

import { affine, probabilities, projectionOf, run, scores, shownSize, touchOf } from "../engine/run.js"
import { KINDS, kindOf } from "../kinds.js"
import { saidBy } from "../numbers/answers.js"
import { significant } from "../numbers/label.js"
import { missing } from "../numbers/picture.js"
import { isIn } from "../numbers/terms.js"
import { count, finely } from "../shared/numbers.js"
import { written } from "../state/holds.js"
import { best, parametersOf, rowsOf, short, statesBefore, stepName, stepsLeft } from "./explained.js"
import { answerOf, howMany, noAnswer } from "./the_answer.js"

/**
 * @param {Reading} reading
 * @param {{cell: Cell, event: import("../state/link.js").Event | null, label: string}} asked
 * @returns {Says.Drawer}
 */
export function openDrawer(reading, { cell, event, label }) {
    if (!reading.tokens.length) throw new Error("There is no value to explain yet: type a sentence.")
    if (!isIn(reading, cell)) throw new Error(missing(reading, cell).replace(" No cell is pinned.", ""))
    const [answer, no_answer] = answerOf(reading, cell, label, event)
    const { layer, direction, unit, step } = cell
    return {
        ...{ cell: { layer, direction, unit, step }, still: stillInC(reading, cell), answer, no_answer },
        ...changesOf(reading, cell, answer),
    }
}

// What still stands in c of a cell? `lstm_core.ledger`: what each step wrote, times what was kept of it.

// How far rounding takes c.
const ROUNDING = 1e-3

/** @param {Reading} reading @param {Cell} cell @returns {Says.Still} */
function stillInC(reading, cell) {
    const { layer, direction, unit, step } = cell
    const { lstm, layers, tokens } = reading
    const { i, f, g, c } = layers[layer][direction]
    const at = (/** @type {Float32Array} */ values, /** @type {number} */ t) => values[t * lstm.hiddenSize + unit] ?? 0
    const shares = new Float64Array(tokens.length)
    let survived = 1
    for (let t = step; t >= 0 && t < tokens.length; t += direction ? 1 : -1) {
        const written = at(i, t) * at(g, t)
        const computed = at(f, t) * at(c, t + (direction ? 1 : -1)) + written
        // A value at which c was held counts as written there.
        const isHeld = Math.abs(at(c, t) - computed) > ROUNDING * Math.max(1, Math.abs(at(c, t)))
        shares[t] = survived * (isHeld ? at(c, t) : written)
        survived *= isHeld ? 0 : at(f, t)
    }
    const now = at(c, step)
    if (![now, ...shares].every(Number.isFinite))
        throw new Error("Expected a memory that is a number, got NaN or infinity.")
    const name = `${kindOf(lstm).memory} of unit ${unit}${layer ? ` of layer ${layer}` : ""} at ${stepName(reading, step)}`
    const said = `${name} is ${finely(now)}: the sum of what still stands of each step.`
    const first = direction ? step : 0
    return {
        first,
        shares: Array.from(shares.slice(first, direction ? undefined : step + 1), short),
        c: short(now),
        said,
    }
}

// What does the model answer without a word, and what turns its answer? A gate of a unit held shut or open at its step,
// or a word left out.

// The change of an answer that is marked, and that is offered as what turns it; the most multiplications with which every
// unit is tried, and not the pinned one alone.
const FRAMED = 0.02
const WORTH = 0.1
const MOST_TRIED = 1_000_000_000

/** `isPinned`: whether it is a hold of the pinned unit. @typedef {{hold: string, said: string, isPinned: boolean}} Tried */

/** What is answered without each word, and what turns the answer. @param {Reading} reading @param {Cell} cell
 * @param {Says.TheAnswer | null} answer */
function changesOf(reading, cell, answer) {
    const why = noAnswer(reading, cell)
    const { model, said } = reading
    if (why || !model || !said) return { without: [], no_without: why, turn: null, no_turn: why }
    const [before, spread] = [said[cell.step], spreadOf(stepsLeft(reading).map(step => said[step]))]
    const [words, no_without] = wordsLeftOut(reading, cell.step, answer)
    const each = words.map(word => answerWith(reading, cell.step, word))
    const without = words.map((step, k) => ({
        step,
        ...saidBy(model, each[k]),
        framed: unlike(model, before, each[k], spread) > FRAMED,
    }))
    const holds = holdsTried(reading, cell)
    const left = words.map(word => ({ hold: `w.${word}`, said: `Without ${stepName(reading, word)}`, isPinned: false }))
    const tried = [...inWords(reading, cell, holds), ...left]
    const [turn, no_turn] = bestTurn(reading, tried, before, [...answersHeld(reading, cell, holds), ...each], spread)
    return { without, no_without, turn, no_turn }
}

/**
 * The words that the answer at a step can know of, without its own; and a sentence if these are not all: then those with
 * the largest parts.
 *
 * @param {Reading} reading @param {number} step @param {Says.TheAnswer | null} answer @returns {[number[], string]}
 */
function wordsLeftOut(reading, step, answer) {
    const words = stepsLeft(reading).filter(word => word !== step && (word < step || reading.lstm.bidirectional))
    const most = howMany(reading, step)
    if (words.length <= most) return [words, ""]
    if (!most || !answer)
        return [[], `${count(words.length)} steps are too many to leave out one by one while you wait.`]
    const part = (/** @type {number} */ word) => answer.parts.reduce((all, row) => all + Math.abs(row[word] ?? 0), 0)
    const largest = [...words].sort((a, b) => part(b) - part(a)).slice(0, most)
    const said = `Of ${count(words.length)} steps, the ${count(most)} with the largest parts are left out, one by one.`
    return [largest.sort((a, b) => a - b), said]
}

/**
 * The model's answer at a step without one word more (-1: with all), and with `more` held than is held anyway. In one
 * direction nothing changes before the word.
 *
 * @param {Reading} reading @param {number} step @param {number} word @param {Hold[]} more
 */
function answerWith(reading, step, word, more = []) {
    const { lstm, holds } = reading
    const isLeft = (/** @type {number} */ one) => lstm.bidirectional || (one > word && one <= step)
    const left = stepsLeft(reading).filter(one => one !== word && isLeft(one))
    const held = [...holds.gates, ...more].map(hold => ({
        ...hold,
        steps: hold.steps?.map(one => left.indexOf(one)) ?? null,
    }))
    const layers = run(lstm, rowsOf(reading, left), held, statesBefore(reading, Math.max(0, word)))
    return saidAt(/** @type {Model} */ (reading.model), layers, left.indexOf(step))
}

/** What the model says at a step of a run. */
const saidAt = (/** @type {Model} */ model, /** @type {Reading["layers"]} */ layers, /** @type {number} */ step) =>
    probabilities(model, scores(model, layers)[step])

/** Each gate of each unit shut and open at the cell's step, the pinned unit first; of a large reading its gates alone.
 * @param {Reading} reading @param {Cell} cell */
function holdsTried(reading, { layer, direction, unit: pinned, step }) {
    const { hiddenSize, bidirectional, kind } = reading.lstm
    const gates = [...KINDS[kind].gates].flatMap(gate => [0, 1].map(value => ({ gate, value })))
    const steps = bidirectional ? reading.tokens.length : 1
    const isQuick = steps * hiddenSize * gates.length * parametersOf(reading) <= MOST_TRIED
    const others = Array.from({ length: isQuick ? hiddenSize : 0 }, (_, unit) => unit).filter(unit => unit !== pinned)
    return gates.flatMap(gate =>
        [pinned, ...others].map(unit => ({ ...gate, layer, direction, units: [unit], steps: [step] })),
    )
}

/**
 * The model's answer at a cell's step with each of these. In one direction that is one step from where the last one ended,
 * and what does not change is computed once.
 *
 * @param {Reading} reading @param {Cell} cell @param {ReturnType<typeof holdsTried>} tried
 */
function answersHeld(reading, { layer, step }, tried) {
    const { lstm, layers, holds, x } = reading
    if (lstm.bidirectional) return tried.map(hold => answerWith(reading, step, -1, [hold]))
    const { step: oneStep } = KINDS[lstm.kind]
    const stack = statesBefore(reading, step)
        .slice(layer)
        .map((before, k) => {
            const weight = (/** @type {string} */ name) => lstm.weights[`${name}_l${layer + k}`] ?? null
            return { weight, before, fromH: affine(weight("weight_hh"), before.h, weight("bias_hh")) }
        })
    const [read, size] = layer ? [layers[layer - 1][0].h, shownSize(lstm)] : [x, lstm.inputSize]
    const first = affine(stack[0].weight("weight_ih"), read, stack[0].weight("bias_ih"), step * size)
    return tried.map(hold => {
        const h = stack.reduce((below, { weight, before, fromH }, k) => {
            const fromX = k ? affine(weight("weight_ih"), below, weight("bias_ih")) : first
            const touch = touchOf([...holds.gates, hold], { layer: layer + k, direction: 0, step })
            return oneStep(fromX, fromH, before, touch, projectionOf(weight("weight_hr"))).h
        }, read)
        return saidAt(/** @type {Model} */ (reading.model), [[{ h }]], 0)
    })
}

/** @param {Reading} reading @param {Cell} cell @param {ReturnType<typeof holdsTried>} holds @returns {Tried[]} */
function inWords({ layers, lstm, tokens }, { layer, direction, step, unit: pinned }, holds) {
    const recorded = layers[layer][direction]
    const at = (/** @type {string} */ letter, /** @type {number} */ unit, t = step) =>
        t < 0 || t >= tokens.length ? 0 : recorded[letter][t * lstm.hiddenSize + unit]
    return holds.map(hold => {
        const { gate, value, units } = hold
        const [unit] = units
        const [was, much] = [at(gate, unit), value ? "all" : "none"]
        const kept = `kept ${much} of its ${finely(at("c", unit, step + (direction ? 1 : -1)))}`
        const did = {
            f: kept,
            z: kept,
            i: `let in ${much} of its ${finely(at("g", unit))}`,
            o: `shown ${much} of its c`,
            r: `let its candidate see ${much} of the h before`,
        }[gate]
        const said = `Had unit ${unit} ${did} (${gate} = ${value}, not ${was.toFixed(2)})`
        return { hold: written({ gates: [hold], without: [] }), said, isPinned: unit === pinned }
    })
}

/**
 * The change that moves the answer most of those that turn it, else of all, of those worth telling; or a sentence.
 *
 * @param {Reading} reading @param {Tried[]} tried @param {Float32Array} before @param {Float32Array[]} after
 * @param {number} spread @returns {[Says.Turn | null, string]}
 */
function bestTurn({ lstm, model: reads }, tried, before, after, spread) {
    const model = /** @type {Model} */ (reads)
    const moves = after.map(answer => unlike(model, before, answer, spread) || 0)
    const isTurned = (/** @type {Float32Array} */ answer) =>
        model.gives !== "value" && saidBy(model, answer).label !== saidBy(model, before).label
    const turns = moves.map((moved, n) => (isTurned(after[n]) ? moved : 0))
    for (const by of [turns, moves]) {
        const worth = by.map((_, n) => n).filter(n => by[n] >= WORTH)
        if (!worth.length) continue
        const [most] = worth.sort((a, b) => +tried[b].isPinned - +tried[a].isPinned || by[b] - by[a])
        const { hold, said } = tried[most]
        const [was, becomes] = [before, after[most]].map(row => saidBy(model, row))
        return [{ hold, said, was, becomes, turns: by === turns }, ""]
    }
    if (!tried.length) return [null, "There is nothing to try: a plain RNN has no gate, and no other step is read."]
    const of = model.gives === "value" ? " of the range of the forecasts" : ""
    const gates = 2 * KINDS[lstm.kind].gates.length
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

/** How far the answers of a whole reading lie apart. @param {Float32Array[]} said */
export function spreadOf(said) {
    const there = said.filter(row => !row.some(Number.isNaN))
    const ends = Array.from(there[0] ?? [], (_, k) =>
        there.reduce(([a, b], row) => [Math.min(a, row[k]), Math.max(b, row[k])], [Infinity, -Infinity]),
    )
    return Math.max(...ends.map(([low, high]) => high - low))
}
