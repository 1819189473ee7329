/** What are steps and numbers called in the drawer's sentences? */

import { shownSize } from "../engine/run.js"
import { KINDS } from "../kinds.js"
import { label } from "../numbers/label.js"
import { count } from "../shared/numbers.js"

/** A step by its word; a step of a series by its number. @param {Reading} reading @param {number} step */
export function stepName({ tokens, series }, step) {
    if (!series) return `“${label(tokens[step])}”`
    return tokens[step] === `${step}` ? `step ${count(step)}` : label(tokens[step])
}

/** With seven digits, as many as a float32 has. @param {number} value */
export const short = value => +value.toPrecision(7)

/** @param {Iterable<number>} values */
export const sum = values => {
    let all = 0
    for (const value of values) all += value
    return all
}

/** The place of the largest number. @param {Float32Array} row */
export const best = row => row.reduce((most, share, k) => (share > row[most] ? k : most), 0)

/** The weights of an LSTM, in number. @param {Reading} reading */
export const parametersOf = ({ lstm }) => sum(Object.values(lstm.weights).map(({ data }) => data.length))

/** The steps that are read. @param {Reading} reading */
export const stepsLeft = ({ tokens, holds }) =>
    tokens.map((_, step) => step).filter(step => !holds.without.includes(step))

/** Some steps of x. @param {Reading} reading @param {number[]} steps */
export function rowsOf({ x, lstm: { inputSize } }, steps) {
    const rows = new Float32Array(steps.length * inputSize)
    steps.forEach((step, place) => {
        rows.set(x.subarray(step * inputSize, (step + 1) * inputSize), place * inputSize)
    })
    return rows
}

/** What is recorded at a step, by letter; 0 before the first step and after the last. @param {Recurrent} lstm
 * @param {Recorded} recorded @param {string} letters @param {number} t @returns {import("../kinds.js").Values} */
export function valuesAt(lstm, recorded, letters, t) {
    const steps = recorded.h.length / shownSize(lstm)
    const of = (/** @type {string} */ letter) => {
        const units = letter === "h" ? shownSize(lstm) : lstm.hiddenSize
        return t < 0 || t >= steps ? new Float32Array(units) : recorded[letter].subarray(t * units, (t + 1) * units)
    }
    return Object.fromEntries([...letters].map(letter => [letter, of(letter)]))
}

/** The states before a step of a reading in one direction, a layer each. @param {Reading} reading @param {number} step */
export const statesBefore = ({ lstm, layers }, step) =>
    layers.map(([recorded]) => valuesAt(lstm, recorded, KINDS[lstm.kind].states, step - 1))

/** "a, b and c". @param {(string | number)[]} all */
export const listed = all => (all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : `${all[0]}`)

/** Units, as in "units 3 and 0". @param {{layer: number, unit: number}[]} units @param {number} layers */
export function unitsNamed(units, layers) {
    const names = units.map(({ layer, unit }) => (layers > 1 ? `${unit} of layer ${layer}` : `${unit}`))
    return `unit${names.length === 1 ? "" : "s"} ${listed(names)}`
}

/** An answer; a character or symbol is quoted. @param {Model} model @param {number} number */
export function answerName({ labels, reads }, number) {
    const name = label(labels[number])
    return reads === "characters" || reads === "symbols" ? `“${name}”` : name
}

/** What is answered, in words. @param {Model} model @param {number[]} weights */
export function targetName(model, weights) {
    const chosen = answerName(model, weights.indexOf(Math.max(...weights)))
    const least = Math.min(...weights)
    if (least < 0) return `the lead of ${chosen} over ${answerName(model, weights.indexOf(least))}`
    return model.gives === "value" ? `the forecast of ${chosen}` : `the score of ${chosen}`
}
