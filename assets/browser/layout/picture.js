/**
 * Where is everything in a picture? From the numbers and words that answer a question, for a window and a theme.
 */

import { roundUp } from "../shared/numbers.js"
import { letterOf } from "../state/answer.js"
import { frameOf, presented, stepsInSight } from "./room.js"
import { NAME, SPACE, stackOf } from "./stack.js"
import { answersRow, onThePage } from "./step_axis.js"

// Which colours has a picture? Those of its name and of the theme, from the colours that Python's figures have too.

/** @typedef {import("../state/answer.js").Shades} Shades */

/** @param {Wire.Colours} colours @param {string} name @param {"light" | "dark"} theme @returns {Look} */
export function lookOf({ ink, gates, states, lines }, name, theme) {
    return {
        ...ink[theme],
        gates: scaleOf(gates[name][theme]),
        states: scaleOf(states[name][theme]),
        lines: lines[theme],
    }
}

/** Evenly spaced colours as a Plotly scale. @param {string[]} shades @returns {Shades} */
const scaleOf = shades => shades.map((shade, place) => [place / (shades.length - 1), shade])

// What does the legend say? One entry for each scale on screen: its quantities, its ends, its colours.

/** @typedef {import("../state/answer.js").Scale} Scale */
/** @typedef {{strips: Wire.StripWords[], letters?: Object<string, string>}} Quantities */

/**
 * `reach`: the end of the scale of c, and of h where that is a projection.
 *
 * @param {Quantities & {reach: number, projects?: boolean}} numbers @param {Look} look @returns {Scale[]}
 */
export function scalesOf({ reach, projects, ...there }, look) {
    const beyond = reach === 1 ? "" : projects ? "ch" : "c"
    const gates = look.gates.map(([, colour]) => `${colour}`)
    const states = look.states.map(([, colour]) => `${colour}`)
    const scales = [
        { name: "gates", low: "0", high: "1", colours: gates },
        { name: "states", low: "−1", high: "+1", colours: states },
        { name: "memory", low: `−${reach}`, high: `+${reach}`, colours: states },
    ]
    const on = (/** @type {Wire.StripWords} */ { quantity, scale }) => (beyond.includes(quantity) ? "memory" : scale)
    return scales
        .map(scale => ({ scale, strips: there.strips.filter(strip => on(strip) === scale.name) }))
        .filter(({ strips }) => strips.length)
        .map(({ scale, strips }) => ({
            ...scale,
            name: `${scale.name} ${strips.map(({ quantity }) => letterOf(there, quantity)).join(" ")}`,
        }))
}

// Where is what the model reads as numbers, and what it says at each step, over the strips' axis?

/** @typedef {import("../state/answer.js").Extra} Extra */

// Pixels: a curve, all curves together, and a number on the axis of values, which has a share of its height free at
// both ends.
const CURVE = { least: 24, most: 104, together: 240, tick: 30, room: 0.08 }

/**
 * A curve for each column over an axis of its values, one under the other; what is foreseen is dotted, one step on.
 *
 * @param {DrawnSeries} series @param {any} layout @param {Look} look @returns {Extra}
 */
function curvesOf({ title, question, labels, names, values, foreseen, low, high, read }, layout, look) {
    const height = Math.max(CURVE.least, Math.min(CURVE.most, CURVE.together / labels.length))
    const axes = labels.map((_, n) => ({ top: n * height, height, ...valueAxis(low[n], high[n], height) }))
    const came = values.map((row, axis) => ({
        name: names[axis],
        axis,
        values: row,
        late: 0,
        stroke: shade(look, axis),
    }))
    const comes = (foreseen ?? []).map((row, axis) => ({
        ...{ name: `${names[axis]}, forecast`, axis, values: row, late: 1, stroke: look.ink },
        dash: [1.6, 4.8],
    }))
    const named = { title, question, labels: labels.map((text, n) => ({ text, colour: shade(look, n) })) }
    const own = { ...layout, height: height * labels.length, faint: look.faint }
    return { ...named, axes, lines: [...came, ...comes], layout: own, above: read }
}

/** An axis from the smallest to the largest value, with round numbers on it. @param {number} low @param {number} high
 * @param {number} height */
function valueAxis(low, high, height) {
    const [from, to] = high > low ? [low, high] : [low - 1, high + 1]
    const room = (to - from) * CURVE.room
    const every = roundUp((to - from) / Math.max(1, Math.floor(height / CURVE.tick)))
    const ticks = []
    for (let tick = Math.ceil(from / every); tick * every <= to; tick++) ticks.push(tick * every)
    return { range: [from - room, to + room], ticks }
}

/** The ends of the states' scale first: they differ most. @param {Look} look @param {number} n */
const shade = ({ states }, n) => `${states.at([0, -1, 1, -2][n % 4])?.[1]}`

// Where is everything in a picture? From the numbers and words that answer a question, for a window and a theme, come
// places, heatmaps, axes, labels and the legend. Nothing here knows the page.

