/**
 * What are a cell's numbers, as sums and in words? Its arithmetic, a sentence a step, and the whole drawing for a screen
 * reader.
 */

import { FOUND, kindShown } from "../kinds.js"
import { count, fixed, signed } from "../shared/numbers.js"
import { isSymbol } from "../state/answer.js"
import { isLeftOut, lettersHeld } from "../state/holds.js"
import { stackOf, termsOf } from "../state/state.js"

// How did one cell get its value? Its arithmetic, at once from the picture, or from the server's terms.

/**
 * `before` and `recalled`: the unit's c and h before the step. `found`: as in the picture; `tanh` is then what o
 * multiplies, and o, h and `tanh` are undefined where they were not found. `passed`: o · tanh c, where h is a projection of
 * all units; then the unit has no h of its own, now or before. `held`: the letters of what is held there.
 *
 * @typedef {{before: number, recalled: number, f: number, kept: number, i: number, g: number, written: number,
 *     c: number, tanh: number, o: number, h?: number, passed?: number, found?: string | null, kind?: "gru" | "rnn", bend?: string, held?: string}} Arithmetic
 *
 * @typedef {[string, number, boolean?]} Line A name, a value, and whether that is a gate; a name with "=" is a result.
 */

const NOTHING = { recalled: NaN, f: NaN, kept: NaN, i: NaN, g: NaN, written: NaN, tanh: NaN, o: NaN }

/**
 * What a unit keeps and adds at a step, in the numbers of its kind.
 *
 * @param {Object<string, number>} values by letter @param {{before: number, recalled: number}} states
 * @param {Pick<Picture, "kind" | "bend" | "projects"> & {found?: string | null}} picture @param {string} held
 * @returns {Arithmetic}
 */
export function arithmetic({ f, i, g, c, o, h }, { before, recalled }, { found = null, kind, bend, projects }, held) {
    const { named, sum } = kindShown({ kind, bend, found })
    const all = { ...NOTHING, before, c, found, kind, bend, held }
    if (!sum) return { ...all, recalled: before, h: c }
    const sums = { ...all, f, i, g, o, kept: f * before, written: i * g }
    if (named) return { ...sums, ...named({ f, i, g, o }), h: c }
    const tanh = found === null ? Math.tanh(c) : o === undefined ? h : h / o
    return projects ? { ...sums, tanh, passed: o * tanh } : { ...sums, tanh, recalled, h }
}

/**
 * The arithmetic of one step from the picture's numbers; null if the picture does not have all of them.
 *
 * @param {Picture} picture @param {Stack} stack @param {Cell} cell @returns {Arithmetic | null}
 */
export function fromPicture(picture, { figure: { data }, units, direction, start, reset }, cell) {
    const { columns, resets, projects, held } = picture
    const { unit, step } = cell
    const [line, column] = [units.indexOf(unit), columns.of(step)]
    // The reverse direction reads from the right.
    const earlier = column + (direction ? 1 : -1)
    const begins = step === (direction ? columns.steps - 1 : 0)
    const isThere = begins || (earlier >= 0 && earlier < columns.number)
    const values = Object.fromEntries(data.map(trace => [trace.name, trace.z[line]?.[column]]))
    const isMissing = (/** @type {string} */ letter) => values[letter] === undefined && !(projects && letter === "h")
    if (columns.per > 1 || !isThere || [...kindShown(picture).needs].some(isMissing)) return null
    const given = resets.indexOf(step)
    const last = (/** @type {string} */ name) => {
        if (begins) return start[name]?.[line] ?? 0
        if (given >= 0) return reset[name]?.[given]?.[line]
        return data.find(trace => trace.name === name)?.z[line]?.[earlier]
    }
    return arithmetic(values, { before: last("c"), recalled: last("h") }, picture, lettersHeld(held?.holds ?? "", cell))
}

/** @param {Wire.CellTerms} terms @param {Pick<Picture, "held" | "projects">} picture */
export function fromTerms(terms, { held, projects }) {
    const { unit, h_before, c_before: before, f, i, g, o, c, h } = terms
    const values = { f: f.value, i: i.value, g: g.value, o: o.value, c, h }
    const states = { before, recalled: h_before[unit] }
    return arithmetic(values, states, { projects }, lettersHeld(held?.holds ?? "", terms))
}

/**
 * The arithmetic of the cell that is looked at: from its terms if it is pinned and they are there, else from the
 * picture.
 *
 * @param {Drawn} state @param {Cell} cell @returns {Arithmetic | null}
 */
export function arithmeticOf(state, cell) {
    const terms = state.pin && termsOf(state)
    return terms ? fromTerms(terms, state.picture) : fromPicture(state.picture, stackOf(state.picture, cell), cell)
}

/** The sum line by line. @param {Arithmetic} values @returns {Line[]} */
export function linesOf(values) {
    const { before, f, kept, i, g, written, c } = values
    const { sum, bend, memory } = kindShown(values)
    const isHeld = (/** @type {string} */ letter) => !!values.held?.includes(letter)
    const named = (/** @type {string} */ name) => (isHeld(name.slice(-1)) ? `${name}, held` : name)
    if (!sum)
        return [
            ["h before", before],
            [isHeld("h") ? named("= h") : `= h = ${bend}(W x + U h + b)`, c],
        ]
    const { state, keep, letIn, what } = sum
    const made = isHeld(state) ? named(`= ${state}`) : isMasked(values) && "= c after a mask"
    return [
        [`${state} before`, before],
        [`${named(`× ${keep}`)} (keep)`, f, true],
        ["= kept", kept],
        [`${named(letIn)} (let in)`, i, true],
        [`${named(`× ${what}`)} (what)`, g],
        ["= added", written],
        [`${made ? "" : `${state} `}= kept + added`, made ? kept + written : c],
        .../** @type {Line[]} */ (made ? [[made, c]] : []),
        ...(memory === "h" ? [] : shownLines(values, named)),
    ]
}

