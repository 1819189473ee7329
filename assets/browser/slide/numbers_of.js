/** Which numbers does a picture show? As the text of a CSV that a spreadsheet opens. */

import { cell } from "../shared/csv_cell.js"

/**
 * A row for each value: its picture, its series, its place from left to right and from top to bottom, by name if it has
 * one.
 *
 * @param {import("./pictures.js").Column[]} columns @param {{title: string}} says
 */
export function numbersOf(columns, says) {
    const rows = columns.flatMap(({ title, plots }) =>
        plots.flatMap(plot => ofPlot(plot).map(row => [title || says.title, ...row])),
    )
    return [["picture", "series", "x", "y", "value"], ...rows].map(row => `${row.map(cell).join(",")}\r\n`).join("")
}

/** @param {{_fullData: any[], _fullLayout: any, numbers?: () => (string | number)[][]}} plot */
function ofPlot({ _fullData, _fullLayout, numbers }) {
    if (numbers) return numbers()
    // Plotly has unpacked the numbers there.
    return _fullData.filter(({ visible }) => visible === true).flatMap(trace => rowsOf(trace, _fullLayout))
}

/** @param {any} trace @param {any} layout */
function rowsOf(trace, layout) {
    const [nameX, nameY] = [namesOn(layout, trace.xaxis, "x"), namesOn(layout, trace.yaxis, "y")]
    if (trace.type !== "heatmap") {
        return Array.from(trace.x ?? [], (x, at) => [trace.name, nameX(x), nameY(trace.y[at]), ""])
    }
    return Array.from(trace.z, (row, down) =>
        Array.from(row, (value, across) => [
            trace.name,
            nameX(trace.x?.[across] ?? across),
            nameY(trace.y?.[down] ?? down),
            value,
        ]),
    ).flat()
}

/** What a number on an axis is called there; the number, if it has no name. @param {any} layout
 * @param {string | undefined} axis @param {"x" | "y"} letter */
function namesOn(layout, axis, letter) {
    const { tickvals, ticktext } = layout[`${letter}axis${(axis ?? letter).slice(1)}`] ?? {}
    const names = new Map(Array.from(tickvals ?? [], (value, at) => [value, plain(ticktext?.[at] ?? value)]))
    return (/** @type {string | number} */ value) => names.get(value) ?? value
}

/** A text without Plotly's markup. @param {string | number} text */
function plain(text) {
    return new DOMParser().parseFromString(`${text}`, "text/html").body.textContent ?? ""
}
