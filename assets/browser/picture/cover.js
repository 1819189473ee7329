/** What lies over a picture's columns? A cover where nothing is read yet, and a veil where a word is left out. */

import { bottomOf } from "../layout/stack.js"
import { element } from "../shared/element.js"
import { place } from "../shared/page.js"
import { holdsOf } from "../state/holds.js"
import { layersOf, now, readBy } from "../state/time.js"
import { between, edgesOf, stripOfC } from "./cells.js"

// Which columns are not read yet? They are covered, and a frame marks the newest column.

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
 * Where the row of a unit is in the strip of c, in pixels from the top of the plot: its middle and its height; null if
 * it is out of sight.
 *
 * @param {Painted} stack @param {number} unit
 */
export function rowOfC(stack, unit) {
    const strip = stripOfC(stack)
    const line = stack.units.indexOf(unit)
    if (strip < 0 || line < 0) return null
    const { down } = edgesOf(stack, strip)
    const { top, height } = stack.places[strip]
    const middle = (down[line] + down[line + 1]) / 2
    return middle > top && middle < top + height ? { middle, height: down[1] - down[0] } : null
}

// Which words are left out? Their columns are veiled and their words struck through.

/** @param {Painted[]} stacks @param {Picture} picture */
export function markLeftOut(stacks, { held, columns }) {
    const steps = wordsOut({ held, columns })
    for (const stack of stacks) {
        const { leftOut, places } = stack
        if (!steps.length && !leftOut.childElementCount) continue
        const marks = steps.map(step => columns.of(step)).filter(column => column >= 0)
        leftOut.replaceChildren(...marks.map(column => mark(stack, column, places[0].top, bottomOf(places))))
    }
}

/** The steps whose words are left out. @param {Pick<Picture, "held" | "columns">} picture */
export function wordsOut({ held, columns }) {
    return columns.per > 1 ? [] : holdsOf(held?.holds ?? "").without
}

/** @param {Painted} stack @param {number} column @param {number} top @param {number} bottom */
function mark(stack, column, top, bottom) {
    const [left, right] = between(stack, column, column)
    const style = `left: ${left}px; width: ${right - left}px; top: ${top}px; height: ${bottom - top}px`
    return element("div", { class: "gs-left-out", style, hidden: right <= left })
}
