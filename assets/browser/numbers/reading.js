/** What does an LSTM compute as it reads a text, and what does its model say? All that a picture is drawn of. */

import { tokens, vectors } from "../engine/model.js"
import { randomLstm, wordVectors } from "../engine/random.js"
import { probabilities, run, runWithout, scores } from "../engine/run.js"
import { characters, words } from "../engine/tokens.js"
import { asUpdate, kindOf } from "../kinds.js"
import { count } from "../shared/numbers.js"
import { holdsOf, written } from "../state/holds.js"
import { label } from "./label.js"
import { NotNumbers, readTable, standardised } from "./table.js"

/**
 * @typedef {{tokens: string[], x: Float32Array, series: import("./table.js").Table | null}} Steps
 * @typedef {{given?: Steps | null, most?: number}} How `given`: the steps, where a server has read them; `most`: the
 *     multiplications of the steps that are read.
 *
 * @typedef {{names: string[], values: Float32Array | import("./stacks.js").InColumns,
 *     ends?: number[][]}} Lines numbers (step × name); `ends`: the least and the largest of each in the whole sequence, where
 *     not all of it is here
 *
 * @typedef {Object} Reading
 * @property {string[]} tokens
 * @property {Recurrent} lstm
 * @property {Model | null} model
 * @property {Float32Array} x (time × feature)
 * @property {Recorded[][]} layers
 * @property {import("./table.js").Table | null} series
 * @property {import("../state/holds.js").Holds} holds those that fit the text and the LSTM
 * @property {string} text the holds, as in a link
 * @property {Float32Array[] | null} scores of the labels at each step
 * @property {Float32Array[] | null} said what the model says at each step
 * @property {Float32Array[] | null} unheld what it says where nothing is held
 * @property {boolean} isReadable whether the model knows at least half of the text
 * @property {string[]} notices
 * @property {Lines} [inColumns] what the model says, of a recording
 * @property {import("./recorded.js").Window} [window] what came of a recording
 */

/** The most multiplications of one reading: less than a second; and as many as a step takes the time of, besides its own. */
const MOST = 3e8
const STEP = 5_000

/**
 * About how many multiplications the answer to a question takes: its time goes with them.
 *
 * @param {Model | null} model @param {any} source @param {How} [how]
 */
export function productsOf(model, source, { given } = {}) {
    const text = `${source.sentence}`
    const split = source.tokens === "characters" ? characters : words
    const steps = given?.tokens ?? (model ? tokens(model, text) : split(text))
    const units = model?.lstm.hiddenSize ?? +source.hidden_dim
    const ordered = source.rows === "similarity" ? units ** 2 : 0
    return steps.length * (STEP + ordered + (model ? weightsOf(model.lstm, model) : untrainedWeights(source)))
}

/** @param {Recurrent} lstm @param {Model | null} model */
const weightsOf = (lstm, model) =>
    [...Object.values(lstm.weights), ...(model?.linear ? [model.linear.weight] : [])].reduce(
        (sum, { data }) => sum + data.length,
        0,
    )

/** How many weights an untrained LSTM has. @param {any} source */
export function untrainedWeights({ input_dim, hidden_dim, n_layers, directions }) {
    const layer = (/** @type {number} */ size) => 4 * hidden_dim * (size + +hidden_dim + 2)
    return directions * (layer(+input_dim) + (n_layers - 1) * layer(directions * hidden_dim))
}

/** The untrained LSTM of a source, as torch draws it. @param {any} source */
export const untrained = ({ input_dim, hidden_dim, n_layers, directions, seed }) =>
    randomLstm(
        { inputSize: +input_dim, hiddenSize: +hidden_dim, numLayers: +n_layers, bidirectional: +directions === 2 },
        +seed,
    )

/**
 * The reading of a source by a model, or by an untrained LSTM (null).
 *
 * @param {Model | null} model @param {any} source @param {string} holds as in a link @param {How} [how]
 * @returns {Reading}
 */
export function readingOf(model, source, holds, { given, most = MOST } = {}) {
    const text = `${source.sentence}`
    const steps = given ? { ...given, notices: [] } : stepsRead(model, source, text)
    const reads = model?.reads ?? source.tokens
    const lstm = model?.lstm ?? untrained({ ...source, ...(steps.series && { input_dim: steps.series.names.length }) })
    const cut = cutTo(steps, Math.max(1, Math.floor(most / weightsOf(lstm, model))), reads)
    const held = heldWithin(holds, lstm, cut.tokens.length)
    const { gates, without } = held.holds
    const layers = asUpdate(lstm, runWithout(lstm, cut.x, gates, without), without)
    const unread = model && model.reads !== "numbers" ? cut.tokens.filter(token => !model.embedding.knows(token)) : []
    const scoresOf = (/** @type {Reading["layers"]} */ recorded) => model && scores(model, recorded)
    const saysOf = (/** @type {Float32Array[] | null} */ rows) =>
        model && rows ? rows.map(row => probabilities(model, row)) : null
    const scored = scoresOf(layers)
    return {
        ...cut,
        ...held,
        lstm,
        model,
        layers,
        notices: [...steps.notices, ...cut.notices, ...inWords(model, unread, cut.tokens), ...held.notices],
        isReadable: cut.tokens.length > 0 && 2 * unread.length <= cut.tokens.length,
        scores: scored,
        said: saysOf(scored),
        unheld: held.text ? saysOf(scoresOf(run(lstm, cut.x))) : null,
    }
}

