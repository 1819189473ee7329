/** What does a cell do, in words? A sentence a step, and the whole drawing for a screen reader. */

import { count, fixed, signed } from "../shared/numbers.js"
import { isLeftOut } from "../state/holds.js"

/** @typedef {import("./arithmetic.js").Arithmetic} Arithmetic */
/** @typedef {import("../state/pin.js").Cell} Cell */

/** Where the cell is. @param {Cell} cell */
export function says({ layer, direction, step }) {
    return `Step ${count(step)}, layer ${layer}${direction ? ", read from the right" : ""}.`
}

/**
 * What happens at a step, as a sentence: what its unit keeps and adds, and what the model says then. The parts are
 * text, or {b: text} where it matters most.
 *
 * @param {import("../state/answer.js").Picture} picture @param {Cell} cell @param {Arithmetic | null} values
 * @returns {(string | {b: string})[]}
 */
export function story(picture, cell, values) {
    const { columns, held } = picture
    const word = `“${columns.word(cell.step)}”`
    if (!values) return [`${word}: unit ${cell.unit}. Click its cell to see its numbers.`]
    if (isLeftOut(held?.holds ?? "", cell.step)) return [`${word} is left out: every unit keeps all.`]
    const begins = cell.step === (cell.direction ? columns.steps - 1 : 0)
    const keeps =
        begins && values.before === 0
            ? [" starts at 0"]
            : [" keeps ", { b: `${Math.round(100 * values.f)}%` }, ` of ${signed(values.before, 2)}`]
    const answer = answerAt(picture, cell.step)
    const says = answer ? ["; the model now says ", { b: answer }] : []
    const adds = [" and adds ", { b: signed(values.written, 2) }, `, so c = ${signed(values.c, 2)}`]
    return [`${word}: unit ${cell.unit}`, ...keeps, ...adds, ...says, "."]
}

/** What the model says at a step; "" if it says nothing. @param {any} picture @param {number} step */
function answerAt({ answers }, step) {
    return answers?.said.find(said => said.step === step)?.label ?? ""
}

/** Every number of the drawing, from left to right. @param {Arithmetic | null} values */
export function told(values) {
    if (!values) return "The numbers of this cell are not in the picture."
    const { before, f, kept, i, g, written, c, tanh, o, h } = values
    return (
        `c before is ${signed(before)}. The forget gate f, ${fixed(f, 3)}, keeps ${signed(kept)} of it. ` +
        `The input gate i, ${fixed(i, 3)}, times the candidate g, ${signed(g)}, adds ${signed(written)}. ` +
        `Together that is the new c, ${signed(c)}. Its tanh, ${signed(tanh)}, times the output gate o, ` +
        `${fixed(o, 3)}, is the new h, ${signed(h)}.`
    )
}
