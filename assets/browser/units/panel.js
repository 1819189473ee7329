/** What is known of the opened unit? How it works, what it tracks, what is lost without it, how often c has each value. */

import { colourOf, onItsColour } from "../shared/colour.js"
import { element, wordButton } from "../shared/element.js"
import { signed } from "../shared/numbers.js"
import { page } from "./list.js"
import { bar, shareOf } from "./listed.js"
import { inText } from "./passages.js"
import { betweenOf, heldAtMean, inCorpus, missed, numberOf, unitNamed, unseen, works } from "./sentences.js"
import { inFull } from "./words.js"

// The most tokens of the text in the unit's colours.
const COLOURED = 240
// A 0 that is nearer to the unit, as a share of all, has no room.
const NEAR = 0.06
// The least score that tells something: a coin has an AUC of 0.5; an R² of 0.04 is a correlation of 0.2.
const TELLS = { AUC: 0.6, R2: 0.04 }

/**
 * Draws what is known of the unit that is opened in the list, now and when another is opened; `tell("memory", true)` and
 * `tell("elsewhere", true)` report what was clicked.
 *
 * @param {any} place @param {{}} _ @param {(what: string, value: boolean) => void} tell
 */
export function draw(place, _, tell) {
    place.paint = (/** @type {import("./listed.js").Shown} */ shown) => place.replaceChildren(...partsOf(shown, tell))
    for (const other of page.panels) if (!other.isConnected) page.panels.delete(other)
    page.panels.add(place)
    if (page.now) place.paint(page.now)
}

/** @param {import("./listed.js").Shown} shown @param {(what: string, value: boolean) => void} tell */
function partsOf(shown, tell) {
    const { opened, facts, reads, rows } = shown
    const { histogram, query } = opened
    const { c, reach } = rows[opened.key]
    const far = Math.max(1, ...(c ?? []).slice(0, COLOURED).map(value => Math.abs(value ?? 0)))
    const states = { colorscale: shown.look.states, zmin: -(reach ?? far), zmax: reach ?? far }
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
        links.push(wordButton("Where else? →", () => tell("elsewhere", true), { class: null }))
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

/** The text, each token in the colour of the unit's c. @param {Wire.UnitsShown} shown @param {ColourScale} states */
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
    const at = (/** @type {number} */ value) => `left: ${(100 * (value - low)) / (high - low)}%`
    const lines = [...all.map(value => element("i", { style: at(value) })), element("b", { style: at(own) })]
    const isNear = Math.abs(own) < NEAR * (high - low)
    const ends = [
        ...(isNear ? [] : [element("small", { style: at(0) }, "0")]),
        element("b", { style: at(own) }, number),
    ]
    const about = { class: "gs-panel-strip", role: "img", "aria-label": `unit ${number} among all` }
    return element("div", about, element("div", {}, ...lines), element("div", {}, ...ends))
}

/**
 * How often c has each value: the square root, so that what is rare is seen.
 *
 * @param {[number[], number[]]} histogram @param {ColourScale} states
 */
function bars([edges, counts], states) {
    const most = Math.sqrt(Math.max(1, ...counts))
    const drawn = counts.map((count, at) => {
        const fill = colourOf((edges[at] + edges[at + 1]) / 2, states)
        const style = `flex: ${edges[at + 1] - edges[at]}; height: ${(100 * Math.sqrt(count)) / most}%; background: ${fill}`
        return element("i", { style })
    })
    const ends = [edges[0], edges[edges.length - 1]].map(end => element("small", {}, signed(end, 1)))
    const about = { class: "gs-panel-bars", role: "img", "aria-label": "how often c has each value" }
    return element("div", about, element("div", {}, ...drawn), element("div", {}, ...ends))
}
