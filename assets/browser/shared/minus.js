/** How is a negative number written in a cell of a heatmap? With the true minus sign; Plotly writes a hyphen. */

/** Mends the numbers of a Plotly graph, now and after each time that it is drawn again. @param {any} plot */
export function trueMinus(plot) {
    const mend = () => {
        for (const text of plot.querySelectorAll(".heatmap-label text")) {
            if (text.textContent.startsWith("-")) text.textContent = `−${text.textContent.slice(1)}`
        }
    }
    plot.on("plotly_afterplot", mend)
    mend()
}
