/**
 * What is drawn of a stack? One list of cells, rectangles and texts, in pixels from the stack's upper left corner;
 * `sinks.js` paints it on the page and writes it into a file.
 */

import { unescaped, widthOf } from "../layout/step_axis.js"
import { shadesOf } from "../shared/colour.js"
import { fixed, roundUp, signed } from "../shared/numbers.js"

/**
 * A shape: cells, each in the colour of its value, `z` (row, column) between the pixels `across` and `down`, with `gaps` of
 * so many pixels between columns and between rows; a rectangle, filled or, with a `line`, framed; a text, its middle at
 * `y`; a line through points, broken where a number is NaN; and some shapes of which only the part in a box is seen,
 * `about` whose cells they are.
 *
 * @typedef {{kind: "cells", z: ArrayLike<number>[], across: number[], down: number[], gaps: number[],
 *     shade: (value: number) => import("../shared/colour.js").Shade}} Cells
 * @typedef {{kind: "rectangle", x: number, y: number, width: number, height: number, fill?: string, line?: string,
 *     alpha?: number, round?: number}} Rectangle
 * @typedef {{kind: "text", text: string, x: number, y: number, size: number, fill: string, weight?: number,
 *     alpha?: number, anchor?: "start" | "middle" | "end", turn?: string | null, struck?: boolean}} Words
 * @typedef {{kind: "line", points: number[][], stroke: string, width?: number, dash?: number[]}} Line
 * @typedef {{kind: "part", x: number, y: number, width: number, height: number, about: Object<string, any>,
 *     shapes: Shape[]}} Part
 * @typedef {Cells | Rectangle | Words | Line | Part} Shape
 */

// Where is a cell? Between the pixels of its columns and rows.

/** The name of a strip's axis of units in Plotly's layout. */
export const axisOf = (/** @type {number} */ row) => (row ? `yaxis${row + 1}` : "yaxis")

/** The strip of c; -1 where it is not shown. @param {Pick<Painted, "data">} stack */
export const stripOfC = ({ data }) => data.findIndex(({ name }) => name === "c")

/** What says the pixel of a place on the axis of steps. @param {Pick<Painted, "layout">} stack */
function along({ layout: { xaxis, width } }) {
    const [first, last] = xaxis.range
    return (/** @type {number} */ at) => ((at - first) / (last - first)) * width
}

/**
 * The place of some columns in a stack, in pixels; the invisible part is cut off.
 *
 * @param {Pick<Painted, "columns" | "layout">} stack @param {number} from @param {number} to
 */
export function between({ columns, layout }, from, to) {
    const x = along({ layout })
    const seen = (/** @type {number} */ at) => Math.max(0, Math.min(layout.width, x(at)))
    return from > to ? [0, 0] : [seen(columns.edges(from)[0]), seen(columns.edges(to)[1])]
}

/** The pixels between which the columns are. @param {Pick<Painted, "layout" | "columns">} stack */
function acrossOf({ layout, columns }) {
    const x = along({ layout })
    const ends = Array.from({ length: columns.number }, (_, column) => x(columns.edges(column)[1]))
    return [x(columns.edges(0)[0]), ...ends]
}

/** The pixels between which so many rows are, from `top` on. @param {number} rows @param {number} top @param {number} high of a row */
const downOf = (rows, top, high) => Array.from({ length: rows + 1 }, (_, line) => top + line * high)

/**
 * The pixels between which the columns and the rows of a strip are.
 *
 * @param {Pick<Painted, "layout" | "columns" | "places" | "data">} stack @param {number} row
 */
export function edgesOf({ layout, columns, places, data }, row) {
    const [bottom, top] = layout[axisOf(row)].range
    const high = places[row].height / (bottom - top)
    const down = downOf(data[row].z.length, places[row].top - (top + 0.5) * high, high)
    return { across: acrossOf({ layout, columns }), down }
}

// What stands on the strips? Their cells, with gaps between them, and the numbers that have room there.

const SIZE = 12
// Pixels: rows up to the first are a pixel apart, from the second on three.
const LOW_ROW = 10
const HIGH_ROW = 16

