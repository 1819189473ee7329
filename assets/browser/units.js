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
    show(stack, unit, step, word) {
        Object.assign(this, { stack, unit, step, word })
        this.fill()
    }

    fill() {
        if (!this.root.open || !this.stack) return
        const { stack, step } = this
        const values = Object.fromEntries(stack.data.map(trace => [trace.name, trace.z]))
        const text = value => value === undefined ? "" : value.toFixed(3)
        const row = unit => element("tr", unit === this.unit ? { class: "gs-here", "aria-current": "true" } : {},
            element("th", { scope: "row" }, unit), ...NAMES.map(name => element("td", {}, text(values[name][unit]?.[step]))))
        this.table.replaceChildren(element("table", {},
            element("caption", {}, `Layer ${stack.layer}, step ${step}, “${this.word}”.`),
            element("thead", {}, element("tr", {}, ...["unit", ...NAMES].map(name => element("th", { scope: "col" }, name)))),
            element("tbody", {}, ...Array.from(values.c, (_, unit) => row(unit)))))
    }
}
