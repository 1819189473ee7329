/**
 * How are the units of an LSTM listed? A row a unit over one text; a click unfolds it, the heads of columns sort.
 */

import { colourOf } from "../shared/colour.js"
import { drawsHeatmaps } from "../shared/drawn_heatmaps.js"
import { element, svg } from "../shared/element.js"
import { listOf } from "./listed.js"
import { rowOf } from "./row.js"
import { claimOf, SCORES, unitOf } from "./sentences.js"

// Where does each word or character of a text stand over the curves, and how wide is it?

// Pixels of a step: a character needs less than a word, and neither grows without end.
const LETTER = { least: 6.4, most: 40 }
const WORD = { least: 46, most: 240 }
const WIDE = 7.3

/**
 * How wide a step is where there is so much room.
 *
 * @param {{tokens: string[], between: string}} data @param {number} room
 */
export function stepOf({ tokens, between }, room) {
    const { least, most } = between ? WORD : LETTER
    return Math.min(most, Math.max(least, room / Math.max(1, tokens.length)))
}

/** The words or characters in a line. @param {{tokens: string[], between: string}} data @param {number} step */
export function letters({ tokens, between }, step) {
    const root = svg("svg", { class: "gs-units-letters", width: tokens.length * step, height: 18, "aria-hidden": true })
    // A character is 0.6 of its size wide.
    if (!between) root.style.fontSize = `${Math.min(12, step / 0.6)}px`
    const fits = Math.max(1, Math.floor(step / WIDE))
    root.append(
        ...tokens.map((token, at) => {
            const shown = [...token].length > fits ? `${[...token].slice(0, fits - 1).join("")}…` : token
            return svg("text", { x: (at + 0.5) * step, y: 13, "text-anchor": "middle" }, between ? shown : token)
        }),
    )
    return root
}

// How are the units of an LSTM listed? A row a unit over one text; a click unfolds it, the heads of columns sort.

// Pixels beside the curves: a unit's name and two numbers; on a phone they stand above, as the style sheet says.
const BESIDE = 354
const phone = matchMedia("(max-width: 820px)")
// The heights of a curve and of the unfolded one; a few units have room for higher ones.
const FEW = 8
const HEIGHTS = { high: 26, open: 74 }
const HIGHER = { high: 48, open: 120 }

/** What the page shows: the list's, and the panel's beside it. @type {{now: Wire.UnitsShown | null, panels: Set<any>}} */
export const page = { now: null, panels: new Set() }

/**
 * `tell("opened", key)`, `tell("sort", head)` and `tell("passage", [key, number])` report what was clicked.
 *
 * @typedef {(what: string, value: any) => void} Tell
 * @param {any} place @param {Wire.UnitsShown} shown @param {Tell} tell
 */
export function draw(place, shown, tell) {
    const data = listOf(shown)
    page.now = shown
    for (const panel of page.panels) if (panel.isConnected) panel.paint(shown)
    place.shown = { data, tell, width: 0 }
    place.picture = (/** @type {number} */ width, /** @type {number} */ high) => pictureOf(place, width, high)
    place.numbers = () => numbersOf(data)
    if (!place.list) {
        place.list = element("div", {
            class: "gs-units-scroll",
            onkeydown: (/** @type {KeyboardEvent} */ event) => walk(place, event),
        })
        place.claim = element("div", { class: "gs-units-claim" })
        place.replaceChildren(place.claim, place.list, element("div", { class: "gs-units-foot" }))
    }
    place.claim.replaceChildren(...claimed(shown))
    drawsHeatmaps(place, () => heatmapsOf(place.shown.data))
    paint(place)
    widths.observe(place)
}

/** What the page opens on, and how sure it is. @param {Wire.UnitsShown} shown */
function claimed(shown) {
    const [claim, sure] = claimOf(shown)
    const told = Object.values(shown.rows).some(row => row.told)
    const help = { class: "gs-help", tabindex: 0, role: "note", title: SCORES, "aria-label": SCORES }
    const missing = shown.missing && [
        element("p", { class: "gs-small" }, `There is no unit ${shown.missing} (layer.unit).`),
    ]
    const scores = told ? [" ", element("span", help, "?")] : []
    return [...(missing || []), element("h2", {}, claim), element("p", {}, ...sure, ...scores)]
}

/** A row a unit's c over the text, and of the opened one its gates. @param {import("./listed.js").List} data */
const heatmapsOf = ({ rows, tokens: words }) =>
    rows.flatMap(({ key, c, gates }) => {
        const { layer, direction, unit } = unitOf(key)
        const drawn = Object.entries({ ...(c && { c }), ...gates })
        return drawn.map(([name, values]) => {
            const z = [values.map(value => value ?? Number.NaN)]
            return { name, layer, direction, units: [unit], words, shape: [1, values.length], z }
        })
    })