/** @param {Painted} stack @param {number} row @returns {Part} */
function strip(stack, row) {
    const { data, places, layout, onCells, layer, direction } = stack
    const { top, height } = places[row]
    const { gap, flat, numbers } = onCells[row]
    const { name, z, bars } = data[row]
    const high = height / Math.max(1, z.length)
    // A pin's frame lies between two rows.
    const apart = high <= LOW_ROW ? 1 : high < HIGH_ROW ? 2 : 3
    const shade = shadesOf(data[row])
    const cells = { kind: /** @type {const} */ ("cells"), z, ...edgesOf(stack, row), shade }
    const box = { x: 0, y: top, width: layout.width, height }
    const all = { ...cells, gaps: [gap ? 1 : 0, flat ? 0 : apart] }
    const about = { "data-quantity": name, "data-layer": layer, "data-direction": direction }
    const shapes = bars
        ? barsOf(cells, bars, barsDown(bars, top, height), data[row], layout.faint)
        : [all, ...(numbers ? numbersOn(cells, data[row], box) : [])]
    return { kind: "part", ...box, about, shapes }
}

// The palest colour of a bar, as a share of the strongest; and the pixels of one that says its number, and between rows.
const STRONG = 0.45
const SAID = 16
const APART = 6

/** The pixels between which the rows of bars are: on one scale, so a row takes as much as its axis has.
 * @param {[number, number][]} axes @param {number} top @param {number} height */
export function barsDown(axes, top, height) {
    const spans = axes.map(([low, high]) => high - low)
    const one = (height - APART * (axes.length - 1)) / spans.reduce((sum, span) => sum + span, 0)
    let next = top
    return spans.map(span => {
        const from = next
        next += span * one + APART
        return [from, from + span * one]
    })
}

/** A bar a value, from the line of 0 of its row; the ends of a row have their numbers.
 * @param {Omit<Cells, "gaps" | "down">} cells @param {[number, number][]} axes @param {number[][]} down
 * @param {ColourScale} scale @param {string} faint @returns {Shape[]} */
function barsOf({ z, across, shade }, axes, down, { zmax }, faint) {
    return z.flatMap((values, line) => {
        const [[low, high], [top, foot]] = [axes[line], down[line]]
        const room = foot - top
        const y = (/** @type {number} */ value) => top + (room * (high - value)) / (high - low || 1)
        const width = across[values.length] - across[0]
        const zero = rectangle({ x: across[0], y: y(0), width, height: 1, fill: faint, alpha: 0.3 })
        const all = Array.from(values)
        const told = [all.indexOf(Math.min(...all)), all.indexOf(Math.max(...all))]
        const bars = all.flatMap((value, column) => {
            const [x, end] = [across[column] + 0.5, across[column + 1] - 0.5]
            const box = { x, y: Math.min(y(0), y(value)), width: end - x, height: Math.abs(y(value) - y(0)) }
            // How long a bar is says how much: a pale one would only be hard to see.
            const { colour, ink } = shade(Math.sign(value) * Math.max(Math.abs(value), STRONG * zmax))
            const bar = rectangle({ ...box, fill: colour })
            if (!told.includes(column) || box.height < SAID || box.width < 2 * SIZE) return [bar]
            const at = y(value) + (value < 0 ? -0.7 : 0.7) * SIZE
            const number = written(signed(value, 1), x + box.width / 2, at, { size: 11, fill: ink, anchor: "middle" })
            return [bar, number]
        })
        return [zero, ...bars]
    })
}

/** @param {Omit<Cells, "gaps">} cells @param {ColourScale} scale @param {{y: number, width: number, height: number}} box @returns {Words[]} */
function numbersOn({ z, across, down, shade }, { zmin }, { y: top, width, height }) {
    const say = zmin < 0 ? signed : fixed
    return z.flatMap((values, line) => {
        const y = (down[line] + down[line + 1]) / 2
        if (y < top || y > top + height) return []
        return Array.from(values).flatMap((value, column) => {
            const x = (across[column] + across[column + 1]) / 2
            if (Number.isNaN(value) || x < 0 || x > width) return []
            return [written(say(value, 2), x, y, { fill: shade(value).ink, anchor: "middle" })]
        })
    })
}

/** @param {Omit<Rectangle, "kind">} how @returns {Rectangle} */
const rectangle = how => ({ kind: "rectangle", ...how })

/** @param {string} text @param {number} x @param {number} y @param {Partial<Words> & {fill: string}} how @returns {Words} */
const written = (text, x, y, how) => ({ kind: "text", text, x, y, size: SIZE, ...how })

