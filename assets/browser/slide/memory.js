/** How is Memory's picture a sheet? By the page's own hands, in the sheet's room. */

import { KINDS } from "../kinds.js"
import { laidOut, lookOf } from "../layout/picture.js"
import { NAMES } from "../layout/room.js"
import { bottomOf } from "../layout/stack.js"
import { fromPicture, fromTerms, story } from "../panel/cell_words.js"
import { between, wordsEnd } from "../picture/cells.js"
import { Heatmaps } from "../picture/heatmaps.js"
import { legendOf } from "../picture/names.js"
import { ModelOutput } from "../picture/read_and_said.js"
import { element, svg } from "../shared/element.js"
import { FILES } from "../shared/give.js"
import { COUNTED, count, listed } from "../shared/numbers.js"
import { titleOf } from "../state/link.js"
import { beginning, pinIn, stackOf } from "../state/state.js"
import { Store } from "../state/store.js"
import { columnsInSight } from "../state/zoom.js"
import { asSeen, seen } from "./as_seen.js"
import { bitmap, paper, placed, SLIDE, sheetFile, textOf } from "./files.js"
import { framesOf, gifOf } from "./film.js"

// Which part of a picture is on a sheet?

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

// How is Memory's picture a sheet? By the page's own hands, in the sheet's room.

/** @typedef {import("../panel/cell_words.js").Arithmetic} Arithmetic */
/** @typedef {import("./film.js").Area} Area */

/**
 * What of an answer is on a sheet; its styles are those of `place` on the page.
 *
 * @typedef {{title: string, theme: "light" | "dark", pin: Cell | null, zoom: Zoom, place: Element,
 *     drawing?: SVGElement | null}} Wanted `drawing`: of the pinned cell.
 */

// Pixels of the page: the smallest letters, and the legend below the strips.
const SMALLEST = 11
const LEGEND = 24
// Pixels of a slide: the drawn cell beside the strips, at most, and the space between them.
export const CELL = { width: 380, height: 590 }
const BESIDE = 24

/** How many columns a picture of so many stacks has room for. @param {number} stacks */
export const roomOf = stacks => Math.floor((SLIDE.width - NAMES) / stacks)

/** @typedef {import("../controls/export_menu.js").Wanted} Exported */

/** A picture or an animation; `say` tells how far that is. @param {Drawn} drawn @param {Answerer} answerer
 * @param {string} kind @param {Exported} wanted @param {(text: string) => void} say */
export async function fileOf(drawn, answerer, kind, wanted, say) {
    const { root, played } = await sheetOf(drawn, answerer, wanted)
    if (kind !== "gif") return sheetFile(kind, root)
    const { story } = played
    // A cell is painted when its frame is: all of them would take a lot of memory.
    const cellOf = async (/** @type {number} */ frame) => {
        if (!story) return null
        const cell = /** @type {SVGElement} */ (await drawnCell(wanted, story.cells[frame]))
        const sheet = svg("svg", { width: SLIDE.width, height: SLIDE.height }, placed(cell, story.beside))
        return bitmap(await textOf(sheet), 1)
    }
    const frames = framesOf(await bitmap(await textOf(root), 1), SLIDE, played, cellOf)
    return gifOf(frames, done => say(`${FILES[kind]}: ${done} of ${frames.number} frames`))
}

/** A drawn cell as a picture. @param {Exported} wanted @param {Cell | null} cell */
const drawnCell = async ({ place, cellAt }, cell) => cell && asSeen(place, cellAt(cell), CELL.width, CELL.height)

/** The answer for a sheet's room, laid out there. @param {Drawn} drawn @param {Answerer} answerer
 * @param {Exported} wanted */
async function sheetOf(drawn, answerer, wanted) {
    const { query, zoom, theme, colours } = wanted
    const { picture, pin } = drawn
    const question = { query, room: roomOf(picture.stacks.length || 1), zoom: zoom.steps, cell: pin }
    const numbers = await answerer.picture(question, new AbortController().signal)
    const place = /** @type {Element} */ (wanted.place.closest(".gatescope"))
    const drawing = await drawnCell(wanted, pin)
    return memorySheet(numbers, { title: titleOf(drawn), theme, zoom, pin, place, drawing }, colours)
}

