/** Plotly, on its way since this module was asked for; then it is `window.Plotly`. */

import { element } from "./dom.js"

export const plotly = new Promise((ready, failed) => {
    const source = new URL("../vendor/plotly-cartesian.min.js", import.meta.url)
    document.head.append(element("script", { src: source, onload: ready, onerror: failed }),
        element("link", { rel: "stylesheet", href: new URL("plotly.css", import.meta.url) }))
})
