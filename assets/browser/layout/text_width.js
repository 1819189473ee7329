/** How wide is a label? About; to measure each would take longer than to draw all. */

// Pixels of a letter; East Asian characters and emoji are twice as wide, arrows and the signs for blanks are not.
const LETTER = 7.4
const WIDE_LETTER = 14

/** @param {string} text */
export function widthOf(text) {
    let width = 0
    for (const letter of text) {
        const code = letter.codePointAt(0) ?? 0
        width += code >= 0x1100 && !(code >= 0x2190 && code < 0x2500) ? WIDE_LETTER : LETTER
    }
    return width
}
