/** How is a figure updated in place? */

import { drawsHeatmaps, heatmapsOf } from "./shared/drawn_heatmaps.js"
import { trueMinus } from "./shared/numbers.js"
import { plotly } from "./shared/plotly.js"

// Pixels: the narrowest column that has room for its numbers, and one with room for most words too.
const ROOM = 34
const COMFORT = 48

// A finger does not hover: Plotly would leave its button on the picture.
const touched = matchMedia("(hover: none)").matches

/**
 * What each element shows; a figure with a lower number is older.
 *
 * @typedef {Omit<Wire.Chart, "figure" | "base"> & {figure: import("./state/answer.js").Figure}} Sent
 * @type {WeakMap<Element, Sent & {width?: number, height?: number}>}
 */
const shown = new WeakMap()

/** Draws a figure, or its update. @param {any} place @param {Sent} sent */
export async function draw(place, { figure, number, config }) {
    await plotly()
    if ((shown.get(place)?.number ?? -1) > number) return
    shown.set(place, { figure, number, config })
    paint(place)
    drawsHeatmaps(place, () => heatmapsOf(place._fullData, figure.layout.xaxis?.ticktext ?? []))
    sizes.observe(place)
}

/** @param {any} place */
function paint(place) {
    const one = shown.get(place)
    if (!one) return
    const { figure, config } = one
    const isNew = !place.layout
    Object.assign(one, sizeOf(place))
    // A closed part of the page has no width yet.
    if (!one.width) return
    const { data, layout } = withRoom(figure, one.width)
    layout.height = one.height
    // Plotly would keep a finger's moves: where nothing is said of what is touched, they are the page's.
    place.classList.toggle("gs-still", touched && layout.hovermode === false)
    Plotly.react(place, data, layout, touched ? { ...config, displayModeBar: false } : config)
    if (isNew) trueMinus(place)
}

/**
 * A figure whose numbers do not run into each other: where its columns are too narrow for them, it has none; a finger
 * moves it sideways instead.
 *
 * @param {import("./state/answer.js").Figure} figure @param {number} width
 */
function withRoom({ data, layout }, width) {
    const { margin, xaxis } = layout
    const beside = (margin?.l ?? 0) + (margin?.r ?? 0)
    const columns = xaxis?.range ? xaxis.range[1] - xaxis.range[0] : 1
    const numbered = data.some(({ texttemplate }) => texttemplate) && width - beside < ROOM * columns
    if (!numbered) return { data, layout: { ...layout, width } }
    if (touched) return { data, layout: { ...layout, width: beside + COMFORT * columns } }
    return { data: data.map(({ texttemplate, ...trace }) => trace), layout: { ...layout, width } }
}

/** The style sheets decide it, from what the figure asks for. @param {Element} place */
const sizeOf = ({ clientWidth: width, clientHeight: height }) => ({ width, height })

const sizes = new ResizeObserver(changes => {
    for (const { target } of changes) {
        const [drawn, now] = [shown.get(target), sizeOf(target)]
        if (target.isConnected && (now.width !== drawn?.width || now.height !== drawn.height)) paint(target)
    }
})
