/** How do loss and accuracy change over the epochs? Two lines on one axis of epochs, which the scrubber below shares. */

import { svg } from "../shared/element.js"

// Pixels.
const HIGH = 112
const [TOP, FOOT] = [8, 8]
// The chart's least width for a line's reason.
const WHY = 420

/** @param {number} value */
const said = value => (Math.abs(value) >= 0.001 || !value ? value.toFixed(3) : value.toExponential(0))

/** @param {HTMLElement} place @param {Wire.Training} training @param {number} now the epoch that is shown @param {Look} look */
export function chart(place, { of, losses, accuracies, least, forecasts }, now, look) {
    const width = place.clientWidth
    const most = Math.max(1, ...losses)
    const x = (/** @type {number} */ epoch) => (epoch / of) * width
    const y = (/** @type {number} */ share) => TOP + (HIGH - TOP - FOOT) * (1 - Math.max(0, Math.min(1, share)))
    const line = (/** @type {number[]} */ values, /** @type {number} */ end, /** @type {string} */ stroke) => {
        const points = values.map((value, k) => `${x(k + 1).toFixed(1)},${y(value / end).toFixed(1)}`).join(" ")
        return svg("polyline", { points, fill: "none", stroke, "stroke-width": 2 })
    }
    const text = (/** @type {any} */ about, /** @type {(string | Node)[]} */ ...words) =>
        svg("text", { "font-size": "12.5px", fill: look.faint, dy: "0.35em", ...about }, ...words)
    const strong = (/** @type {number} */ value) => svg("tspan", { "font-weight": 700 }, said(value))
    const loss = look.gates[3][1]
    const grid = [0, 1].map(share => svg("path", { d: `M0 ${y(share)}H${width}`, stroke: look.faint, opacity: 0.3 }))
    const parts = [...grid, line(accuracies, 1, look.faint), line(losses, most, loss)]
    parts.push(text({ x: -8, y: y(1), "text-anchor": "end" }, "1"), text({ x: -8, y: y(0), "text-anchor": "end" }, "0"))
    if (least !== null) {
        parts.push(svg("path", { d: `M0 ${y(least / most)}H${width}`, stroke: look.ink, "stroke-dasharray": "4 3" }))
        const lowest = `lowest loss there can be: ${said(least)}`
        const why = width < WHY ? lowest : `${lowest}, for nobody knows when the a’s will end`
        parts.push(text({ x: width / 2, y: y(least / most) + 9, "text-anchor": "middle" }, why))
    }
    if (now) {
        parts.push(svg("path", { d: `M${x(now)} ${TOP}V${HIGH}`, stroke: "#e08a00", "stroke-dasharray": "2 3" }))
        const name = forecasts ? "R² " : "right "
        parts.push(text({ x: width + 14, y: y(1) }, name, strong(accuracies[now - 1])))
        parts.push(text({ x: width + 14, y: y(0) - 16, fill: loss }, "loss ", strong(losses[now - 1])))
    }
    const label = `${forecasts ? "R²" : "Share of right steps"} and loss over ${of} epochs`
    place.replaceChildren(
        svg("svg", { width, height: HIGH, style: "overflow: visible", role: "img", "aria-label": label }, ...parts),
    )
}