/** @param {any} place */
function paint(place) {
    /** @type {{data: import("./listed.js").List, tell: Tell}} */
    const { data, tell } = place.shown
    place.shown.width = place.clientWidth
    if (!place.clientWidth) return
    const held = document.activeElement
    const focused = held instanceof HTMLElement && place.contains(held) ? held.dataset.key : null
    const top = place.list.scrollTop
    place.list.replaceChildren(...partsOf(data, place.clientWidth, tell))
    place.list.scrollTop = top
    place.lastChild.replaceChildren(...footOf(data))
    if (focused) place.querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true })
}

/**
 * The heads and the rows, in so much room.
 *
 * @param {import("./listed.js").List} data @param {number} width @param {Tell} tell
 * @returns {Element[]}
 */
function partsOf(data, width, tell) {
    const room = width - (phone.matches ? 24 : BESIDE)
    const look = { ...data, room, step: stepOf(data, room), ...(data.rows.length > FEW ? HEIGHTS : HIGHER) }
    const rows = element("ul", { "aria-label": data.name }, ...data.rows.map(row => rowOf(row, look, tell)))
    return [headOf(data, look, tell), rows]
}

/** The list as a picture: as many rows as it has room for. @param {any} place @param {number} width @param {number} high */
async function pictureOf(place, width, high) {
    const { data } = place.shown
    const { asSeen } = await import("../slide/as_seen.js")
    const foot = element("div", { class: "gs-units-foot" }, ...footOf(data))
    const list = element("div", {}, ...partsOf(data, width, () => {}), foot)
    return asSeen(place, list, width, high, () => {
        const rows = [...list.querySelectorAll("li")]
        while (rows.length > 1 && list.offsetHeight > high) rows.pop()?.remove()
        foot.children[0].textContent = `${rows.length} of ${data.rows.length} rows`
    })
}

/** @param {import("./listed.js").List} data @param {{step: number, room: number}} look @param {Tell} tell */
function headOf(data, { step, room }, tell) {
    const heads = data.heads.map(({ key, title, under }) => {
        const chosen = key === data.sort
        const sort = { type: "button", "data-key": key, "aria-pressed": `${chosen}`, onclick: () => tell("sort", key) }
        return element("button", sort, chosen ? `${title} ↓` : title, element("small", {}, under))
    })
    const middle = data.tokens.length ? letters(data, step) : element("span", { class: "gs-faint" }, data.about)
    const over = element("div", {}, middle)
    if (!data.tokens.length) over.style.width = `${room}px`
    return element("div", { class: "gs-units-head" }, heads[0], over, ...heads.slice(1))
}

/** @param {import("./listed.js").List} data */
function footOf({ left, states, gates, rows }) {
    /** @param {string} name @param {Wire.Scale} scale @param {string} from @param {string} to */
    const key = (name, scale, from, to) => {
        const stops = [0, 0.25, 0.5, 0.75, 1].map(at => colourOf(scale.zmin + at * (scale.zmax - scale.zmin), scale))
        const strip = element("i", { class: "gs-units-scale" })
        strip.style.background = `linear-gradient(90deg, ${stops.join()})`
        return element("span", {}, `${name} ${from}`, strip, to)
    }
    const truth = rows.some(row => row.truth)
    const line = element("span", {}, element("i", { class: "gs-units-true" }), "what the unit tracks is true here")
    const scales = [key("c", states, `−${states.zmax}`, `+${states.zmax}`), key("gates", gates, "0", "1")]
    return [element("span", {}, left), ...scales, ...(truth ? [line] : [])]
}

/** Arrow keys walk from row to row. @param {Element} place @param {KeyboardEvent} event */
function walk(place, event) {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
    const names = /** @type {HTMLElement[]} */ ([...place.querySelectorAll(".gs-units-name")])
    const at = names.indexOf(/** @type {HTMLElement} */ (event.target))
    if (!by || at < 0) return
    event.preventDefault()
    names[at + by]?.focus()
}

/** A row for each unit and step: what the page's CSV holds. @param {import("./listed.js").List} data */
function numbersOf({ rows, tokens }) {
    return rows.flatMap(({ number, c }) => (c ?? []).map((value, at) => [`c of unit ${number}`, at, tokens[at], value]))
}

const widths = new ResizeObserver(changes => {
    for (const { target } of changes) {
        const place = /** @type {any} */ (target)
        if (place.isConnected && place.clientWidth !== place.shown.width) paint(place)
    }
})
