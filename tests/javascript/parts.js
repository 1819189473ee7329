/** What do the sheets of a picture show, and the parts of the other pages? `frozen_logs.js` keeps it. */

import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { observers, onPage, Part } from "./page.js"
import { COLOURS } from "./pictures.js"
import { figureOf, linesOf, withPlaces } from "./seen.js"
import { CODE, DOGS, LONG, SERIES } from "./sessions.js"
import { answererOf, recorded } from "./visitor.js"

const { memorySheet, roomOf } = await import("../../assets/browser/slide/memory.js")
const { slide } = await import("../../assets/browser/slide/page_file.js")
const { draw: drawTwo } = await import("../../assets/browser/compare.js")
const { draw: drawCell } = await import("../../assets/browser/drawn_cell.js")
const { draw: drawUnits } = await import("../../assets/browser/units/list.js")
const { draw: drawUnit } = await import("../../assets/browser/units/panel.js")
const { element } = await import("../../assets/browser/shared/element.js")

/** The observers that modules have for all that they draw. */
const STANDING = [...observers]
const WHOLE = { steps: null, units: null }
const BOTH = { model: "random", hidden_dim: "4", n_layers: "2", directions: "2", sentence: DOGS }
const cell = (layer, unit, step, direction = 0) => ({ layer, direction, unit, step })

/** Links, and what of their pictures is on a sheet. @type {Record<string, [any, any]>} */
const SHEETS = {
    "a slide": [{ model: "tagger", sentence: DOGS }, {}],
    "a column in dark": [
        { model: "tagger", sentence: DOGS },
        { size: "column", theme: "dark" },
    ],
    "a pinned cell, drawn": [
        { model: "sentiment", sentence: "It is not a good film" },
        { pin: cell(0, 60, 3), drawing: true },
    ],
    "a pinned cell out of sight": [
        { model: "tagger", sentence: DOGS },
        { pin: cell(0, 27, 8), zoom: { steps: [1.5, 5.5], units: null } },
    ],
    "some steps and units": [
        { model: "tagger", sentence: DOGS },
        { pin: cell(0, 27, 4), zoom: { steps: [1.5, 5.5], units: [-0.5, 6.5] } },
    ],
    "both directions": [BOTH, { pin: cell(1, 2, 3, 1) }],
    "both directions in a column": [BOTH, { size: "column" }],
    "numbers and a forecast": [{ model: "series", sentence: SERIES }, { pin: cell(0, 2, 20) }],
    "some numbers in dark": [
        { model: "series", sentence: SERIES },
        { theme: "dark", zoom: { steps: [9.5, 19.5], units: null } },
    ],
    characters: [{ model: "python-chars", sentence: CODE, pin: "0.48.12" }, { pin: cell(0, 48, 12) }],
    "held and left out": [{ model: "tagger", sentence: DOGS, holds: "f.0.27.2_0 w.1" }, { pin: cell(0, 27, 2) }],
    "a long text in bins": [{ model: "random", hidden_dim: "5", sentence: LONG }, {}],
    "a GRU in a column": [
        { model: "counter", sentence: "aabb" },
        { how: { kind: "gru" }, size: "column", pin: cell(0, 1, 2) },
    ],
    "a projection": [
        { model: "counter", sentence: "aabb" },
        { how: { kind: "projected" }, pin: cell(0, 1, 2) },
    ],
    "what a recording began with": [BOTH, { how: { sent: recorded("o ⊙ tanh(c)") }, pin: cell(0, 1, 2) }],
    "two lines apart": [
        { model: "series", sentence: SERIES },
        { how: { sent: ({ series: [one], ...numbers }) => ({ ...numbers, series: [one, { ...one, read: false }] }) } },
    ],
    brackets: [{ model: "brackets", sentence: "(()((" }, { zoom: { steps: null, units: [2.5, 5.5] } }],
    "a part of a long text": [
        { model: "random", hidden_dim: "5", sentence: LONG },
        { zoom: { steps: [99.5, 119.5], units: null } },
    ],
}

/** @param {any} told @returns {Promise<any>} */
async function sheetSeen(told, [link, { drawing, how = {}, ...wanted }]) {
    const all = { title: "A title", size: "slide", theme: "light", pin: null, zoom: WHOLE, ...wanted }
    const columns = all.size === "slide" ? roomOf("slide", 1) : roomOf("column", 1)
    const question = { query: link, room: columns, zoom: all.zoom.steps, cell: all.pin }
    const numbers = await answererOf(told, how).picture(question)
    const drawn = drawing ? element("svg", {}) : null
    const { root, ...sheet } = memorySheet(numbers, { ...all, drawing: drawn }, COLOURS)
    return [JSON.stringify(figureOf(sheet)), ...linesOf(root)]
}

