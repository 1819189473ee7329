/**
 * How are steps and units named beside their cells, and how much room does that take? Words level, on as many columns as
 * have room for them, or those that have room; on a sheet, which shows all steps, also slanted; else the numbers of some
 * steps. The model's answers stand under them.
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

// How are the words written over their columns? Level; on a sheet slanted while they fit; else the numbers of some steps.

/** @typedef {Map<number, string>} Labels By step. */

// Pixels between the words and what is under them; and of a level line of words.
const APART = 6
const LINE = 28
// A longer word is cut where words have no room; and the most pixels of a slanted one.
const LONG_WORD = 10
const LONGEST = 150
// The most pixels by which a level word is wider than its column, and the fewest between two words.
const OVER = 20
const BETWEEN = 3
// The least width of a column that has a word, and of one that has a character; and the width of a step's number.
const LEAST_WORD = 16
const LEAST_LETTER = 8
const POSITION = 84

/**
 * The axis of the steps from `first` to `last`, its height above the strips, and whether there are words for which a
 * column has no room; `below` the words some pixels stay free; `slants`: words may.
 *
 * @param {Columns} columns @param {number} width @param {[number, number]} range @param {number} below
 * @param {boolean} slants
 */
export function stepAxis(columns, width, range, below, slants) {
    const { labels, level, height, unread = false } = wordsOrPositions(columns, width, range, slants)
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

/** @param {Columns} columns @param {number} width @param {[number, number]} range @param {boolean} slants */
function wordsOrPositions(columns, width, [first, last], slants) {
    const column = width / (last - first)
    const words = wordsBetween(columns, Math.ceil(first), Math.ceil(last))
    const letters = [...words.values()].every(word => widthOf(word) < LEAST_LETTER)
    const fits = (/** @type {Labels} */ all) => leastOf([...all.values()]) <= column
    const short = fits(words) ? words : new Map([...words].map(([step, word]) => [step, cut(word)]))
    const level = fits(short)
    if (column < (letters ? LEAST_LETTER : LEAST_WORD) || !columns.labels.length) {
        const labels = positions(first, last, width / POSITION)
        return { labels, level: true, height: APART + LINE, unread: columns.labels.length > 0 }
    }
    if (level) return { labels: short, level, height: APART + LINE }
    if (!slants) return { labels: someOf(short, column), level: true, height: APART + LINE, unread: true }
    const longest = Math.max(0, ...[...words.values()].map(widthOf))
    return { labels: words, level, height: APART + LINE + Math.floor(Math.min(longest, LONGEST) * 0.87) }
}

/** The narrowest column over which these words stand level, apart from those beside them. @param {string[]} words */
function leastOf(words) {
    const widths = words.map(widthOf)
    // Single letters stand close together.
    const apart = words.some(word => [...word].length > 1) ? BETWEEN : 0.5
    return Math.max(0, ...widths.map((width, k) => Math.max(width - OVER, (width + (widths[k + 1] ?? 0)) / 2 + apart)))
}

/** The words that have room one after the other. @param {Labels} words @param {number} column @returns {Labels} */
function someOf(words, column) {
    let end = -Infinity
    const isApart = (/** @type {[number, string]} */ [step, word]) => {
        const half = widthOf(word) / 2
        if (step * column - half < end) return false
        end = step * column + half + BETWEEN
        return true
    }
    return new Map([...words].filter(isApart))
}

/** How many steps have room for their words and for these answers, level. @param {Columns} columns
 * @param {number} width @param {string[]} answers */
export function stepsWithRoom({ steps, labels, timed }, width, answers) {
    if (timed || labels.length < steps) return steps
    const least = Math.max(LEAST_LETTER, leastOf(labels.map(cut)), answers.length ? leastAnswer(answers) : 0)
    return Math.min(steps, Math.max(2, Math.floor(width / least)))
}

/** @param {Columns} columns @param {number} from @param {number} to @returns {Labels} */
function wordsBetween({ first, labels }, from, to) {
    const words = new Map()
    for (let step = Math.max(first, from); step < Math.min(first + labels.length, to); step++) {
        words.set(step, labels[step - first])
    }
    return words
}

/** @param {string} word */
function cut(word) {
    const letters = [...word]
    return letters.length > LONG_WORD ? `${letters.slice(0, LONG_WORD - 1).join("")}…` : word
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
 * stand upright, on a sheet, because a column is narrower than a label; `shares`: whether probabilities have room.
 *
 * @param {string[]} labels @param {number} column @param {boolean} upright
 */
export function answersRow(labels, column, upright) {
    if (!labels.length || column < LEAST_LETTER) return null
    const longest = Math.max(...labels.map(widthOf))
    const level = leastAnswer(labels) <= column
    if (!level && (!upright || column < LEAST_UPRIGHT)) return null
    const height = level ? ANSWERS : Math.round(Math.min(longest, LONGEST_ANSWER)) + SIDES + ENDS
    return { height, level, shares: level && longest + SIDES + SHARE <= column }
}

/** The narrowest column in which these labels stand level. @param {string[]} labels */
function leastAnswer(labels) {
    const longest = Math.max(...labels.map(widthOf))
    // Single characters stand close together.
    return longest + (longest > 10 ? SIDES : 0)
}
