/** How much room has a stack of strips? Stacks stand side by side while there is room, else one under the other. */

/** @typedef {{layer: number, direction: number}} Side */
/** @typedef {{narrow: boolean, across: number, width: number, height: number | null, scrolls: boolean}} Frame `across`:
 * the number of stacks in a row; `height`: what a stack fills, null if its strips have heights of their own; `scrolls`:
 * whether it may be higher, for many units. */

// Pixels: the column of the strips' names on a wide page, the least width of a stack, and the space between two.
export const NAMES = 168
const STACK_LEAST = 190
// In a lecture a stack beside the names may be narrower: who listens can't scroll to the others.
const STACK_LEAST_PRESENTED = 130
export const BETWEEN = 28
// Below this width the names are above their strips; the starting values of each direction need room there.
const NARROW = 500
// In a lecture names stand beside their strips as long as they can.
const NARROW_PRESENTED = 420
const START = 24
// What a given starting state takes beside its strips.
export const GIVEN = 22
// The widest column, in a picture as high as it likes and in one that fills the window.
const COLUMN_MOST = 112
const COLUMN_MOST_FILLED = 300

/**
 * @param {Side[]} stacks @param {number} steps of the whole sequence
 * @param {{width: number, height: number | null, presenting?: boolean, sheet?: boolean}} room
 * @param {boolean} given whether a starting state is drawn
 * @returns {Frame}
 */
export function frameOf(stacks, steps, { width, height, presenting, sheet }, given = false) {
    const narrow = width < (presenting ? NARROW_PRESENTED : NARROW)
    const directions = 1 + Math.max(0, ...stacks.map(({ direction }) => direction))
    const room = width - (narrow ? START * directions : NAMES)
    const least = sheet ? 1 : presenting && !narrow ? STACK_LEAST_PRESENTED : STACK_LEAST
    const most = Math.max(1, Math.floor((room + BETWEEN) / (least + BETWEEN)))
    // No row has many more stacks than another.
    let across = Math.ceil(stacks.length / Math.ceil(stacks.length / most))
    // Both directions of a layer are in one row.
    if (directions === 2 && across > 1) across -= across % 2
    const each = (room - (across - 1) * BETWEEN) / across - (given ? GIVEN : 0)
    // A phone is scrolled anyway: there strips are as high as they like.
    const fills = narrow && !presenting ? null : height
    const widest = fills === null ? COLUMN_MOST : COLUMN_MOST_FILLED
    return { narrow, across, width: Math.min(each, steps * widest), height: fills, scrolls: !sheet }
}

/**
 * The number of columns that have a pixel each in a picture of these stacks.
 *
 * @param {Side[]} stacks @param {number} width
 */
export function columnsFor(stacks, width) {
    const { width: each } = frameOf(stacks.length ? stacks : [{ layer: 0, direction: 0 }], Infinity, {
        width,
        height: 0,
    })
    return Math.floor(each)
}
