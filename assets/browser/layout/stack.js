/** Where are the strips of one layer and direction, and what does Plotly get of them? */

import { edges, heatmap, onCells } from "./heatmap.js"
import { BARE_AXIS, onThePage } from "./page_figure.js"
import { stepAxis } from "./step_axis.js"
import { ALL_OF, bottomOf, GAP, GAP_NARROW, placesOf } from "./strip_heights.js"

/** @typedef {import("../state/answer.js").Place} Place */

/**
 * What all stacks of a picture have in common; `below`: the pixels between the words and the strips.
 *
 * @typedef {{numbers: Numbers, range: [number, number], look: Look, frame: import("./frame.js").Frame, below: number}}
 *     Common
 */

/** @param {Wire.StackValues} sent @param {Common} common @returns {Stack} */
export function stackOf(sent, { numbers, range, look, frame, below }) {
    const { columns, reach, projects } = numbers
    const { units, values } = sent
    const { width } = frame
    const { axis, top, unread } = stepAxis(columns, width, range, below)
    const strips = values.map(({ quantity, z }) => ({ quantity, rows: z.length }))
    const gap = frame.narrow ? GAP_NARROW : GAP
    const rows = frame.scrolls ? units.length : Math.min(units.length, ALL_OF)
    const places = placesOf(strips, rows, frame.height, gap, top, below)
    const end = bottomOf(places)
    const few = units.length < numbers.units
    const column = (columns.per * width) / (range[1] - range[0])
    const data = values.map(({ quantity, z, ...bins }, n) => ({
        ...heatmap(quantity, scaleOf(numbers, quantity), z, columns.positions, look),
        ...((quantity === "c" || (quantity === "h" && projects)) && { zmin: -reach, zmax: reach }),
        ...bins,
        meta: { layer: sent.layer, direction: sent.direction, ...(few && { units }) },
        yaxis: n ? `y${n + 1}` : "y",
    }))
    const layout = {
        ...onThePage(look),
        width: Math.round(width),
        height: end + 1,
        margin: { l: 0, r: 0, t: top, b: 1 },
        hovermode: false,
        xaxis: { range: [...range], anchor: "y", ...edges(columns.steps), ...axis, ...BARE_AXIS },
        ...unitAxes(strips, places, top, end),
    }
    const cells = places.map(({ height }, n) => onCells(height / strips[n].rows, column))
    return { ...sent, figure: { data, layout }, places, onCells: cells, unread }
}

/** @param {Numbers} numbers @param {string} quantity */
function scaleOf({ strips }, quantity) {
    return strips.find(strip => strip.quantity === quantity)?.scale ?? "states"
}

/**
 * The rows of each strip, the first on top, in a figure whose axes go from `top` to `bottom`.
 *
 * @param {{rows: number}[]} strips @param {Place[]} places @param {number} top @param {number} bottom
 * @returns {Record<string, object>}
 */
function unitAxes(strips, places, top, bottom) {
    const inside = bottom - top
    const axes = places.map((place, n) => {
        const { rows } = strips[n]
        const below = (bottom - place.top - place.height) / inside
        const axis = {
            domain: [Math.max(0, below), Math.min(1, below + place.height / inside)],
            range: [rows - 0.5, -0.5],
            showticklabels: false,
            ...edges(rows),
            ...BARE_AXIS,
            // A zoom into a unit applies to every strip that has it; a projection's h has other units.
            ...(n > 0 && rows === strips[0].rows && { matches: "y" }),
        }
        return [n ? `yaxis${n + 1}` : "yaxis", axis]
    })
    return Object.fromEntries(axes)
}

/** Shows some rows of every strip. @param {any} layout @param {number[]} rows the range of a strip's axis */
export function showRows(layout, rows) {
    for (const key of Object.keys(layout)) if (key.startsWith("yaxis")) layout[key].range = [...rows]
}
