/** How is a figure updated in place? */

import { trueMinus } from "./shared/minus.js"
import { plotly } from "./shared/plotly.js"

// A finger does not hover: Plotly would leave its button on the picture.
const touched = matchMedia("(hover: none)").matches

/**
 * What each element shows; a figure with a lower number is older.
 *
 * @typedef {Omit<Wire.Chart, "figure" | "base"> & {figure: import("./state/answer.js").Figure}} Sent
 * @type {WeakMap<Element, Sent & {width?: number}>}
 */
const shown = new WeakMap()

/** Draws a figure, or its update. @param {any} place @param {Sent} sent */
export async function draw(place, { figure, number, config }) {
    await plotly
    if ((shown.get(place)?.number ?? -1) > number) return
    shown.set(place, { figure, number, config })
    paint(place)
    widths.observe(place)
}

/** @param {any} place */
function paint(place) {
    const one = shown.get(place)
    if (!one) return
    const { figure, config } = one
    const isNew = !place.layout
    one.width = place.clientWidth
    // A closed part of the page has no width yet.
    if (!one.width) return
    const layout = { ...figure.layout, width: one.width }
    Plotly.react(place, figure.data, layout, touched ? { ...config, displayModeBar: false } : config)
    if (isNew) trueMinus(place)
}

const widths = new ResizeObserver(changes => {
    for (const { target } of changes) {
        if (target.isConnected && target.clientWidth !== shown.get(target)?.width) paint(target)
    }
})
