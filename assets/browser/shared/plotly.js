/** How is Plotly loaded? When this module is first imported; then it is `window.Plotly`. */

import { beside } from "../beside.js"
import { element } from "./element.js"

export const plotly = new Promise((ready, failed) => {
    const source = beside("../vendor/plotly-cartesian.min.js")
    const style = beside("plotly.css")
    document.head.append(
        element("script", { src: source, onload: ready, onerror: failed }),
        element("link", { rel: "stylesheet", href: style }),
    )
})
