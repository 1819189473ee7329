/** What does a cell do, in words? A sentence a step, and the whole drawing for a screen reader. */

import { count, fixed, signed } from "../shared/numbers.js"
import { isSymbol } from "../state/columns.js"
import { isLeftOut } from "../state/holds.js"
import { isMasked } from "./arithmetic.js"

/** @typedef {import("./arithmetic.js").Arithmetic} Arithmetic */
/** @typedef {string | {b: string} | {key: string}} Part Of a sentence. */

/** What h is in an LSTM with a projection. */
export const PROJECTED = "h is a projection of all units: h = W_hr (o · tanh c)."

// The digits of a sum that does not add up as it is written, and of its per cent.
const ROUNDED = [2, 1]

/** Where the cell is. @param {Cell} cell @param {number} layers how many there are */
export function says({ layer, direction, step }, layers) {
    const where = layers > 1 ? `, layer ${layer}` : ""
    return `Step ${count(step)}${where}${direction ? ", read from the right" : ""}.`
}

/**
 * What happens at a step, as a sentence: what its unit keeps and adds, and what the model says then. The parts are
 * text, {b: text} where it matters most, or {key: text} of a symbol.
 *
 * @param {Picture} picture @param {Cell} cell @param {Arithmetic | null} values
 * @returns {Part[]}
 */
export function story(picture, cell, values) {
    const { columns, held } = picture
    const said = columns.said(cell.step)
    const word = typeof said === "string" ? atStart(said) : said
    if (!values) return [word, `: unit ${cell.unit}. Click its cell to see its numbers.`]
    if (isLeftOut(held?.holds ?? "", cell.step)) return [word, " is left out: every unit keeps all."]
    if (values.kind === "rnn")
        return [word, `: unit ${cell.unit} goes from ${signed(values.before, 2)} to h = ${signed(values.c, 2)}.`]
    const state = values.kind ? "h" : "c"
    const isHeld = values.held?.includes(state)
    const masked = isHeld || isMasked(values)
    const so = isHeld ? `, but is held at ${state}` : masked ? "; a mask makes it c" : `, so ${state}`
    const exact = placesOf(masked ? { ...values, c: values.kept + values.written } : values)
    const [places, decimals] = exact ?? ROUNDED
    const begins = cell.step === (cell.direction ? columns.steps - 1 : 0)
    const keeps =
        begins && values.before === 0
            ? [" starts at 0"]
            : [" keeps ", { b: `${fixed(100 * values.f, decimals)}%` }, ` of ${signed(values.before, places)}`]
    const is = `${so} ${masked || exact ? "=" : "≈"} ${signed(values.c, places)}`
    return [
        word,
        `: unit ${cell.unit}`,
        ...keeps,
        " and adds ",
        { b: signed(values.written, places) },
        is,
        ...answerAt(picture, cell.step),
    ]
}

/**
 * How many digits the sum of a step needs, and its per cent, so that the rounded numbers add up as they are written;
 * undefined if three are too few.
 *
 * @param {Arithmetic} values
 */
function placesOf({ f, before, written, c }) {
    return [[2, 0], ROUNDED, [3, 1]].find(([places, decimals]) => {
        const rounded = (/** @type {number} */ value) => +value.toFixed(places)
        const share = +(100 * f).toFixed(decimals) / 100
        return rounded(share * rounded(before) + rounded(written)) === rounded(c)
    })
}

/**
 * What the model says at a step, as the end of a sentence: no full stop follows a symbol.
 *
 * @param {Picture} picture @param {number} step @returns {Part[]}
 */
function answerAt({ answers, readout, series, columns, model: { means = {} } }, step) {
    const forecast = series.some(({ read, foreseen }) => read && foreseen)
    const value = Number(forecast ? readout?.said[0][columns.of(step)] : NaN)
    if (Number.isFinite(value)) return ["; it forecasts ", { b: fixed(value, 1) }, " for the next step."]
    const label = answers?.said.find(said => said.step === step)?.label
    if (!label) return ["."]
    const labels = readout?.gives === "set" ? label.split(" ") : [label]
    const named = labels.flatMap((one, n) => [...(n ? [" or "] : []), isSymbol(one) ? { key: one } : { b: one }])
    const ends = label in means ? [`, ${means[label]}.`] : isSymbol(labels[labels.length - 1]) ? [] : ["."]
    return [readout?.gives === "set" ? "; next may come " : "; the model now says ", ...named, ...ends]
}

/** A text at the start of a sentence. @param {string} text */
const atStart = text => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

/** Every number of the drawing, from left to right. @param {Arithmetic | null} values */
export function told(values) {
    if (!values) return "The numbers of this cell are not in the picture."
    const { before, f, kept, i, g, written, c, tanh, o, h = NaN, passed, found = null, kind, held } = values
    const together = (/** @type {string} */ state) =>
        held?.includes(state)
            ? `Together that is ${signed(kept + written)}, but ${state} is held at ${signed(c)}.`
            : `Together that is the new ${state}, ${signed(c)}.`
    if (kind === "rnn") return `h before is ${signed(before)}. The new h is ${signed(c)}.`
    if (kind) {
        const resets = o === undefined ? "" : ` The reset gate r is ${fixed(o, 3)}.`
        return (
            `h before is ${signed(before)}. The update gate z, ${fixed(f, 3)}, keeps ${signed(kept)} of it. 1 − z, ` +
            `${fixed(i, 3)}, times the candidate n, ${signed(g)}, adds ${signed(written)}. ${together("h")}${resets}`
        )
    }
    if (found !== null) return toldOfFound(values, isMasked(values))
    return (
        `c before is ${signed(before)}. The forget gate f, ${fixed(f, 3)}, keeps ${signed(kept)} of it. ` +
        `The input gate i, ${fixed(i, 3)}, times the candidate g, ${signed(g)}, adds ${signed(written)}. ` +
        `${together("c")} Its tanh, ${signed(tanh)}, times the output gate o, ` +
        (passed === undefined
            ? `${fixed(o, 3)}, is the new h, ${signed(h)}.`
            : `${fixed(o, 3)}, is what the unit passes on, ${signed(passed)}. ${PROJECTED}`)
    )
}

/** Every number of a cell that was found in somebody's own code. @param {Arithmetic} values */
function toldOfFound({ before, f, kept, i, g, written, c, tanh, o, h = NaN, found }, masked = false) {
    const shown = found ?? ""
    const shows = shown.startsWith("o ⊙ ")
        ? ` ${shown.slice(4)}, ${signed(tanh)}, times o, ${signed(o)}, is h, ${signed(h)}.`
        : shown && ` h is ${shown}, ${signed(h)}.`
    return (
        `c before is ${signed(before)}. f, ${signed(f)}, keeps ${signed(kept)} of it. i, ${signed(i)}, times g, ` +
        `${signed(g)}, adds ${signed(written)}. Together that is ${masked ? signed(kept + written) : "the new c"}, ` +
        `${masked ? "and a mask makes the new c of it, " : ""}${signed(c)}.${shows}`
    )
}
