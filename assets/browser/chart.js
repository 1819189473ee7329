/** How is a figure updated in place? */

import { trueMinus } from "./shared/minus.js"
import { plotly } from "./shared/plotly.js"

// A finger does not hover: Plotly would leave its button on the picture.
const touched = matchMedia("(hover: none)").matches

// What each element shows: {figure, number, config, clicked, width}; a figure with a lower number is older.
const shown = new WeakMap()

/** Draws a figure ({data, layout} of Plotly), or its update; a click on a point reports the point's step. */
export async function draw(place, { figure, number, config, clicks }, clicked) {
    await plotly
    if (shown.get(place)?.number > number) return
    shown.set(place, { figure, number, config, clicked: clicks ? clicked : () => {} })
    paint(place)
    widths.observe(place)
}

function paint(place) {
    const one = shown.get(place)
    const { figure, config } = one
    const isNew = !place.layout
    one.width = place.clientWidth
    // A closed part of the page has no width yet.
    if (!one.width) return
    const layout = { ...figure.layout, width: one.width }
    Plotly.react(place, figure.data, layout, touched ? { ...config, displayModeBar: false } : config)
    if (!isNew) return
    place.on("plotly_click", ({ points: [point] }) => say(place, point))
    trueMinus(place)
}

const widths = new ResizeObserver(changes => {
    for (const { target } of changes) {
        if (target.isConnected && target.clientWidth !== shown.get(target).width) paint(target)
    }
})

// customdata is a step, or a list that begins with it.
function say(place, point) {
    const [step] = [point.customdata ?? -1].flat()
    if (step >= 0) shown.get(place).clicked(step)
}
