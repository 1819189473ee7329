/** What of an answer can be read from the last row of a lecture? As many layers as fit side by side, in high rows. */

import { answersRow } from "./answers_row.js"
import { frameOf } from "./frame.js"
import { stepAxis } from "./step_axis.js"
import { mostRows } from "./strip_heights.js"

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
    const range = /** @type {[number, number]} */ (room.steps ?? [-0.5, numbers.columns.steps - 0.5])
    const labels = numbers.answers.map(({ label }) => label)
    const row = answersRow(labels, frame.width / (range[1] - range[0]))
    const { top } = stepAxis(numbers.columns, frame.width, range, row?.height ?? 0)
    const quantities = numbers.strips.map(({ quantity }) => quantity)
    const most = mostRows(quantities, room.height ?? 0, top)
    const shorter = stacks.some(({ units }) => units.length > most)
    // They are chosen among those of the page.
    const [, rule = BY] = numbers.few.split(": ")
    const chosen = rule === BY ? BY : `${rule}, by change of c`
    const units = shorter ? `${most} of ${numbers.units} units: ${chosen}` : numbers.few
    const only = stacks.length < numbers.stacks.length && `only ${stacks.map(({ name }) => name).join(" and ")}`
    const few = [only, units].filter(Boolean).join(" · ")
    return { ...numbers, inputs: null, few, stacks: stacks.map(stack => fewerRows(stack, most, pin)) }
}

/** So many stacks: the last ones, or those around the pinned cell. @param {Wire.StackValues[]} stacks @param {number} number
 * @param {Pin | null} pin */
function inSight(stacks, number, pin) {
    const pinned = stacks.findIndex(({ layer, direction }) => layer === pin?.layer && direction === pin?.direction)
    const first = pinned < 0 ? stacks.length - number : Math.floor(pinned / number) * number
    return stacks.slice(Math.max(0, Math.min(first, stacks.length - number)), Math.max(0, first) + number)
}

/** The units whose memory changes most, in the order that they had. @param {Wire.StackValues} stack @param {number} most
 * @param {Pin | null} pin @returns {Wire.StackValues} */
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
