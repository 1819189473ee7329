/** What do the other units do at this step? All units of one layer, as a table. */

import { element } from "../shared/element.js"
import { columnHead, tableOf } from "../shared/folded_table.js"
import { fixed } from "../shared/numbers.js"
import { letterOf } from "../state/answer.js"
import { PROJECTED } from "./cell_words.js"

/**
 * The units of a stack at the cell's step; the row of the cell's own is marked.
 *
 * @param {Picture} picture @param {Stack} stack
 * @param {Cell} cell
 */
export function stepTable(picture, { layer, figure: { data }, units }, cell) {
    const { columns } = picture
    const column = columns.of(cell.step)
    // No unit has an h of its own where h is a projection.
    const shown = data.filter(({ name }) => name !== "h" || !picture.projects)
    const text = (/** @type {number | undefined} */ value) => (value === undefined ? "" : fixed(value, 3))
    const row = (/** @type {number} */ unit, /** @type {number} */ line) => [
        element("th", { scope: "row" }, `${unit}`),
        ...shown.map(({ z }) => element("td", {}, text(z[line]?.[column]))),
    ]
    const rows = columns.per === 1 && column >= 0 ? units.map(row) : []
    const step = columns.timed ? "" : `step ${cell.step}, `
    const said = rows.length
        ? `Layer ${layer}, ${step}${columns.quoted(cell.step)}.${picture.projects ? ` ${PROJECTED}` : ""}`
        : "This step has no column of its own here: zoom in to it."
    const table = tableOf(said, ["unit", ...shown.map(({ name }) => letterOf(picture, name))].map(columnHead), rows)
    const own = table.querySelectorAll("tbody tr")[units.indexOf(cell.unit)]
    own?.classList.add("gs-here")
    own?.setAttribute("aria-current", "true")
    return table
}
