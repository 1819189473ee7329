/**
 * What does a model say? At each step, with and without a hold, and after the last; by which weights of h; and the numbers
 * and probabilities that it reads and gives.
 */

import { tokens } from "../engine/model.js"
import { isLeftOut } from "../state/holds.js"
import { label, significant } from "./label.js"
import { largestFirst, whole } from "./order.js"
import { endsOf, taken } from "./stacks.js"

/** From this probability on one of several symbols counts as possible. */
const POSSIBLE = 0.5

/** What a model says, from its probabilities at one step. @param {Model} model @param {Float32Array} row */
export function saidBy({ gives, labels }, row) {
    if (gives === "hidden") return { label: "", share: null }
    if (gives === "value")
        return { label: Array.from(row.slice(0, 2), value => significant(value, 3)).join(" "), share: null }
    if (gives === "set") {
        const possible = labels.filter((_, k) => row[k] >= POSSIBLE).map(label)
        return { label: possible.join(" ") || "–", share: Math.min(...row.map(share => Math.max(share, 1 - share))) }
    }
    const best = row.reduce((most, share, k) => (share > row[most] ? k : most), 0)
    return { label: label(labels[best]), share: row[best] }
}

/** What the model says at the columns. @param {Model | null} model @param {Float32Array[] | null} said
 * @param {Wire.Columns} columns */
export function answersAt(model, said, { first, per, number }) {
    if (!model || !said || model.gives === "hidden" || per > 1) return []
    const steps = said.slice(first, first + number).map((row, k) => ({ step: first + k, ...saidBy(model, row) }))
    return steps.filter(({ share }) => !Number.isNaN(share))
}

/**
 * What may come after the last step, the likeliest first; nothing from a model that says something else.
 *
 * @param {Model} model @param {Float32Array} last @param {string[]} labels
 * @param {(label: string) => boolean} isKnown whether the model reads a label as itself @returns {Next[]}
 */
export function coming(model, last, labels = model.labels, isKnown = label => isRead(model, label)) {
    if (last.some(Number.isNaN)) return []
    if (model.gives === "value") {
        const row = Array.from(last, value => significant(value, 4)).join(" ")
        return [{ label: row, share: null, text: last.length > 1 ? `\n${row}` : `, ${row}` }]
    }
    const between = model.reads === "words" ? " " : ""
    return largestFirst([...last])
        .map(at => ({ name: labels[at], share: last[at] }))
        .map(({ name, share }) => ({ label: label(name), share, text: isKnown(name) ? between + name : null }))
}

/** @param {Model} model @param {string} label */
function isRead(model, label) {
    const read = tokens(model, label)
    return read.length === 1 && read[0] === label && model.embedding.knows(label)
}

/**
 * What is held in a reading, and the model's answers at the columns without and with the hold; null if nothing is.
 *
 * @param {Reading} reading @param {Wire.Columns} columns
 * @returns {Held | null}
 */
export function heldIn({ text, model, said, unheld }, { first, per, number }) {
    if (!text) return null
    if (!model || !said || !unheld || per > 1)
        return { holds: text, before: [], after: [], sure_before: [], sure_after: [] }
    const at = (/** @type {Float32Array[]} */ rows) => rows.slice(first, first + number).map(row => saidBy(model, row))
    const [before, after] = [at(unheld), at(said)]
    // A word that is left out has no answer.
    const is = after.map((one, k) => (isLeftOut(text, first + k) ? { label: "", share: null } : one))
    return {
        holds: text,
        before: before.map(one => one.label),
        after: is.map(one => one.label),
        sure_before: before.map(one => one.share),
        sure_after: is.map(one => one.share),
    }
}

// How does h become the model's answers? Scores of the likeliest labels, and what each shown unit gives to them.

/**
 * @typedef {Object} Linear
 * @property {Readout} sent
 * @property {(place: import("./stacks.js").Place, units: number[]) => Float32Array[] | null} of
 */

// The labels of a column.
const LIKELIEST = 3

/**
 * The Linear over the columns' h, `of` with the weights (unit × label) of a stack's units; null without a model that
 * has one, and with several steps in a column.
 *
 * @param {Reading} reading @param {Wire.Columns} columns @returns {Linear | null}
 */
