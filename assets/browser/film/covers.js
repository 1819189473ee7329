/** Which part of an exported sheet is not read yet? The animation covers it. */

/**
 * A part of a sheet over the steps, in pixels: where its columns begin and the last one ends; from `top` to `words` are
 * words, from there to `bottom` values; `direction` 1 is read from the right.
 *
 * @typedef {{edges: number[], top: number, words: number, bottom: number, direction: number}} Area
 *
 * How a sheet is played: `number` columns in each area, and a sentence for each, where the sheet has one on the pinned
 * cell.
 *
 * @typedef {{lines: string[], top: number, letters: number}} Story
 * @typedef {{number: number, areas: Area[], story: Story | null, paper: string, ink: string}} Played
 *
 * @typedef {{left: number, top: number, width: number, height: number}} Box
 */

/** The colour of the frame around the newest step, and how much covers the words that are not read yet. */
export const NOW = "#e08a00"
export const FAINT = 0.75

// The last slanted word leans out of its column to the right, in pixels.
const LEANS = 80
// Most milliseconds of a step, and of all steps together.
const STEP = 700
const WHOLE = 40_000

/** The milliseconds that a step stays. @param {{number: number}} played */
export const pace = ({ number }) => Math.min(STEP, WHOLE / number)

/**
 * What is not read once `read` columns are, in each area: `values` is blank, and `words` is faint.
 *
 * @param {Played} played @param {number} read @returns {{values: Box, words: Box}[]}
 */
export function covers({ areas, number }, read) {
    return areas.map(({ edges, top, words, bottom, direction }) => {
        const [left, end] = direction ? [edges[0], edges[number - read]] : [edges[read], edges[number]]
        const width = end - left
        const leans = width > 0 && !direction ? LEANS : 0
        return {
            values: { left, top: words, width, height: bottom - words },
            words: { left, top, width: width + leans, height: words - top },
        }
    })
}

/** The newest of `read` columns in each area, without its words. @param {Played} played @param {number} read
 * @returns {Box[]} */
export function newest({ areas, number }, read) {
    return areas.map(({ edges, words, bottom, direction }) => {
        const column = direction ? number - read : read - 1
        const left = edges[column]
        return { left, top: words, width: edges[column + 1] - left, height: bottom - words }
    })
}
