/** A figure that changes in its place. */

import { plotly } from "./plotly.js"

// What each place shows: {figure, config, clicked}.
const shown = new WeakMap()

/** Draws a figure ({data, layout} of Plotly), or what has become of it; a click on a point says its step. */
export async function draw(place, { figure, config, clicks }, clicked) {
    await plotly
    shown.set(place, { figure, config, clicked: clicks ? clicked : () => {} })
    paint(place)
    widths.observe(place)
}

function paint(place) {
    const { figure: { data, layout }, config } = shown.get(place)
    const width = place.clientWidth, isNew = !place.layout
    // In a part of the page that is closed there is no room yet.
    if (!width) return
    Plotly.react(place, data, { ...layout, width }, config)
    if (isNew) place.on("plotly_click", ({ points: [point] }) => say(place, point))
}

const widths = new ResizeObserver(changes => {
    for (const { target } of changes) {
        if (target.isConnected && target.clientWidth !== target.layout?.width) paint(target)
    }
})

// customdata is a step, or a list that begins with it.
function say(place, point) {
    const [step] = [point.customdata ?? -1].flat()
    if (step >= 0) shown.get(place).clicked(step)
}
