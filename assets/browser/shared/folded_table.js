/** How do many numbers reach who reads rather than looks? As a table that is made only while its part is open. */

import { element, more } from "./element.js"

/**
 * The part, `root`; `show(made)` makes the table anew, also when the part opens later.
 *
 * @param {string} summary @param {string} label @param {string} [kind] its class
 */
export function foldedTable(summary, label, kind = "") {
    const about = { class: `gs-table ${kind}`, tabindex: 0, role: "region", "aria-label": label }
    const place = element("div", about)
    /** @type {() => (Node | string)} */
    let made = () => ""
    const fill = () => root.open && place.replaceChildren(made())
    const root = more(summary, place, fill)
    const show = (/** @type {() => Node} */ make) => {
        made = make
        fill()
    }
    return { root, show }
}

/** A table in rows of elements, after those that name its columns.
 * @param {string} caption @param {Node[]} heads @param {Node[][]} rows */
export function tableOf(caption, heads, rows) {
    const lines = rows.map(cells => element("tr", {}, ...cells))
    const [head, body] = [element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...lines)]
    return element("table", {}, element("caption", {}, caption), head, body)
}

/** What names a column. @param {string} name */
export const columnHead = name => element("th", { scope: "col" }, name)
