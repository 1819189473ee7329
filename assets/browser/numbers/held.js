/** Which of a link's holds fit a text and an LSTM, and what do they change in the answers? */

import { kindOf } from "../kinds.js"
import { holdsOf, isLeftOut, written } from "../state/holds.js"
import { saidBy } from "./answers.js"

/**
 * The holds of gates and steps that are there, and a sentence about the others.
 *
 * @param {string} text as in a link @param {Recurrent} lstm @param {number} steps
 */
export function heldWithin(text, lstm, steps) {
    const all = holdsOf(text)
    const gates = all.gates.filter(({ gate, layer, direction, units, steps: at }) => {
        const size = gate === "h" ? lstm.projSize || lstm.hiddenSize : lstm.hiddenSize
        const fits = Math.max(0, ...(units ?? [])) < size && Math.max(0, ...(at ?? [])) < steps
        const has = kindOf(lstm).quantities.includes(gate)
        return has && fits && layer < lstm.numLayers && direction <= +lstm.bidirectional
    })
    const without = all.without.filter(step => step < steps)
    if (steps && without.length === steps) {
        const notices = ["Without its words there is nothing left to read: none is left out."]
        return { holds: { gates, without: [] }, text: written({ gates, without: [] }), notices }
    }
    const others = written({
        gates: all.gates.filter(hold => !gates.includes(hold)),
        without: all.without.filter(step => !without.includes(step)),
    })
    const notices = others && [
        `There is nothing to hold at ${others}: this text and ${kindOf(lstm).name} have no such gate, step, unit or layer.`,
    ]
    return { holds: { gates, without }, text: written({ gates, without }), notices: notices || [] }
}

/**
 * What is held in a reading, and the model's answers at the columns without and with the hold; null if nothing is.
 *
 * @param {Reading} reading @param {Wire.Columns} columns
 * @returns {Held | null}
 */
export function heldIn({ text, model, said, unheld }, { first, per, number }) {
    if (!text) return null
    if (!model || !said || !unheld || per > 1)
        return { holds: text, before: [], after: [], sure_before: [], sure_after: [] }
    const at = (/** @type {Float32Array[]} */ rows) => rows.slice(first, first + number).map(row => saidBy(model, row))
    const [before, after] = [at(unheld), at(said)]
    // A word that is left out has no answer.
    const is = after.map((one, k) => (isLeftOut(text, first + k) ? { label: "", share: null } : one))
    return {
        holds: text,
        before: before.map(one => one.label),
        after: is.map(one => one.label),
        sure_before: before.map(one => one.share),
        sure_after: is.map(one => one.share),
    }
}
