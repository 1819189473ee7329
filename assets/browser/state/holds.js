/**
 * What is held while the text is read? Gates at a value, and words that are left out; in a link "f.0.2,4-6.3_0 w.1": f
 * of layer 0, units 2 and 4 to 6, step 3 at 0, and step 1 left out. `dashboard/question/holds.py` reads it.
 */

/**
 * `units` and `steps`, in order: null for all.
 *
 * @typedef {{gate: string, layer: number, direction: number, units: number[] | null, steps: number[] | null}} Target
 * @typedef {Target & {value: number}} Hold
 * @typedef {{gates: Hold[], without: number[]}} Holds
 */

const ALL = "all"

/** @param {string} text @returns {Holds} */
export function holdsOf(text) {
    const parts = `${text}`.split(" ").filter(Boolean)
    const isWord = (/** @type {string} */ part) => part.startsWith("w.")
    return {
        gates: parts.filter(part => !isWord(part)).map(holdOf),
        without: parts.filter(isWord).map(part => +part.slice(2)),
    }
}

/** @param {string} part @returns {Hold} */
function holdOf(part) {
    const [place, value] = part.split("_")
    const [gate, layer, units, steps, direction = 0] = place.split(".")
    return { gate, layer: +layer, direction: +direction, units: numbers(units), steps: numbers(steps), value: +value }
}

/** The numbers of "0,3-5"; null for all. @param {string} text */
function numbers(text) {
    if (text === ALL) return null
    return text.split(",").flatMap(part => {
        const [first, last = first] = part.split("-").map(Number)
        return Array.from({ length: last - first + 1 }, (_, k) => first + k)
    })
}

/** Numbers in order as a link writes them, runs as ranges: "0,3-5". @param {number[] | null} places */
export function named(places) {
    if (!places) return ALL
    const begins = places.filter((place, k) => place - 1 !== places[k - 1])
    const ends = places.filter((place, k) => place + 1 !== places[k + 1])
    return begins.map((first, k) => (first === ends[k] ? `${first}` : `${first}-${ends[k]}`)).join(",")
}

/** @param {Holds} holds */
export function written({ gates, without }) {
    const held = gates.map(hold => `${placeOf(hold)}_${+hold.value.toFixed(6)}`)
    return [...held, ...[...without].sort((a, b) => a - b).map(step => `w.${step}`)].join(" ")
}

/** @param {Target} target */
function placeOf({ gate, layer, direction, units, steps }) {
    return [gate, layer, named(units), named(steps), ...(direction ? [1] : [])].join(".")
}

/** What is held where, in words; `word`: what a step is called. @param {Target} target @param {(step: number) => string} word */
export function targetInWords({ gate, layer, units, steps }, word) {
    const of = units === null ? "all units" : `unit${units.length > 1 ? "s" : ""} ${named(units)}`
    const many = steps && (steps.length > 1 ? `at steps ${named(steps)}` : `at ${word(steps[0])}`)
    return `${gate} of ${of}${layer ? ` of layer ${layer}` : ""} ${many ?? "at every step"}`
}

/** The holds with one more, in place of those that it covers. @param {string} text @param {Hold} hold */
export function withHold(text, hold) {
    const { gates, without } = holdsOf(text)
    return written({ gates: [...gates.filter(other => !covers(hold, other)), hold], without })
}

/** The holds without those that a target covers. @param {string} text @param {Target} target */
export function withoutHold(text, target) {
    const { gates, without } = holdsOf(text)
    return written({ gates: gates.filter(other => !covers(target, other)), without })
}

/** The holds with a word left out, or read again. @param {string} text @param {number} step */
export function withoutWord(text, step) {
    const { gates, without } = holdsOf(text)
    const others = without.filter(other => other !== step)
    return written({ gates, without: others.length < without.length ? others : [...without, step] })
}

/** @param {number[] | null} wide @param {number[] | null} narrow */
const isIn = (wide, narrow) => wide === null || !!narrow?.every(place => wide.includes(place))

/** Whether every place of `other` is one of `target`. @param {Target} target @param {Target} other */
function covers(target, other) {
    const same = target.gate === other.gate && target.layer === other.layer && target.direction === other.direction
    return same && isIn(target.units, other.units) && isIn(target.steps, other.steps)
}

/** The hold of a gate at a cell: the last one counts. @param {string} text @param {Cell} cell @param {string} gate */
export function heldAt(text, { layer, direction, unit, step }, gate) {
    const target = { gate, layer, direction, units: [unit], steps: [step] }
    return holdsOf(text).gates.findLast(hold => covers(hold, target)) ?? null
}

/** The letters of what is held at a cell. @param {string} text @param {import("./link.js").Cell} cell */
export const lettersHeld = (text, cell) =>
    holdsOf(text)
        .gates.filter(({ gate }) => heldAt(text, cell, gate))
        .map(({ gate }) => gate)
        .join("")

/** Where the last hold holds, so that the next one holds there too. @param {string} text */
export function scopeOf(text) {
    const last = holdsOf(text).gates.at(-1)
    return { everyStep: last?.steps === null, everyUnit: last?.units === null }
}

/** The first cell whose gate is held; null where no gate of one cell is. @param {string} text @returns {Cell | null} */
export function cellHeld(text) {
    const held = holdsOf(text).gates.find(({ units, steps }) => units && steps)
    if (!held?.units || !held.steps) return null
    const { layer, direction, units, steps } = held
    return { layer, direction, unit: units[0], step: steps[0] }
}

/** Whether a word is left out. @param {string} text @param {number} step */
export const isLeftOut = (text, step) => holdsOf(text).without.includes(step)

/** Whether exactly this is held. @param {string} text @param {Hold} hold */
export function isHeld(text, hold) {
    return text.split(" ").includes(written({ gates: [hold], without: [] }))
}

/** Which LSTM holds belong to: everything that is read but the text. @param {Object<string, any>} source */
function readerOf({ sentence: _, file: __, ...reader }) {
    return JSON.stringify(Object.entries(reader).map(([name, value]) => `${name}=${value}`))
}

/** @typedef {{text: string, of: string, before?: Held}} Held What is held, in which LSTM, and what was before it. */

/**
 * The state with these holds. Other values at the same places, as while a gate is dragged, are one change.
 *
 * @param {{source: Object<string, any>, holds?: Held}} state @param {string} text
 */
export function holding({ source, holds }, text) {
    const places = (/** @type {string} */ written) => written.replaceAll(/_\S+/g, "")
    const before = holds && places(holds.text) === places(text) ? holds.before : holds
    return { holds: { text, of: readerOf(source), before } }
}

/** The state before its last hold. @param {{holds: Held}} state */
export const undone = ({ holds }) => ({ holds: holds.before ?? { text: "", of: "" } })

/**
 * What is held now, as in a link: nothing in another LSTM than the one whose gates were held.
 *
 * @param {{source: Object<string, any>, holds: {text: string, of: string}}} state
 */
export const heldNow = ({ source, holds }) => (holds.text && holds.of === readerOf(source) ? holds.text : "")
