/** How does a sentence become steps? As `lstm_core/inputs/tokens.py` parts it. */

const LETTERS = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]+"
/** A number keeps its point, a word its apostrophes and hyphens. */
const WORD = new RegExp(`\\p{Nd}+(?:[.,]\\p{Nd}+)+|${LETTERS}(?:['’‑-]${LETTERS})*`, "uy")
const UNSEEN = /^[\p{C}\p{Z}]+$/u
/** The longest sign that is looked for at once; longer ones have hundreds of accents. */
const WINDOW = 64
const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" })

/** The words and punctuation marks of a text, in any script. @param {string} text */
export function words(text) {
    const found = []
    for (let at = 0; at < text.length; ) {
        WORD.lastIndex = at
        const token = WORD.exec(text)?.[0] ?? signAt(text, at)
        if (!UNSEEN.test(token)) found.push(token)
        at += token.length
    }
    return found
}

/** The characters of a text as a reader sees them, blanks included. @param {string} text */
export const characters = text => Array.from(segmenter.segment(text), ({ segment }) => segment)

/** The characters that are not blanks. @param {string} text */
export const symbols = text => characters(text).filter(sign => !/^\s+$/u.test(sign))

/** What is seen as one character from a place on: an emoji with its joiners, a punctuation mark. */
function signAt(/** @type {string} */ text, /** @type {number} */ at) {
    for (let size = WINDOW; ; size *= 8) {
        const [sign] = segmenter.segment(text.slice(at, at + size))
        // A longer sign, or half of a letter of it, may be what ends the window.
        if (sign.segment.length < size - 1) return sign.segment
    }
}
