/** What does a unit's memory do over a text? A bar a step, and below a dark line where what it tracks is true. */

import { colourOf } from "../shared/colour.js"
import { signed } from "../shared/numbers.js"
import { svg } from "../shared/svg.js"

const LEVELS = 10
const LINE = 3

/** The range of a row's c, 0 inside. @param {Wire.UnitRow} row */
export function rangeOf({ c = [] }) {
    const values = c.filter(value => value !== null)
    return { low: Math.min(0, ...values), high: Math.max(0, ...values) }
}

/**
 * A unit's curve in its own range, in the colours of all.
 *
 * @param {Wire.UnitRow} row @param {number} step @param {Wire.Scale} scale @param {number} high
 */
export function curve(row, step, scale, high) {
    const { c = [], truth } = row
    const range = rangeOf(row)
    const room = high - (truth ? LINE + 3 : 0)
    const y = (/** @type {number} */ value) => (room * (range.high - value)) / (range.high - range.low || 1)
    const root = svg("svg", { width: c.length * step, height: high, role: "img", "aria-label": saidOf(row, range) })
    const bars = new Map()
    c.forEach((value, at) => {
        if (value === null) return
        // Bars of nearly one colour are one path: hundreds of units have tens of thousands of bars.
        const level = Math.round((LEVELS * value) / scale.zmax)
        const [top, bottom] = [y(Math.max(0, value)), y(Math.min(0, value))]
        const bar = `M${at * step} ${top}h${step + 0.3}V${bottom}h${-step - 0.3}z`
        bars.set(level, (bars.get(level) ?? "") + bar)
    })
    for (const [level, d] of bars) root.append(svg("path", { d, fill: colourOf((level / LEVELS) * scale.zmax, scale) }))
    root.append(svg("path", { class: "gs-units-zero", d: `M0 ${y(0)}H${c.length * step}` }))
    if (truth) root.append(truthLine(truth, step, high - LINE))
    return root
}

/** Where it is true: the darker, the more. @param {(number | null)[]} truth @param {number} step @param {number} y */
function truthLine(truth, step, y) {
    const most = Math.max(...truth.map(value => Math.abs(value ?? 0)), 1e-9)
    const line = svg("g", { class: "gs-units-truth" })
    let from = 0
    for (let at = 1; at <= truth.length; at++) {
        if (at < truth.length && truth[at] === truth[from]) continue
        const opacity = Math.abs(truth[from] ?? 0) / most
        const place = { x: from * step, y, width: (at - from) * step, height: LINE }
        if (opacity) line.append(svg("rect", { ...place, "fill-opacity": opacity.toFixed(2) }))
        from = at
    }
    return line
}

/** A gate over the text, as a band. @param {(number | null)[]} values @param {number} step @param {Wire.Scale} scale */
export function band(values, step, scale, high = 11) {
    const root = svg("svg", { width: values.length * step, height: high, "aria-hidden": true })
    values.forEach((value, at) => {
        if (value === null) return
        const place = { x: at * step, y: 0, width: step + 0.3, height: high }
        root.append(svg("rect", { ...place, fill: colourOf(value, scale) }))
    })
    return root
}

/** The curve in words, for who can't see it. @param {Wire.UnitRow} row @param {{low: number, high: number}} range */
function saidOf({ number }, { low, high }) {
    return `c of unit ${number}, from ${signed(low, 1)} to ${signed(high, 1)}`
}

/** The two ends of a curve's range, for its axis. @param {Wire.UnitRow} row */
export const ends = row => [signed(rangeOf(row).high, 1), signed(rangeOf(row).low, 1)]
