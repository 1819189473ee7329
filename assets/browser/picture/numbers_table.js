/** How are the numbers shown as a table? For visitors who read rather than look; filled only while it is open. */

import { element, more } from "../shared/element.js"
import { count, fixed } from "../shared/numbers.js"
import { letterOf } from "../state/answer.js"

const MOST_ROWS = 400

export class NumbersTable {
    /** `rest`: where all rows are. @param {import("../state/store.js").Store} store @param {string} rest */
    constructor(store, rest = "") {
        this.store = store
        this.rest = rest
        this.table = element("div", {
            class: "gs-table",
            tabindex: 0,
            role: "region",
            "aria-label": "Numbers as a table",
        })
        this.root = more("The numbers as a table", this.table, () => this.fill())
        store.afterDrawn([], ({ picture }) => {
            this.root.hidden = !picture.stacks.length
            this.fill()
        })
    }

    fill() {
        const { picture } = this.store.state
        if (!this.root.open || !picture) return
        const { rows, all } = rowsOf(picture, MOST_ROWS)
        const head = [
            "step",
            "token",
            "layer",
            "unit",
            ...picture.strips.map(({ quantity }) => letterOf(picture, quantity)),
        ]
        const note = `The first ${rows.length} of ${count(all)} rows${this.rest}.`
        const ofProjection = picture.projects ? " h is a projection of all units: a row has its number of h." : ""
        const line = (/** @type {(string | number)[]} */ row) =>
            element("tr", {}, ...row.map(text => element("td", {}, `${text}`)))
        this.table.replaceChildren(
            element(
                "table",
                {},
                element("caption", {}, (rows.length < all ? note : "One row per step, layer and unit.") + ofProjection),
                element("thead", {}, element("tr", {}, ...head.map(name => element("th", { scope: "col" }, name)))),
                element("tbody", {}, ...rows.map(line)),
            ),
        )
    }
}

/**
 * One row for each step, layer and unit: its place, then its value in every strip; and the number of all rows.
 *
 * @param {import("../state/answer.js").Picture} picture @param {number} most
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
