/**
 * How are shares drawn in the picture's columns? As bars with numbers, thin ones without; of several features as rows of
 * colours.
 */

import { colourOf } from "../shared/colour.js"
import { element } from "../shared/element.js"
import { signed } from "../shared/numbers.js"
import { penOf } from "../shared/page.js"

// Where on the page is a step? The picture is asked: the drawer has no columns of its own.

/** @typedef {{left: number, width: number}} Span */

/**
 * Where a step stands in a stack, in pixels from the left of its strips; null if it is out of sight. Where a column has
 * several steps, each has its share of it.
 *
 * @param {Painted} stack @param {number} step @returns {Span | null}
 */
export function stepIn({ layout }, step) {
    const [first, last] = layout.xaxis.range
    const pixel = (/** @type {number} */ at) => ((at - first) / (last - first)) * layout.width
    const [left, right] = [Math.max(0, pixel(step - 0.5)), Math.min(layout.width, pixel(step + 0.5))]
    return right > left ? { left, width: right - left } : null
}

/**
 * The pixels from the left of a part of the page to a stack's strips.
 *
 * @param {Painted} stack @param {HTMLElement} part
 */
export function leftOf({ area }, part) {
    const scale = part.getBoundingClientRect().width / part.offsetWidth || 1
    return (area.getBoundingClientRect().left - part.getBoundingClientRect().left) / scale
}

/** The steps of a stack that are in sight. @param {Painted} stack */
export function stepsInSight({ layout, columns }) {
    const [first, last] = layout.xaxis.range
    return [Math.max(0, Math.ceil(first - 0.5)), Math.min(columns.steps - 1, Math.floor(last + 0.5))]
}

// How are shares drawn in the picture's columns? As bars with numbers, thin ones without; of several features as rows
// of colours.

// Pixels: the height of a row of bars, and of the bars above or below its middle; the least width of a column that has
// a number, of one that has it beside its bar, and of one that can be pressed; the height of a row of colours.
const HEIGHT = 34
const BAR = 15
const NUMBERED = 40
const BESIDE = 92
const PRESSED = 14
const ROW = 14

/** A share in words; a small one has more places, and none is −0.00. @param {number} value */
export function share(value) {
    const size = Math.abs(value)
    if (size < 0.0005) return "0.00"
    return signed(value, size < 0.0995 ? 3 : 2)
}

/**
 * A bar for each step that is in sight. `press(step)`, if given, is called when a bar is pressed; `pressed` is the step
 * whose bar is.
 *
 * @param {Painted} stack @param {{first: number, values: number[]}} of
 * @param {{press?: (step: number) => void, pressed?: number, name: (step: number) => string}} how
 */
export function bars(stack, { first, values }, { press, pressed, name }) {
    const reach = Math.max(...values.map(Math.abs)) || 1
    const seen = values.flatMap((value, k) => {
        const place = stepIn(stack, first + k)
        return place ? [{ step: first + k, value, place }] : []
    })
    const root = element("div", { class: "gs-why-bars", style: `height: ${HEIGHT}px` })
    if (seen.length && seen[0].place.width < PRESSED && seen.length > 1) {
        root.append(thin(stack, seen, reach, press))
        return root
    }
    for (const { step, value, place } of seen) {
        const about = { class: "gs-why-bar", "data-step": step, "data-share": value, style: boxOf(place) }
        const label = `${name(step)}: ${share(value)}`
        const how = press
            ? { type: "button", "aria-pressed": `${step === pressed}`, "aria-label": label, onclick: () => press(step) }
            : {}
        const opposite = { class: "gs-why-opposite", style: `top: ${value < 0 ? 25 : 75}%` }
        const where = place.width < BESIDE ? opposite : {}
        const number = place.width >= NUMBERED ? [element("small", where, share(value))] : []
        root.append(
            element(
                press ? "button" : "span",
                { ...about, ...how, title: label },
                barOf(stack, value, reach),
                ...number,
            ),
        )
    }
    return root
}