export function linearOf({ model, lstm, scores, said }, { first, number, per }) {
    if (!model?.linear || !scores || !said || model.gives === "hidden" || per > 1) return null
    const { weight, bias } = model.linear
    const steps = whole(number).map(column => first + column)
    const best = steps.map(step => (model.gives === "value" ? whole(weight.rows) : largestFirst([...scores[step]])))
    const places = whole(Math.min(LIKELIEST, weight.rows))
    const used = [...new Set(best.flatMap(row => row.slice(0, LIKELIEST)))].sort((a, b) => a - b)
    const over = (/** @type {(step: number, of: number) => number} */ value) =>
        places.map(place => Float32Array.from(steps, (step, column) => value(step, best[column][place])))
    const restored = model.gives === "value" ? model.restored : null
    const sent = {
        gives: model.gives,
        units: weight.columns,
        of: model.of ?? weight.rows,
        labels: used.map(k => label(model.labels[k])),
        bias: used.map(k => bias?.data[k] ?? 0),
        best: over((_, of) => used.indexOf(of)),
        scores: over((step, of) => scores[step][of]),
        said: over((step, of) => said[step][of]),
        mean: restored ? used.map(k => restored.mean.data[k]) : [],
        deviation: restored ? used.map(k => restored.deviation.data[k]) : [],
    }
    /** @param {import("./stacks.js").Place} place @param {number[]} units */
    const of = ({ layer, direction }, units) => {
        if (layer < lstm.numLayers - 1 || lstm.projSize) return null
        const at = (/** @type {number} */ unit) => direction * lstm.hiddenSize + unit
        return units.map(unit => Float32Array.from(used, k => weight.data[k * weight.columns + at(unit)]))
    }
    return { sent, of }
}

// Which numbers does a model read or foresee, which labels are likely?

// At most so many labels or columns are shown: of labels the least likely are left out.
const MOST = 12

/** Rows as one array. @param {Float32Array[]} rows */
const flat = rows => Float32Array.from(rows.flatMap(row => [...row]))

/**
 * The numbers that a model reads, then those that it says; at most one of each.
 *
 * @param {Reading} reading @param {Wire.Columns} columns @returns {DrawnSeries[]}
 */
export function seriesOf({ model, series, said, inColumns }, columns) {
    const read = series && lines(series, columns, "the series")
    if (!model || !said || model.gives !== "value") return read ? [read] : []
    const says = lines(inColumns ?? { values: flat(said), names: model.labels }, columns, "what the Linear says")
    if (!read || !model.restored) return [...(read ? [read] : []), { ...says, read: false }]
    const low = read.low.map((value, k) => Math.min(value, says.low[k]))
    const high = read.high.map((value, k) => Math.max(value, says.high[k]))
    return [{ ...read, question: "line: what came; dotted: its forecast", foreseen: says.values, low, high }]
}

/** @param {import("./reading.js").Lines} table @param {Wire.Columns} columns @param {string} title */
function lines({ values, names, ends }, columns, title) {
    const shown = whole(Math.min(MOST, names.length))
    const all = { ...columns, first: 0, per: columns.steps, number: 1 }
    const found = ends ?? endsOf(taken(all, values, names.length, shown))
    return {
        title,
        question: shown.length > 1 ? "each on its own scale" : "",
        // The only column of a table without a header needs no number.
        labels: `${names}` === "column 1" ? ["value"] : shown.map(k => label(names[k])),
        names: shown.map(k => names[k]),
        values: taken(columns, values, names.length, shown).extreme,
        foreseen: null,
        low: found.map(([low]) => low),
        high: found.map(([, high]) => high),
        read: true,
    }
}

/** The probabilities of the likeliest labels; null from a model that says numbers or nothing, and with several steps in
 * a column. @param {Reading} reading @param {Wire.Columns} columns */
export function scoresOf({ model, said }, { first, number, per }) {
    if (!model || !said || per > 1 || !["classes", "set"].includes(model.gives)) return null
    const steps = said.slice(first, first + number)
    const most = model.labels.map((_, k) => Math.max(...steps.map(row => row[k]).filter(share => share >= 0)))
    const shown = largestFirst(most)
        .slice(0, MOST)
        .sort((a, b) => a - b)
    const z = shown.map(k => Float32Array.from(steps, row => row[k]))
    return { labels: shown.map(k => label(model.labels[k])), z }
}
