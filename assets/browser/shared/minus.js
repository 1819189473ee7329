/** How is a number written in a cell of a heatmap? With the true minus sign, a 0 without one; Plotly writes a hyphen. */

import { rewritten } from "./numbers.js"

/** Mends the numbers of a Plotly graph, now and after each time that it is drawn again. @param {any} plot */
export function trueMinus(plot) {
    const mend = () => {
        for (const text of plot.querySelectorAll(".heatmap-label text")) {
            const said = rewritten(text.textContent)
            if (said !== text.textContent) text.textContent = said
        }
    }
    plot.on("plotly_afterplot", mend)
    mend()
}
