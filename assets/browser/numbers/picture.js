/** What is the answer to one move? Numbers and words of a view: of a text that the page reads, or of a recording. */

import { KINDS, kindOf, lettersOf, stripsOf } from "../kinds.js"
import { count } from "../shared/numbers.js"
import { Columns } from "../state/answer.js"
import { cellOf, pinOf } from "../state/link.js"
import { answersAt, coming, heldIn, linearOf, scoresOf, seriesOf } from "./answers.js"
import { label } from "./label.js"
import { columnsOf, inputsOf, isSmall, OVERVIEW, overviewOf, placesOf, reachOf, scaleTo, stackOf } from "./stacks.js"
import { isIn, termsOf } from "./terms.js"

const NO_COLUMNS = { columns: { first: 0, per: 1, number: 0, steps: 0 }, labels: [] }

/** A picture of no steps. */
const NOTHING = {
    ...{ stacks: [], units: 0, labels: [], columns: new Columns(NO_COLUMNS), reach: 1, answers: [], inputs: null },
    ...{ series: [], scores: null, readout: null, few: "", coming: [], cell: null, held: null },
    ...{ overview: null, resets: [] },
}

/**
 * What is drawn of a reading; `view` is the question, `cell` the pinned one.
 *
 * @param {Reading} reading @param {{view: any, room: number, zoom: number[] | null,
 *     cell: Cell | null}} asked
 * @param {Wire.Words} words @param {Wire.ModelInWords} about @returns {any}
 */
export function numbersOf(reading, { view, room, zoom, cell }, words, about) {
    const { lstm, tokens, model, said, window } = reading
    const all = window?.strips ?? stripsOf(lstm, words)
    const some = all.filter(({ quantity }) => (window?.quantities ?? view.quantities).includes(quantity))
    const strips = some.length ? some : all
    if (!tokens.length) return { ...wordsOf(reading, view, about), ...NOTHING, strips, notices: reading.notices }
    const quantities = strips.map(({ quantity }) => quantity).join("")
    const linked = cellOf(view.pin)
    const pin = cell ?? linked
    const places = window?.places ?? placesOf(reading, view, pin)
    const columns = window?.columns ?? columnsOf(reading, places, quantities, { room, zoom })
    const series = seriesOf(reading, columns)
    const linear = linearOf(reading, columns)
    const stacks = places.map(place => stackOf(reading, view, columns, place, quantities, linear))
    const labels = columns.per === 1 ? tokens.slice(columns.first, columns.first + columns.number).map(label) : []
    const last =
        model && said && about.foresees ? { z: said[said.length - 1], labels: model.labels, isKnown: undefined } : null
    const next = window ? window.next : last
    const isPart = columns.steps > columns.number || (zoom && columns.steps > OVERVIEW)
    return {
        ...wordsOf(reading, view, about),
        ...ownWords(reading, all),
        ...{ strips, stacks, labels, units: lstm.hiddenSize, columns: new Columns({ columns, labels, series }) },
        notices: [...reading.notices, ...(linked && !isIn(reading, linked) ? [missing(reading, linked)] : [])],
        reach: window ? scaleTo(window.largest) : reachOf(reading, places),
        answers: answersAt(model, said, columns),
        inputs: inputsOf(reading, columns),
        series,
        scores: scoresOf(reading, columns),
        readout: linear ? linear.sent : null,
        few: fewInWords(reading, view, places, words),
        coming: model && next ? coming(model, next.z, next.labels, next.isKnown) : [],
        cell: window ? window.cell : pin && termsOf(reading, pin),
        held: heldIn(reading, columns),
        overview: window ? window.overview : isPart ? overviewOf(reading, places) : null,
        resets: window?.resets ?? [],
    }
}

/** What a cell that is no LSTM is, and what its quantities are called; of an LSTM, whether its h is a projection.
 * @param {Reading} reading @param {Wire.StripWords[]} strips all that it has */
function ownWords({ lstm, window }, strips) {
    const { own, bend } = kindOf(lstm)
    const found = window?.found ?? (own ? "" : null)
    if (found !== null) return { found, ...(own && { kind: own }), ...(bend && { bend }), letters: lettersOf(strips) }
    return lstm.projSize ? { projects: true } : {}
}

/**
 * What is said of a reading where there is nothing to draw.
 *
 * @param {Reading} reading @param {any} view @param {Wire.ModelInWords} about
 */
export function wordsOf({ lstm, tokens, text, series, isReadable }, view, { examples, model }) {
    const [layers, states] = lstm.bidirectional ? ["2 · n_layers", 2 * lstm.numLayers] : ["n_layers", lstm.numLayers]
    const weights = Object.values(lstm.weights).reduce((sum, { data }) => sum + data.length, 0)
    const stateOf = (/** @type {string} */ state, /** @type {string} */ name, /** @type {number} */ size) =>
        `${state} (${layers}, batch, ${name}) = (${states}, 1, ${size}) · `
    const fixed = series && !model.trained ? { input_dim: lstm.inputSize } : model.fixed
    return {
        view: { ...view, holds: text },
        ...{ found: null, file: null, made: "", examples },
        unreadable: `${view.sentence}`.trim() !== "" && !isReadable,
        model: { ...model, fixed, layers: lstm.numLayers },
        shapes:
            `input (seq_len, batch, input_size) = (${count(tokens.length)}, 1, ${lstm.inputSize}) · ` +
            (lstm.projSize
                ? stateOf("h", "proj_size", lstm.projSize) + stateOf("c", "hidden_dim", lstm.hiddenSize)
                : stateOf([...KINDS[lstm.kind].states].join(" and "), "hidden_dim", lstm.hiddenSize)) +
            `parameters: ${count(lstm.parameters ?? weights)}`,
    }
}

/** @param {Reading} reading @param {Cell} cell */
export const missing = ({ lstm, tokens }, cell) =>
    `There is no cell ${pinOf(cell)} (layer.unit.step): the last one is ${pinOf(lastOf(lstm, tokens.length))}. ` +
    "No cell is pinned."

/** @param {Reading["lstm"]} lstm @param {number} steps */
const lastOf = ({ numLayers, hiddenSize, bidirectional }, steps) => ({
    ...{ layer: numLayers - 1, direction: +bidirectional, unit: hiddenSize - 1, step: steps - 1 },
})

/** Which of many units are shown, in words; "" if there are not many, or if none is more telling.
 * @param {Reading} reading @param {any} view @param {import("./stacks.js").Place[]} places @param {Wire.Words} words */
function fewInWords(reading, view, places, { top }) {
    const all = reading.lstm.hiddenSize
    if (isSmall(reading) || (!reading.model && view.top === "telling")) return ""
    const { few } = places[0]
    return few ? `${few.length} of ${count(all)} units: ${top[view.top]}` : `all ${count(all)} units`
}