/** The sheet, and how it is played. @param {Numbers} numbers @param {Wanted} wanted @param {Wire.Colours} colours */
export async function memorySheet(numbers, wanted, colours) {
    if (!numbers.stacks.length) throw new Error("There is nothing to export yet: type a sentence.")
    const { title, theme, pin, zoom, drawing: beside = null } = wanted
    const look = lookOf(colours, `${numbers.view.colours}`, theme)
    const cell = inSight(numbers, pin, zoom)
    const question = cell && numbers.cell ? sentence(numbers, cell, fromTerms(numbers.cell, numbers)) : ""
    const { root, told, box } = paper({ title, question, made: shownPart(numbers, zoom) + numbers.made }, look)
    const readable = SLIDE.least / SMALLEST
    const width = (box.width - (cell && beside ? CELL.width + BESIDE : 0)) / readable
    const drawn = drawnIn({ width, height: box.height / readable }, numbers, { ...wanted, pin: cell }, colours)
    // Rows do not become lower than they are on the page.
    const scale = Math.min(readable, box.height / drawn.part.offsetHeight)
    const inner = svg("g", { transform: `translate(${box.left} ${box.top}) scale(${scale})` })
    inner.append(...seen(drawn.part, drawn.part.getBoundingClientRect()))
    root.append(inner)
    const at = { x: box.left + box.width - CELL.width, y: box.top, height: Math.min(CELL.height, box.height) }
    if (cell && beside) root.append(placed(beside, at))
    const columns = columnsInSight(drawn.picture.columns, zoom)
    const down = (/** @type {number} */ y) => box.top + scale * y
    const areas = areasOf(drawn, columns).map(({ edges, top, words, bottom, direction }) => ({
        ...{ top: down(top), words: down(words), bottom: down(bottom), direction },
        edges: edges.map(x => box.left + scale * x),
    }))
    drawn.part.remove()
    const words = cell && stories(numbers, drawn.picture, cell, columns)
    const own = words && { ...words, beside: { ...at, width: CELL.width }, top: told, letters: SLIDE.least + 1 }
    return { root, played: { areas, number: columns[1] + 1 - columns[0], story: own, ...look } }
}

/**
 * A picture as the page draws it, unseen, in so much room.
 *
 * @param {{width: number, height: number}} room @param {Numbers} numbers @param {Wanted} wanted
 * @param {Wire.Colours} colours
 */
function drawnIn({ width, height }, numbers, { theme, pin, zoom, place }, colours) {
    const draw = (/** @type {number} */ high) => {
        const room = { width, height: high, theme, steps: zoom.steps, sheet: true }
        const picture = laidOut(numbers, room, colours)
        // Nobody zooms here: Plotly's heatmaps never come.
        const store = new Store(beginning({ link: {}, coarse: false, calm: true }), () => {})
        const nothing = () => {}
        const [heatmaps, output] = [new Heatmaps(store, nothing, nothing), new ModelOutput(store)]
        const parts = [output.above, heatmaps.root, legendOf(store), output.below]
        const part = element("div", { class: "gs-on-slide", style: `width: ${width}px` }, ...parts)
        place.append(part)
        store.set({ picture, pin, zoom })
        return { part, picture, stacks: heatmaps.stacks, shown: output.shown }
    }
    const first = draw(height - LEGEND)
    // How much stands above and below the strips is known now.
    const over = first.part.offsetHeight - height
    if (over <= 0) return first
    first.part.remove()
    return draw(height - LEGEND - over)
}

/**
 * Where the steps of a drawn picture are, in pixels from its corner: of the columns from the first to the last one in
 * sight.
 *
 * @param {ReturnType<typeof drawnIn>} drawn @param {number[]} columns @returns {Area[]}
 */
function areasOf({ part, picture, stacks, shown }, [first, last]) {
    const corner = part.getBoundingClientRect()
    const areaOf = (/** @type {Element} */ place, /** @type {any} */ layout) => {
        const { left, top } = place.getBoundingClientRect()
        const stack = { columns: picture.columns, layout }
        const begins = Array.from({ length: last + 1 - first }, (_, k) => between(stack, first + k, first + k)[0])
        const edges = [...begins, between(stack, last, last)[1]].map(edge => left - corner.left + edge)
        return { edges, top: top - corner.top, direction: 0 }
    }
    const strips = stacks.map(({ area, layout, places, direction }) => {
        const { top, edges } = areaOf(area, layout)
        const words = top + wordsEnd(picture, { places })
        return { edges, top, words, bottom: top + bottomOf(places) + 1, direction }
    })
    const curves = shown.map(({ drawn, extra: { layout } }) => {
        const area = areaOf(drawn, layout)
        return { ...area, words: area.top, bottom: area.top + layout.height }
    })
    return [...strips, ...curves]
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

/** The pinned unit's cell and sentence of each column, in the order in which they are read; null if some can't be told.
 * @param {Numbers} numbers @param {Picture} picture @param {Cell} cell @param {number[]} columns */
function stories(numbers, picture, cell, [first, last]) {
    const steps = Array.from({ length: last + 1 - first }, (_, k) => picture.columns.step(first + k))
    const cells = (cell.direction ? steps.reverse() : steps).map(step => ({ ...cell, step }))
    const values = cells.map(one => fromPicture(picture, stackOf(picture, one), one))
    if (values.some(value => value === null)) return null
    return { cells, lines: cells.map((one, k) => sentence(numbers, one, /** @type {Arithmetic} */ (values[k]))) }
}
