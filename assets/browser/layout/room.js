/**
 * How much room has a stack of strips? On a page side by side while there is room; of a lecture, what can be read from
 * the last row.
 */

import { mostRows, NAME, SPACE } from "./stack.js"
import { answersRow, stepAxis, stepsWithRoom } from "./step_axis.js"

/** @typedef {{layer: number, direction: number}} Side */
/** @typedef {{narrow: boolean, across: number, width: number, height: number | null, scrolls: boolean,
 *     space: {gap: number, lowest: number}}} Frame `across`: the number of stacks in a row; `height`: what a stack
 * fills, null if its strips have heights of their own; `scrolls`: whether it may be higher, for many units; `space`: its
 * strips'. */

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
    const widest = height === null ? COLUMN_MOST : COLUMN_MOST_FILLED
    const space = narrow ? SPACE.narrow : SPACE.wide
    return { narrow, across, width: Math.min(each, steps * widest), height, scrolls: !sheet, space }
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

// Which steps are in sight? Those of the zoom; else all, or as many as have room for their words.

/**
 * `range`: the steps in sight; `fits`: whether the words of all have room; `labels`: of the answers.
 *
 * @param {Pick<Numbers, "columns" | "answers">} numbers @param {number} width
 * @param {Pick<import("./picture.js").Room, "steps" | "first" | "sheet">} room
 */
export function stepsInSight({ columns, answers }, width, { steps, first = 0, sheet }) {
    const labels = answers.map(({ label }) => label)
    const number = stepsWithRoom(columns, width, labels)
    const begins = sheet ? 0 : Math.max(0, Math.min(first, columns.steps - number))
    const ends = sheet ? columns.steps : begins + number
    const range = /** @type {[number, number]} */ (steps ?? [begins - 0.5, ends - 0.5])
    return { range, labels, fits: number >= columns.steps }
}

// What of an answer can be read from the last row of a lecture? As many layers as fit side by side, in high rows.

/** @typedef {{layer: number, direction: number, unit: number}} Pin */

const BY = "those whose c changes most"

/**
 * The part of an answer that a lecture shows; the pinned unit is always in it. x is left out.
 *
 * @param {Numbers} numbers @param {import("./picture.js").Room} room @returns {Numbers}
 */
export function presented(numbers, room) {
    const pin = room.pin ?? null
    const frame = frameOf(numbers.stacks, numbers.columns.steps, room)
    const stacks = inSight(numbers.stacks, frame.across, pin)
    const { range, labels } = stepsInSight(numbers, frame.width, room)
    const row = answersRow(labels, frame.width / (range[1] - range[0]), false)
    const below = (row?.height ?? 0) + (frame.narrow ? NAME : 0)
    const { top } = stepAxis(numbers.columns, frame.width, range, below, false)
    const quantities = numbers.strips.map(({ quantity }) => quantity)
    const most = mostRows(quantities, room.height ?? 0, top, frame.space)
    const shorter = stacks.some(({ units }) => units.length > most)
    // They are chosen among those of the page.
    const [, rule = BY] = numbers.few.split(": ")
    const chosen = rule === BY ? BY : `${rule}, by change of c`
    const units = shorter ? `${most} of ${numbers.units} units: ${chosen}` : numbers.few
    const only = stacks.length < numbers.stacks.length && `only ${stacks.map(({ name }) => name).join(" and ")}`
    const few = [only, units].filter(Boolean).join(" · ")
    return { ...numbers, inputs: null, few, stacks: stacks.map(stack => fewerRows(stack, most, pin)) }
}

/** So many stacks: the last ones, or those around the pinned cell. @param {StackValues[]} stacks @param {number} number
 * @param {Pin | null} pin */
function inSight(stacks, number, pin) {
    const pinned = stacks.findIndex(({ layer, direction }) => layer === pin?.layer && direction === pin?.direction)
    const first = pinned < 0 ? stacks.length - number : Math.floor(pinned / number) * number
    return stacks.slice(Math.max(0, Math.min(first, stacks.length - number)), Math.max(0, first) + number)
}

/** The units whose memory changes most, in the order that they had. @param {StackValues} stack @param {number} most
 * @param {Pin | null} pin @returns {StackValues} */
function fewerRows(stack, most, pin) {
    const { layer, direction, units, values, start, reset, weights } = stack
    if (units.length <= most) return stack
    const isPinned = (/** @type {number} */ line) =>
        layer === pin?.layer && direction === pin.direction && units[line] === pin.unit
    const memory = (values.find(({ quantity }) => quantity === "c") ?? values[0]).z
    const changes = units.map((_, line) => (isPinned(line) ? Infinity : spread(memory[line] ?? [])))
    const order = units.map((_, line) => line).sort((a, b) => changes[b] - changes[a])
    const kept = order.slice(0, most).sort((a, b) => a - b)
    /** @type {<T>(rows: T[]) => T[]} */
    const picked = rows => (rows.length === units.length ? kept.map(line => rows[line]) : rows)
    return {
        ...stack,
        units: picked(units),
        weights: weights && picked(weights),
        values: values.map(({ quantity, z, other, mean }) => ({
            ...{ quantity, z: picked(z) },
            ...(other && mean && { other: picked(other), mean: picked(mean) }),
        })),
        start: Object.fromEntries(Object.entries(start).map(([quantity, rows]) => [quantity, picked(rows)])),
        reset: Object.fromEntries(
            Object.entries(reset).map(([name, steps]) => [name, steps.map(rows => picked(rows))]),
        ),
    }
}

/** From the smallest to the largest number. @param {ArrayLike<number>} row */
function spread(row) {
    let [low, high] = [Infinity, -Infinity]
    for (let k = 0; k < row.length; k++) {
        low = Math.min(low, row[k])
        high = Math.max(high, row[k])
    }
    return high >= low ? high - low : 0
}
