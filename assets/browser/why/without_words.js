/** What does the model answer at a step when one word is left out? As `dashboard/why/without_words.py` says. */

import { runWithout } from "../engine/left_out.js"
import { run } from "../engine/run.js"
import { probabilities, scores } from "../engine/says.js"
import { saidBy } from "../numbers/answers.js"
import { FRAMED, unlike } from "./changes.js"
import { parametersOf, rowsOf, stepsLeft } from "./names.js"

// The most multiplications, numbers in memory, and steps while a gate is held, of all these texts.
const MOST = 300_000_000
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
        Math.floor(MOST / (read * parametersOf(reading))),
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
    const known = stepsLeft(reading).filter(one => one !== word && (one <= step || lstm.bidirectional))
    return saidAt(model, run(lstm, rowsOf(reading, known)), known.indexOf(step))
}

/**
 * What is said without each word, `after`, where `before` is said with all.
 *
 * @param {Model} model @param {number[]} words @param {Float32Array} before @param {Float32Array[]} after
 * @param {number} spread @returns {Wire.Without[]}
 */
export const withoutEach = (model, words, before, after, spread) =>
    words.map((step, k) => ({
        step,
        ...saidBy(model, after[k]),
        framed: unlike(model, before, after[k], spread) > FRAMED,
    }))
