/** Which heatmaps are on the page? `gatescope.heatmaps()` in the console lists them, with Plotly or without. */

import { expose } from "./exposed.js"

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
