/** Which numbers does a model read or foresee, which labels are likely? */

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
    const { low, high } = ends ?? taken(all, values, names.length, shown)
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
export function scoresOf(/** @type {Reading} */ { model, said, inColumns }, /** @type {Wire.Columns} */ columns) {
    if (!model || !said || !(model.gives in TITLES)) return null
    const { high, extreme } = taken(columns, inColumns?.values ?? flat(said), model.labels.length)
    const of = model.of ?? model.labels.length
    const shown = largestFirst(high.map(row => Math.max(...row)))
        .slice(0, MOST)
        .sort((a, b) => a - b)
    const some = of > MOST ? ` (top ${MOST} of ${of})` : ""
    return {
        title: TITLES[model.gives],
        question: QUESTIONS[model.gives] + some,
        labels: shown.map(row => label(model.labels[row])),
        z: shown.map(row => extreme[row]),
    }
}
