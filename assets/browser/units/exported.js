/** How is the list of units one picture, for a slide? The rows that fit, as they stand on the page. */

import { svg } from "../shared/svg.js"
import { band, curve } from "./curve.js"
import { letters, stepOf } from "./letters.js"
import { OPEN } from "./row.js"

const NAME = 190
const NUMBER = 64
const ROW = 34
const BAND = 13

/** @param {Wire.UnitList} data @param {number} width @param {number} high */
export function picture(data, width, high) {
    const room = width - NAME - 2 * NUMBER
    const step = Math.min(stepOf(data, room), room / Math.max(1, data.tokens.length))
    const root = svg("svg", { width, height: high, viewBox: `0 0 ${width} ${high}`, fill: "currentColor" })
    /** @param {number} x @param {number} y @param {Element} part */
    const at = (x, y, part) => {
        part.setAttribute("x", `${x}`)
        part.setAttribute("y", `${y}`)
        root.append(part)
    }
    /** @param {number} x @param {number} y @param {string} text */
    const words = (x, y, text, end = false) => {
        const how = { x, y, style: "font-size: 12px; font-family: sans-serif", "text-anchor": end ? "end" : "start" }
        root.append(svg("text", how, text))
    }
    words(0, 14, data.heads[0].title)
    words(width - NUMBER - 8, 14, data.heads[1].title, true)
    words(width, 14, data.heads[2].title, true)
    if (data.tokens.length) {
        const line = letters(data, step)
        line.setAttribute("style", "font-size: 11px; font-family: monospace")
        at(NAME, 2, line)
    }
    let y = 24
    for (const row of data.rows) {
        const tall = row.open && row.gates ? OPEN + 3 * BAND : ROW - 8
        if (y + tall > high) break
        words(0, y + 12, `${row.number}  ${row.title}`)
        words(24, y + 26, row.note)
        words(width - NUMBER - 8, y + 16, row.keeps, true)
        words(width, y + 16, row.lost, true)
        const curveHigh = row.open && row.gates ? OPEN : ROW - 8
        if (row.c) at(NAME, y, curve(row, step, data.states, curveHigh))
        for (const passage of (row.passages ?? []).slice(0, 1)) words(NAME, y + 16, passage.tokens.join(data.between))
        if (row.open && row.gates) {
            Object.values(row.gates).forEach((values, n) => {
                at(NAME, y + OPEN + n * BAND, band(values, step, data.gates))
            })
        }
        y += tall + 8
    }
    return root
}
