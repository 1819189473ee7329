/** How wide is a label? About; to measure each would take longer than to draw all. */

// Pixels of a letter, and of a narrow one; East Asian characters and emoji are twice as wide, arrows and the signs for
// blanks are not.
const LETTER = 7.4
const NARROW_LETTER = 4.5
const NARROW = new Set("fijlrtI.,:;'!|()[]")
const WIDE_LETTER = 14

/** @param {string} text */
export function widthOf(text) {
    let width = 0
    for (const letter of text) {
        const code = letter.codePointAt(0) ?? 0
        const isWide = code >= 0x1100 && !(code >= 0x2190 && code < 0x2500)
        width += isWide ? WIDE_LETTER : NARROW.has(letter) ? NARROW_LETTER : LETTER
    }
    return width
}
