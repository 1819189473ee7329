/** How does a Plotly graph end that is no longer on the page? When it is drawn: Plotly goes on with it until then. */

/** @param {any} plot @param {Promise<any> | undefined} drawing what Plotly answered when it last began to draw */
export async function purged(plot, drawing) {
    await drawing
    Plotly.purge(plot)
}
