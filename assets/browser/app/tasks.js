/** What can a first-time visitor find out? A few tasks on the picture that is shown; each answer is checked. */

import { changedAnswers } from "../panel/held_words.js"
import { fixed, signed } from "../shared/numbers.js"
import { letterOf } from "../state/answer.js"
import { heldNow, holdsOf } from "../state/holds.js"
import { stackOf } from "../state/looked.js"

/**
 * `where`: what of the page a task speaks of; several strips with a space between. `begins`: the cell that the panel
 * shows first. `answer`: whether the visitor's last move is right, and what to say of it; null while there is none.
 *
 * @typedef {{says: string, where: "column" | "change" | "f" | "i g", begins?: Cell,
 *     answer?: (state: Drawn) => {right: boolean, says: string} | null}} Task
 */

const COLUMN = "Read a column from top to bottom: "
/** By kind of cell. @type {Record<string, string>} */
const READ = {
    lstm: `${COLUMN}the gates decide what to keep and what to add; that gives c. The output gate then gives h.`,
    gru: `${COLUMN}the gates decide what to keep and what to put in its place; that gives h.`,
    rnn: "A plain RNN has no gates: each column of h is made anew, of what is read and the column before.",
}

/** The tasks that a picture allows. @param {Picture} picture @returns {Task[]} */
export function tasksOf(picture) {
    const cell = clearest(picture)
    const read = READ[picture.kind ?? "lstm"]
    if (!cell) return [{ says: read, where: "column" }]
    const most = { ...cell, step: mostWritten(picture, cell) }
    // The unit that is spoken of, at a step that is no answer.
    const { columns } = picture
    const steps = Array.from({ length: columns.number }, (_, column) => columns.step(column))
    const begins = { ...cell, step: /** @type {number} */ (steps.find(s => s !== cell.step && s !== most.step)) }
    const [keep, letIn, what] = ["f", "i", "g"].map(quantity => letterOf(picture, quantity))
    return [
        { says: read, where: "column" },
        {
            says: `Find the word at which unit ${cell.unit} forgets most, and click its cell in the strip ${keep}.`,
            where: "f",
            begins,
            answer: state => asForgetting(state, cell),
        },
        {
            says:
                `Which word changes unit ${cell.unit} most by what it adds, up or down? Look where ${letIn} and ` +
                `${what} are both strong, and click.`,
            where: "i g",
            begins,
            answer: state => asWriting(state, most),
        },
        {
            says: `Now change it: press ${keep} → 1 in the panel, so that the cell forgets nothing there. What changes?`,
            where: "change",
            answer: state => asHeld(state, keep),
        },
    ]
}

/**
 * The unit of the last layer whose forget gate tells its smallest value most clearly from the others, with the cell of
 * that value; null if there is no such unit. At the first step there is nothing to forget yet.
 *
 * @param {Picture} picture
 */
function clearest({ stacks, columns, strips }) {
    const stack = stacks.findLast(({ direction }) => !direction)
    const there = ["f", "i", "g", "c"].every(quantity => strips.some(strip => strip.quantity === quantity))
    if (!stack || !there || columns.per > 1 || columns.number < 3 || columns.first > 0) return null
    const rows = stack.figure.data.find(({ name }) => name === "f").z
    let best = { gap: -1, line: 0, column: 1 }
    stack.units.forEach((_, line) => {
        const order = [...rows[line].keys()].slice(1).sort((a, b) => rows[line][a] - rows[line][b])
        const gap = rows[line][order[1]] - rows[line][order[0]]
        if (gap > best.gap) best = { gap, line, column: order[0] }
    })
    const { layer, direction, units } = stack
    return { layer, direction, unit: units[best.line], step: columns.step(best.column) }
}

/** The step at which most is added to a unit, up or down. @param {Picture} picture @param {Cell} cell */
function mostWritten(picture, cell) {
    const added = [...Array(picture.columns.number).keys()].map(column => {
        const { i, g } = valuesAt(picture, cell, column)
        return Math.abs(i * g)
    })
    return picture.columns.step(added.indexOf(Math.max(...added)))
}

/** @param {Picture} picture @param {Cell} cell @param {number} column
 * @returns {{i: number, f: number, g: number}} */
function valuesAt(picture, cell, column) {
    const { figure, units } = stackOf(picture, cell)
    const line = units.indexOf(cell.unit)
    return Object.fromEntries(figure.data.map(({ name, z }) => [name, z[line]?.[column]]))
}

/** The pinned cell's word and numbers; a sentence if it is another unit's; null if none is pinned. @param {Drawn} state
 * @param {Cell} cell @returns {{other: string} | {word: string, i: number, f: number, g: number} | null} */
function pinnedOf({ picture, pin }, cell) {
    if (!pin) return null
    const isHere = pin.unit === cell.unit && pin.layer === cell.layer && pin.direction === cell.direction
    const place = stackOf(picture, cell).units.indexOf(cell.unit) + 1
    if (!isHere) return { other: `That is unit ${pin.unit}: look at unit ${cell.unit}, row ${place} of the strip.` }
    return { word: picture.columns.quoted(pin.step), ...valuesAt(picture, pin, picture.columns.of(pin.step)) }
}

/** @param {Drawn} state @param {Cell} cell */
function asForgetting(state, cell) {
    const at = pinnedOf(state, cell)
    if (!at) return null
    if ("other" in at) return { right: false, says: at.other }
    const keeps = `${Math.round(100 * at.f)}%`
    const [keep, memory] = ["f", "c"].map(quantity => letterOf(state.picture, quantity))
    if (state.pin?.step === cell.step) {
        return {
            right: true,
            says: `Right: at ${at.word} ${keep} is ${fixed(at.f, 2)}, so only ${keeps} of ${memory} is kept.`,
        }
    }
    if (state.pin?.step === 0) return { right: false, says: "At the first word there is nothing to forget yet." }
    return {
        right: false,
        says: `At ${at.word} it keeps ${keeps}. It forgets more elsewhere: look for a lighter ${keep}.`,
    }
}

/** @param {Drawn} state @param {Cell} cell */
function asWriting(state, cell) {
    const at = pinnedOf(state, cell)
    if (!at) return null
    if ("other" in at) return { right: false, says: at.other }
    const [letIn, what] = ["i", "g"].map(quantity => letterOf(state.picture, quantity))
    const adds = `${letIn === "i" ? letIn : `(${letIn})`} · ${what} = ${fixed(at.i, 2)} · ${signed(at.g, 2)} = ${signed(at.i * at.g, 2)}`
    if (state.pin?.step === cell.step) return { right: true, says: `Right: at ${at.word} ${adds} is added.` }
    return { right: false, says: `At ${at.word} ${adds}. Another word adds more, up or down.` }
}

/** @param {Drawn} state @param {string} keep */
function asHeld(state, keep) {
    const { picture } = state
    if (!heldNow(state) || !picture.held) return null
    const open = holdsOf(picture.held.holds).gates.some(({ gate, value }) => gate === keep && value === 1)
    if (!open) return { right: false, says: `That is another hold. Escape undoes it; then press ${keep} → 1.` }
    const [first, ...more] = changedAnswers(picture)
    const says = first
        ? `${picture.columns.quoted(first.step)} was ${first.was} and is now ${first.is}` +
          `${more.length ? `, and ${more.length} more change` : ""}.`
        : "The memory after it changes, and no answer does."
    return { right: true, says: `${says} Escape undoes it.` }
}
