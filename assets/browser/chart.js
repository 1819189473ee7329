/** How is a figure updated in place? */

import { trueMinus } from "./shared/minus.js"
import { plotly } from "./shared/plotly.js"

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
    await plotly
    if ((shown.get(place)?.number ?? -1) > number) return
    shown.set(place, { figure, number, config })
    paint(place)
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
    const layout = { ...figure.layout, ...sizeOf(place) }
    Plotly.react(place, figure.data, layout, touched ? { ...config, displayModeBar: false } : config)
    if (isNew) trueMinus(place)
}

/** The style sheets decide it, from what the figure asks for. @param {Element} place */
const sizeOf = ({ clientWidth: width, clientHeight: height }) => ({ width, height })

const sizes = new ResizeObserver(changes => {
    for (const { target } of changes) {
        const [drawn, now] = [shown.get(target), sizeOf(target)]
        if (target.isConnected && (now.width !== drawn?.width || now.height !== drawn.height)) paint(target)
    }
})
