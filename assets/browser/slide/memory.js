/** How is Memory's picture a sheet? Laid out as on the page, in the sheet's room, and drawn by the page's own hands. */

import { BETWEEN, GIVEN, NAMES } from "../layout/frame.js"
import { lookOf } from "../layout/look.js"
import { laidOut, TITLE } from "../layout/picture.js"
import { showRows } from "../layout/stack.js"
import { fromPicture, fromTerms } from "../panel/arithmetic.js"
import { story } from "../panel/cell_words.js"
import { svg } from "../shared/svg.js"
import { stackOf } from "../state/looked.js"
import { pinIn } from "../state/state.js"
import { columnsInSight } from "../state/zoom.js"
import { paper, SIZES } from "./paper.js"
import { ABOVE, legend, series } from "./series.js"
import { shownPart } from "./shown_part.js"
import { names, stackDrawn } from "./strips.js"

/** @typedef {import("../panel/arithmetic.js").Arithmetic} Arithmetic */
/** @typedef {import("../film/covers.js").Area} Area */

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
