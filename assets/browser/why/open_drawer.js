/** What is in the drawer of a view, at one cell of it? As `dashboard/why/open_drawer.py` says. */

import { missing } from "../numbers/picture.js"
import { isIn } from "../numbers/terms.js"
import { count } from "../shared/numbers.js"
import { spreadOf } from "./changes.js"
import { stepsLeft } from "./names.js"
import { stillInC } from "./still_in_c.js"
import { answerOf, noAnswer } from "./the_answer.js"
import { answersHeld, bestTurn, holdsTried, inWords, unitsTried, wordsTried } from "./turning.js"
import { answerWithout, howMany, withoutEach, wordsOf } from "./without_words.js"

/**
 * @param {Reading} reading
 * @param {{cell: Cell, event: import("../state/drawer.js").Event | null, label: string}} asked
 * @returns {Wire.Drawer}
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
    /** @type {Wire.TheAnswer | null} */ answer,
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
 * @param {Reading} reading @param {number} step @param {Wire.TheAnswer | null} answer @returns {[number[], string]}
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
