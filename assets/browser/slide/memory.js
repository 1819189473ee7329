/**
 * How is Memory's picture a sheet? Laid out as on the page, in the sheet's room, and drawn by the page's own hands.
 */

import { KINDS } from "../kinds.js"
import { laidOut, lookOf, TITLE } from "../layout/picture.js"
import { BETWEEN, GIVEN, NAMES } from "../layout/room.js"
import { showRows } from "../layout/stack.js"
import { fromPicture, fromTerms, story } from "../panel/cell_words.js"
import { svg } from "../shared/element.js"
import { count } from "../shared/numbers.js"
import { pinIn, stackOf } from "../state/state.js"
import { columnsInSight } from "../state/zoom.js"
import { listed } from "../why/names.js"
import { paper, SIZES, wrapped } from "./files.js"
import { columnEdges, names, stackDrawn, words } from "./strips.js"

// Which part of a picture is on a sheet?

const COUNTED = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]

/** "Shown: steps 1 to 3 of 6, layer 1 of 2. "; "" for all. @param {Numbers} numbers @param {Zoom} zoom */
export function shownPart({ columns, units, few, model, stacks, strips, letters: own, view }, zoom) {
    const rows = zoom.units && [...zoom.units].reverse()
    const drawn = stacks[0].units.length
    const layers = [...new Set(stacks.map(({ layer }) => layer))]
    const seen = rows ? Math.max(1, Math.floor(rows[1]) - Math.ceil(rows[0]) + 1) : drawn
    const by = view.rows === "index" ? "unit" : `row (by ${view.rows})`
    const letters = strips.map(({ quantity }) => own?.[quantity] ?? quantity)
    const all = own ? Object.keys(own).length : KINDS.LSTM.quantities.length
    const parts = [
        zoom.steps && `${span("step", zoom.steps)} of ${count(columns.steps)}`,
        drawn < units && `${seen} of ${count(units)} units${few.slice(few.indexOf(":"))}`,
        drawn === units && rows && `${span(by, rows)} of ${count(units)}`,
        layers.length < model.layers && `layer${layers.length > 1 ? "s" : ""} ${listed(layers)} of ${model.layers}`,
        letters.length < all && `${listed(letters)} of the ${COUNTED[all]} quantities`,
    ].filter(Boolean)
    return parts.length ? `Shown: ${parts.join(", ")}. ` : ""
}

/** "steps 1 to 3". @param {string} name @param {number[]} range */
function span(name, [from, to]) {
    const [first, last] = [Math.max(0, Math.ceil(from)), Math.floor(to)]
    if (first >= last) return `${name} ${count(last)}`
    return `${name.replace(/\w+/, "$&s")} ${count(first)} to ${count(last)}`
}

// What stands above and below the strips of a sheet? The numbers that are read or said, as curves; and the legend.

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

// How is Memory's picture a sheet? Laid out as on the page, in the sheet's room, and drawn by the page's own hands.

/** @typedef {import("../panel/cell_words.js").Arithmetic} Arithmetic */
/** @typedef {import("../film/frames.js").Area} Area */

/**
 * What of an answer is on a sheet.
 *
 * @typedef {{title: string, size: string, theme: "light" | "dark", pin: Cell | null,
 *     zoom: Zoom, drawing?: SVGElement | null}} Wanted `drawing`: of the pinned cell.
 */

// Pixels of the page: the smallest letters, and the legend below the strips.
const SMALLEST = 11.5
const LEGEND = 30
// Pixels of a slide: the drawn cell beside the strips, at most, and the space between them.
export const CELL = { width: 380, height: 590 }
const BESIDE = 24

/** How many columns a picture of so many stacks has room for. @param {string} size @param {number} stacks */
export const roomOf = (size, stacks) => Math.floor((SIZES[size].width - NAMES) / stacks)

