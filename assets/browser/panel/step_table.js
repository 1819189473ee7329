/** What do the other units do at this step? All units of one layer, as a table. */

import { element, more } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { letterOf } from "../state/answer.js"
import { PROJECTED } from "./cell_words.js"

/** @typedef {import("../state/pin.js").Cell} Cell */
/** @typedef {import("../state/answer.js").Stack} Stack */

export class StepTable {
    constructor() {
        this.table = element("div", {
            class: "gs-table gs-at-step",
            tabindex: 0,
            role: "region",
            "aria-label": "All units at this step",
        })
        this.root = more("All units at this step", this.table, () => this.fill())
        this.fill = () => {}
    }

    /**
     * The units of a stack at the cell's step; the pinned unit's row is marked.
     *
     * @param {import("../state/answer.js").Picture} picture @param {Stack} stack @param {Cell} cell
     */
    show(picture, stack, cell) {
        this.fill = () => {
            if (this.root.open) this.table.replaceChildren(tableOf(picture, stack, cell))
        }
        this.fill()
    }
}

/** @param {import("../state/answer.js").Picture} picture @param {Stack} stack @param {Cell} cell */
function tableOf(picture, { layer, figure: { data }, units }, cell) {
    const { columns } = picture
    const column = columns.of(cell.step)
    // No unit has an h of its own where h is a projection.
    const shown = data.map(({ name }) => name).filter(name => name !== "h" || !picture.projects)
    const values = Object.fromEntries(data.map(({ name, z }) => [name, z]))
    const text = (/** @type {number | undefined} */ value) => (value === undefined ? "" : fixed(value, 3))
    const here = { class: "gs-here", "aria-current": "true" }
    const row = (/** @type {number} */ unit, /** @type {number} */ line) =>
        element(
            "tr",
            unit === cell.unit ? here : {},
            element("th", { scope: "row" }, `${unit}`),
            ...shown.map(name => element("td", {}, text(values[name][line]?.[column]))),
        )
    const rows = columns.per === 1 && column >= 0 ? units.map(row) : []
    const said = rows.length
        ? `Layer ${layer}, ${columns.timed ? "" : `step ${cell.step}, `}${columns.quoted(cell.step)}.${picture.projects ? ` ${PROJECTED}` : ""}`
        : "This step has no column of its own here: zoom in to it."
    const head = ["unit", ...shown.map(name => letterOf(picture, name))].map(name =>
        element("th", { scope: "col" }, name),
    )
    return element(
        "table",
        {},
        element("caption", {}, said),
        element("thead", {}, element("tr", {}, ...head)),
        element("tbody", {}, ...rows),
    )
}
