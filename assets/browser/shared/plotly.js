/** How is Plotly loaded? When this module is first imported; then it is `window.Plotly`. */

import { element } from "./element.js"

export const plotly = new Promise((ready, failed) => {
    const source = new URL("../../vendor/plotly-cartesian.min.js", import.meta.url)
    const style = new URL("../plotly.css", import.meta.url)
    document.head.append(
        element("script", { src: source, onload: ready, onerror: failed }),
        element("link", { rel: "stylesheet", href: style }),
    )
})
