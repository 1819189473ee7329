/**
 * Where is everything in a picture? From the numbers and words that answer a question, for a window and a theme, come
 * places, heatmaps, axes, labels and the legend. Nothing here knows the page.
 */

import { answersRow } from "./answers_row.js"
import { frameOf } from "./frame.js"
import { lookOf } from "./look.js"
import { extrasOf } from "./model_output.js"
import { presented } from "./presented.js"
import { scalesOf } from "./scales.js"
import { stackOf } from "./stack.js"
import { GAP, GAP_NARROW } from "./strip_heights.js"

/**
 * The room of a picture: pixels, the height null if it may be as high as it likes; the steps in sight, null for all;
 * whether it is for a lecture, with which pinned cell; and whether it is a sheet, which can't be scrolled.
 *
 * @typedef {{width: number, height: number | null, theme: "light" | "dark", steps: number[] | null,
 *     presenting?: boolean, pin?: import("./presented.js").Pin | null, sheet?: boolean}} Room
 */

// Pixels: no picture is smaller, also on a page that is not shown. In the lowest c of three units has its numbers.
const NARROWEST = 200
const LOWEST = 322
// Pixels: a row of x, of all its rows at least and at most; and its name above it on a narrow page.
const FEATURE = 9
const FEATURES = { least: 27, most: 40 }
const NAME = 22
export const TITLE = 22
// Pixels above a stack that has no column of names at its side.
const NAMES_ABOVE = 20

/** @param {Numbers} sent @param {Room} room @param {Wire.Colours} colours @returns {Picture} */
export function laidOut(sent, room, colours) {
    const look = lookOf(colours, `${sent.view.colours}`, room.theme)
    const numbers = room.presenting && sent.stacks.length ? presented(sent, room) : sent
    // Several stacks have their names above them.
    const title = (room.presenting || room.sheet) && numbers.stacks.length > 1 ? TITLE : 0
    const strips = numbers.strips.map(strip => ({ ...strip, line: look.lines[strip.quantity] }))
    const nothing = {
        stacks: [],
        extras: [],
        legend: [],
        answers: null,
        inputs: null,
        across: 1,
        narrow: false,
        given: false,
    }
    if (!numbers.stacks.length) return { ...numbers, ...nothing, look, strips }
    const { columns, inputs } = numbers
    const width = Math.max(NARROWEST, room.width)
    const given = numbers.stacks.some(({ start }) => Object.values(start).some(values => values.some(Boolean)))
    const size = {
        ...room,
        width,
        height: room.height && Math.max(room.presenting || room.sheet ? 0 : LOWEST, room.height - title),
    }
    const frame = frameOf(numbers.stacks, columns.steps, size, given)
    if (frame.narrow && frame.height) frame.height -= NAMES_ABOVE
    const range = /** @type {[number, number]} */ (room.steps ?? [-0.5, columns.steps - 0.5])
    const row = answersRow(
        numbers.answers.map(({ label }) => label),
        frame.width / (range[1] - range[0]),
    )
    const [before, after] = frame.narrow ? [NAME, GAP_NARROW] : [0, GAP]
    const height = inputs && Math.max(FEATURES.least, Math.min(FEATURES.most, FEATURE * inputs.z.length))
    const below = (row?.height ?? 0) + (height ? before + height + after : 0)
    const stacks = numbers.stacks.map(stack => stackOf(stack, { numbers, range, look, frame, below }))
    const first = stacks[0].places[0].top
    const top = height ? first - after - height : first
    const said = top - (height ? before : 0) - (row?.height ?? 0)
    return {
        ...numbers,
        look,
        strips,
        stacks,
        extras: extrasOf(numbers, stacks[0].figure.layout.width, range, look),
        legend: scalesOf({ ...numbers, strips }, look),
        answers: row && {
            ...{ said: numbers.answers, over: frame.narrow ? 0 : lastLayer(stacks) },
            ...{ place: { top: said, height: row.height }, ...withoutHeight(row) },
        },
        inputs: inputs && height ? { ...inputs, place: { top, height } } : null,
        across: frame.across,
        narrow: frame.narrow,
        given,
    }
}

/** Where the last layer begins: what the model says comes from it. On a phone that is a screen or more away. @param {{layer: number}[]} stacks */
const lastLayer = stacks => stacks.findIndex(({ layer }) => layer === stacks[stacks.length - 1].layer)

/** @param {{level: boolean, shares: boolean}} row */
const withoutHeight = ({ level, shares }) => ({ level, shares })
