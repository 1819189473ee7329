/** Which part of an exported sheet is not read yet? The animation covers it. */

/**
 * A part of a sheet over the steps: from `top` to `words` are words, from there to `bottom` values; `direction` 1 is
 * read from the right.
 *
 * @typedef {{axis: string, left: number, right: number, top: number, words: number, bottom: number,
 *     direction: number}} Area
 *
 * What the server says of a sheet: where its columns begin and end, in steps, their names, and its colours.
 *
 * `story`: a sentence for each step, where the sheet has one on the pinned cell.
 *
 * @typedef {{lines: string[], middle: number, letters: number, colour: string}} Story
 *
 * @typedef {{edges: number[], names: string[], areas: Area[], story: Story | null, paper: string, ink: string}} Played
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

/** How many columns are played. @param {Played} played */
export const columnsOf = ({ names }) => names.length

/** The milliseconds that a step stays. @param {Played} played */
export const pace = played => Math.min(STEP, WHOLE / columnsOf(played))

/**
 * What is not read once `read` columns are, in each area: `values` is blank, and `words` is faint. `range(axis)` is the
 * visible range of an axis of steps.
 *
 * @param {Played} played @param {number} read @param {(axis: string) => [number, number]} range
 * @returns {{values: Box, words: Box}[]}
 */
export function covers(played, read, range) {
    return played.areas.map(area => {
        const [from, to] = unread(played, read, area.direction)
        const [begin, end] = [from, to].map(at => pixel(area, range(area.axis), at))
        const width = Math.max(0, end - begin)
        const leans = width > 0 && !area.direction ? LEANS : 0
        return {
            values: { left: begin, top: area.words, width, height: area.bottom - area.words },
            words: { left: begin, top: area.top, width: width + leans, height: area.words - area.top },
        }
    })
}

/** The newest of `read` columns in each area, without its words. @returns {Box[]} */
export function newest(played, read, range) {
    return played.areas.map(area => {
        const column = area.direction ? columnsOf(played) - read : read - 1
        const [begin, end] = [column, column + 1].map(at => pixel(area, range(area.axis), played.edges[at]))
        return { left: begin, top: area.words, width: end - begin, height: area.bottom - area.words }
    })
}

/** Where the unread columns begin and end, in steps. */
function unread({ edges, names }, read, direction) {
    return direction ? [edges[0], edges[names.length - read]] : [edges[read], edges[names.length]]
}

/** Where a step is in an area, in pixels, as far as the visible range goes. */
function pixel({ left, right }, [first, last], at) {
    return left + (right - left) * Math.max(0, Math.min(1, (at - first) / (last - first)))
}
