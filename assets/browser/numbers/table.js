/** How is a table of numbers read, and what is on screen written as one? */

import { shownSize } from "../engine/run.js"
import { KINDS } from "../kinds.js"
import { cell as written } from "../shared/numbers.js"
import { placesOf, taken, unitsOf } from "./stacks.js"

// How is a table of numbers read? Columns are features, rows are steps; one line of numbers is one column.

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** What can't be read, in a sentence. */
export class NotNumbers extends Error {}

/** @typedef {{names: string[], values: Float32Array}} Table `values`: (step × column) */

/** `lstm_core.read_series` reads dates and decimal commas too. @param {string} text @returns {Table} */
export function readTable(text) {
    // A minus as it is printed, also on our own pages.
    const lines = text
        .replaceAll("−", "-")
        .split(/\r\n|\r|\n/)
        .filter(line => line.trim())
    const mark = ["\t", ";"].find(one => lines.every(line => line.includes(one)))
    const separator = mark ?? (lines.some(line => line.includes(",")) ? "," : /\s+/)
    const cells = lines.map(line =>
        line
            .trim()
            .split(separator)
            .map(cell => cell.trim()),
    )
    const strange = cells[0]?.find(cell => !NUMBER.test(cell))
    const header = strange === undefined ? null : cells.shift()
    // One line of numbers is a list, and has no columns for whoever typed it.
    const rows = cells.length === 1 && !header ? cells[0].map(cell => [cell]) : cells
    if (!rows.length) {
        const got =
            strange === undefined
                ? "none"
                : `“${strange.slice(0, 40)}”. Write numbers alone, or numbers below a row of names`
        throw new NotNumbers(`Expected numbers, for example 37.0, 33.4, 33.5; got ${got}.`)
    }
    const names = header ?? rows[0].map((_, k) => `column ${k + 1}`)
    const values = rows.flatMap((row, step) => {
        if (row.length !== names.length)
            throw new NotNumbers(`Expected ${names.length} columns in every row, got ${row.length} in row ${step + 1}.`)
        return row.map((cell, column) => {
            if (NUMBER.test(cell) && Number.isFinite(Math.fround(+cell))) return +cell
            throw new NotNumbers(
                `Expected a number such as 1.5 in ${header ? "column " : ""}${names[column]}, row ${step + 1}, ` +
                    `got “${cell.slice(0, 40)}”.`,
            )
        })
    })
    return { names, values: Float32Array.from(values) }
}

/**
 * Each column minus its mean, divided by its standard deviation; a constant column keeps its scale.
 *
 * @param {Table} table
 */
export function standardised({ names, values }) {
    const [columns, steps] = [names.length, values.length / names.length]
    const x = new Float32Array(values.length)
    for (let column = 0; column < columns; column++) {
        const own = Float64Array.from({ length: steps }, (_, step) => values[step * columns + column])
        const mean = Math.fround(own.reduce((sum, value) => sum + value, 0) / steps)
        const spread = Math.fround(Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / steps))
        own.forEach((value, step) => {
            x[step * columns + column] = Math.fround(value - mean) / (spread || 1)
        })
    }
    return x
}

// Which rows has the CSV of what is on screen? A row a step and unit.

// Digits that tell a float32 from every other.
const MOST_DIGITS = 9

/** @typedef {{steps: number[] | null, rows: number[] | null}} Sight the ranges that are zoomed to; null for all */

/**
 * Of a reading, or of the part of one that came as a recording with a step in each column.
 *
 * @param {Reading} reading @param {any} view @param {Sight} sight
 * @param {Object<string, string>} [own] what each quantity is called in a cell that is no LSTM
 */
export function csvOf(reading, view, { steps, rows }, own) {
    const { lstm, tokens, layers, window } = reading
    const shown = window?.quantities ?? view.quantities
    const there = [...KINDS.LSTM.quantities].filter(letter => !own || letter in own)
    const some = there.filter(letter => shown.includes(letter))
    const letters = some.length ? some : there
    const columns = window?.columns ?? { first: 0, per: 1, number: tokens.length, steps: tokens.length }
    const places = placesInSight(reading, view, rows).map(({ layer, direction, units }) => {
        const values = letters.map(letter => {
            const size = letter === "h" ? shownSize(lstm) : lstm.hiddenSize
            const inside = units.filter(unit => unit < size)
            return taken(columns, layers[layer][direction][letter], size, inside).extreme
        })
        return { layer, direction, units, values }
    })
    const lines = within(steps, columns.steps).flatMap(step =>
        places.flatMap(({ layer, direction, units, values }) =>
            units.map((unit, row) => {
                const numbers = values.map(rows => (rows[row] ? short(rows[row][step - columns.first]) : ""))
                return [0, step, written(tokens[step]), layer, direction, unit, ...numbers].join(",")
            }),
        ),
    )
    const names = letters.map(letter => own?.[letter] ?? letter)
    return `${[["batch", "time", "token", "layer", "direction", "unit", ...names].join(","), ...lines].join("\n")}\n`
}

/** Each shown layer and direction, with its visible units. @param {Reading} reading @param {any} view
 * @param {number[] | null} rows */
function placesInSight(reading, view, rows) {
    return (reading.window?.places ?? placesOf(reading, view, null)).map(place => {
        const units = unitsOf(reading, view, place)
        const seen = within(rows, units.length).map(row => units[row])
        return { ...place, units: seen.sort((a, b) => a - b) }
    })
}

/** The places of `count` whose middle is in a range, at least one; all if the range is of more places. */
function within(/** @type {number[] | null} */ range, /** @type {number} */ count) {
    const all = [...Array(count).keys()]
    if (!range) return all
    const [low, high] = [...range].sort((a, b) => a - b)
    const middle = Math.max(0, Math.round((low + high) / 2))
    const seen = all.filter(at => at >= low && at <= high)
    return [seen, all.slice(middle, middle + 1)].find(({ length }) => length) ?? all
}

/** A float32 in as few digits as tell it from all others. @param {number} value */
function short(value) {
    for (let digits = 1; digits < MOST_DIGITS; digits++) {
        const text = value.toPrecision(digits)
        if (Math.fround(+text) === value) return `${+text}`
    }
    return `${+value.toPrecision(MOST_DIGITS)}`
}
