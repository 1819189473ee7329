/** How is one number of two readings drawn: as a coloured cell, a bar, or an answer's chip? */

import { onItsColour } from "../shared/colour.js"
import { element } from "../shared/element.js"
import { fixed, signed } from "../shared/numbers.js"

// A smaller difference stands without its number.
const SEEN = 0.05

/** A state with its sign; next to nothing is 0. @param {number} value */
export const short = value => (Math.abs(value) < 0.005 ? "0" : signed(value, 2))

/**
 * A cell of a table in the colour of its number; empty where there is none.
 *
 * @param {number | null} value @param {Wire.Scale} scale
 */
export function cell(value, scale, written = short) {
    if (value === null) return element("td", { class: "gs-two-none" })
    return element("td", { ...onItsColour(value, scale), title: written(value) }, element("span", {}, written(value)))
}

/**
 * The same gate of A and of B, side by side in a cell.
 *
 * @param {number | null} a @param {number | null} b @param {Wire.Scale} scale
 */
export function halves(a, b, scale) {
    /** @param {number | null} value */
    const half = value =>
        element("i", onItsColour(value, scale), ...(value === null ? [] : [element("span", {}, fixed(value, 2))]))
    return element("td", { class: "gs-two-halves" }, element("div", {}, half(a), half(b)))
}

/**
 * A bar from the middle, up or down as far as the number goes, of the largest on the page; its number across from it.
 *
 * @param {number | null} value @param {number} largest
 */
export function bar(value, largest, written = short) {
    if (value === null) return element("td", { class: "gs-two-none" })
    const share = largest ? Math.abs(value) / largest : 0
    const inside = element("div", { style: `height: ${(50 * share).toFixed(1)}%` })
    const number = element("span", {}, Math.abs(value) < SEEN ? "" : written(value))
    return element("td", { class: `gs-two-bar${value < 0 ? " gs-down" : ""}`, title: written(value) }, inside, number)
}

/** An answer: filled where it is the one that matters. @param {Wire.Said} answer @param {boolean} filled */
export function chip({ label, share }, filled) {
    const sure = share === null ? "" : element("small", {}, fixed(share, 2))
    return element("span", { class: filled ? "gs-two-chip gs-filled" : "gs-two-chip" }, label, " ", sure)
}
