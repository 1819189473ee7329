/** Which rows has the CSV of what is on screen? A row a step and unit. */

import { shownSize } from "../engine/run.js"
import { KINDS } from "../kinds.js"
import { cell } from "../shared/numbers.js"
import { placesOf, unitsOf } from "./stacks.js"

// Digits that tell a float32 from every other.
const MOST_DIGITS = 9

/**
 * @param {Reading} reading @param {any} view
 * @param {{steps: number[] | null, rows: number[] | null}} sight the ranges that are zoomed to; null for all
 * @param {Object<string, string>} [own] what each quantity is called in a cell that is no LSTM
 */
export function csvOf(reading, view, { steps, rows }, own) {
    const { lstm, tokens, layers } = reading
    const there = [...KINDS.LSTM.quantities].filter(letter => !own || letter in own)
    const some = there.filter(letter => view.quantities.includes(letter))
    const letters = some.length ? some : there
    const names = letters.map(letter => own?.[letter] ?? letter)
    const places = placesOf(reading, view, null).map(place => {
        const units = unitsOf(reading, view, place)
        const seen = within(rows, units.length).map(row => units[row])
        return { ...place, units: seen.sort((a, b) => a - b) }
    })
    const lines = within(steps, tokens.length).flatMap(step =>
        places.flatMap(({ layer, direction, units }) =>
            units.map(unit => {
                const numbers = letters.map(letter => {
                    const size = letter === "h" ? shownSize(lstm) : lstm.hiddenSize
                    return unit < size ? short(layers[layer][direction][letter][step * size + unit]) : ""
                })
                return [0, step, cell(tokens[step]), layer, direction, unit, ...numbers].join(",")
            }),
        ),
    )
    return `${[["batch", "time", "token", "layer", "direction", "unit", ...names].join(","), ...lines].join("\n")}\n`
}

/** The places of `count` whose middle is in a range, at least one; all if the range is of more places. */
function within(/** @type {number[] | null} */ range, /** @type {number} */ count) {
    const all = [...Array(count).keys()]
    if (!range) return all
    const [low, high] = [...range].sort((a, b) => a - b)
    const [first, last] = [Math.max(0, Math.ceil(low)), Math.min(count - 1, Math.floor(high))]
    const middle = Math.max(0, Math.round((low + high) / 2))
    const seen = first > last ? all.slice(middle, middle + 1) : all.slice(first, last + 1)
    return seen.length ? seen : all
}

/** A float32 in as few digits as tell it from all others. @param {number} value */
function short(value) {
    for (let digits = 1; digits < MOST_DIGITS; digits++) {
        const text = value.toPrecision(digits)
        if (Math.fround(+text) === value) return `${+text}`
    }
    return `${+value.toPrecision(MOST_DIGITS)}`
}
