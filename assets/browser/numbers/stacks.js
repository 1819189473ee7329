/** Which layers, units and steps are drawn, and on which scale? Of a recording, those that came. */

import { shownSize } from "../engine/run.js"
import { kindOf } from "../kinds.js"
import { roundUp } from "../shared/numbers.js"
import { changes, taken, whole } from "./bins.js"
import { fewUnits } from "./few_units.js"
import { fit } from "./fit.js"
import { ordered } from "./order.js"

/** @typedef {{layer: number, direction: number, few: number[] | null, units?: number[]}} Place `units`: of the rows that
 *     came in a recording. */

// Bins of the overview; a sequence of fewer steps has no overview.
export const OVERVIEW = 600
// The most features of an input that are sent, and the most units whose starting values are drawn.
const FEATURES = 64
const STARTS = 64

/** The stacks that are shown, each with its few units. @returns {Place[]} */
export function placesOf(/** @type {Reading} */ reading, /** @type {any} */ shown, /** @type {any} */ pin) {
    const { lstm } = reading
    const chosen = whole(lstm.numLayers).filter(layer => `${shown.layers}`.includes(`${layer}`))
    return (chosen.length ? chosen : whole(lstm.numLayers)).flatMap(layer =>
        (lstm.bidirectional ? [0, 1] : [0]).map(direction => ({
            ...{ layer, direction },
            few: fewUnits(reading, shown, pin, { layer, direction }),
        })),
    )
}

/** The columns of a picture. @param {Reading} reading @param {Place[]} places @param {string} quantities
 * @param {{room: number, zoom: number[] | null}} asked */
export function columnsOf({ lstm, tokens }, places, quantities, { room, zoom }) {
    const few = places.reduce((sum, place) => sum + (place.few?.length ?? 0), 0)
    const all = [...quantities].reduce((sum, letter) => sum + sizeOf(lstm, letter), 0)
    return fit(tokens.length, room, quantities.length * few || places.length * all, zoom)
}

/** How many units a quantity has. @param {Recurrent} lstm @param {string} letter */
const sizeOf = (lstm, letter) => (letter === "h" ? shownSize(lstm) : lstm.hiddenSize)

/**
 * The units of a stack from top to bottom.
 *
 * @param {Pick<Reading, "lstm" | "layers">} reading @param {any} shown @param {Place} place
 */
export const unitsOf = ({ lstm, layers }, { rows }, { layer, direction, few, units }) =>
    units ?? few ?? ordered(layers[layer][direction], lstm.hiddenSize, lstm.projSize ? "index" : rows)

/**
 * The values of a stack, the strips in the order of `quantities`.
 *
 * @param {Reading} reading @param {any} shown @param {Wire.Columns} columns @param {Place} place
 * @param {string} quantities @param {import("./readout.js").Linear | null} linear
 */
export function stackOf({ lstm, layers }, shown, columns, place, quantities, linear) {
    const { layer, direction } = place
    const recorded = layers[layer][direction]
    const units = unitsOf({ lstm, layers }, shown, place)
    const values = [...quantities].map(quantity => {
        const size = sizeOf(lstm, quantity)
        // A projection's h has other units than the rest.
        const rows = size === lstm.hiddenSize ? units : whole(size)
        const { extreme: z, other, mean } = taken(columns, recorded[quantity], size, rows)
        return columns.per === 1 ? { quantity, z } : { quantity, z, other, mean }
    })
    const zeros = units.map(() => 0)
    const states = kindOf(lstm).own ? { c: zeros } : { c: zeros, h: zeros }
    const { start = units.length <= STARTS && !lstm.projSize ? states : {}, reset = {} } = recorded
    const weights = linear ? linear.of(place, units) : null
    return { layer, direction, name: nameOf(lstm, layer, direction), units, values, start, reset, weights }
}

/** @param {Recurrent} lstm @param {number} layer @param {number} direction */
function nameOf({ bidirectional }, layer, direction) {
    return bidirectional
        ? `layer ${layer} ${direction ? "←" : "→"} reads from the ${direction ? "right" : "left"}`
        : `layer ${layer}`
}

/** x at the columns; null for a series, which is drawn as lines, and for more numbers than can be told apart. */
export function inputsOf(/** @type {Reading} */ { x, lstm, series }, /** @type {Wire.Columns} */ columns) {
    if (series || !x || lstm.inputSize > FEATURES) return null
    const z = taken(columns, x, lstm.inputSize).extreme
    return { z, reach: largest(z, 1) }
}

/** @param {Float32Array[]} rows @param {number} least */
const largest = (rows, least) =>
    rows.reduce((most, row) => row.reduce((a, b) => Math.max(a, Math.abs(b) || 0), most), least)

/** The end of the scale of c: 1 for an untrained LSTM; a trained one may count far beyond. */
export function reachOf(/** @type {Reading} */ { model, layers, lstm }, /** @type {Place[]} */ places) {
    if (!model) return 1
    const size = lstm.hiddenSize
    const some = places.filter(({ few }) => few)
    const memories = some.length
        ? some.flatMap(({ layer, direction, few }) => {
              const { c } = layers[layer][direction]
              return /** @type {number[]} */ (few).map(unit => c.filter((_, at) => at % size === unit))
          })
        : layers.flatMap(layer => layer.map(({ c }) => c))
    // A projection's h has no upper end either.
    const most = largest(
        lstm.projSize ? [...memories, ...layers.flatMap(layer => layer.map(({ h }) => h))] : memories,
        0,
    )
    return scaleTo(most)
}

/** The end of a scale on which so large a value has room. @param {number} most */
export const scaleTo = most => (most <= 1 ? 1 : roundUp(most))

/** The whole sequence in few bins: over all units the smallest c, the largest, and the largest change in one step. */
export function overviewOf(/** @type {Reading} */ { layers, lstm, tokens }, /** @type {Place[]} */ places) {
    const [columns, size] = [fit(tokens.length, OVERVIEW, 1, null), lstm.hiddenSize]
    const memories = places.map(({ layer, direction }) => layers[layer][direction].c)
    const levels = memories.map(c => taken(columns, c, size))
    const moves = memories.map(c => taken(columns, changes(c, size), size))
    /** @param {import("./bins.js").Bins[]} bins @param {"low" | "high"} end @param {(...all: number[]) => number} choose */
    const over = (bins, end, choose) => {
        const rows = bins.flatMap(one => one[end])
        return Float32Array.from(whole(columns.number), column => choose(...rows.map(row => row[column])))
    }
    return [over(levels, "low", Math.min), over(levels, "high", Math.max), over(moves, "high", Math.max)]
}
