/** A figure that changes in its place. */

import { plotly } from "./plotly.js"

// A finger hovers over nothing: Plotly would leave its button on the picture for good.
const touched = matchMedia("(hover: none)").matches

// What each place shows: {figure, number, config, clicked, width}; a figure of a lower number is an older one.
const shown = new WeakMap()

/** Draws a figure ({data, layout} of Plotly), or what has become of it; a click on a point says its step. */
export async function draw(place, { figure, number, config, clicks }, clicked) {
    await plotly
    if (shown.get(place)?.number > number) return
    shown.set(place, { figure, number, config, clicked: clicks ? clicked : () => {} })
    paint(place)
    widths.observe(place)
}

function paint(place) {
    const one = shown.get(place), { figure: { data, layout }, config } = one
    const width = one.width = place.clientWidth, isNew = !place.layout
    // In a part of the page that is closed there is no room yet.
    if (!width) return
    Plotly.react(place, data, { ...layout, width }, touched ? { ...config, displayModeBar: false } : config)
    if (isNew) place.on("plotly_click", ({ points: [point] }) => say(place, point))
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
