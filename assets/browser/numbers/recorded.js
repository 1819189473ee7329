/** What does the page draw of a recording? A reading as one that it computes, of the steps and units that came. */

import { recurrent } from "../engine/model.js"
import { probabilities } from "../engine/run.js"
import { whole } from "./order.js"
import { heldWithin } from "./reading.js"
import { InColumns } from "./stacks.js"

/**
 * What came of a recording: `strips` of a cell that is no LSTM, null of an LSTM; `next`: what the model says after the
 * last step.
 *
 * @typedef {{columns: Wire.Columns, places: import("./stacks.js").Place[], quantities: string[],
 *     strips: Wire.StripWords[] | null, found: string | null, largest: number, overview: Float32Array[] | null,
 *     resets: number[], cell: Wire.CellTerms | null,
 *     next: {labels: string[], z: Float32Array, isKnown: (label: string) => boolean} | null}} Window
 */

/** @param {Wire.RecordedView} message @returns {Reading} */
export function readingIn({ recorded, holds: text, ...message }) {
    const lstm = { ...recurrent({ ...message.lstm, bias: true }, {}), parameters: message.lstm.parameters }
    const told = { lstm, text, isReadable: message.readable, notices: message.notices }
    if (!recorded) return /** @type {any} */ ({ ...told, tokens: [], model: null, series: null })
    const { columns, x, series, says, elsewhere } = recorded
    const held = heldWithin(`${message.view.holds}`, lstm, columns.steps)
    // A longer text is read without holds, and a recording from a file has its own.
    const notices = !elsewhere && held.text === text ? held.notices : []
    const model = modelIn(recorded, lstm)
    const scores = says?.scores ? stepsOf(says.scores, columns) : null
    const said = scores ? scores.map((row, step) => shares(model, row, says?.rest?.[0][step - columns.first])) : null
    return /** @type {any} */ ({
        ...{ ...told, model, scores, said: said ?? says?.said ?? null, notices: [...told.notices, ...notices] },
        series: series && linesOf(series.names, series.z, [series.low, series.high]),
        inColumns: says?.ends.length
            ? linesOf(says.labels, says.said ?? rowsOf(said ?? [], columns), says.ends)
            : undefined,
        tokens: tokensIn(recorded),
        x: x && new InColumns({ z: x }),
        layers: layersIn(recorded, lstm),
        holds: held.text === text ? held.holds : { gates: [], without: [] },
        unheld: says?.unheld ? stepsOf(says.unheld, columns) : null,
        window: windowOf(recorded, lstm),
    })
}

/** @param {Wire.RecordedNumbers} recorded @param {Recurrent} lstm @returns {Window} */
const windowOf = ({ stacks, coming, ...recorded }, { hiddenSize }) => ({
    ...recorded,
    places: stacks.map(({ layer, direction, units }) => ({
        ...{ layer, direction, units },
        few: units.length < hiddenSize ? units : null,
    })),
    quantities: stacks[0].values.map(({ quantity }) => quantity),
    next: coming && {
        ...{ labels: coming.labels, z: Float32Array.from(coming.z) },
        isKnown: label => !coming.unknown.includes(label),
    },
})

/** Numbers in rows, with the least and the most of each. @param {string[]} names @param {Float32Array[]} z
 * @param {number[][]} ends @returns {import("./reading.js").Lines} */
function linesOf(names, z, ends) {
    const [low, high] = ends
    return { names, values: new InColumns({ z }), ends: low?.map((value, k) => [value, high[k]]) }
}

/** The model, with the labels and weights that came. @param {Wire.RecordedNumbers} recorded @param {Recurrent} lstm
 * @returns {any} */
function modelIn({ says, stacks }, lstm) {
    if (!says) return null
    const { name, gives, reads, of, labels, units, bias, scale } = says
    const [mean, deviation] = scale.map(data => ({ data }))
    const data = new Float32Array(labels.length * units)
    for (const { direction, units: shown, weights } of stacks)
        weights?.forEach((row, place) => {
            row.forEach((weight, k) => {
                data[k * units + direction * lstm.hiddenSize + shown[place]] = weight
            })
        })
    return {
        ...{ name, gives, reads, of, labels, lstm },
        linear: units ? { weight: { rows: labels.length, columns: units, data }, bias: { data: bias } } : null,
        restored: mean ? { mean, deviation } : null,
    }
}

/** What scores of some labels mean; `rest`: the logarithm of the sum of e^score over all labels. @param {Model} model
 * @param {Float32Array} row @param {number} [rest] */
const shares = (model, row, rest = 0) =>
    model.gives === "classes" ? row.map(score => Math.exp(score - rest)) : probabilities(model, row)

/** Rows (label, column) by step; no other step is here. @param {Float32Array[]} rows @param {Wire.Columns} columns */
function stepsOf(rows, { first, number, steps }) {
    /** @type {Float32Array[]} */
    const found = []
    found.length = steps
    for (const column of whole(number)) found[first + column] = Float32Array.from(rows, row => row[column])
    return found
}

/** The way back. @param {Float32Array[]} said @param {Wire.Columns} columns */
const rowsOf = (said, { first, number }) =>
    whole(said[first].length).map(label => Float32Array.from(whole(number), column => said[first + column][label]))

/** The words that came, each at its step. @param {Wire.RecordedNumbers} recorded */
function tokensIn({ columns: { first, steps }, tokens, held }) {
    /** @type {string[]} */
    const found = []
    found.length = steps
    for (const [step, token] of Object.entries(held)) found[+step] = token
    tokens.forEach((token, column) => {
        found[first + column] = token
    })
    return found
}

/** What came of each layer and direction, by quantity. @param {Wire.RecordedNumbers} recorded @param {Recurrent} lstm */
function layersIn({ stacks }, { numLayers, hiddenSize }) {
    const layers = whole(numLayers).map(() => /** @type {any[]} */ ([]))
    for (const { layer, direction, units, values, start, reset } of stacks) {
        const rows = values.map(({ quantity, ...own }) => {
            // A projection's h has other units than the rest.
            const isOwn = own.z.length !== units.length || (units.length < hiddenSize && own.z.length === hiddenSize)
            return [quantity, isOwn ? new InColumns(own) : new InColumns(own, units)]
        })
        layers[layer][direction] = { ...Object.fromEntries(rows), start, reset }
    }
    return layers
}
