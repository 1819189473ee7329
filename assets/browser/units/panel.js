/** What is known of the opened unit, that needs no text axis? Bars of what it tracks, and what is lost without it. */

import { colourOf, onItsColour } from "../shared/colour.js"
import { element, svg } from "../shared/element.js"
import { signed } from "../shared/numbers.js"
import { bar } from "./row.js"

const WIDE = 400

/** @param {Element} place @param {Wire.UnitPanel} data */
export function draw(place, { coloured, states, tracks, lost, histogram }) {
    const parts = []
    if (coloured) parts.push(textIn(coloured, states))
    if (histogram) parts.push(titled(histogram.title), bars(histogram, states))
    if (tracks) parts.push(titled(tracks.title), ...tracks.bars.map(told))
    if (lost) parts.push(titled(lost.title), strip(lost))
    place.replaceChildren(...parts)
}

/** @param {[string, string]} title */
const titled = ([title, under]) =>
    element("p", { class: "gs-panel-title" }, element("b", {}, title), " ", element("small", {}, under))

/** The text, each token in the colour of the unit's c. @param {Wire.Coloured} text @param {Wire.Scale} states */
function textIn({ tokens, numbers, between }, states) {
    const one = (/** @type {string} */ token, /** @type {number} */ at) => {
        const ends = token === "⏎" ? [element("br", {})] : between ? [between] : []
        return [element("span", onItsColour(numbers[at], states), token), ...(numbers[at] === null ? [] : ends)]
    }
    return element("div", { class: "gs-panel-text" }, ...tokens.flatMap(one))
}

/** A property and how well the unit tells it. @param {Wire.Tracked} property */
function told({ name, share, text }) {
    return element("div", { class: "gs-panel-bar" }, element("span", {}, name), bar(share), element("span", {}, text))
}

/** Each unit as a line at what is lost without it, this one marked. @param {Wire.Lost} lost */
function strip({ all, own, number }) {
    const [low, high] = [Math.min(0, ...all), Math.max(1e-9, ...all)]
    const x = (/** @type {number} */ value) => 4 + ((WIDE - 8) * (value - low)) / (high - low)
    /** @param {number} value @param {boolean} [mark] */
    const line = (value, mark) => svg("path", { d: `M${x(value)} 2V20`, class: mark ? "gs-own" : "" })
    /** @param {number} value @param {string} text @param {boolean} [mark] */
    const label = (value, text, mark) => {
        const within = Math.max(8, Math.min(WIDE - 8, x(value)))
        return svg("text", { x: within, y: 33, "text-anchor": "middle", class: mark ? "gs-own" : "" }, text)
    }
    const parts = [...all.map(value => line(value)), line(own, true)]
    if (Math.abs(x(own) - x(0)) > 24) parts.push(label(0, "0"))
    parts.push(label(own, number, true))
    return pictured(36, `unit ${number} among all`, parts)
}

/** @param {number} high @param {string} label @param {Element[]} parts */
const pictured = (high, label, parts) =>
    svg("svg", { viewBox: `0 0 ${WIDE} ${high}`, role: "img", "aria-label": label, class: "gs-panel-strip" }, ...parts)

/**
 * How often c has each value: the square root, so that what is rare is seen.
 *
 * @param {Wire.Histogram} histogram @param {Wire.Scale} states
 */
function bars({ edges, counts }, states) {
    const most = Math.sqrt(Math.max(1, ...counts))
    const [low, high] = [edges[0], edges[edges.length - 1]]
    const x = (/** @type {number} */ value) => (WIDE * (value - low)) / (high - low || 1)
    const parts = counts.map((count, at) => {
        const tall = (56 * Math.sqrt(count)) / most
        const width = Math.max(0.5, x(edges[at + 1]) - x(edges[at]) - 0.5)
        const fill = colourOf((edges[at] + edges[at + 1]) / 2, states)
        return svg("rect", { x: x(edges[at]), y: 58 - tall, width, height: tall, fill })
    })
    /** @param {number} at @param {string} text @param {string} anchor */
    const end = (at, text, anchor) => svg("text", { x: at, y: 72, "text-anchor": anchor }, text)
    const ends = [end(0, signed(low, 1), "start"), end(WIDE, signed(high, 1), "end")]
    return pictured(76, "how often c has each value", [...parts, ...ends])
}
