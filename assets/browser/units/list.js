/**
 * How are the units of an LSTM listed? A row a unit over one text; a click unfolds it, the heads of columns sort.
 */

import { lookOf } from "../layout/picture.js"
import { colourOf } from "../shared/colour.js"
import { element, svg } from "../shared/element.js"
import { finely, signed } from "../shared/numbers.js"
import { themeOf } from "../shared/page.js"
import { drawsHeatmaps } from "../shared/plotly.js"
import { bar, listOf } from "./listed.js"
import { textOf, whereOf } from "./passages.js"
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
function stepOf({ tokens, between }, room) {
    const { least, most } = between ? WORD : LETTER
    return Math.min(most, Math.max(least, room / Math.max(1, tokens.length)))
}

/** The words or characters in a line. @param {{tokens: string[], between: string}} data @param {number} step */
function letters({ tokens, between }, step) {
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

// What does a unit's memory do over a text? A bar a step, and below a dark line where what it tracks is true.

const LEVELS = 10
const [LINE, BAND] = [3, 11]

/** The range of a row's c, 0 inside. @param {Row} row */
function rangeOf({ c = [] }) {
    const values = c.filter(value => value !== null)
    return { low: Math.min(0, ...values), high: Math.max(0, ...values) }
}

/**
 * A unit's curve in its own range, in the colours of all.
 *
 * @param {Row} row @param {number} step @param {ColourScale} scale @param {number} high
 */
function curve(row, step, scale, high) {
    const { c = [], truth } = row
    const range = rangeOf(row)
    const room = high - (truth ? LINE + 3 : 0)
    const y = (/** @type {number} */ value) => (room * (range.high - value)) / (range.high - range.low || 1)
    const label = `c of unit ${row.number}, from ${signed(range.low, 1)} to ${signed(range.high, 1)}`
    const root = svg("svg", { width: c.length * step, height: high, role: "img", "aria-label": label })
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

/** A cell a step, of the values that have a look. @param {(number | null)[]} values @param {number} step
 * @param {number} high @param {(value: number) => Object<string, any> | null} look */
const cells = (values, step, high, look) =>
    values.flatMap((value, at) => {
        const own = value === null ? null : look(value)
        return own ? [svg("rect", { x: at * step, y: 0, width: step, height: high, ...own })] : []
    })

/** Where it is true: the darker, the more. @param {(number | null)[]} truth @param {number} step @param {number} y */
function truthLine(truth, step, y) {
    const most = Math.max(...truth.map(value => Math.abs(value ?? 0)))
    const dark = (/** @type {number} */ value) => value && { "fill-opacity": (Math.abs(value) / most).toFixed(2) }
    const about = { class: "gs-units-truth", transform: `translate(0 ${y})` }
    return svg("g", about, ...cells(truth, step, LINE, value => dark(value) || null))
}

/** A gate over the text, as a band. @param {(number | null)[]} values @param {number} step @param {ColourScale} scale */
function band(values, step, scale) {
    const about = { width: values.length * step, height: BAND, "aria-hidden": true, "shape-rendering": "crispEdges" }
    return svg("svg", about, ...cells(values, step, BAND, value => ({ fill: colourOf(value, scale) })))
}

// What does a unit's row show? Its number, what it tracks, how surely; its curve; how long it keeps; what is lost.

/**
 * A list and its room in pixels: of a step, of a line, of a curve, and of the curve that is unfolded.
 *
 * @typedef {import("./listed.js").Row} Row
 * @typedef {import("./listed.js").List & {step: number, room: number, high: number, open: number}} Look
 */

const GATES = { f: "forget gate", i: "input gate", o: "output gate" }

/** @param {Row} row @param {Look} look @param {(what: string, value: any) => void} tell */
function rowOf(row, look, tell) {
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

/** @param {Row} row @param {Look} look */
function curves(row, { step, states, gates, high: closed, open }) {
    if (!row.open || !row.gates) return [curve(row, step, states, closed)]
    const { high, low } = rangeOf(row)
    const ends = [high, low].map(end => element("span", {}, signed(end, 1)))
    const axis = element("div", { class: "gs-units-axis", style: `height: ${open}px` }, ...ends)
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

// How are the units of an LSTM listed? A row a unit over one text; a click unfolds it, the heads of columns sort.

// Pixels beside the curves: a unit's name and two numbers; on a phone they stand above, as the style sheet says.
const BESIDE = 354
const phone = matchMedia("(max-width: 820px)")
// The heights of a curve and of the unfolded one; a few units have room for higher ones.
const FEW = 8
const HEIGHTS = { high: 26, open: 74 }
const HIGHER = { high: 48, open: 120 }

/** What the page shows: the list's, and the panel's beside it. @type {{now: import("./listed.js").Shown | null, panels: Set<any>}} */
export const page = { now: null, panels: new Set() }

/**
 * `tell("opened", key)`, `tell("sort", head)` and `tell("passage", [key, number])` report what was clicked.
 *
 * @typedef {(what: string, value: any) => void} Tell
 * @param {any} place @param {Wire.UnitsShown & {colours: Wire.Colours}} sent @param {Tell} tell
 */
export function draw(place, sent, tell) {
    const shown = { ...sent, look: lookOf(sent.colours, "teal", themeOf(place)) }
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
    /** @param {string} name @param {ColourScale} scale @param {string} from @param {string} to */
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
