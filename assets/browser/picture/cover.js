/** Which columns are not read yet? They are covered, and a frame marks the newest column. */

import { bottomOf } from "../layout/strip_heights.js"
import { place } from "../shared/pixels.js"
import { layersOf, now, readBy } from "../state/time.js"
import { axisOf } from "./cursor.js"

/**
 * Covers the unread columns in every stack; nothing while the whole picture is shown.
 *
 * @param {Painted[]} stacks @param {Drawn} state
 */
export function cover(stacks, { picture, time }) {
    const moment = now(time)
    const layers = layersOf(picture)
    for (const stack of stacks) {
        stack.cover.hidden = stack.now.hidden = !moment
        if (moment) coverStack(stack, moment, readBy(layers, stack.layer, moment))
    }
}

/**
 * `read`: how many columns this stack's layer has read.
 *
 * @param {Painted} stack @param {{from: number, to: number}} moment @param {number} read
 */
function coverStack(stack, { from, to }, read) {
    const { columns, places, direction } = stack
    // The reverse direction reads from the right, so its columns appear from there.
    const newest = direction ? to + 1 - read : from + read - 1
    const unread = direction ? [0, newest] : [newest + 1, columns.number]
    const [left, right] = between(stack, unread[0], unread[1] - 1)
    const [{ top }] = places
    const bottom = bottomOf(places)
    stack.cover.classList.toggle("gs-to-the-end", !direction)
    stack.cover.hidden = right <= left
    place(stack.cover, { left, width: right - left, height: bottom + 1 })
    stack.cover.style.setProperty("--words", `${top - 2}px`)
    const [begins, ends] = between(stack, newest, newest)
    stack.now.hidden = !read || ends <= begins
    place(stack.now, { left: begins - 1, width: ends - begins + 1, top: top - 3, height: bottom - top + 6 })
}

/**
 * The place of some columns in a stack, in pixels; the invisible part is cut off.
 *
 * @param {Pick<Painted, "columns" | "layout">} stack @param {number} from @param {number} to
 */
export function between({ columns, layout }, from, to) {
    const [first, last] = layout.xaxis.range
    const pixel = (/** @type {number} */ at) =>
        Math.max(0, Math.min(layout.width, ((at - first) / (last - first)) * layout.width))
    return from > to ? [0, 0] : [pixel(columns.edges(from)[0]), pixel(columns.edges(to)[1])]
}

/**
 * Where the row of a unit is in the strip of c, in pixels from the top of the plot: its middle and its height; null if
 * it is out of sight.
 *
 * @param {Painted} stack @param {number} unit
 */
export function rowOfC({ places, data, units, layout }, unit) {
    const strip = data.findIndex(({ name }) => name === "c")
    const line = units.indexOf(unit)
    if (strip < 0 || line < 0) return null
    const [bottom, top] = layout[axisOf(strip)].range
    const { top: begins, height } = places[strip]
    const middle = begins + ((line - top) / (bottom - top)) * height
    const inSight = middle > begins && middle < begins + height
    return inSight ? { middle, height: height / Math.abs(bottom - top) } : null
}