// What does a layer read, and start from? x of each word, and c and h before the first step.

// Pixels: the width of the starting values and their distance from the strips; the lowest cell with a number, and the
// highest without a gap.
export const START = { width: 17, away: 4 }
const NUMBER = 14
const NO_GAP = 6
// The most units whose starting values are drawn.
const STARTS = 64

/** @param {Painted} stack @param {Picture} picture @returns {Shape[]} */
function inputs(stack, { inputs, look: { states } }) {
    if (!inputs || stack.layer > 0) return []
    const { z, reach, place } = inputs
    const high = place.height / z.length
    const shade = shadesOf({ colorscale: states, zmin: -reach, zmax: reach })
    const [across, down] = [acrossOf(stack), downOf(z.length, place.top, high)]
    const box = { x: 0, y: place.top, width: stack.layout.width, height: place.height }
    return [{ kind: "part", ...box, about: {}, shapes: [cellsOf(z, across, down, shade)] }]
}

/** @param {ArrayLike<number>[]} z @param {number[]} across @param {number[]} down @param {Cells["shade"]} shade
 * @returns {Cells} */
const cellsOf = (z, across, down, shade) => ({
    ...{ kind: "cells", z, across, down, shade },
    gaps: [1, down[1] - down[0] > NO_GAP ? 1 : 0],
})

/** @param {Painted} stack @returns {Shape[]} */
function starts({ start, places, data, layout, direction }) {
    const all = Object.values(start)
    if (!all.length || all[0].length > STARTS || !all.some(values => values.some(Boolean))) return []
    // The reverse direction begins at the last word.
    const x = direction ? layout.width + START.away : -START.width - START.away
    const { width } = START
    return data.flatMap((trace, strip) => {
        const values = start[trace.name]
        if (!values) return []
        const { top, height } = places[strip]
        const shade = shadesOf(trace)
        const high = height / values.length
        const column = values.map(value => [value])
        const cells = cellsOf(column, [x, x + width + 1], downOf(values.length, top, high), shade)
        const numbers = values.map((value, line) =>
            written(value ? fixed(value, 1) : "0", x + width / 2, top + (line + 0.5) * high, {
                ...{ fill: shade(value).ink, anchor: "middle" },
            }),
        )
        const frame = { x: x + 0.5, y: top + 0.5, width: width - 1, height: height - 1, line: layout.font.color }
        return [cells, ...(high >= NUMBER ? numbers : []), rectangle({ ...frame, alpha: 0.35 })]
    })
}

// Which unit is a row of? Its number stands at its left, strong in c, grey elsewhere; the pinned unit's is marked.

// Pixels: the numbers' distance from the strips, from one to the next at least, and a pinned one's mark.
const AWAY = 6
const LEAST = 11
const MARK = 16
export const PIN = "#e08a00"
// On the page the pin's colour is too light for letters in the light theme.
const PINNED = { light: "#9a5b00", dark: "#ffb84d" }

/**
 * @param {Painted} stack @param {Cell | null} pin of this stack @param {"light" | "dark"} theme
 * @param {number} beside pixels between the strips and their numbers, for the starting values @returns {Shape[]}
 */
function rowNames({ units, places, data, layout }, pin, theme, beside) {
    const main = Math.max(0, stripOfC({ data }))
    return data.flatMap(({ z }, strip) => {
        const { top, height } = places[strip]
        const [bottom, first] = layout[axisOf(strip)].range
        const row = height / (bottom - first)
        const strong = strip === main
        // A projection's h has other units.
        if (z.length !== units.length || (!strong && row < LEAST)) return []
        const every = row < LEAST ? roundUp(LEAST / row) : 1
        const all = units.map((unit, line) => ({ unit, line, y: top + (line - first) * row }))
        const own = all.find(({ unit }) => unit === pin?.unit)
        return all
            .filter(({ y }) => y >= top && y <= top + height)
            .filter(one => one === own || (one.line % every === 0 && !(own && Math.abs(own.y - one.y) < LEAST)))
            .flatMap(({ unit, y }) =>
                rowName(`${unit}`, Math.max(y, top + LEAST / 2), strong, unit === own?.unit && PINNED[theme]),
            )
    })

    /** @param {string} unit @param {number} y @param {boolean} strong @param {string | false} pinned its colour */
    function rowName(unit, y, strong, pinned) {
        const x = -AWAY - beside
        const width = widthOf(unit) + 8
        const marked = pinned && strong
        const fill = marked ? "#10181f" : pinned || layout.font.color
        const mark = { x: x - width + 4, y: y - MARK / 2, width, height: MARK, round: 4, fill: PIN }
        const look = strong || pinned ? { weight: 600 } : { alpha: 0.6 }
        const name = written(unit, x, y + 0.5, { fill, anchor: "end", ...look })
        return [...(marked ? [rectangle(mark)] : []), name]
    }
}

