/** What does Plotly get of one quantity? A heatmap on its fixed scale; numbers and gaps are drawn over it. */

/** @typedef {import("../state/answer.js").OnCells} OnCells */

export const LIMITS = { gates: [0, 1], states: [-1, 1] }
// Pixels of a cell that has room for its number.
const NUMBER = { height: 16, width: 40 }
// Cells that are lower or narrower have no gaps between them; flat ones neither, which takes Plotly five times as long.
const GAPS = 6
const FLAT = 3

/**
 * @param {string} quantity @param {"gates" | "states"} scale @param {Float32Array[]} z (unit, column)
 * @param {number[]} x the columns' middles @param {Look} look
 */
export function heatmap(quantity, scale, z, x, look) {
    const [zmin, zmax] = LIMITS[scale]
    const y = z.map((_, line) => line)
    return { type: "heatmap", name: quantity, z, x, y, zmin, zmax, colorscale: look[scale], showscale: false }
}

/** What has room on cells of a size. @param {number} height @param {number} width @returns {OnCells} */
export const onCells = (height, width) => ({
    numbers: height >= NUMBER.height && width >= NUMBER.width,
    gap: width > GAPS && height > FLAT,
    flat: height <= GAPS,
})

/** Zoom and pan end at the edges of the cells. @param {number} count */
export const edges = count => ({ minallowed: -0.5, maxallowed: count - 0.5 })
