/** How did one cell get its value? Its arithmetic, at once from the picture, or from the server's terms. */

import { lettersHeld } from "../state/holds.js"
import { stackOf } from "../state/looked.js"
import { termsOf } from "../state/state.js"

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
 * The arithmetic of one step from the picture's numbers; null if the picture does not have all of them. A moment
 * later the server's terms give it in float64.
 *
 * @param {Picture} picture @param {Stack} stack @param {Cell} cell @returns {Arithmetic | null}
 */
export function fromPicture(
    { columns, resets, found = null, kind, bend, projects, held: changed },
    { figure: { data }, units, direction, start, reset },
    cell,
) {
    const { unit, step } = cell
    const held = lettersHeld(changed?.holds ?? "", cell)
    const line = units.indexOf(unit)
    const column = columns.of(step)
    // The reverse direction reads from the right.
    const earlier = column + (direction ? 1 : -1)
    const begins = step === (direction ? columns.steps - 1 : 0)
    const isThere = begins || (earlier >= 0 && earlier < columns.number)
    const { f, i, g, c, o, h } = Object.fromEntries(data.map(trace => [trace.name, trace.z[line]?.[column]]))
    const shown = projects ? [o] : [o, h]
    const needed = kind === "rnn" ? [c] : found === null ? [f, i, g, c, ...shown] : [f, i, g, c]
    if (columns.per > 1 || !isThere || needed.includes(undefined)) return null
    const given = resets.indexOf(step)
    const last = (/** @type {string} */ name) => {
        if (begins) return start[name]?.[line] ?? 0
        if (given >= 0) return reset[name]?.[given]?.[line]
        return data.find(trace => trace.name === name)?.z[line]?.[earlier]
    }
    const before = last("c")
    if (kind === "rnn") return { ...NOTHING, before, recalled: before, c, h: c, found, kind, bend, held }
    if (kind) {
        const own = { z: f, lets: i, n: g, r: o }
        return { ...NOTHING, ...own, before, f, kept: f * before, i, g, written: i * g, c, o, h: c, found, kind, held }
    }
    const tanh = found === null ? Math.tanh(c) : o === undefined ? h : h / o
    const all = { before, recalled: last("h"), f, kept: f * before, i, g, written: i * g, c, tanh, o, h, found, held }
    return projects ? projected(all, o * tanh) : all
}

/**
 * The arithmetic of the cell that is looked at: from its terms if it is pinned and they are there, else from the
 * picture.
 *
 * @param {Drawn} state @param {Cell} cell @returns {Arithmetic | null}
 */
export function arithmeticOf(state, cell) {
    const terms = state.pin && termsOf(state)?.values
    if (!terms) return fromPicture(state.picture, stackOf(state.picture, cell), cell)
    const values = fromTerms(terms, state.picture)
    return state.picture.projects ? projected(values, terms.h) : values
}

/** @param {Wire.CellTerms} terms @param {{held: Wire.Held | null}} picture @returns {Arithmetic} */
export function fromTerms(terms, { held }) {
    const { unit, h_before, c_before: before, f, kept, i, g, written, c, tanh_c: tanh, o, h } = terms
    return {
        held: lettersHeld(held?.holds ?? "", terms),
        before,
        recalled: h_before[unit],
        f: f.value,
        kept,
        i: i.value,
        g: g.value,
        written,
        c,
        tanh,
        o: o.value,
        h,
    }
}

/** A unit's arithmetic where h is a projection. @param {Arithmetic} values @param {number} passed */
const projected = (values, passed) => ({ ...values, h: undefined, recalled: NaN, passed })

/** The sum line by line. @param {Arithmetic} values @returns {Line[]} */
export function linesOf(values) {
    const { before, f, kept, i, g, written, c, kind, bend = "tanh" } = values
    const isHeld = (/** @type {string} */ letter) => !!values.held?.includes(letter)
    const named = (/** @type {string} */ name) => (isHeld(name.slice(-1)) ? `${name}, held` : name)
    if (kind === "rnn")
        return [
            ["h before", before],
            [isHeld("h") ? named("= h") : `= h = ${bend}(W x + U h + b)`, c],
        ]
    const [state, keep, letIn, what] = kind === "gru" ? ["h", "z", "1 − z", "n"] : ["c", "f", "i", "g"]
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
        ...(kind === "gru" ? [] : shownLines(values, named)),
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

/** Whether a mask in somebody's own cell made another c of what was kept and written. @param {Arithmetic} values */
export function isMasked({ kept, written, c, found = null }) {
    return found !== null && Math.abs(kept + written - c) > 1e-4 * Math.max(1, Math.abs(c))
}

/**
 * The place of each value's bar in its track, in percent: from the middle to the right, or to the left if negative.
 * Half of the width is 1, or the largest value here if the memory is larger.
 *
 * @param {Line[]} lines
 */
export function barsOf(lines) {
    const most = Math.max(1, ...lines.map(([, value]) => Math.abs(value)))
    return lines.map(([name, value, isGate]) => {
        const width = (Math.abs(value) / most) * 50
        return { name, value, isGate, width, left: value < 0 ? 50 - width : 50 }
    })
}