const boxOf = (/** @type {Span} */ { left, width }) => `left: ${left}px; width: ${width}px`

/** @param {Painted} stack @param {number} value @param {number} reach */
function barOf(stack, value, reach) {
    const height = Math.max(1, (Math.abs(value) / reach) * BAR)
    const side = value < 0 ? "top" : "bottom"
    return element("i", { style: `height: ${height}px; ${side}: 50%; background: ${inkOf(stack, value)}` })
}

/** The picture's colours of states, over a reach. @param {Painted} stack @param {number} reach */
function scaleOf(stack, reach) {
    const { colorscale } = stack.data.find(({ zmin }) => zmin < 0) ?? stack.data[0]
    return { colorscale, zmin: -reach, zmax: reach }
}

/** The colour of a bar: of its sign. @param {Painted} stack @param {number} value */
const inkOf = (stack, value) => colourOf(Math.sign(value), scaleOf(stack, 1.4))

/**
 * Bars that are too thin to be pressed one by one, as a drawing; a press counts for the step under it.
 *
 * @param {Painted} stack @param {{value: number, place: Span}[]} seen @param {number} reach
 * @param {((step: number) => void) | undefined} press
 */
function thin(stack, seen, reach, press) {
    const canvas = element("canvas")
    const pen = penOf(canvas, { width: stack.layout.width, height: HEIGHT })
    for (const { value, place } of seen) {
        const height = (Math.abs(value) / reach) * BAR
        pen.fillStyle = inkOf(stack, value)
        pen.fillRect(place.left, HEIGHT / 2 - (value < 0 ? 0 : height), Math.max(1, place.width - 1), height)
    }
    if (press) onStep(canvas, stack, press)
    return canvas
}

/**
 * A row of colours for each feature. `press(step, feature)` is called when a cell is pressed.
 *
 * @param {Painted} stack @param {{first: number, rows: number[][], features: string[]}} of
 * @param {{press: (step: number, feature: number) => void, name: (step: number) => string}} how
 */
export function colourRows(stack, { first, rows, features }, { press, name }) {
    const reach = Math.max(...rows.flat().map(Math.abs)) || 1
    const scale = scaleOf(stack, reach)
    return rows.map((values, row) => {
        const most = values.reduce((best, value, k) => (Math.abs(value) > Math.abs(values[best]) ? k : best), 0)
        const label = `${features[row]}: most at ${name(first + most)}, ${share(values[most])}`
        const canvas = element("canvas", { role: "img", "aria-label": label, "data-feature": features[row] })
        const pen = penOf(canvas, { width: stack.layout.width, height: ROW })
        values.forEach((value, k) => {
            const place = stepIn(stack, first + k)
            if (!place) return
            pen.fillStyle = colourOf(value, scale)
            pen.fillRect(place.left, 0, Math.max(1, place.width - (place.width > 6 ? 1 : 0)), ROW - 1)
        })
        onStep(canvas, stack, step => press(step, row))
        canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
            const step = stepAt(canvas, stack, event)
            const value = values[step - first]
            canvas.title = value === undefined ? "" : `${features[row]}, ${name(step)}: ${share(value)}`
        })
        return canvas
    })
}

/** @param {HTMLCanvasElement} canvas @param {Painted} stack @param {(step: number) => void} press */
function onStep(canvas, stack, press) {
    canvas.style.cursor = "pointer"
    canvas.addEventListener("click", event => press(stepAt(canvas, stack, event)))
}

/** The step under the pointer. @param {HTMLCanvasElement} canvas @param {Painted} stack @param {MouseEvent} pointer */
function stepAt(canvas, { layout }, { clientX }) {
    const box = canvas.getBoundingClientRect()
    const [first, last] = layout.xaxis.range
    return Math.round(first + ((clientX - box.left) / box.width) * (last - first))
}