// What stands over the columns? The words, where Plotly writes them.

// Parts of the letters' size, and a pixel, by which Plotly keeps words away from their place.
const FREE = 0.2
// From the middle of a letter to its foot, in parts of its size.
const FOOT = 0.35

/**
 * The words of a stack that are in sight; at the steps of `out` they are struck through.
 *
 * @param {Pick<Painted, "layout" | "places">} stack @param {number[]} out @returns {Words[]}
 */
export function wordsOver({ layout, places }, out) {
    const { tickvals, ticktext, tickangle, ticklabelstandoff, tickfont, range } = layout.xaxis
    const { size } = tickfont
    const y = places[0].top - ticklabelstandoff - FREE * size - 1 - FOOT * size
    const x = along({ layout })
    return /** @type {number[]} */ (tickvals).flatMap((step, k) => {
        if (step < range[0] || step > range[1]) return []
        const turn = tickangle ? `rotate(${tickangle} ${x(step)} ${y - (0.5 - FOOT) * size})` : null
        const how = { size, fill: layout.font.color, turn, struck: out.includes(step) }
        return [written(unescaped(ticktext[k]), x(step), y, { ...how, anchor: tickangle ? "start" : "middle" })]
    })
}

/** Where the words end: above the answers, the input, or the strips. @param {Pick<Picture, "answers" | "inputs">} picture
 * @param {Pick<Painted, "places">} stack */
export const wordsEnd = ({ answers, inputs }, { places }) => (answers ?? inputs)?.place.top ?? places[0].top

// How is a number over time drawn? As a line over an axis of its values, whose numbers stand left of it.

/** @param {import("../state/answer.js").Extra} extra @param {Columns} columns @returns {Shape[]} */
export function curves({ axes, lines, layout }, columns) {
    const x = along({ layout })
    const [line, part] = [/** @type {const} */ ("line"), /** @type {const} */ ("part")]
    const yOf = axes.map(({ top, height, range: [low, high] }) => {
        return (/** @type {number} */ value) => top + (height * (high - value)) / (high - low)
    })
    const ticks = axes.flatMap(({ ticks }, n) => ticks.map(tick => ({ tick, y: yOf[n](tick) })))
    const grid = ticks.map(({ y }) => ({ kind: line, points: [0, layout.width].map(x => [x, y]), stroke: GRID }))
    const drawn = lines.map(({ axis, values, late, stroke, dash }) => {
        const points = Array.from(values, (value, k) => [x(columns.positions[k] + late), yOf[axis](value)])
        // One number alone is a dot.
        const more = points.length > 1 ? { points, width: 1.6, dash } : { points: [...points, ...points], width: 6 }
        return { kind: line, stroke, ...more }
    })
    const box = { x: 0, y: 0, width: layout.width, height: layout.height, about: {} }
    const named = ticks.map(({ tick, y }) => {
        const text = `${Number(tick.toPrecision(6))}`.replace("-", "−")
        return written(text, -AWAY, y, { fill: layout.faint, anchor: "end" })
    })
    return [{ kind: part, ...box, shapes: [...grid, ...drawn] }, ...named]
}

const GRID = "rgba(128,128,128,.25)"

/**
 * All that is drawn of a stack but its words.
 *
 * @param {Painted} stack @param {Picture} picture
 * @param {{pin: Cell | null, theme: "light" | "dark"}} how @returns {Shape[]}
 */
export function shapesOf(stack, picture, { pin, theme }) {
    const own = pin?.layer === stack.layer && pin.direction === stack.direction ? pin : null
    const beside = picture.given && !stack.direction ? START.width + START.away : 0
    return [
        ...stack.data.map((_, row) => strip(stack, row)),
        ...inputs(stack, picture),
        ...starts(stack),
        ...rowNames(stack, own, theme, beside),
    ]
}
