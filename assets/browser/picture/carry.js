/** How does memory reach the next step? An arrow from c to c, in the row of the unit that is looked at. */

import { place } from "../shared/pixels.js"
import { between, rowOfC } from "./cover.js"

// Pixels to both sides of the border between two cells, and the least width of a cell that has room for an arrow.
const REACH = 22
const LEAST = 18
// The shortest arrow to each side, which leaves a number in a narrow cell uncovered, and the width of a number.
const SHORTEST = 6
const NUMBER = 36

/**
 * `resets`: the steps whose memory did not come from the step before.
 *
 * @param {Painted[]} stacks @param {Cell | null} cell
 * @param {number[]} resets
 */
export function carry(stacks, cell, resets) {
    for (const stack of stacks) {
        const comes = cell && !resets.includes(cell.step)
        const isHere = comes && cell.layer === stack.layer && cell.direction === stack.direction
        const box = cell && isHere ? placeOf(stack, cell) : null
        stack.carried.hidden = !box
        if (box) place(stack.carried, box)
        stack.carried.classList.toggle("gs-from-the-right", !!stack.direction)
    }
}

/**
 * Where the arrow into a cell is: over its border to the cell that was read before.
 *
 * @param {Painted} stack @param {Cell} cell
 */
function placeOf(stack, { unit, step }) {
    const { columns, direction } = stack
    const row = rowOfC(stack, unit)
    const column = columns.of(step)
    const before = column + (direction ? 1 : -1)
    if (!row || column < 0 || before < 0 || before >= columns.number || columns.per > 1) return null
    const [left, right] = between(stack, column, column)
    const [other] = between(stack, before, before)
    const width = right - left
    if (width < LEAST || other === left) return null
    const { numbers } = stack.onCells[stack.data.findIndex(({ name }) => name === "c")]
    const free = numbers ? (width - NUMBER) / 2 : REACH
    const reach = Math.min(REACH, width * 0.28, Math.max(SHORTEST, free))
    return { left: (direction ? right : left) - reach, top: row.middle, width: 2 * reach }
}
