/**
 * How is Plotly loaded, drawn with and ended? When it is first asked for; then it is `window.Plotly`. And which heatmaps are
 * on the page? `gatescope.heatmaps()` in the console lists them, with Plotly or without.
 */

import { beside } from "../beside.js"
import { element } from "./element.js"
import { expose } from "./exposed.js"

/** Null until it is asked for. @type {Promise<any> | null} */
let coming = null
let load = () => scriptOf(beside("../vendor/plotly-cartesian.min.js"))

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

// How is Plotly drawn with? Without its buttons and its double-click: the page handles zooming and clicking itself.

export const BARE = { displayModeBar: false, doubleClick: false, responsive: false, showTips: false }

/** Whether Plotly is here by now: a page need not wait for it with its first picture. */
export const isHere = () => "Plotly" in globalThis

// How does a Plotly graph end that is no longer on the page? When it is drawn: Plotly goes on with it until then.

/** @param {any} plot @param {Promise<any> | undefined} drawing what Plotly answered when it last began to draw */
export async function purged(plot, drawing) {
    await drawing
    Plotly.purge(plot)
}

// Which heatmaps are on the page? `gatescope.heatmaps()` in the console lists them, with Plotly or without.

/**
 * One heatmap: `z` is (unit, column), `units` the numbers of its rows, `words` what stands over its columns.
 *
 * @typedef {{name: string, layer: number, direction: number, units: number[], words: string[], shape: number[],
 *     z: number[][]}} DrawnHeatmap
 */

/** Who draws heatmaps, and how they are told. @type {Map<Element, () => DrawnHeatmap[]>} */
const painters = new Map()

/** From now on `place` is asked what it draws, while it is on the page. @param {Element} place @param {() => DrawnHeatmap[]} told */
export function drawsHeatmaps(place, told) {
    for (const other of painters.keys()) if (!other.isConnected) painters.delete(other)
    painters.set(place, told)
}

/** The heatmaps of a figure. @param {any[]} data @param {string[]} words @returns {DrawnHeatmap[]} */
export const heatmapsOf = (data, words) =>
    data
        .filter(({ type }) => type === "heatmap")
        .map(({ name, meta, z }) => {
            const rows = Array.from(z, row => Array.from(/** @type {number[]} */ (row)))
            const units = meta?.units ?? rows.map((_, unit) => unit)
            return { name, ...meta, units, words, shape: [rows.length, rows[0]?.length ?? 0], z: rows }
        })

expose({
    heatmaps: () => [...painters].filter(([place]) => place.isConnected).flatMap(([, told]) => told()),
})
