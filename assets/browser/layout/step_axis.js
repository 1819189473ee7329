/**
 * How are steps and units named beside their cells, and how much room does that take? Words level or slanted while they
 * fit, else the numbers of some steps; the model's answers under them.
 */

import { count, roundUp } from "../shared/numbers.js"

// How wide is a label? About; to measure each would take longer than to draw all.

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

// What do all figures share? The page's font and a clear background.

const FONT = 13
export const FAMILY = "'Source Sans', 'Source Sans 3', 'Noto Sans', Arial, sans-serif"

export const BARE_AXIS = { showgrid: false, zeroline: false, ticks: "", showline: false }

/** @param {Look} look */
export const onThePage = look => ({
    font: { color: look.ink, size: FONT, family: FAMILY },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    showlegend: false,
})

/** A text that Plotly shows as it is. @param {string} text */
export const escaped = text => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** The text before that. @param {string} text */
export const unescaped = text => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")

// How are the words written over their columns? Level or slanted while they fit, else the numbers of some steps.

/** @typedef {Map<number, string>} Labels By step. */

// Pixels between the words and what is under them; and of a level line of words.
const APART = 6
const LINE = 28
// A longer word is cut, so that it does not make all words slant; and the most pixels of a slanted one.
const LONG_WORD = 12
const LONGEST = 150
// The least width of a column that has a word, and of one that has a character; and the width of a step's number.
const LEAST_WORD = 16
const LEAST_LETTER = 8
const POSITION = 84

/**
 * The axis of the steps from `first` to `last`, its height above the strips, and whether there are words for which a
 * column has no room; `below` the words some pixels stay free.
 *
 * @param {Columns} columns @param {number} width @param {[number, number]} range @param {number} below
 */
export function stepAxis(columns, width, range, below) {
    const { labels, level, height, unread = false } = wordsOrPositions(columns, width, range)
    const axis = {
        side: "top",
        tickmode: "array",
        tickvals: [...labels.keys()],
        ticktext: [...labels.values()].map(escaped),
        tickangle: level ? 0 : -60,
        ticklabeloverflow: "allow",
        ticklabelstandoff: APART + below,
        tickfont: { size: FONT },
    }
    return { axis, top: Math.round(height + below), unread }
}

/** @param {Columns} columns @param {number} width @param {[number, number]} range */
function wordsOrPositions(columns, width, [first, last]) {
    const column = width / (last - first)
    const words = wordsBetween(columns, Math.ceil(first), Math.ceil(last))
    const letters = [...words.values()].every(word => widthOf(word) < LEAST_LETTER)
    if (column < (letters ? LEAST_LETTER : LEAST_WORD) || !columns.labels.length) {
        const labels = positions(first, last, width / POSITION)
        return { labels, level: true, height: APART + LINE, unread: columns.labels.length > 0 }
    }
    const labels = oneIsLong(words, column) ? cutAll(words, column) : words
    const texts = [...labels.values()]
    const longest = Math.max(0, ...texts.map(widthOf))
    // Single letters stay level even close together.
    const level = longest + (texts.some(text => [...text].length > 1) ? 6 : 0.5) <= column
    return { labels, level, height: APART + LINE + (level ? 0 : Math.floor(Math.min(longest, LONGEST) * 0.87)) }
}

/** @param {Columns} columns @param {number} from @param {number} to @returns {Labels} */
function wordsBetween({ first, labels }, from, to) {
    const words = new Map()
    for (let step = Math.max(first, from); step < Math.min(first + labels.length, to); step++) {
        words.set(step, labels[step - first])
    }
    return words
}

/** Whether all words would fit level except a few unusually long ones. @param {Labels} words @param {number} column */
function oneIsLong(words, column) {
    const short = [...words.values()].filter(word => [...word].length <= LONG_WORD)
    return short.every(word => widthOf(word) + 6 <= column) && short.length > words.size / 2
}

/** @param {Labels} words @param {number} column @returns {Labels} */
const cutAll = (words, column) => new Map([...words].map(([step, word]) => [step, cut(word, column)]))

/** A long word cut to its column, if enough of it remains to read. @param {string} word @param {number} column */
function cut(word, column) {
    if ([...word].length <= LONG_WORD || widthOf(word) + 6 <= column) return word
    const left = [...(word.endsWith("…") ? word.slice(0, -1) : word)]
    while (left.length && widthOf(`${left.join("")}…`) + 6 > column) left.pop()
    return left.length + 1 >= LONG_WORD / 2 ? `${left.join("")}…` : word
}

/** At most `most` round positions between `first` and `last`. @param {number} first @param {number} last
 * @param {number} most @returns {Labels} */
function positions(first, last, most) {
    const every = last - first <= most ? 1 : roundUp((last - first) / most)
    const labels = new Map()
    const from = Math.ceil(Math.max(0, first) / every) * every
    for (let step = from; step < last; step += every) labels.set(step, count(step))
    return labels
}

// How are the model's answers written under the words?

// Pixels: a line of answers with the space around it, the sides of an answer, and a probability behind its label.
const ANSWERS = 26
const SIDES = 12
const SHARE = 34
// An upright answer is no longer, and so are its ends.
const LONGEST_ANSWER = 110
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
    const height = level ? ANSWERS : Math.round(Math.min(longest, LONGEST_ANSWER)) + SIDES + ENDS
    return { height, level, shares: level && longest + SIDES + SHARE <= column }
}
