/** What do the other units do at this step? All of one layer's, as a table. */

import { element } from "./dom.js"

const NAMES = ["i", "f", "g", "o", "c", "h"]

export class Units {
    constructor() {
        this.table = element("div", { class: "gs-table gs-units", tabindex: 0, role: "region", "aria-label": "All units at this step" })
        this.root = element("details", { class: "gs-more", ontoggle: () => this.fill() },
            element("summary", {}, "All units at this step"), this.table)
    }

    /** `stack` holds a layer's heatmaps; the row of `unit` is marked. */
    show(stack, unit, step) {
        Object.assign(this, { stack, unit, step })
        this.fill()
    }

    fill() {
        if (!this.root.open || !this.stack) return
        const { stack, step } = this, { columns } = stack, column = columns.of(step)
        const shown = NAMES.filter(name => stack.data.some(trace => trace.name === name))
        const values = Object.fromEntries(stack.data.map(trace => [trace.name, trace.z]))
        const text = value => value === undefined ? "" : value.toFixed(3)
        const row = (unit, line) => element("tr", unit === this.unit ? { class: "gs-here", "aria-current": "true" } : {},
            element("th", { scope: "row" }, unit), ...shown.map(name => element("td", {}, text(values[name][line]?.[column]))))
        const rows = columns.per === 1 && column >= 0 ? stack.units.map(row) : []
        const said = rows.length ? `Layer ${stack.layer}, step ${step}, “${columns.word(step)}”.` : "This step is not in sight: zoom in to it."
        this.table.replaceChildren(element("table", {}, element("caption", {}, said),
            element("thead", {}, element("tr", {}, ...["unit", ...shown].map(name => element("th", { scope: "col" }, name)))),
            element("tbody", {}, ...rows)))
    }
}
