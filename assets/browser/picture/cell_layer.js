/**
 * Which numbers stand on the cells, and in the table? Gaps and numbers are drawn by us, because Plotly takes too long.
 */

import { bottomOf } from "../layout/stack.js"
import { shadesOf } from "../shared/colour.js"
import { columnHead, element, foldedTable, tableOf } from "../shared/element.js"
import { count, fixed, signed } from "../shared/numbers.js"
import { place as put } from "../shared/page.js"
import { letterOf } from "../state/answer.js"
import { axisOf } from "./cursor.js"

// What stands on the cells of a stack? The gaps between them, and their numbers. Drawn by us, because Plotly takes
// longer for this than for all the rest: it makes an SVG text of each number, and a large PNG of cells with gaps.
// While a hand moves the cells themselves stand here too: Plotly takes longer for them than a frame has. So do those of
// a first picture for which Plotly is not here yet.

/** @typedef {Wire.Scale & {z: Float32Array[]}} Trace */

const SIZE = 12
// Pixels: rows up to the first are a pixel apart, from the second on three.
const LOW_ROW = 10
const HIGH_ROW = 16

/** Draws them for a stack that is on the page. @param {Painted} stack @param {string} paper the page's colour */
export function drawOnCells(stack, paper) {
    const { layout, data, places, onCells, numbers: canvas } = stack
    const pen = blank(canvas, layout)
    if (onCells.some(({ numbers }) => numbers)) {
        // The browser lays the page out before it takes a font.
        pen.font = `${SIZE}px ${layout.font.family}`
        pen.textAlign = "center"
        pen.textBaseline = "middle"
    }
    if (stack.behind) {
        pen.fillStyle = paper
        pen.fillRect(0, places[0].top, layout.width, bottomOf(places) - places[0].top)
    }
    data.forEach((trace, row) => {
        const { top, height } = places[row]
        pen.save()
        pen.beginPath()
        pen.rect(0, top, layout.width, height)
        pen.clip()
        const edges = edgesOf(stack, row)
        if (stack.behind) drawCells(pen, trace, edges, stack.columns.number)
        if (onCells[row].numbers) drawNumbers(pen, trace, edges, places[row], layout)
        pen.fillStyle = paper
        if (onCells[row].gap) for (const x of edges.across) pen.fillRect(Math.round(x) - 1, top, 1, height)
        const between = gapOf(height / Math.max(1, trace.z.length))
        for (const y of onCells[row].flat ? [] : edges.down) {
            pen.fillRect(0, Math.round(y) - Math.ceil(between / 2), layout.width, between)
        }
        pen.restore()
    })
}

/** The pixels between two rows: a pin's frame lies there. @param {number} row */
const gapOf = row => (row <= LOW_ROW ? 1 : row < HIGH_ROW ? 2 : 3)

/**
 * The pixels between which the visible columns and rows of a strip are; each row's edges begin a cell or end one.
 *
 * @param {Pick<Painted, "layout" | "columns" | "places" | "data">} stack @param {number} row
 */
export function edgesOf({ layout, columns, places, data }, row) {
    const [first, last] = layout.xaxis.range
    const [bottom, top] = layout[axisOf(row)].range
    const place = places[row]
    const x = (/** @type {number} */ at) => ((at - first) / (last - first)) * layout.width
    const y = (/** @type {number} */ at) => place.top + ((at - top) / (bottom - top)) * place.height
    const { z } = data[row]
    const across = Array.from({ length: z[0]?.length ?? 0 }, (_, column) => x(columns.edges(column)[0]))
    if (across.length) across.push(x(columns.edges(across.length - 1)[1]))
    const down = Array.from({ length: z.length + 1 }, (_, line) => y(line - 0.5))
    return { across, down }
}

/** A strip's pixels on their way: to make a canvas takes longer than to fill it. @type {HTMLCanvasElement | null} */
let spare = null

/**
 * The cells' colours: a pixel each, drawn as large as its cell.
 *
 * @param {CanvasRenderingContext2D} pen @param {Trace} trace @param {ReturnType<typeof edgesOf>} edges
 * @param {number} columns
 */
