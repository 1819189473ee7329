/**
 * What is drawn of each layer? Which steps in how many columns, which units in which order, on which scale; of a
 * recording, those that came.
 */

import { shownSize } from "../engine/run.js"
import { kindOf } from "../kinds.js"
import { roundUp } from "../shared/numbers.js"
import { largestFirst, ordered, whole } from "./order.js"

// Which steps does a picture show, and how many to a column? As `lstm_core/plots/columns.py` says.

// The most bytes of numbers in one picture; the bytes of a step's value, and of a bin's three values.
const MOST_BYTES = 900_000
const STEP_BYTES = 4
const BIN_BYTES = 6
// Never fewer than these: a sentence is read word by word, and fewer bins say nothing.
const LEAST_STEPS = 64
const LEAST_BINS = 24

/**
 * The columns for the visible part, which has room for `room` of them, with `numbers` values a step.
 *
 * @param {number} steps @param {number} room @param {number} numbers @param {number[] | null} zoom
 * @returns {Wire.Columns}
 */
export function fit(steps, room, numbers, zoom) {
    let [first, last] = zoom ? [Math.max(0, rounded(zoom[0])), Math.min(steps, rounded(zoom[1]) + 1)] : [0, steps]
    // The zoom belongs to a longer sequence.
    if (first >= last) [first, last] = [0, steps]
    const seen = Math.max(1, last - first)
    const most = Math.max(LEAST_STEPS, Math.floor(MOST_BYTES / (STEP_BYTES * numbers)))
    if (steps <= Math.min(room, most)) return { first: 0, per: 1, number: steps, steps }
    if (seen <= Math.min(room, most)) {
        const beside = Math.min(Math.ceil(seen / 2), Math.floor((most - seen) / 2))
        first = Math.max(0, first - beside)
        return { first, per: 1, number: Math.min(steps, last + beside) - first, steps }
    }
    const bins = Math.max(LEAST_BINS, Math.min(room, Math.floor(MOST_BYTES / (BIN_BYTES * numbers))))
    const per = roundUp(seen / bins)
    first -= first % per
    return { first, per, number: Math.ceil((last - first) / per), steps }
}

/** To the nearest whole number, a half to the even one, as Python rounds. @param {number} number */
function rounded(number) {
    const low = Math.floor(number)
    return number - low === 0.5 ? low + (low % 2) : Math.round(number)
}

// What does a long sequence look like in a few columns? As `lstm_core/plots/bins.py` says.

/**
 * Values by row and column.
 *
 * @typedef {{mean: Float32Array[], extreme: Float32Array[], other: Float32Array[]}} Bins `extreme`: the value of each bin
 *     that is farthest from its mean; `other`: the other end.
 */

/** Values of some units that came in columns, as a recording has them. */
export class InColumns {
    /** @param {Omit<Wire.Quantity, "quantity">} values @param {number[]} units of their rows */
    constructor({ z, other = z, mean = z }, units = whole(z.length)) {
        this.rows = { z, other, mean }
        this.units = units
    }

    /** Those of some units, in their order. @param {number[]} units @returns {Bins} */
    of(units) {
        const at = units.map(unit => this.units.indexOf(unit))
        const [extreme, other, mean] = [this.rows.z, this.rows.other, this.rows.mean].map(rows => at.map(k => rows[k]))
        return { mean, extreme, other }
    }
}

/**
 * Bins, one for each column, of some of the units of values (step × unit).
 *
 * @param {Wire.Columns} columns @param {Float32Array | InColumns} values @param {number} size how many units
 * there are @param {number[]} units which of them
 * @returns {Bins}
 */
export function taken({ first, per, number, steps }, values, size, units = whole(size)) {
    if (values instanceof InColumns) return values.of(units)
    // A step alone is its own least, mean and most.
    if (per === 1) {
        const rows = units.map(unit => {
            const row = new Float32Array(number)
            for (let k = 0; k < number; k++) row[k] = values[(first + k) * size + unit]
            return row
        })
        return { mean: rows, extreme: rows, other: rows }
    }
    const [mean, extreme, other] = [0, 1, 2].map(() => units.map(() => new Float32Array(number)))
    units.forEach((unit, row) => {
        for (let column = 0; column < number; column++) {
            const begin = first + column * per
            const end = Math.min(steps, begin + per)
            let [sum, least, most] = [0, Infinity, -Infinity]
            for (let step = begin; step < end; step++) {
                const value = values[step * size + unit]
                sum += value
                least = Math.min(least, value)
                most = Math.max(most, value)
            }
            mean[row][column] = sum / (end - begin)
            const above = Math.fround(most - mean[row][column]) > Math.fround(mean[row][column] - least)
            extreme[row][column] = above ? most : least
            other[row][column] = above ? least : most
        }
    })
    return { mean, extreme, other }
}

/** The distance of each value (step × unit) from the one of the step before. @param {Float32Array} values */
export const changes = (values, /** @type {number} */ size) =>
    values.map((value, at) => (at < size ? 0 : Math.abs(value - values[at - size])))

/** The least and the largest of each row. @param {Bins} bins */
export const endsOf = ({ extreme, other }) =>
    extreme.map((row, k) => [Math.min(...row, ...other[k]), Math.max(...row, ...other[k])])