/** The sheet, and how it is played. @param {Numbers} numbers @param {Wanted} wanted @param {Wire.Colours} colours */
export function memorySheet(numbers, { title, size: name, theme, pin, zoom, drawing = null }, colours) {
    if (!numbers.stacks.length) throw new Error("There is nothing to export yet: type a sentence.")
    const size = SIZES[name]
    const look = lookOf(colours, `${numbers.view.colours}`, theme)
    const cell = inSight(numbers, pin, zoom)
    const question = cell && numbers.cell ? sentence(numbers, cell, fromTerms(numbers.cell, numbers)) : ""
    const { root, told, box } = paper(size, { title, question, made: shownPart(numbers, zoom) + numbers.made }, look)
    const scale = Math.max(1, size.least / SMALLEST)
    const beside = cell && drawing
    const wide = box.width - (beside ? CELL.width + BESIDE : 0)
    const room = { width: wide / scale, height: box.height / scale - LEGEND - ABOVE * numbers.series.length }
    const picture = laidOut(numbers, { ...room, theme, steps: zoom.steps, sheet: true }, colours)
    const inner = root.appendChild(svg("g", { transform: `translate(${box.left} ${box.top}) scale(${scale})` }))
    if (beside) {
        const place = { x: box.left + box.width - CELL.width, y: box.top, height: Math.min(CELL.height, box.height) }
        for (const [at, value] of Object.entries(place)) beside.setAttribute(at, `${value}`)
        root.append(beside)
    }
    /** @type {Area[]} */
    const areas = []
    /** @param {ReturnType<typeof series>} part @param {number} x @param {number} y */
    const put = ({ parts, edges, words, bottom }, x, y, direction = 0) => {
        inner.append(svg("g", { transform: `translate(${x} ${y})` }, ...parts))
        const across = (/** @type {number} */ at) => box.left + scale * (x + at)
        const down = (/** @type {number} */ at) => box.top + scale * (y + at)
        areas.push({ edges: edges.map(across), top: down(0), words: down(words), bottom: down(bottom), direction })
    }
    const columns = columnsInSight(picture.columns, zoom)
    const extras = picture.extras.filter(({ folded }) => !folded)
    const given = picture.given ? GIVEN : 0
    const { width, height } = picture.stacks[0].figure.layout
    let y = 0
    for (const extra of extras.filter(({ above }) => above)) {
        put(series(extra, picture, columns, look), NAMES + given, y)
        y += ABOVE
    }
    if (picture.stacks.length > 1) y += TITLE
    inner.append(svg("g", { transform: `translate(0 ${y})` }, ...names(picture, look)))
    picture.stacks.forEach((stack, n) => {
        if (zoom.units) showRows(stack.figure.layout, zoom.units)
        const x = NAMES + given + n * (width + BETWEEN + given)
        put(stackDrawn(stack, n, picture, columns, { look, theme, pin: cell }), x, y, stack.direction)
    })
    y += height + LEGEND / 2
    const scales = legend(picture.legend, NAMES + given, room.width, look)
    inner.append(svg("g", { transform: `translate(0 ${y})` }, ...scales))
    y += LEGEND / 2
    for (const extra of extras.filter(({ above }) => !above)) {
        put(series(extra, picture, columns, look), NAMES + given, y)
        y += ABOVE
    }
    const lines = cell && stories(numbers, picture, cell, columns)
    const own = lines && { lines, top: told, letters: size.least + 1 }
    return { root, size, title, played: { areas, number: columns[1] + 1 - columns[0], story: own, ...look } }
}

/** The pinned cell, if the part in sight has it. @param {Numbers} numbers @param {Cell | null} pin
 * @param {Zoom} zoom */
function inSight(numbers, pin, { steps, units }) {
    const cell = pinIn(numbers, pin)
    if (!cell) return null
    const isIn = (/** @type {number[] | null} */ range, /** @type {number} */ at) =>
        !range || (at > Math.min(...range) && at < Math.max(...range))
    const row = stackOf(numbers, cell).units.indexOf(cell.unit)
    return isIn(steps, cell.step) && isIn(units, row) ? cell : null
}

/** What happens in a cell, as the page says it. @param {Numbers} numbers @param {Cell} cell
 * @param {Arithmetic} values */
function sentence(numbers, cell, values) {
    const read = /** @type {any} */ ({ ...numbers, answers: { said: numbers.answers } })
    const parts = story(read, cell, values)
    return parts.map(part => (typeof part === "string" ? part : "b" in part ? part.b : `“${part.key}”`)).join("")
}

/** The pinned unit's sentence of each column, in the order in which they are read; null if some can't be told.
 * @param {Numbers} numbers @param {Picture} picture @param {Cell} cell @param {number[]} columns */
function stories(numbers, picture, cell, [first, last]) {
    const steps = Array.from({ length: last + 1 - first }, (_, k) => picture.columns.step(first + k))
    const cells = (cell.direction ? steps.reverse() : steps).map(step => ({ ...cell, step }))
    const values = cells.map(one => fromPicture(picture, stackOf(picture, one), one))
    return values.every(value => value !== null) ? cells.map((one, k) => sentence(numbers, one, values[k])) : null
}
