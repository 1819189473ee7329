/** The numbers as a table: the picture for who reads rather than looks, made only while it is open. */

import { element } from "./dom.js"

const MOST_ROWS = 400

export class Numbers {
    constructor() {
        this.table = element("div", { class: "gs-table", tabindex: 0, role: "region", "aria-label": "Numbers as a table" })
        this.root = element("details", { class: "gs-more", ontoggle: () => this.fill() },
            element("summary", {}, "The numbers as a table"), this.table)
    }

    follow(picture) {
        this.picture = picture
        this.root.hidden = !picture.stacks.length
        this.fill()
    }

    fill() {
        if (!this.root.open || !this.picture) return
        const { columns, strips, stacks } = this.picture
        const head = ["step", "token", "layer", "unit", ...strips.map(strip => strip.quantity)]
        const body = element("tbody", {})
        let rows = 0, all = 0
        for (let column = 0; column < columns.number; column++) {
            for (const { name, units, figure } of stacks) {
                all += units.length
                for (let line = 0; line < units.length && rows < MOST_ROWS; line++, rows++) {
                    const values = figure.data.map(trace => trace.z[line]?.[column].toFixed(4) ?? "")
                    const row = [columns.step(column), columns.name(column), name.replace("layer ", ""), units[line], ...values]
                    body.append(element("tr", {}, ...row.map(text => element("td", {}, `${text}`))))
                }
            }
        }
        const note = rows < all ? `The first ${rows} of ${all.toLocaleString("en")} rows; Export has all of them as CSV.` : ""
        this.table.replaceChildren(
            element("table", {}, element("caption", {}, note || "One row a step, layer and unit."),
                element("thead", {}, element("tr", {}, ...head.map(name => element("th", { scope: "col" }, name)))), body))
    }
}
