/** How is Plotly loaded? When it is first asked for; then it is `window.Plotly`. */

import { beside } from "../beside.js"
import { isHere } from "./drawn_heatmaps.js"
import { element } from "./element.js"

/** Null until it is asked for. @type {Promise<any> | null} */
let coming = null
let load = () => {
    document.head.append(element("link", { rel: "stylesheet", href: beside("plotly.css") }))
    return scriptOf(beside("../vendor/plotly-cartesian.min.js"))
}

/** Who loads it, where it does not lie beside the modules. @param {() => Promise<any>} own */
export function plotlyBy(own) {
    load = own
}

export function plotly() {
    if (isHere()) return Promise.resolve()
    coming ??= load().then(() => {
        for (const go of waiting.splice(0)) go()
    })
    return coming
}

/** What draws with it, if it comes. @type {(() => void)[]} */
const waiting = []

/** Calls `go` once it is here, whoever has asked for it. @param {() => void} go */
export const oncePlotlyIsHere = go => waiting.push(go)

/** @param {string | URL} src @returns {Promise<any>} */
export const scriptOf = src =>
    new Promise((ready, failed) => document.head.append(element("script", { src, onload: ready, onerror: failed })))
