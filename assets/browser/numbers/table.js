/** How is a table of numbers read? Columns are features, rows are steps; one line of numbers is one column. */

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
    if (!lines.length)
        throw new NotNumbers(
            "Expected numbers, got none. Give a table with a row a step, or numbers with commas between.",
        )
    const mark = ["\t", ";"].find(one => lines.every(line => line.includes(one)))
    const separator = mark ?? (lines.some(line => line.includes(",")) ? "," : /\s+/)
    let rows = lines.map(line =>
        line
            .trim()
            .split(separator)
            .map(cell => cell.trim()),
    )
    const strange = rows[0].findIndex(cell => !NUMBER.test(cell))
    // One line of numbers is a list, and has no columns for whoever typed it.
    if (rows.length === 1 && strange >= 0 && rows[0].some(cell => NUMBER.test(cell)))
        throw new NotNumbers(
            `Expected numbers, for example 37.0, 33.4, 33.5; got “${rows[0][strange].slice(0, 40)}” in place ` +
                `${strange + 1}. Write a number there, or take it out.`,
        )
    const isHeader = strange >= 0
    if (rows.length === 1 && !isHeader) rows = rows[0].map(cell => [cell])
    const names = isHeader ? /** @type {string[]} */ (rows.shift()) : rows[0].map((_, k) => `column ${k + 1}`)
    const values = new Float32Array(rows.length * names.length)
    rows.forEach((row, step) => {
        if (row.length !== names.length)
            throw new NotNumbers(`Expected ${names.length} columns in every row, got ${row.length} in row ${step + 1}.`)
        row.forEach((cell, column) => {
            if (!NUMBER.test(cell) || !Number.isFinite(Math.fround(+cell)))
                throw new NotNumbers(
                    `Expected a number such as 1.5 in ${isHeader ? "column " : ""}${names[column]}, row ${step + 1}, ` +
                        `got “${cell.slice(0, 40)}”.`,
                )
            values[step * names.length + column] = +cell
        })
    })
    if (!rows.length) throw new NotNumbers("Expected rows of numbers, for example 37.0, 33.4, 33.5; got names alone.")
    return { names, values }
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
