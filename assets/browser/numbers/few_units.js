/** Which units of many are shown at first? Those that weigh most in what the model says, or the most active. */

import { whole } from "./bins.js"
import { largestFirst, ordered } from "./order.js"

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
