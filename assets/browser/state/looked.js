/** Which cell is looked at? The pinned one, else the one under the pointer, else the most telling one. */

import { followed, pinIn, pinned } from "./state.js"
import { columnsInSight, rowsInSight } from "./zoom.js"

/** The most cells that are compared to find the most telling one. */
const MOST = 100_000
/** @type {WeakMap<Zoom, WeakMap<Picture, Cell | null>>} */
const telling = new WeakMap()

/** @param {Drawn} state @returns {Cell | null} */
export function looked(state) {
    const { picture, pin, hover } = state
    return pin ?? pinIn(picture, hover) ?? followed({ ...state, pin: mostTelling(state) })
}

/** The state with the unit that is looked at pinned at a step. @param {Drawn} state @param {number} step */
export function atStep(state, step) {
    const cell = looked(state)
    return cell ? pinned(state, { ...cell, step }) : {}
}

/** The stack of a cell. @template {StackValues} S @param {{stacks: S[]}} picture @param {Cell} cell */
export function stackOf({ stacks }, { layer, direction }) {
    return /** @type {S} */ (stacks.find(stack => stack.layer === layer && stack.direction === direction))
}

/**
 * The cell in sight, of the last layer, whose memory changes most in one step; the first cell in sight if the picture
 * shows no memory. Found once for each picture and zoom.
 *
 * @param {Pick<Drawn, "picture" | "zoom">} state @returns {Cell | null}
 */
function mostTelling({ picture, zoom }) {
    const found = telling.get(zoom) ?? new WeakMap()
    telling.set(zoom, found)
    if (!found.has(picture)) found.set(picture, find(picture, zoom))
    return found.get(picture) ?? null
}

/** @param {Picture} picture @param {Zoom} zoom @returns {Cell | null} */
function find({ stacks, columns }, zoom) {
    const stack = stacks.findLast(({ direction }) => !direction)
    if (!stack?.units.length || !columns.number || columns.per > 1) return null
    const { layer, direction, units, figure } = stack
    /** @type {Float32Array[]} */
    const rows = figure.data.find(({ name }) => name === "c")?.z ?? []
    const [from, to] = columnsInSight(columns, zoom)
    const [first, last] = rowsInSight(units.length, zoom)
    let [most, line, column] = [-1, first, from]
    if (rows.length * columns.number <= MOST) {
        rows.slice(0, last + 1).forEach((row, n) => {
            for (let k = Math.max(1, from); n >= first && k <= to; k++) {
                const change = Math.abs(row[k] - row[k - 1])
                if (change > most) [most, line, column] = [change, n, k]
            }
        })
    }
    return { layer, direction, unit: units[line], step: columns.step(column) }
}
