/**
 * What does a unit's row show? Its number, what it tracks, how surely; its curve over the text; how long it keeps; what
 * is lost without it.
 */

import { colourOf } from "../shared/colour.js"
import { element, svg } from "../shared/element.js"
import { finely, signed } from "../shared/numbers.js"
import { textOf, whereOf } from "./passages.js"

// What does a unit's memory do over a text? A bar a step, and below a dark line where what it tracks is true.

const LEVELS = 10
const LINE = 3

/** The range of a row's c, 0 inside. @param {Row} row */
export function rangeOf({ c = [] }) {
    const values = c.filter(value => value !== null)
    return { low: Math.min(0, ...values), high: Math.max(0, ...values) }
}

/**
 * A unit's curve in its own range, in the colours of all.
 *
 * @param {Row} row @param {number} step @param {Wire.Scale} scale @param {number} high
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

/** The curve in words, for who can't see it. @param {Row} row @param {{low: number, high: number}} range */
function saidOf({ number }, { low, high }) {
    return `c of unit ${number}, from ${signed(low, 1)} to ${signed(high, 1)}`
}

/** The two ends of a curve's range, for its axis. @param {Row} row */
export const ends = row => [signed(rangeOf(row).high, 1), signed(rangeOf(row).low, 1)]

// What does a unit's row show? Its number, what it tracks, how surely; its curve; how long it keeps; what is lost.

/**
 * A list and its room in pixels: of a step, of a line, of a curve, and of the curve that is unfolded.
 *
 * @typedef {import("./listed.js").Row} Row
 * @typedef {import("./listed.js").List & {step: number, room: number, high: number, open: number}} Look
 */

export const GATES = { f: "forget gate", i: "input gate", o: "output gate" }

/** @param {Row} row @param {Look} look @param {(what: string, value: any) => void} tell */
export function rowOf(row, look, tell) {
    const name = element(
        "button",
        {
            type: "button",
            class: "gs-units-name",
            "data-key": row.key,
            "aria-expanded": `${row.open}`,
            tabindex: row.open ? 0 : -1,
            onclick: () => tell("opened", row.key),
        },
        element("b", {}, row.number),
        element("span", { class: "gs-units-title" }, row.title),
        element("span", { class: "gs-units-note" }, ...(row.share ? [bar(row.share)] : []), row.note),
    )
    const middle = element("div", { class: "gs-units-middle", onclick: () => tell("opened", row.key) })
    middle.append(...(row.moments ? moments(row, look, tell) : curves(row, look)))
    const numbers = [row.keeps, row.lost].map(text => element("span", { class: "gs-units-number" }, text))
    return element("li", { class: row.open ? "gs-units-row gs-open" : "gs-units-row" }, name, middle, ...numbers)
}

/** @param {number} share */
export const bar = share =>
    element("span", { class: "gs-units-bar" }, element("i", { style: `width: ${100 * share}%` }))

/** @param {Row} row @param {Look} look */
function curves(row, { step, states, gates, high: closed, open }) {
    if (!row.open || !row.gates) return [curve(row, step, states, closed)]
    const [high, low] = ends(row)
    const about = { class: "gs-units-axis", style: `height: ${open}px` }
    const axis = element("div", about, element("span", {}, high), element("span", {}, low))
    const bands = Object.entries(row.gates).map(([gate, values]) =>
        element(
            "div",
            { class: "gs-units-gate" },
            element("span", {}, GATES[/** @type {keyof typeof GATES} */ (gate)], " ", element("i", {}, gate)),
            band(values, step, gates),
        ),
    )
    return [axis, curve(row, step, states, open), ...bands]
}

/**
 * Where a unit is strongest, the moment in one column, in colours of its own range; a click opens it on Memory.
 *
 * @param {Row} row @param {Look} look @param {(what: string, value: any) => void} tell
 */
function moments({ key, moments: shown = [], number, reach = 1 }, { states, between, room }, tell) {
    const own = { ...states, zmin: -reach, zmax: reach }
    return shown.map((passage, at) =>
        element(
            "button",
            {
                type: "button",
                style: `width: ${room}px`,
                class: between ? "gs-units-passage gs-of-words" : "gs-units-passage",
                tabindex: -1,
                title: `${finely(passage.value)} · ${whereOf(passage)} · open it on the page Memory`,
                "aria-label": `Moment ${at + 1} of unit ${number}: ${finely(passage.value)}, ${whereOf(passage)}`,
                onclick: (/** @type {Event} */ event) => {
                    event.stopPropagation()
                    tell("passage", [key, at])
                },
            },
            textOf(passage, own, between),
        ),
    )
}
