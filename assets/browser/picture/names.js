/** How is a picture read? By the legend of each scale, and by its numbers as a table. */

import { columnHead, element, foldedTable, tableOf } from "../shared/element.js"
import { count, fixed } from "../shared/numbers.js"
import { changes } from "../shared/page.js"
import { letterOf } from "../state/answer.js"

// Which colour is which number? One entry for each scale, and what the scale of c was before it changed.

/** The legend of the drawn picture. @param {Store} store */
export function legendOf(store) {
    const root = element("div", { class: "gs-legend" })
    const isOther = changes()
    const isNew = changes()
    let [reach, was] = [0, 0]
    store.afterDrawn(["sliding"], ({ picture, sliding }) => {
        // Of another model nothing was said before; what was said goes with the next change of the question.
        if (isOther(picture.view.model)) reach = picture.reach
        if (isNew(JSON.stringify(picture.view)) || picture.reach !== reach) was = reach
        reach = picture.reach
        root.hidden = !picture.stacks.length
        drawLegend(root, picture)
        if (sliding) root.append(note("While you drag, the scale of c stays."))
        else if (was !== reach) root.append(note(`The scale of c was ±${was}.`))
    })
    return root
}

/** @param {string} says */
const note = says => element("span", { class: "gs-legend-note" }, says)

/** @param {any} legend @param {Pick<Picture, "legend" | "stacks">} picture */
export function drawLegend(legend, { legend: scales, stacks }) {
    const made = scales.map(({ name, low, high, colours }) => {
        const style = `background: linear-gradient(to right, ${colours.join()})`
        const ramp = element("span", { class: "gs-ramp", style })
        return element("span", { class: "gs-scale" }, name, element("span", {}, low), ramp, element("span", {}, high))
    })
    if (stacks.some(({ unread }) => unread)) made.push(note("Zoom in to read each step."))
    legend.replaceChildren(...made)
}

// How are the numbers shown as a table? A row for each step, layer and unit.

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

/** One row for each step, layer and unit: its place, then its value in every strip. @param {Picture} picture
 * @param {string} rest */
function tableOfNumbers(picture, rest) {
    const { columns, stacks, strips } = picture
    const all = columns.number * stacks.reduce((sum, { units }) => sum + units.length, 0)
    /** @type {(string | number)[][]} */
    const rows = []
    for (let column = 0; column < columns.number && rows.length < MOST_ROWS; column++) {
        for (const { name, units, figure } of stacks) {
            const where = [columns.step(column), columns.name(column), name.replace("layer ", "")]
            const values = (/** @type {number} */ line) =>
                figure.data.map(({ z }) => (z[line] ? fixed(z[line][column], 4) : ""))
            rows.push(...units.map((unit, line) => [...where, unit, ...values(line)]))
        }
    }
    const said =
        all > MOST_ROWS ? `The first ${MOST_ROWS} of ${count(all)} rows${rest}.` : "One row per step, layer and unit."
    const ofProjection = picture.projects ? " h is a projection of all units: a row has its number of h." : ""
    const heads = ["step", "token", "layer", "unit", ...strips.map(({ quantity }) => letterOf(picture, quantity))]
    const cells = rows.slice(0, MOST_ROWS).map(row => row.map(text => element("td", {}, `${text}`)))
    return tableOf(said + ofProjection, heads.map(columnHead), cells)
}