/**
 * The steps, and a sentence where there are none.
 *
 * @param {Model | null} model @param {any} source @param {string} text
 */
function stepsRead(model, source, text) {
    try {
        const steps = model ? stepsOf(model, text) : stepsUntrained(source, text)
        return { ...steps, notices: steps.tokens.length ? [] : ["Type a sentence to start."] }
    } catch (error) {
        if (!(error instanceof NotNumbers)) throw error
        return { tokens: [], x: new Float32Array(0), series: null, notices: [error.message] }
    }
}

/** @param {Model} model @param {string} text @returns {Steps} */
function stepsOf(model, text) {
    if (model.reads !== "numbers") {
        const read = tokens(model, text)
        return { tokens: read, x: vectors(model, read), series: null }
    }
    const series = readTable(text)
    const [columns, size] = [series.names.length, model.embedding.size]
    if (columns !== size)
        throw new NotNumbers(
            `Expected a table with as many columns of numbers as ${model.name} reads, ${size}, got ${columns}. ` +
                "Leave out the others, or let a random LSTM read them.",
        )
    const rows = Array.from({ length: series.values.length / size }, (_, step) =>
        series.values.subarray(step * size, (step + 1) * size).join(" "),
    )
    return { tokens: rows.map((_, step) => `${step}`), x: vectors(model, rows), series }
}

/** @param {any} source @param {string} text @returns {Steps} */
function stepsUntrained({ tokens: reads, input_dim, seed }, text) {
    if (reads === "numbers") {
        const series = readTable(text)
        const steps = series.values.length / series.names.length
        return { tokens: Array.from({ length: steps }, (_, k) => `${k}`), x: standardised(series), series }
    }
    const read = reads === "words" ? words(text) : characters(text)
    return { tokens: read, x: wordVectors(read, +input_dim, +seed), series: null }
}

/**
 * The first steps, as many as are read at once, and a sentence if others follow.
 *
 * @param {Steps} steps @param {number} most @param {string} unit
 */
function cutTo({ tokens, x, series }, most, unit) {
    if (tokens.length <= most) return { tokens, x, series, notices: [] }
    const said = `The text has ${count(tokens.length)} ${unit}; the first ${count(most)} are read and shown.`
    const rows = series && { ...series, values: series.values.subarray(0, most * series.names.length) }
    return {
        tokens: tokens.slice(0, most),
        x: x.subarray(0, (x.length / tokens.length) * most),
        series: rows,
        notices: [said],
    }
}

/**
 * What is said of the tokens that a model can't tell apart, if there are any.
 *
 * @param {Model | null} model @param {string[]} unknown @param {string[]} read
 */
function inWords(model, unknown, read) {
    if (!model || !unknown.length) return []
    const { rows, zeros } = model.embedding
    const lower = unknown.filter(token => model.embedding.knows(token.toLowerCase()))
    return [
        `This model does not know ${count(unknown.length)} of these ${count(read.length)} ${model.reads} ` +
            `(${someOf(unknown)}) and reads ${zeros ? "zeros" : `its vector for unknown ${model.reads}`} there.` +
            (rows ? ` Its embedding has the rows 0 to ${count(rows - 1)}.` : "") +
            (lower.length ? ` It knows ${someOf(lower)} in lower case.` : ""),
    ]
}

/** @param {string[]} tokens */
function someOf(tokens) {
    const each = [...new Set(tokens)]
    return each.slice(0, 5).map(label).join(", ") + (each.length > 5 ? ", …" : "")
}

// Which of a link's holds fit a text and an LSTM?

/**
 * The holds of gates and steps that are there, and a sentence about the others.
 *
 * @param {string} text as in a link @param {Recurrent} lstm @param {number} steps
 */
export function heldWithin(text, lstm, steps) {
    const all = holdsOf(text)
    const gates = all.gates.filter(({ gate, layer, direction, units, steps: at }) => {
        const size = gate === "h" ? lstm.projSize || lstm.hiddenSize : lstm.hiddenSize
        const fits = Math.max(0, ...(units ?? [])) < size && Math.max(0, ...(at ?? [])) < steps
        const has = kindOf(lstm).quantities.includes(gate)
        return has && fits && layer < lstm.numLayers && direction <= +lstm.bidirectional
    })
    const without = all.without.filter(step => step < steps)
    if (steps && without.length === steps) {
        const notices = ["Without its words there is nothing left to read: none is left out."]
        return { holds: { gates, without: [] }, text: written({ gates, without: [] }), notices }
    }
    const others = written({
        gates: all.gates.filter(hold => !gates.includes(hold)),
        without: all.without.filter(step => !without.includes(step)),
    })
    const notices = others && [
        `There is nothing to hold at ${others}: this text and ${kindOf(lstm).name} have no such gate, step, unit or layer.`,
    ]
    return { holds: { gates, without }, text: written({ gates, without }), notices: notices || [] }
}
