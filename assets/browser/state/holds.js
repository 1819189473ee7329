/**
 * What is held while the text is read? Gates at a value, and words that are left out; in a link "f.0.2.3_0 w.1": f of
 * layer 0, unit 2, step 3 at 0, and step 1 left out. `dashboard/question/holds.py` reads it.
 */

/**
 * `unit` and `step`: null for all.
 *
 * @typedef {{gate: string, layer: number, direction: number, unit: number | null, step: number | null}} Target
 * @typedef {Target & {value: number}} Hold
 * @typedef {{gates: Hold[], without: number[]}} Holds
 */

const ALL = "all"
/** The range of each gate, and of the memory c, which can count far. @type {Object<string, [number, number]>} */
export const RANGE = { f: [0, 1], i: [0, 1], g: [-1, 1], o: [0, 1], c: [-1000, 1000] }

/** @param {string} text @returns {Holds} */
export function holdsOf(text) {
    const parts = `${text}`.split(" ").filter(Boolean)
    const isWord = part => part.startsWith("w.")
    return {
        gates: parts.filter(part => !isWord(part)).map(holdOf),
        without: parts.filter(isWord).map(part => +part.slice(2)),
    }
}

function holdOf(part) {
    const [place, value] = part.split("_")
    const [gate, layer, unit, step, direction = 0] = place.split(".")
    const number = text => (text === ALL ? null : +text)
    return { gate, layer: +layer, direction: +direction, unit: number(unit), step: number(step), value: +value }
}

/** @param {Holds} holds */
export function written({ gates, without }) {
    const held = gates.map(hold => `${placeOf(hold)}_${+hold.value.toFixed(6)}`)
    return [...held, ...[...without].sort((a, b) => a - b).map(step => `w.${step}`)].join(" ")
}

/** @param {Target} target */
function placeOf({ gate, layer, direction, unit, step }) {
    return [gate, layer, unit ?? ALL, step ?? ALL, ...(direction ? [1] : [])].join(".")
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

/** Whether every place of `other` is one of `target`. @param {Target} target @param {Target} other */
function covers(target, other) {
    const isIn = (wide, narrow) => wide === null || wide === narrow
    const same = ["gate", "layer", "direction"].every(name => target[name] === other[name])
    return same && isIn(target.unit, other.unit) && isIn(target.step, other.step)
}

/** The hold of a gate at a cell: the last one counts. @param {string} text @param {Target} cell */
export function heldAt(text, cell) {
    return holdsOf(text).gates.findLast(hold => covers(hold, cell)) ?? null
}

/** Where the last hold holds, so that the next one holds there too. @param {string} text */
export function scopeOf(text) {
    const last = holdsOf(text).gates.at(-1)
    return { everyStep: last?.step === null, everyUnit: last?.unit === null }
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

/**
 * The state with these holds.
 *
 * @param {{source: Object<string, any>}} state @param {string} text
 */
export const holding = ({ source }, text) => ({ holds: { text, of: readerOf(source) } })

/**
 * What is held now, as in a link: nothing in another LSTM than the one whose gates were held.
 *
 * @param {{source: Object<string, any>, holds: {text: string, of: string}}} state
 */
export const heldNow = ({ source, holds }) => (holds.text && holds.of === readerOf(source) ? holds.text : "")
