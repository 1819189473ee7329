/** Where are the words over their columns? Where Plotly writes them, so that nothing moves when Plotly follows. */

import { unescaped } from "../layout/page_figure.js"
import { svg } from "../shared/svg.js"

// Parts of the letters' size, and a pixel, by which Plotly keeps words away from their place; it slants them around
// their middle.
const AWAY = 0.2
const MIDDLE = 0.5

/**
 * Those of a stack that are in sight; at the steps of `out` they are struck through.
 *
 * @param {Pick<Painted, "layout" | "places">} stack @param {number[]} out
 */
export function wordsOver({ layout, places }, out) {
    const { tickvals, ticktext, tickangle, ticklabelstandoff, tickfont, range } = layout.xaxis
    const y = places[0].top - ticklabelstandoff - AWAY * tickfont.size - 1
    return /** @type {number[]} */ (tickvals).flatMap((step, k) => {
        if (step < range[0] || step > range[1]) return []
        const x = ((step - range[0]) / (range[1] - range[0])) * layout.width
        const how = {
            x,
            y,
            "font-size": `${tickfont.size}px`,
            fill: layout.font.color,
            "text-anchor": tickangle ? "start" : "middle",
            transform: tickangle ? `rotate(${tickangle} ${x} ${y - MIDDLE * tickfont.size})` : null,
            "text-decoration": out.includes(step) && "line-through",
        }
        return [svg("text", how, unescaped(ticktext[k]))]
    })
}
