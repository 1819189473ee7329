/** How is Plotly loaded? When it is first asked for; then it is `window.Plotly`. */

import { beside } from "../beside.js"
import { element } from "./element.js"

/** Null until it is asked for. @type {Promise<any> | null} */
let coming = null

/** Who loads it, where it does not lie beside the modules. @param {() => Promise<any>} load */
export function plotlyBy(load) {
    coming ??= load()
    return coming
}

export function plotly() {
    coming ??= new Promise((ready, failed) => {
        const source = beside("../vendor/plotly-cartesian.min.js")
        const style = beside("plotly.css")
        document.head.append(
            element("script", { src: source, onload: ready, onerror: failed }),
            element("link", { rel: "stylesheet", href: style }),
        )
    })
    return coming
}