/**
 * The room of a picture: pixels, the height null if it may be as high as it likes; the steps in sight, null for as many
 * as have room for their words, from the `first` on; whether it is for a lecture, with which pinned cell; and whether it is a sheet, which can't be scrolled.
 *
 * @typedef {{width: number, height: number | null, theme: "light" | "dark", steps: number[] | null,
 *     first?: number, presenting?: boolean, pin?: import("./room.js").Pin | null, sheet?: boolean}} Room
 */

// Pixels: no picture is smaller, also on a page that is not shown. In the lowest wide one c of three units has its numbers.
const NARROWEST = 200
const LOWEST = 322
// Pixels: a row of x, of all its rows at least and at most.
const FEATURE = 9
const FEATURES = { least: 27, most: 40 }
export const TITLE = 22

/** @param {Numbers} sent @param {Room} room @param {Wire.Colours} colours @returns {Picture} */
export function laidOut(sent, room, colours) {
    const look = lookOf(colours, `${sent.view.colours}`, room.theme)
    const numbers = room.presenting && sent.stacks.length ? presented(sent, room) : sent
    // Several stacks have their names above them.
    const title = (room.presenting || room.sheet) && numbers.stacks.length > 1 ? TITLE : 0
    const strips = numbers.strips.map(strip => ({ ...strip, line: look.lines[strip.quantity] }))
    const nothing = {
        answers: null,
        inputs: null,
        across: 1,
        narrow: false,
        given: false,
        range: [],
        fits: true,
        readsX: false,
    }
    if (!numbers.stacks.length) return { ...numbers, ...nothing, stacks: [], extras: [], legend: [], look, strips }
    const { columns } = numbers
    const width = Math.max(NARROWEST, room.width)
    const given = numbers.stacks.some(({ start }) => Object.values(start).some(values => values.some(Boolean)))
    const size = { ...room, width, height: room.height && room.height - title }
    const frame = frameOf(numbers.stacks, columns.steps, size, given)
    if (frame.height && !(frame.narrow || room.presenting || room.sheet)) frame.height = Math.max(LOWEST, frame.height)
    // A phone has no room for x.
    const readsX = !frame.narrow && !!numbers.inputs
    const inputs = readsX && `${numbers.view.quantities}`.includes("x") ? numbers.inputs : null
    const { range, fits, labels } = stepsInSight(numbers, frame.width, room)
    const row = answersRow(labels, frame.width / (range[1] - range[0]), !!room.sheet)
    const height = inputs && Math.max(FEATURES.least, Math.min(FEATURES.most, FEATURE * inputs.z.length))
    const [name, after] = [frame.narrow ? NAME : 0, height ? height + SPACE.wide.gap : 0]
    const below = (row?.height ?? 0) + name + after
    const stacks = numbers.stacks.map(stack =>
        stackOf(stack, { numbers, range, look, frame, below, sheet: room.sheet }),
    )
    const first = stacks[0].places[0].top
    const over = { ...onThePage(look), width: stacks[0].figure.layout.width, xaxis: { range: [...range] } }
    const top = first - name - after
    const said = top - (row?.height ?? 0)
    return {
        ...numbers,
        look,
        strips,
        stacks,
        extras: numbers.series.map(one => curvesOf(one, over, look)),
        legend: scalesOf({ ...numbers, strips }, look),
        answers: row && {
            ...{ said: numbers.answers, over: frame.narrow ? 0 : lastLayer(stacks) },
            ...{ place: { top: said, height: row.height }, ...withoutHeight(row) },
        },
        ...{ readsX, inputs: inputs && height ? { ...inputs, place: { top, height } } : null },
        across: frame.across,
        overview: numbers.overview ?? (fits || room.sheet ? null : overviewOf(numbers.stacks)),
        narrow: frame.narrow,
        ...{ given, range, fits },
    }
}

/** As the numbers of a longer text say it: over all units the smallest c, the largest, and the largest change.
 * @param {StackValues[]} stacks */
function overviewOf(stacks) {
    const rows = stacks.flatMap(({ values }) => (values.find(({ quantity }) => quantity === "c") ?? values[0]).z)
    const over = (/** @type {(...all: number[]) => number} */ choose, /** @type {number} */ before) =>
        rows[0].map((_, step) =>
            choose(...rows.map(row => (before ? Math.abs(row[step] - (row[step - 1] ?? 0)) : row[step]))),
        )
    return [over(Math.min, 0), over(Math.max, 0), over(Math.max, 1)]
}

/** Where the last layer begins: what the model says comes from it. On a phone that is a screen or more away. @param {{layer: number}[]} stacks */
const lastLayer = stacks => stacks.findIndex(({ layer }) => layer === stacks[stacks.length - 1].layer)

/** @param {{level: boolean, shares: boolean}} row */
const withoutHeight = ({ level, shares }) => ({ level, shares })
