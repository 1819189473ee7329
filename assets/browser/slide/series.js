/** What stands above and below the strips of a sheet? The numbers that are read or said, as curves; and the legend. */

import { svg } from "../shared/svg.js"
import { wrapped } from "./paper.js"
import { columnEdges, words } from "./strips.js"

// Pixels: the lines, and the space below them; a line of their names, and its most letters.
const LINES = 96
const AFTER = 16
export const ABOVE = LINES + AFTER
const NEXT = 15
const LETTERS = 24
// The column of the names.
const SIDE = 36
// Of a scale: its ramp, the space beside it and to the next one, and a letter.
const [RAMP, NEAR, APART, LETTER] = [110, 8, 26, 6]

/**
 * Lines over the steps, with their names at the left.
 *
 * @param {import("../state/answer.js").Extra} extra @param {Picture} picture
 * @param {number[]} columns the first and the last in sight @param {Look} look
 */
export function series({ title, question, labels, figure: { data, layout } }, { columns: all }, [first, last], look) {
    const [from, to] = layout.xaxis.range
    const across = layout.width - layout.margin.l
    const x = (/** @type {number} */ at) => ((at - from) / (to - from)) * across
    const box = { width: across, height: LINES, viewBox: `0 0 ${across} ${LINES}` }
    const lines = data.map(one => {
        const y = heights(layout[one.yaxis.replace("y", "yaxis")])
        const points = Array.from(one.x, (at, k) => `${x(at).toFixed(1)},${y(one.y[k]).toFixed(1)}`)
        const dash = one.line.dash && "2 3"
        const how = { fill: "none", stroke: one.line.color, "stroke-width": 1.6, "stroke-dasharray": dash }
        return svg("polyline", { points: points.filter(point => !point.includes("NaN")).join(" "), ...how })
    })
    const said = [
        { text: title, how: { "font-weight": 600, fill: look.ink } },
        ...wrapped(question, LETTERS).map(text => ({ text, how: { fill: look.faint } })),
        ...labels.map(({ text, colour }) => ({ text, how: { fill: colour } })),
    ]
    const left = { "text-anchor": "end", "font-size": "12px" }
    const ticks = labels.flatMap((_, n) => {
        const axis = layout[n ? `yaxis${n + 1}` : "yaxis"]
        const y = heights(axis)
        return /** @type {number[]} */ (axis.tickvals).map((tick, k) =>
            words(axis.ticktext[k], -NEAR, y(tick) + NEAR / 2, { ...left, fill: look.faint }),
        )
    })
    const parts = [
        svg("svg", box, ...lines),
        ...ticks,
        ...said.map(({ text, how }, k) => words(text, -SIDE, NEXT * (k + 1), { ...left, ...how })),
    ]
    const stack = { columns: all, layout }
    return { parts, edges: columnEdges(stack, first, last), words: 0, bottom: LINES }
}

/** How high a value of an axis stands. @param {{range: number[], domain: number[]}} axis */
function heights({ range: [low, high], domain: [bottom, top] }) {
    return (/** @type {number} */ value) => LINES * (1 - bottom - ((value - low) / (high - low)) * (top - bottom))
}

/**
 * Which colour is which number, from left to right; from `begin` on if a width has room for that.
 *
 * @param {import("../state/answer.js").Scale[]} scales @param {number} begin @param {number} width @param {Look} look
 */
export function legend(scales, begin, width, look) {
    const wide = (/** @type {string} */ text) => LETTER * text.length
    const letters = scales.map(({ name, low, high }) => wide(name) + wide(low) + wide(high) + 3 * NEAR + APART)
    const room = (width - letters.reduce((sum, one) => sum + one, 0)) / scales.length
    const ramp = Math.min(RAMP, room)
    let x = (room - ramp) * scales.length >= begin ? begin : 0
    return scales.flatMap(({ name, low, high, colours }, n) => {
        const id = `gs-scale-${n}`
        const stops = colours.map((colour, k) =>
            svg("stop", { offset: k / (colours.length - 1), "stop-color": colour }),
        )
        const say = (/** @type {string} */ text) => {
            const said = words(text, x, 0, { "font-size": "12.5px", fill: look.faint })
            x += wide(text) + NEAR
            return said
        }
        const before = [say(name), say(low)]
        const box = svg("rect", { x, y: -5, width: ramp, height: 10, rx: 3, fill: `url(#${id})` })
        x += ramp + NEAR
        const parts = [svg("linearGradient", { id }, ...stops), ...before, box, say(high)]
        x += APART - NEAR
        return parts
    })
}
