/**
 * Where is everything in a picture? From the numbers and words that answer a question, for a window and a theme.
 */

import { roundUp } from "../shared/numbers.js"
import { letterOf } from "../state/answer.js"
import { frameOf, presented } from "./room.js"
import { GAP, GAP_NARROW, heatmap, onCells, stackOf } from "./stack.js"
import { answersRow, BARE_AXIS, escaped, onThePage } from "./step_axis.js"

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

// How is drawn what the model reads as numbers, and what it says at each step, over the strips' axis?

/** @typedef {import("../state/answer.js").Extra} Extra */

// Pixels: a row of a label's scores; a curve, all curves together, and a number on the axis of values, which has a
// share of its height free at both ends; and the width of that axis, which lies left of the strips.
const ROW = 18
const CURVE = { least: 24, most: 104, together: 240, tick: 30, room: 0.08 }
export const AXIS = 28
// The letters of a score.
const LETTERS = 12

/**
 * The pictures above and below the strips.
 *
 * @param {Numbers} numbers @param {number} width @param {[number, number]} range @param {Look} look @returns {Extra[]}
 */
function extrasOf({ series, scores, columns }, width, range, look) {
    const curves = series.map(one => curvesOf(one, columns, width, range, look))
    return scores ? [...curves, scoresOf(scores, columns, width, range, look)] : curves
}

/**
 * Probabilities (label, step) on the gates' scale; drawn only for who opens them.
 *
 * @param {LabelScores} scores @param {Columns} columns @param {number} width
 * @param {[number, number]} range @param {Look} look @returns {Extra}
 */
function scoresOf({ title, question, labels, z }, columns, width, range, look) {
    const words = labels.map(escaped)
    const has = onCells(ROW, (columns.per * width) / (range[1] - range[0]))
    const trace = {
        ...heatmap("score", "gates", z, columns.positions, look),
        meta: {},
        xgap: has.gap ? 1 : 0,
        ygap: has.flat ? 0 : 1,
        ...(has.numbers && { texttemplate: "%{z:.2f}", textfont: { size: LETTERS } }),
        customdata: words.map(word => columns.positions.map(() => word)),
        hovertemplate: "%{customdata}: %{z:.3f}<extra></extra>",
    }
    const layout = frame(width, ROW * labels.length, range, look, [labels.length - 0.5, -0.5])
    const texts = labels.map(text => ({ text }))
    return { title, question, labels: texts, figure: { data: [trace], layout }, above: false, folded: true }
}

/**
 * A curve for each column over an axis of its values, one under the other; what is foreseen is dotted, one step on.
 *
 * @param {DrawnSeries} series @param {Columns} columns @param {number} width @param {[number, number]} range
 * @param {Look} look @returns {Extra}
 */
function curvesOf({ title, question, labels, names, values, foreseen, low, high, read }, columns, width, range, look) {
    const each = Math.max(CURVE.least, Math.min(CURVE.most, CURVE.together / labels.length))
    const curve = (/** @type {Float32Array} */ row, /** @type {number} */ n) => ({
        type: "scatter",
        mode: columns.number > 1 ? "lines" : "markers",
        name: escaped(names[n]),
        x: columns.positions,
        y: Array.from(row),
        yaxis: n ? `y${n + 1}` : "y",
        hovertemplate: `%{y:.4g}<extra>${escaped(names[n])}</extra>`,
        line: { width: 1.6, color: shade(look, n) },
    })
    const came = values.map(curve)
    const comes = (foreseen ?? []).map((row, n) => ({
        ...curve(row, n),
        name: `${escaped(names[n])}, forecast`,
        x: columns.positions.map(step => step + 1),
        hovertemplate: `%{y:.4g}<extra>${escaped(names[n])}, forecast</extra>`,
        line: { width: 1.6, color: look.ink, dash: "dot" },
    }))
    const layout = frame(width, each * labels.length, range, look, [0, 1])
    layout.margin.l = AXIS
    layout.width += AXIS
    const axes = labels.map((_, n) => valueAxis(low[n], high[n], each, look))
    axes.forEach((axis, n) => {
        const domain = [1 - (n + 1) / labels.length, 1 - n / labels.length]
        Object.assign(layout, { [n ? `yaxis${n + 1}` : "yaxis"]: { ...layout.yaxis, ...axis, domain } })
    })
    const coloured = labels.map((text, n) => ({ text, colour: shade(look, n) }))
    const figure = { data: [...came, ...comes], layout }
    return { title, question, labels: coloured, figure, above: read, folded: false }
}

/**
 * An axis from the smallest to the largest value, with round numbers on it.
 *
 * @param {number} low @param {number} high @param {number} height @param {Look} look
 */
function valueAxis(low, high, height, look) {
    const [from, to] = high > low ? [low, high] : [low - 1, high + 1]
    const room = (to - from) * CURVE.room
    const every = roundUp((to - from) / Math.max(1, Math.floor(height / CURVE.tick)))
    const ticks = []
    for (let tick = Math.ceil(from / every); tick * every <= to; tick++) ticks.push(tick * every)
    return {
        range: [from - room, to + room],
        tickvals: ticks,
        ticktext: ticks.map(tick => `${Number(tick.toPrecision(6))}`.replace("-", "−")),
        tickfont: { size: LETTERS, color: look.faint },
        showticklabels: true,
        ticklabeloverflow: "allow",
        showgrid: true,
        gridcolor: "rgba(128,128,128,.25)",
    }
}

/** The ends of the states' scale first: they differ most. @param {Look} look @param {number} n */
const shade = ({ states }, n) => `${states.at([0, -1, 1, -2][n % 4])?.[1]}`

/**
 * An empty figure over the visible steps.
 *
 * @param {number} width @param {number} height @param {[number, number]} range @param {Look} look
 * @param {number[]} across the range of the other axis
 */
function frame(width, height, range, look, across) {
    return {
        ...onThePage(look),
        width: Math.round(width),
        height: Math.round(height),
        margin: { l: 0, r: 0, t: 0, b: 0 },
        hovermode: "closest",
        xaxis: { range: [...range], showticklabels: false, ...BARE_AXIS },
        yaxis: { range: across, showticklabels: false, fixedrange: true, ...BARE_AXIS },
    }
}

// Where is everything in a picture? From the numbers and words that answer a question, for a window and a theme, come
// places, heatmaps, axes, labels and the legend. Nothing here knows the page.

/**
 * The room of a picture: pixels, the height null if it may be as high as it likes; the steps in sight, null for all;
 * whether it is for a lecture, with which pinned cell; and whether it is a sheet, which can't be scrolled.
 *
 * @typedef {{width: number, height: number | null, theme: "light" | "dark", steps: number[] | null,
 *     presenting?: boolean, pin?: import("./room.js").Pin | null, sheet?: boolean}} Room
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
    const nothing = { answers: null, inputs: null, across: 1, narrow: false, given: false }
    if (!numbers.stacks.length) return { ...numbers, ...nothing, stacks: [], extras: [], legend: [], look, strips }
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
