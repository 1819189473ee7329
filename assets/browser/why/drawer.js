/**
 * What is in the drawer of a view, at one cell of it? Where a part is not said, the sentence beside it says why.
 *
 * @typedef {{cell: Cell, still: Still, answer: TheAnswer | null, no_answer: string, without: Without[],
 *     no_without: string, turn: Turn | null, no_turn: string}} Drawer
 * @typedef {{first: number, shares: number[], start: number, earlier: number, c: number, said: string}} Still What still
 *     stands in c of the cell: a share for each step from `first` on, of the state that the reading started from, and
 *     of all earlier steps.
 * @typedef {{target: string, labels: string[], baseline: string, effect: number, error: number, direct: number | null,
 *     features: string[], first: number, parts: number[][], said: string, agrees: boolean, path: Path | null,
 *     no_path: string}} TheAnswer What each input did for the answer `target`, against a baseline: `parts` (feature ×
 *     step) from step `first` on, one row for words; `direct`: the part through the memory alone; `labels`: what may
 *     be asked about instead; `agrees` is false where single erasures contradict the parts, which are no causes then.
 * @typedef {{step: number, feature: number | null, effect: number, error: number, lines: Carried[], said: string}} Path
 *     How one word, or one feature at one step, reached the answer.
 * @typedef {{layer: number, step: number, unit: number, kept: number, reread: number}} Carried What a unit carried on
 *     from a step, in c, and read again through h.
 * @typedef {{step: number, label: string, share: number | null, framed: boolean}} Without What the model answers at the
 *     cell's step when one word is left out; `framed`: whether that is worth a look.
 * @typedef {{label: string, share: number | null}} Said
 * @typedef {{hold: string, said: string, was: Said, becomes: Said, turns: boolean}} Turn The hold, as in a link, that
 *     turns the answer, or changes it most.
 */

import { kindOf } from "../kinds.js"
import { missing } from "../numbers/picture.js"
import { isIn } from "../numbers/terms.js"
import { count } from "../shared/numbers.js"
import {
    answersHeld,
    answerWithout,
    bestTurn,
    holdsTried,
    howMany,
    inWords,
    spreadOf,
    unitsTried,
    withoutEach,
    wordsOf,
    wordsTried,
} from "./changes.js"
import { short, signed, stepName, stepsLeft, sum } from "./names.js"
import { answerOf, noAnswer } from "./the_answer.js"

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

/** What is answered without each word, and what turns the answer. */
function changesOf(
    /** @type {Reading} */ reading,
    /** @type {Cell} */ cell,
    /** @type {Says.TheAnswer | null} */ answer,
) {
    const why = noAnswer(reading, cell)
    const { model, said } = reading
    if (why || !model || !said) return { without: [], no_without: why, turn: null, no_turn: why }
    const [before, spread] = [said[cell.step], spreadOf(saidWhereRead(reading))]
    const holds = holdsTried(reading, cell, unitsTried(reading, cell))
    const [words, no_without] = wordsLeftOut(reading, cell.step, answer)
    const each = words.map(word => answerWithout(reading, cell.step, word))
    const tried = [...inWords(reading, cell, holds), ...wordsTried(reading, words)]
    const [turn, no_turn] = bestTurn(reading, tried, before, [...answersHeld(reading, cell, holds), ...each], spread)
    return { without: withoutEach(model, words, before, each, spread), no_without, turn, no_turn }
}

/** What the model says at the steps that are read. @param {Reading} reading */
const saidWhereRead = reading => stepsLeft(reading).map(step => /** @type {Float32Array[]} */ (reading.said)[step])

/**
 * The words that are left out, and a sentence if these are not all: then those with the largest parts.
 *
 * @param {Reading} reading @param {number} step @param {Says.TheAnswer | null} answer @returns {[number[], string]}
 */
function wordsLeftOut(reading, step, answer) {
    const [words, most] = [wordsOf(reading, step), howMany(reading, step)]
    if (words.length <= most) return [words, ""]
    if (!most || !answer)
        return [[], `${count(words.length)} steps are too many to leave out one by one while you wait.`]
    const part = (/** @type {number} */ word) =>
        answer.parts.reduce((all, row) => all + Math.abs(row[word - answer.first] ?? 0), 0)
    const largest = [...words].sort((a, b) => part(b) - part(a)).slice(0, most)
    const said = `Of ${count(words.length)} steps, the ${count(most)} with the largest parts are left out, one by one.`
    return [largest.sort((a, b) => a - b), said]
}

// What still stands in c of a cell? `lstm_core.ledger`: what each step wrote, times what was kept of it.

// The most steps that have a share of their own; the least share that is named; how far rounding takes c.
const MOST = 2_000
const NOTHING = 0.005
const ROUNDING = 1e-3

/** @param {Reading} reading @param {Cell} cell @returns {Says.Still} */
export function stillInC(reading, cell) {
    const { layer, direction, unit, step } = cell
    const steps = reading.tokens.length
    const shares = ledger(reading, cell)
    const recorded = reading.layers[layer][direction]
    const c = recorded.c[step * reading.lstm.hiddenSize + unit]
    if (![c, ...shares].every(Number.isFinite))
        throw new Error("Expected a memory that is a number, got NaN or infinity.")
    let [first, end] = direction ? [step, steps] : [0, step + 1]
    if (end - first > MOST) [first, end] = direction ? [first, first + MOST] : [end - MOST, end]
    const earlier = sum(shares.slice(0, first)) + sum(shares.slice(end))
    return {
        first,
        shares: Array.from(shares.slice(first, end), short),
        start: 0,
        earlier: short(earlier),
        c: short(c),
        said:
            `${kindOf(reading.lstm).memory} of unit ${unit}${layer ? ` of layer ${layer}` : ""} at ${stepName(reading, step)} is ${signed(c)}: ` +
            "the sum of what still stands of each step" +
            (Math.abs(earlier) >= NOTHING ? `, and ${signed(earlier)} of steps too far to show.` : "."),
    }
}

/** The shares (step) of a cell's c. A value at which c was held counts as written there. @param {Reading} reading
 * @param {Cell} cell */
function ledger({ layers, lstm, tokens }, { layer, direction, unit, step }) {
    const { i, f, g, c } = layers[layer][direction]
    const at = (/** @type {Float32Array} */ values, /** @type {number} */ t) => values[t * lstm.hiddenSize + unit] ?? 0
    const shares = new Float64Array(tokens.length)
    let survived = 1
    for (let t = step; t >= 0 && t < tokens.length; t += direction ? 1 : -1) {
        const written = at(i, t) * at(g, t)
        const computed = at(f, t) * at(c, t + (direction ? 1 : -1)) + written
        const isHeld = Math.abs(at(c, t) - computed) > ROUNDING * Math.max(1, Math.abs(at(c, t)))
        shares[t] = survived * (isHeld ? at(c, t) : written)
        survived *= isHeld ? 0 : at(f, t)
    }
    return shares
}