function drawCells(pen, { z, ...scale }, { across, down }, columns) {
    if (!z.length || !columns) return
    spare ??= /** @type {HTMLCanvasElement} */ (element("canvas"))
    const pixels = spare
    Object.assign(pixels, { width: columns, height: z.length })
    const into = /** @type {CanvasRenderingContext2D} */ (pixels.getContext("2d"))
    const image = into.createImageData(columns, z.length)
    const cells = new Uint32Array(image.data.buffer)
    const shade = shadesOf(scale)
    z.forEach((values, line) => {
        for (let column = 0; column < values.length; column++) {
            // Without a number there is no colour.
            if (!Number.isNaN(values[column])) cells[line * columns + column] = shade(values[column]).pixel
        }
    })
    into.putImageData(image, 0, 0)
    pen.imageSmoothingEnabled = false
    // The last bin of steps may be a part of one: it is as wide as the others, and its end out of sight.
    const width = (across[1] - across[0]) * columns
    pen.drawImage(pixels, across[0], down[0], width, down[z.length] - down[0])
}

/**
 * @param {CanvasRenderingContext2D} pen @param {Trace} trace @param {ReturnType<typeof edgesOf>} edges
 * @param {import("../state/answer.js").Place} place @param {{width: number}} layout
 */
function drawNumbers(pen, trace, { across, down }, { top, height }, { width }) {
    const say = trace.zmin < 0 ? signed : fixed
    const shade = shadesOf(trace)
    trace.z.forEach((values, line) => {
        const y = (down[line] + down[line + 1]) / 2
        if (y < top || y > top + height) return
        values.forEach((value, column) => {
            const x = (across[column] + across[column + 1]) / 2
            if (Number.isNaN(value) || x < 0 || x > width) return
            pen.fillStyle = shade(value).ink
            pen.fillText(say(value, 2), x, y)
        })
    })
}

/** How much a lecture magnifies the page. */
function magnified() {
    const page = document.documentElement
    return page.hasAttribute("data-gs-present") ? +page.style.getPropertyValue("--gs-stage") || 1 : 1
}

/**
 * The pen of an empty canvas over a stack; as sharp as the screen, also in a magnified lecture.
 *
 * @param {HTMLCanvasElement} canvas @param {{width: number, height: number}} layout
 */
function blank(canvas, { width, height }) {
    const scale = devicePixelRatio * magnified()
    const [across, down] = [Math.round(width * scale), Math.round(height * scale)]
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
    // A new size takes new memory and empties the canvas; else it is emptied by hand.
    if (canvas.width !== across || canvas.height !== down) {
        Object.assign(canvas, { width: across, height: down })
        put(canvas, { width, height })
    } else pen.clearRect(0, 0, width, height)
    pen.setTransform(scale, 0, 0, scale, 0, 0)
    canvas.hidden = false
    return pen
}

// How are the numbers shown as a table? A row for each step, layer and unit.

const MOST_ROWS = 400

/** `rest`: where all rows are. @param {Store} store @param {string} rest */
export function numbersTable(store, rest = "") {
    const { root, show } = foldedTable("The numbers as a table", "Numbers as a table")
    store.afterDrawn([], ({ picture }) => {
        root.hidden = !picture.stacks.length
        show(() => tableOfNumbers(picture, rest))
    })
    return root
}

/** @param {Picture} picture @param {string} rest */
function tableOfNumbers(picture, rest) {
    const { rows, all } = rowsOf(picture, MOST_ROWS)
    const letters = picture.strips.map(({ quantity }) => letterOf(picture, quantity))
    const said =
        rows.length < all
            ? `The first ${rows.length} of ${count(all)} rows${rest}.`
            : "One row per step, layer and unit."
    const ofProjection = picture.projects ? " h is a projection of all units: a row has its number of h." : ""
    const cells = rows.map(row => row.map(text => element("td", {}, `${text}`)))
    return tableOf(said + ofProjection, ["step", "token", "layer", "unit", ...letters].map(columnHead), cells)
}

/**
 * One row for each step, layer and unit: its place, then its value in every strip; and the number of all rows.
 *
 * @param {Picture} picture @param {number} most
 */
export function rowsOf({ columns, stacks }, most) {
    const rows = []
    const all = columns.number * stacks.reduce((sum, { units }) => sum + units.length, 0)
    for (let column = 0; column < columns.number && rows.length < most; column++) {
        for (const { name, units, figure } of stacks) {
            for (let line = 0; line < units.length && rows.length < most; line++) {
                const values = figure.data.map(({ z }) => (z[line] ? fixed(z[line][column], 4) : ""))
                const place = [columns.step(column), columns.name(column), name.replace("layer ", ""), units[line]]
                rows.push([...place, ...values])
            }
        }
    }
    return { rows, all }
}
