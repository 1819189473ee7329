/** Which words are left out? Their columns are veiled and their words struck through. */

import { bottomOf } from "../layout/strip_heights.js"
import { element } from "../shared/element.js"
import { holdsOf } from "../state/holds.js"
import { between } from "./cover.js"

/** @param {Painted[]} stacks @param {Picture} picture */
export function markLeftOut(stacks, { held, columns }) {
    const steps = wordsOut({ held, columns })
    for (const stack of stacks) {
        const { leftOut, places } = stack
        if (!steps.length && !leftOut.childElementCount) continue
        const marks = steps.map(step => columns.of(step)).filter(column => column >= 0)
        leftOut.replaceChildren(...marks.map(column => mark(stack, column, places[0].top, bottomOf(places))))
        strikeThrough(stack.plot, steps)
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

/** Plotly keeps each tick's place with its element. @param {any} plot @param {number[]} steps */
function strikeThrough(plot, steps) {
    for (const tick of plot.querySelectorAll(".xtick")) {
        const isOut = steps.includes(tick.__data__?.x)
        tick.querySelector("text").style.textDecoration = isOut ? "line-through" : ""
    }
}
