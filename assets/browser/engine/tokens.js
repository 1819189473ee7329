/**
 * How does a sentence become steps, and which features has a word? As `lstm_core/inputs/tokens.py` and
 * `lstm_core/models/embeddings.py` do.
 */

// How does a sentence become steps? As `lstm_core/inputs/tokens.py` parts it.

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

const encoder = new TextEncoder()

/** @param {string} text */
export const utf8 = text => encoder.encode(text)

// Which vectors make up a word? Those of its features, as `lstm_core/models/embeddings.py` lists them.

/** The most letters of a word that count. */
const MOST_LETTERS = 24

/** The rows of a word's vectors, each once; row 0 is kept for padding. @param {string} word @param {number} buckets */
export const rowsOf = (word, buckets) => [
    ...new Set(features(word).map(feature => 1 + (crc32(utf8(feature)) % buckets))),
]

/** The word, its shape, its first 1 to 4 letters, its last 1 to 5, and its 3- and 4-grams. @param {string} word */
export function features(word) {
    const whole = Array.from(word.toLowerCase())
    const lower = whole.slice(0, MOST_LETTERS)
    const upTo = (/** @type {number} */ most, /** @type {number} */ there) =>
        Array.from({ length: Math.min(most, there) }, (_, k) => k + 1)
    return [
        `is ${whole.join("")}`,
        `as ${word}`,
        `shape ${shape(Array.from(word).slice(0, MOST_LETTERS))}`,
        ...upTo(4, lower.length).map(length => `first ${lower.slice(0, length).join("")}`),
        ...upTo(5, Array.from(word).length).map(length => `last ${whole.slice(-length).join("")}`),
        ...[3, 4].flatMap(length => grams(["<", ...lower, ">"], length).map(gram => `has ${gram}`)),
    ]
}

/** @param {string[]} letters @param {number} length */
const grams = (letters, length) =>
    Array.from({ length: Math.max(0, letters.length - length + 1) }, (_, at) => letters.slice(at, at + length).join(""))

/** Capitals as X, other letters as x, digits as 9; runs are cut to two. @param {string[]} letters */
function shape(letters) {
    let written = ""
    for (const letter of letters) {
        const kind = /\p{Uppercase}/u.test(letter) ? "X" : /\p{L}/u.test(letter) ? "x" : isDigit(letter) ? "9" : letter
        if (!written.endsWith(kind + kind)) written += kind
    }
    return written
}

/** Digits as Python has them: ², ① and their like too. @param {string} letter */
const isDigit = letter => /[\p{Nd}²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒፩-፱᧚🄀-🄊]/u.test(letter)

/** The CRC-32 of ISO 3309, as `zlib.crc32`. @param {Uint8Array} bytes */
function crc32(bytes) {
    let crc = 0xffffffff
    for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8)
    return (crc ^ 0xffffffff) >>> 0
}

const TABLE = Uint32Array.from({ length: 256 }, (_, number) => {
    for (let bit = 0; bit < 8; bit++) number = number & 1 ? 0xedb88320 ^ (number >>> 1) : number >>> 1
    return number
})