/** Graphs on a slide: by column their sizes, the size of their letters, and whether they have a name. */
const SLIDES = {
    "one graph": [[[[600, 300]], 14, ""]],
    "one with large letters": [[[[600, 300]], 20, "Large"]],
    "small letters": [
        [
            [
                [900, 200],
                [900, 400],
            ],
            6,
            "A name",
        ],
    ],
    "three columns": [
        [[[300, 200]], 13, "Left"],
        [
            [
                [200, 150],
                [200, 50],
            ],
            12,
            "",
        ],
        [[[100, 300]], 9, "A right one that has more words"],
    ],
}

/** A slide whose graphs have so large letters. */
async function slideSeen(sizes) {
    const letters = new Map()
    const columns = sizes.map(([boxes, size, title]) => ({
        title,
        plots: boxes.map(([width, height]) => {
            const plot = Object.assign(new Part("div"), { box: { width, height }, data: [], layout: { size } })
            return plot
        }),
    }))
    const toImage = async ({ layout }, { width, height }) => {
        letters.set(`${width} × ${height}`, layout.size)
        return `data:,${width} × ${height}`
    }
    class DOMParser {
        parseFromString(text) {
            const label = element("text", { style: `font-size: ${letters.get(text)}px` }, text)
            return { documentElement: element("svg", {}, element("g", { class: "heatmap-label" }, label)) }
        }
    }
    Object.assign(globalThis, { Plotly: { toImage }, DOMParser })
    const says = { title: "The title", question: "Which question?", made: "Made so." }
    return linesOf(await slide(/** @type {any} */ (columns), says, { ink: "#111", paper: "#fff" }))
}

/** What is sent to the parts of the other pages, as frozen. */
const pages = () => JSON.parse(`${gunzipSync(readFileSync(new URL("../frozen/pages.json.gz", import.meta.url)))}`)

/** What draws such a part. */
function drawerOf(sent) {
    if ("carrier" in sent) return drawTwo
    if ("cell" in sent && "told" in sent) return drawCell
    if ("heads" in sent) return drawUnits
    return "coloured" in sent || "histogram" in sent ? drawUnit : null
}

/** Where arrow keys lead from a unit's name. @param {any} name */
function walksFrom(name) {
    name?.focus()
    const keys = name ? ["ArrowDown", "ArrowDown", "a", "ArrowUp", "ArrowUp", "ArrowUp"] : []
    return keys.map(key => {
        const { defaultPrevented } = document.activeElement.told("keydown", { key })
        return `${key} ${!!defaultPrevented} ${document.activeElement.dataset.key}`
    })
}

/** A part before and after its visitor has clicked through it, and on a phone. */
async function partSeen(sent) {
    withPlaces({ width: 1200, height: 800 })
    document.body.replaceChildren()
    const told = []
    const tell = (what, value) => told.push(`${what} ${JSON.stringify(value)}`)
    const place = onPage(new Part("div"), { width: 900, height: 600 })
    const draw = drawerOf(sent)
    const lines = () => [...told.splice(0), ...linesOf(place)]
    const from = observers.length
    draw(place, sent, tell)
    const first = lines()
    for (const button of place.querySelectorAll("button")) button.click()
    const walked = walksFrom(place.querySelector(".gs-units-name"))
    place.box.width = 380
    const own = STANDING.filter(({ part }) => part === place)
    for (const { call, part } of [...own, ...observers.slice(from)]) call([{ target: part }])
    const numbers = [place, ...place.querySelectorAll(".gs-pictured")].map(part => part.numbers?.() ?? [])
    return [...first, ...walked, "THEN", ...lines(), ...numbers.flat().map(row => JSON.stringify(figureOf(row)))]
}

/** By name, what makes the lines of each sheet and each part. @param {any} told @returns {Record<string, () => Promise<string[]>>} */
export function partsOf(told) {
    const sheets = Object.entries(SHEETS).map(([name, sheet]) => [`a sheet: ${name}`, () => sheetSeen(told, sheet)])
    const slides = Object.entries(SLIDES).map(([name, sizes]) => [`a slide of ${name}`, () => slideSeen(sizes)])
    const parts = pages().flatMap((page, n) =>
        page.filter(drawerOf).map((sent, k) => [`page ${n}, part ${k}`, () => partSeen(sent)]),
    )
    return Object.fromEntries([...sheets, ...slides, ...parts])
}
