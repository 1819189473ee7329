/** How are the model's answers written under the words? */

import { LEAST_LETTER } from "./step_axis.js"
import { widthOf } from "./text_width.js"

// Pixels: a line of answers with the space around it, the sides of an answer, and a probability behind its label.
const LINE = 26
const SIDES = 12
const SHARE = 34
// An upright answer is no longer, and so are its ends.
const LONGEST = 110
const ENDS = 8
// In a narrower column upright answers would cover one another.
const LEAST_UPRIGHT = 13

/**
 * The row of these labels over columns of so many pixels; null if not even a letter has room. `level`: else the labels
 * stand upright, because a column is narrower than a label; `shares`: whether probabilities have room behind them.
 *
 * @param {string[]} labels @param {number} column
 */
export function answersRow(labels, column) {
    if (!labels.length || column < LEAST_LETTER) return null
    const longest = Math.max(...labels.map(widthOf))
    // Single characters stand close together.
    const level = longest + (longest > 10 ? SIDES : 0) <= column
    if (!level && column < LEAST_UPRIGHT) return null
    const height = level ? LINE : Math.round(Math.min(longest, LONGEST)) + SIDES + ENDS
    return { height, level, shares: level && longest + SIDES + SHARE <= column }
}
