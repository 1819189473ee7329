/** What is known of the opened unit? How it works, what it tracks, what is lost without it, how often c has each value. */

import { colourOf, onItsColour } from "../shared/colour.js"
import { element, svg } from "../shared/element.js"
import { signed } from "../shared/numbers.js"
import { page } from "./list.js"
import { bar, shareOf } from "./listed.js"
import { inText } from "./passages.js"
import { betweenOf, heldAtMean, inCorpus, missed, numberOf, unitNamed, unseen, works } from "./sentences.js"
import { inFull } from "./words.js"

const WIDE = 400
// The most tokens of the text in the unit's colours.
const COLOURED = 240
// The least score that tells something: a coin has an AUC of 0.5; an R² of 0.04 is a correlation of 0.2.
const TELLS = { AUC: 0.6, R2: 0.04 }

/**
 * Draws what is known of the unit that is opened in the list, now and when another is opened; `tell("memory", true)` and
 * `tell("elsewhere", true)` report what was clicked.
 *
 * @param {any} place @param {{}} _ @param {(what: string, value: boolean) => void} tell
 */
export function draw(place, _, tell) {
    place.paint = (/** @type {Wire.UnitsShown} */ shown) => place.replaceChildren(...partsOf(shown, tell))
    for (const other of page.panels) if (!other.isConnected) page.panels.delete(other)
    page.panels.add(place)
    if (page.now) place.paint(page.now)
}

/** @param {Wire.UnitsShown} shown @param {(what: string, value: boolean) => void} tell */
function partsOf(shown, tell) {
    const { opened, facts, reads, rows } = shown
    const { histogram, query } = opened
    const { c, reach } = rows[opened.key]
    const far = Math.max(1, ...(c ?? []).slice(0, COLOURED).map(value => Math.abs(value ?? 0)))
    const states = { ...shown.states, zmin: -(reach ?? far), zmax: reach ?? far }
    const parts = [element("h4", {}, unitNamed(opened.key, shown)), ...textIn(shown, states)]
    const lines = histogram ? inCorpus(opened, shown) : [works(shown), missed(shown)]
    parts.push(...lines.filter(line => line.length).map(line => element("p", {}, ...line)))
    if (histogram) parts.push(titled("Its c over the corpus", "square root of how often"), bars(histogram, states))
    if (facts) {
        const own = rows[opened.key].lost ?? 0
        parts.push(...tracked(shown, facts), titled("Without it", heldAtMean(facts, reads)))
        parts.push(strip({ all: facts.lost, own, number: numberOf(opened.key, shown).replace(/^.*\.|←$/g, "") }))
    }
    const memory = (/** @type {Event} */ event) => {
        event.preventDefault()
        tell("memory", true)
    }
    const links = [element("a", { href: `./?${query}`, onclick: memory }, "See it on Memory →")]
    if (!histogram) {
        const elsewhere = { type: "button", onclick: () => tell("elsewhere", true) }
        links.push(element("button", elsewhere, "Where else? →"))
    }
    return [...parts, element("div", { class: "gs-unit-links" }, ...links)]
}

/** What the unit tracks, of its properties those that it tells better than a coin.
 * @param {Wire.UnitsShown} shown @param {Wire.Facts} facts */
function tracked({ opened, reads, means }, facts) {
    const some = opened.told.filter(({ measure, score }) => score >= (measure === "AUC" ? TELLS.AUC : TELLS.R2))
    const none = `Nothing that has a name here (AUC below ${TELLS.AUC}, R² below ${TELLS.R2}) `
    const on = `${some.length ? "" : none}on ${unseen(facts, reads)}${some.length ? "" : "."}`
    const lines = some.map(told => {
        const name = inFull(told.property, means) + (told.sign > 0 ? "" : ": low")
        const score = `${told.measure} ${told.score.toFixed(2)}`
        const parts = [element("span", {}, name), bar(shareOf(told)), element("span", {}, score)]
        return element("div", { class: "gs-panel-bar" }, ...parts)
    })
    return [titled("What it tracks", on), ...lines]
}

/** @param {string} title @param {string} under */
const titled = (title, under) =>
    element("p", { class: "gs-panel-title" }, element("b", {}, title), " ", element("small", {}, under))

/** The text, each token in the colour of the unit's c. @param {Wire.UnitsShown} shown @param {Wire.Scale} states */
function textIn({ rows, opened, reads, tokens }, states) {
    const { c } = rows[opened.key]
    if (!c) return []
    const one = (/** @type {string} */ token, /** @type {number} */ at) => {
        const ends = token === "⏎" ? [element("br", {})] : [betweenOf(reads)]
        return [element("span", onItsColour(c[at], states), token), ...(c[at] === null ? [] : ends)]
    }
    return [element("div", { class: "gs-panel-text" }, ...tokens.slice(0, COLOURED).map(inText).flatMap(one))]
}

/** Each unit as a line at what is lost without it, this one marked. @param {{all: number[], own: number, number: string}} lost */
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
 * @param {[number[], number[]]} histogram @param {Wire.Scale} states
 */
function bars([edges, counts], states) {
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
