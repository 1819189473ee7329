/** Which numbers does a model read or foresee, which labels are likely? See `dashboard/drawing/model_output.py`. */

import { taken, whole } from "./bins.js"
import { label } from "./label.js"
import { largestFirst } from "./order.js"

// At most so many labels or columns are shown: of labels the least likely are left out.
const MOST = 12

/** Rows as one array. @param {Float32Array[]} rows */
const flat = rows => Float32Array.from(rows.flatMap(row => [...row]))

/**
 * The numbers that a model reads, then those that it says; at most one of each.
 *
 * @param {Reading} reading @param {Wire.Columns} columns @returns {Wire.DrawnSeries[]}
 */
export function seriesOf({ model, series, said }, columns) {
    const read = series && lines(series.values, series.names, columns, "the series")
    if (!model || !said || model.gives !== "value") return read ? [read] : []
    const rows = flat(said)
    if (!read || !model.restored) {
        const says = { ...lines(rows, model.labels, columns, "what the Linear says"), read: false }
        return read ? [read, says] : [says]
    }
    const size = model.labels.length
    const foreseen = taken(columns, rows, size, whole(Math.min(MOST, size))).extreme
    const question = "line: what came; dotted: its forecast"
    const ends = lines(rows, model.labels, columns, "")
    const low = read.low.map((value, k) => Math.min(value, ends.low[k]))
    const high = read.high.map((value, k) => Math.max(value, ends.high[k]))
    return [{ ...read, question, foreseen, low, high }]
}

/**
 * @param {Float32Array} values (step × column) @param {string[]} names @param {Wire.Columns} columns
 * @param {string} title
 */
function lines(values, names, columns, title) {
    const shown = whole(Math.min(MOST, names.length))
    const ends = { ...columns, first: 0, per: columns.steps, number: 1 }
    const { low, high } = taken(ends, values, names.length, shown)
    return {
        title,
        question: shown.length > 1 ? "each on its own scale" : "",
        // The only column of a table without a header needs no number.
        labels: `${names}` === "column 1" ? ["value"] : shown.map(k => label(names[k])),
        names: shown.map(k => names[k]),
        values: taken(columns, values, names.length, shown).extreme,
        foreseen: null,
        low: low.map(([value]) => value),
        high: high.map(([value]) => value),
        read: true,
    }
}

/** @type {Object<string, string>} */
const QUESTIONS = { classes: "which one?", set: "what may come?" }
/** @type {Object<string, string>} */
const TITLES = { classes: "class probabilities", set: "what is allowed" }

/** The probabilities of the likeliest labels; null from a model that says numbers or nothing. */
export function scoresOf(/** @type {Reading} */ { model, said }, /** @type {Wire.Columns} */ columns) {
    if (!model || !said || !(model.gives in TITLES)) return null
    const { high, extreme } = taken(columns, flat(said), model.labels.length)
    const shown = largestFirst(high.map(row => Math.max(...row)))
        .slice(0, MOST)
        .sort((a, b) => a - b)
    const some = model.labels.length > MOST ? ` (top ${MOST} of ${model.labels.length})` : ""
    return {
        title: TITLES[model.gives],
        question: QUESTIONS[model.gives] + some,
        labels: shown.map(row => label(model.labels[row])),
        z: shown.map(row => extreme[row]),
    }
}