/** How h is made of c. @param {Arithmetic} values @param {(name: string) => string} named @returns {Line[]} */
function shownLines({ tanh, o, h = NaN, passed, found = null }, named) {
    if (found === "") return []
    if (found !== null && !found.startsWith("o ⊙ ")) return [[`h = ${found}`, h]]
    return [
        [found === null ? "tanh c" : found.slice(4), tanh],
        [`${named("× o")} (show)`, o, true],
        passed === undefined ? [named("= h"), h] : ["= o · tanh c", passed],
    ]
}

/** A line's number: of a gate without its sign, as in the picture. @param {Line} line */
export const lineNumber = ([, value, isGate]) => (isGate ? fixed(value, 3) : signed(value))

/** Every number of the drawing, from left to right. @param {Arithmetic | null} values */
export const cellInWords = values =>
    values
        ? `${linesOf(values)
              .map(line => `${line[0]} ${lineNumber(line)}`)
              .join(", ")}.`
        : "The numbers of this cell are not in the picture."

/** Whether a mask in somebody's own cell made another c of what was kept and written. @param {Arithmetic} values */
const isMasked = values =>
    kindShown(values) === FOUND &&
    Math.abs(values.kept + values.written - values.c) > 1e-4 * Math.max(1, Math.abs(values.c))

// What does a cell do, in words? A sentence a step, and the whole drawing for a screen reader.

/** @typedef {string | {b: string} | {key: string}} Part Of a sentence. */

// The digits of a sum that does not add up as it is written, and of its per cent.
const ROUNDED = [2, 1]

/** Where the cell is. @param {Cell} cell @param {number} layers how many there are */
export function placeInWords({ layer, direction, step }, layers) {
    const where = layers > 1 ? `, layer ${layer}` : ""
    return `Step ${count(step)}${where}${direction ? ", read from the right" : ""}.`
}

/**
 * What happens at a step, as a sentence: what its unit keeps and adds, and what the model says then. The parts are
 * text, {b: text} where it matters most, or {key: text} of a symbol.
 *
 * @param {Picture} picture @param {Cell} cell @param {Arithmetic | null} values
 * @returns {Part[]}
 */
export function story(picture, cell, values) {
    const { columns, held } = picture
    const said = columns.said(cell.step)
    const word = typeof said === "string" ? atStart(said) : said
    if (!values) return [word, `: unit ${cell.unit}. Click its cell to see its numbers.`]
    if (isLeftOut(held?.holds ?? "", cell.step)) return [word, " is left out: every unit keeps all."]
    if (!kindShown(values).sum)
        return [word, `: unit ${cell.unit} goes from ${signed(values.before, 2)} to h = ${signed(values.c, 2)}.`]
    const begins = cell.step === (cell.direction ? columns.steps - 1 : 0)
    return [word, `: unit ${cell.unit}`, ...changeInWords(values, begins), ...answerAt(picture, cell.step)]
}

/** What a unit keeps and adds at a step. @param {Arithmetic} values @param {boolean} begins whether it is the first step
 * @returns {Part[]} */
export function changeInWords(values, begins) {
    const state = /** @type {string} */ (kindShown(values).sum?.state)
    const isHeld = values.held?.includes(state)
    const masked = isHeld || isMasked(values)
    const so = isHeld ? `, but is held at ${state}` : masked ? "; a mask makes it c" : `, so ${state}`
    const exact = placesOf(masked ? { ...values, c: values.kept + values.written } : values)
    const [places, decimals] = exact ?? ROUNDED
    const keeps =
        begins && values.before === 0
            ? [" starts at 0"]
            : [" keeps ", { b: `${fixed(100 * values.f, decimals)}%` }, ` of ${signed(values.before, places)}`]
    const is = `${so} ${masked || exact ? "=" : "≈"} ${signed(values.c, places)}`
    return [...keeps, " and adds ", { b: signed(values.written, places) }, is]
}

/**
 * How many digits the sum of a step needs, and its per cent, so that the rounded numbers add up as they are written;
 * undefined if three are too few.
 *
 * @param {Arithmetic} values
 */
function placesOf({ f, before, written, c }) {
    return [[2, 0], ROUNDED, [3, 1]].find(([places, decimals]) => {
        const rounded = (/** @type {number} */ value) => +value.toFixed(places)
        const share = +(100 * f).toFixed(decimals) / 100
        return rounded(share * rounded(before) + rounded(written)) === rounded(c)
    })
}

/**
 * What the model says at a step, as the end of a sentence: no full stop follows a symbol.
 *
 * @param {Picture} picture @param {number} step @returns {Part[]}
 */
function answerAt({ answers, readout, series, columns, model: { means = {} } }, step) {
    const forecast = series.some(({ read, foreseen }) => read && foreseen)
    const value = Number(forecast ? readout?.said[0][columns.of(step)] : NaN)
    if (Number.isFinite(value)) return ["; it forecasts ", { b: fixed(value, 1) }, " for the next step."]
    const label = answers?.said.find(said => said.step === step)?.label
    if (!label) return ["."]
    const labels = readout?.gives === "set" ? label.split(" ") : [label]
    const named = labels.flatMap((one, n) => [...(n ? [" or "] : []), isSymbol(one) ? { key: one } : { b: one }])
    const ends = label in means ? [`, ${means[label]}.`] : isSymbol(labels[labels.length - 1]) ? [] : ["."]
    return [readout?.gives === "set" ? "; next may come " : "; the model now says ", ...named, ...ends]
}

/** A text at the start of a sentence. @param {string} text */
const atStart = text => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