// Which units of many are shown at first? Those that weigh most in what the model says, or the most active.

// So many units are always shown; of more units, some.
const ALL_OF = 16
const FEWEST = 8
const MOST = 12
// Steps that decide how much a unit weighs.
const WEIGHED = 2_000

/** Whether all units are shown whatever is asked for. @param {Reading} reading */
export const isSmall = ({ lstm }) => lstm.hiddenSize <= ALL_OF

/**
 * The units of a stack that are shown, in their order; null for all of them.
 *
 * @param {Reading} reading @param {any} shown @param {Cell | null} pin
 * @param {{layer: number, direction: number}} stack
 */
export function fewUnits(reading, shown, pin, { layer, direction }) {
    const { lstm, model, layers } = reading
    const says = model !== null || shown.top === "active"
    if (isSmall(reading) || shown.top === "all" || !says || lstm.projSize) return null
    const units = lstm.hiddenSize
    const number = Math.min(MOST, FEWEST + Math.floor(units / ALL_OF))
    const weighs = shown.top === "telling" && layer === lstm.numLayers - 1 ? weights(reading) : null
    const all = weighs
        ? largestFirst(weighs.slice(direction * units, (direction + 1) * units))
        : ordered(layers[layer][direction], units, "activity")
    const first = all.slice(0, number)
    if (pin?.layer === layer && pin.direction === direction && !first.includes(pin.unit)) first[number - 1] = pin.unit
    return ordered(layers[layer][direction], units, shown.rows).filter(unit => first.includes(unit))
}

/**
 * How much each unit of the last layer, both directions one after the other, weighs in what the model says; null if the
 * model has no labels.
 *
 * @param {Reading} reading
 */
function weights({ lstm, model, layers, said }) {
    if (!model?.linear || !said) return null
    const { rows, columns, data } = model.linear.weight
    const size = lstm.hiddenSize
    const last = layers[layers.length - 1]
    const h = (/** @type {number} */ step, /** @type {number} */ k) =>
        last[Math.floor(k / size)].h[step * size + (k % size)]
    const steps = whole(Math.min(WEIGHED, said.length))
    if (model.gives !== "classes") {
        return whole(columns).map(k => {
            const middle = steps.reduce((sum, step) => sum + h(step, k), 0) / steps.length
            const weight = whole(rows).reduce((sum, row) => sum + Math.abs(data[row * columns + k]), 0)
            return (weight * steps.reduce((sum, step) => sum + Math.abs(h(step, k) - middle), 0)) / steps.length
        })
    }
    const moved = new Float64Array(columns)
    for (const step of steps) {
        const row = said[step]
        const best = row.indexOf(Math.max(...row))
        for (let k = 0; k < columns; k++) {
            let usual = 0
            for (let label = 0; label < rows; label++) usual += row[label] * data[label * columns + k]
            moved[k] += Math.abs(h(step, k) * (data[best * columns + k] - usual))
        }
    }
    return [...moved]
}

// Which layers are drawn, and what of them?

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
 * @param {string} quantities @param {import("./answers.js").Linear | null} linear
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

/** The end of the scale of the c on screen: 1 for an untrained LSTM; a trained one may count far beyond. */
export function reachOf(/** @type {Reading} */ { model, layers, lstm }, /** @type {Place[]} */ places) {
    if (!model) return 1
    const size = lstm.hiddenSize
    const memories = places.flatMap(({ layer, direction, few }) => {
        const { c } = layers[layer][direction]
        return few ? few.map(unit => c.filter((_, at) => at % size === unit)) : [c]
    })
    // A projection's h has no upper end either.
    const most = largest(
        lstm.projSize ? [...memories, ...layers.flatMap(layer => layer.map(({ h }) => h))] : memories,
        0,
    )
    return scaleTo(most)
}

/** The end of a scale, little beyond the largest value: 1, 1.2, 1.4, … 9.8, 10, 12, … As `lstm_core/plots/strips.py` says.
 * @param {number} most */
export function scaleTo(most) {
    const end = Math.max(1, most)
    const power = 10 ** Math.floor(Math.log10(end))
    return (Math.ceil(((5 * end) / power) * (1 - 1e-6)) * power) / 5
}

/** The whole sequence in few bins: over all units the smallest c, the largest, and the largest change in one step. */
export function overviewOf(/** @type {Reading} */ { layers, lstm, tokens }, /** @type {Place[]} */ places) {
    const [columns, size] = [fit(tokens.length, OVERVIEW, 1, null), lstm.hiddenSize]
    const memories = places.map(({ layer, direction }) => layers[layer][direction].c)
    const moves = memories.map(c => taken(columns, changes(c, size), size))
    const levels = memories.map(c => taken(columns, c, size))
    /** @param {Bins[]} bins @param {(...all: number[]) => number} choose */
    const over = (bins, choose) => {
        const rows = bins.flatMap(({ extreme, other }) => [...extreme, ...other])
        return Float32Array.from(whole(columns.number), column => choose(...rows.map(row => row[column])))
    }
    return [over(levels, Math.min), over(levels, Math.max), over(moves, Math.max)]
}
