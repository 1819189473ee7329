/** How are the numbers shown as a table? A row for each step, layer and unit. */

import { element } from "../shared/element.js"
import { columnHead, foldedTable, tableOf } from "../shared/folded_table.js"
import { count, fixed } from "../shared/numbers.js"
import { letterOf } from "../state/answer.js"

const MOST_ROWS = 400

/** `rest`: where all rows are. @param {Store} store @param {string} rest */
export function numbersTable(store, rest = "") {
    const { root, show } = foldedTable("The numbers as a table", "Numbers as a table")
    store.afterDrawn([], ({ picture }) => {
        root.hidden = !picture.stacks.length
        show(() => tableOfNumbers(picture, rest))
    })
    return root
}

/** @param {Picture} picture @param {string} rest */
function tableOfNumbers(picture, rest) {
    const { rows, all } = rowsOf(picture, MOST_ROWS)
    const letters = picture.strips.map(({ quantity }) => letterOf(picture, quantity))
    const said =
        rows.length < all
            ? `The first ${rows.length} of ${count(all)} rows${rest}.`
            : "One row per step, layer and unit."
    const ofProjection = picture.projects ? " h is a projection of all units: a row has its number of h." : ""
    const cells = rows.map(row => row.map(text => element("td", {}, `${text}`)))
    return tableOf(said + ofProjection, ["step", "token", "layer", "unit", ...letters].map(columnHead), cells)
}

/**
 * One row for each step, layer and unit: its place, then its value in every strip; and the number of all rows.
 *
 * @param {Picture} picture @param {number} most
 */
export function rowsOf({ columns, stacks }, most) {
    const rows = []
    const all = columns.number * stacks.reduce((sum, { units }) => sum + units.length, 0)
    for (let column = 0; column < columns.number && rows.length < most; column++) {
        for (const { name, units, figure } of stacks) {
            for (let line = 0; line < units.length && rows.length < most; line++) {
                const values = figure.data.map(({ z }) => (z[line] ? fixed(z[line][column], 4) : ""))
                const place = [columns.step(column), columns.name(column), name.replace("layer ", ""), units[line]]
                rows.push([...place, ...values])
            }
        }
    }
    return { rows, all }
}
