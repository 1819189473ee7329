/**
 * How are several readings drawn as rows over one axis of steps? As Memory's strips on a sheet, with names at their left;
 * anew in every size that their place takes.
 */

import { heatmap, onCells } from "../layout/stack.js"
import { onThePage, stepAxis, widthOf } from "../layout/step_axis.js"
import { svg } from "../shared/element.js"
import { count, roundUp } from "../shared/numbers.js"
import { drawsHeatmaps } from "../shared/plotly.js"
import { Columns } from "../state/answer.js"
import { axisOf, barsDown, between, PIN, shapesOf, wordsOver } from "./cells.js"
import { toSvg } from "./sinks.js"

/**
 * A strip of rows (row, step). `quantity`: its letter; `reach`: the end of a scale from −reach to reach; `rows`: their
 * names, where these are no numbers; `units`: of a layer, where the console is told them; `marked`: its title is; `bars`:
 * of bars that stand in place of cells the ends of each row's axis.
 *
 * @typedef {{quantity: string, z: ArrayLike<number>[], scale?: "gates" | "states", title?: string, question?: string,
 *     reach?: number, rows?: string[], name?: string, units?: number[], marked?: boolean, bars?: [number, number][]}} Strip
 *
 * Labels between the words and the cells, one at a step; `strong` ones stand on a ground: the accent, framed, or one of their own;
 * `struck`: it is through.
 *
 * @typedef {{name: string, labels: ({label: string, share: number | null, strong: boolean, struck?: boolean} | null)[],
 *     ground?: string}} Labelled
 *
 * `head`: what stands above the strips, in place of names at their left; `high`: the pixels of a row, if there are few;
 * `resets`: a line before each step; `curves`: on an axis of their own, `ends` of it and
 * how a value is written, `at`: a column with a line; `least`: the fewest pixels of all columns.
 *
 * @typedef {{name: string, values: number[], line: Object<string, any>}} Curve NaN: no value.
 * @typedef {{of: Curve[], ends?: [number, number], high?: number, written?: (value: number) => string,
 *     at?: number}} Curves
 * @typedef {{strips: Strip[], tokens: string[], look: Look, theme: "light" | "dark", high: number, head?: string,
 *     resets?: boolean, labelled?: Labelled[], curves?: Curves, least?: number, layer?: number}} Rows
 */

// Pixels: between strips; of rows that share a window, of many rows, of all of these, and of few; a line of names.
const [GAP, WINDOW, LOW, MOST, LEAST] = [6, 560, 15, 830, 46]
const [NAME, CURVES, NEAR, APART] = [18, 128, 7, 13]
// Curves of so few steps have dots.
const FEW = 12
// Pixels of a line of labels, and of a probability behind one; and how large its letters are.
const [LABEL, SHARE, SMALL] = [24, 34, 0.87]
// How many times as high as another row one of c is, and one of bars on average.
const [MEMORY, BARS] = [1.4, 5]
// The most resets that have a line each.
export const MOST_RESETS = 40
const ACCENT = { light: "#12617d", dark: "#5caabf" }
const SERIF = "Georgia, 'Times New Roman', serif"

const weightOf = (/** @type {Strip} */ { quantity, z, bars }) =>
    z.length * (bars ? BARS : quantity === "c" ? MEMORY : 1)

/** Where all is, in so much room; `height`: of the whole, null for as much as it needs.
 * @param {Rows} rows @param {number} width @param {number | null} height */
function laid({ strips, tokens, look, high, head, labelled = [], curves, least = 1 }, width, height) {
    const number = tokens.length
    // Many steps that are only numbered are not each named.
    const labels = number > FEW && tokens.every((token, step) => token === `${step}`) ? [] : tokens
    const columns = new Columns({ columns: { first: 0, per: 1, number, steps: number }, labels })
    const range = /** @type {[number, number]} */ ([-0.5, number - 0.5])
    const longest = (/** @type {string[]} */ texts) => Math.max(0, ...texts.map(widthOf))
    const named = strips.flatMap(({ z, rows }) => rows ?? [`${z.length - 1}`])
    const beside = longest([...named, curves ? "1.00" : ""]) + 2 * NEAR
    const titles = strips.flatMap(({ title = "", quantity, question = "" }) => [`${title} ${quantity}`, question])
    const left = head ? 0 : beside + longest([...titles, ...labelled.map(({ name }) => name)]) + NEAR
    const { axis: first } = stepAxis(columns, width - left, range, 0, true)
    // A slanted word leans to the right.
    const last = widthOf(first.ticktext.at(-1) ?? "") / 2 + (first.tickangle ? NEAR : 0)
    const past = Math.max(0, Math.ceil(last - (width - left) / number / 2))
    const across = Math.max(least, width - left - past)
    const lines = labelled.map(one => lineOf(one, across / number))
    const own = (curves ? (curves.high ?? CURVES) : 0) + (head ? NAME : 0)
    const below = lines.reduce((sum, line) => sum + (line?.height ?? 0), own)
    const { axis, top } = stepAxis(columns, across, range, below, true)
    const around = top + GAP * (strips.length - 1) + 1
    const all = strips.reduce((sum, strip) => sum + weightOf(strip), 0)
    const few = Math.max(LEAST, high * all)
    const needed = few <= WINDOW - around ? few : Math.max(WINDOW - around, Math.min(MOST, LOW * all))
    const row = Math.max(all, height === null ? needed : height - around) / all
    let next = strips.length ? top : top + GAP
    const places = strips.map(strip => {
        const place = { top: next, height: row * weightOf(strip) }
        next += place.height + GAP
        return place
    })
    const data = strips.map(({ quantity, name = quantity, scale = "states", z, reach, bars }) => ({
        ...heatmap(name, scale, /** @type {any} */ (z), columns.positions, look),
        ...(reach && { zmin: -reach, zmax: reach }),
        bars,
    }))
    const axes = strips.map(({ z }, n) => [axisOf(n), { range: [z.length - 0.5, -0.5] }])
    const layout = {
        ...{ ...onThePage(look), width: across, height: next - GAP + 1 },
        ...{ xaxis: { range, ...axis }, ...Object.fromEntries(axes) },
    }
    const cells = places.map(({ height }, n) => onCells(height / strips[n].z.length, across / number))
    if (!places.length) places.push({ top, height: GAP })
    const stack = { layer: 0, direction: 0, units: [], start: {}, data, layout, places, onCells: cells }
    return { ...stack, columns, left, past, beside, lines, below }
}

/** How labels stand over columns of so many pixels: upright if they have no room, how sure they are
 * beside or below them; null if not even upright.
 * @param {Labelled} of @param {number} column */
function lineOf({ labels }, column) {
    const longest = SMALL * Math.max(0, ...labels.map(one => widthOf(one?.label ?? "")))
    const level = longest <= column
    if (!level && column < APART) return null
    const shares = level && longest + SHARE <= column
    const below = level && !shares && SHARE <= column && labels.some(one => one && one.share !== null)
    return { level, shares, below, height: level ? LABEL + (below ? APART : 0) : longest + LABEL - NEAR }
}

/** @param {Rows} rows @param {number} width @param {number | null} [height] */
export function drawing(rows, width, height = null) {
    const { strips, tokens, look, theme, head, resets, labelled = [], curves } = rows
    const all = laid(rows, width, height)
    const { columns, layout, left, past, places, lines, below } = all
    const stack = /** @type {any} */ (all)
    const picture = /** @type {any} */ ({ inputs: null, given: false, look })
    const shapes = shapesOf(stack, picture, { pin: null, theme })
    const parts = toSvg([...shapes, ...wordsOver(stack, [])])
    const [{ top }, bottom] = [places[0], layout.height]
    if (head) parts.push(words(head, 3, top - NAME / 2, small(look.ink)))
    const named = head ? [] : strips.flatMap((_, n) => names(rows, all, n))
    let y = top - below
    if (curves) {
        const drawn = lined(curves, y, layout.width, look)
        parts.push(...drawn.parts)
        named.push(...drawn.numbers)
        y += curves.high ?? CURVES
    }
    labelled.forEach((one, n) => {
        const line = lines[n]
        if (!line) return
        parts.push(...labels(one, y, line, all, { look, theme }))
        named.push(words(one.name, -NEAR, y + line.height / 2, small(look.faint, "end")))
        y += line.height
    })
    const each = resets && tokens.length <= MOST_RESETS + 1 ? tokens.slice(1) : []
    const line = { stroke: look.ink, "stroke-width": 2, "stroke-dasharray": "2 3", class: "gs-reset" }
    const after = each.map((_, step) => between({ columns, layout }, step, step)[1])
    parts.push(...after.map(x => svg("path", { d: `M${x} ${top}V${bottom}`, ...line })))
    const box = { width: left + layout.width + past, height: bottom }
    const ground = svg("rect", { x: -left, y: 0, width: left, height: bottom, fill: look.paper, opacity: 0 })
    const side = svg("g", { class: "gs-drawing-names" }, ground, ...named)
    const about = { viewBox: `${-left} 0 ${box.width} ${bottom}`, style: "display: block", role: "img" }
    return svg("svg", { ...box, ...about, "aria-label": spoken(rows), class: "gs-drawing" }, ...parts, side)
}

/** What a reader of the screen hears of the picture. @param {Rows} rows */
function spoken({ strips, labelled = [], curves, tokens }) {
    const titles = strips.map(({ title = "", quantity }) => `${title} ${quantity}`.trim())
    const all = [...labelled, ...(curves?.of ?? [])].map(({ name }) => name)
    return `${[...all, ...titles].join(", ")} over ${count(tokens.length)} ${tokens.length === 1 ? "step" : "steps"}`
}

/** @param {string} text @param {number} x @param {number} y @param {Object} how */
const words = (text, x, y, how) => svg("text", { x, y, dy: "0.35em", ...how }, text)

/** @param {string} fill @param {string} [anchor] */
const small = (fill, anchor) => ({ "font-size": "12px", fill, "text-anchor": anchor })

/** What stands left of a strip. @param {Rows} rows @param {ReturnType<typeof laid>} all @param {number} n */
function names({ strips, look }, { places, beside }, n) {
    const { z, rows, title, question, quantity, marked, bars } = strips[n]
    const { top, height } = places[n]
    const row = height / z.length
    const apart = Math.max(1, Math.ceil(APART / row))
    const every = apart > 1 ? roundUp(apart) : 1
    const down = bars ? barsDown(bars, top, height) : z.map((_, line) => [top + row * line, top + row * (line + 1)])
    const numbers = z.flatMap((_, line) => {
        if (line % every) return []
        const [from, to] = down[line]
        return [words(rows?.[line] ?? `${line}`, -NEAR, (from + to) / 2, small(look.ink, "end"))]
    })
    if (rows && !title) return numbers
    const middle = top + height / 2 - (question ? NEAR : 0)
    const letter = svg("tspan", { "font-family": SERIF, "font-style": "italic", "font-weight": 400 }, quantity)
    const name = words("", -beside, middle, { ...small(look.ink, "end"), "font-size": title ? "13px" : "16px" })
    name.append(...(title ? [svg("tspan", { "font-weight": 700 }, title), " "] : []), letter)
    const asks = question ? [words(question, -beside, middle + 2 * NEAR + 1, small(look.faint, "end"))] : []
    if (!marked) return [...numbers, name, ...asks]
    name.setAttribute("fill", "#10181f")
    const wide = widthOf(`${title} ${quantity}`) + NEAR
    const box = { x: -beside - wide, y: middle - NAME / 2, width: wide + NEAR / 2, height: NAME, rx: 5 }
    return [...numbers, svg("rect", { ...box, fill: PIN }), name, ...asks]
}

/** @param {Labelled} of @param {number} top @param {{height: number, level: boolean, shares: boolean, below: boolean}} line
 * @param {ReturnType<typeof laid>} all @param {Pick<Rows, "look" | "theme">} how */
function labels({ labels, ground }, top, { height, level, shares, below }, { columns, layout }, { look, theme }) {
    const y = top + height / 2
    return labels.flatMap((one, column) => {
        if (!one) return []
        const [left, right] = between({ columns, layout }, column, column)
        const x = (left + right) / 2
        const text = shares && one.share !== null ? `${one.label} ${one.share.toFixed(2)}` : one.label
        const transform = level ? null : `rotate(90 ${x} ${y})`
        const ink = ground ? look.ink : one.strong ? look.paper : look.faint
        const about = { ...small(ink, "middle"), "font-weight": one.strong ? 600 : 400, transform }
        if (one.struck) Object.assign(about, { "text-decoration": "line-through" })
        const said = words(text, x, below ? y - NEAR : y, about)
        if (below && one.share !== null) said.append(svg("tspan", { x, dy: APART }, one.share.toFixed(2)))
        if (!one.strong) return [said]
        const [wide, high] = [SMALL * widthOf(text) + NEAR, (below ? height : LABEL) - 4]
        const own = Math.min(wide, level ? right - left : height - 2)
        const box = { x: x - own / 2, y: y - high / 2, width: own, height: high, rx: 6 }
        const frame = ground ? {} : { stroke: PIN, "stroke-width": 2 }
        return [svg("rect", { ...box, fill: ground ?? ACCENT[theme], ...frame, transform, class: "gs-label" }), said]
    })
}

/** Curves on one axis of values, and their names below; its numbers at the left. @param {Curves} curves
 * @param {number} top @param {number} width @param {Look} look */
function lined({ of, ends, high: tall = CURVES, written = value => value.toPrecision(3), at }, top, width, look) {
    const every = of.flatMap(({ values }) => values.filter(Number.isFinite))
    const [low, high] = ends ?? [Math.min(...every), Math.max(...every)]
    const y = (/** @type {number} */ value) => top + NEAR + (tall - LABEL - NEAR) * ((high - value) / (high - low || 1))
    const ticks = [low, (low + high) / 2, high]
    const grid = ticks.map(tick => svg("path", { d: `M0 ${y(tick)}H${width}`, stroke: look.faint, opacity: 0.3 }))
    if (at !== undefined) {
        const x = (width * (at + 0.5)) / of[0].values.length
        grid.push(
            svg("path", { d: `M${x} ${y(high)}V${y(low)}`, stroke: PIN, "stroke-width": 2, class: "gs-curve-now" }),
        )
    }
    const lines = of.map(({ name, values, line }) => {
        const x = (/** @type {number} */ k) => (width * (k + 0.5)) / values.length
        const there = values.flatMap((value, k) => (Number.isFinite(value) ? [{ cx: x(k), cy: y(value), value }] : []))
        const points = there.map(({ cx, cy }) => `${cx.toFixed(1)},${cy.toFixed(1)}`).join(" ")
        const isFew = there.length <= FEW
        const dot = { r: isFew ? 3 : 6, fill: line.stroke, opacity: +isFew }
        const dots = there.map(({ value, ...at }) =>
            svg("circle", { ...at, ...dot }, svg("title", {}, `${name}: ${written(value)}`)),
        )
        return svg("g", {}, svg("polyline", { points, fill: "none", "stroke-width": 2, ...line }), ...dots)
    })
    let from = 0
    const legend = of.flatMap(({ name, line }) => {
        const at = top + tall - NEAR
        const sample = svg("path", { d: `M${from} ${at}h24`, fill: "none", "stroke-width": 2, ...line })
        const said = words(name, from + 30, at, small(look.ink))
        from += 42 + SMALL * widthOf(name)
        return from > width ? [] : [sample, said]
    })
    const numbers = ticks.map(tick => words(written(tick), -NEAR, y(tick), small(look.faint, "end")))
    return { parts: [...grid, ...lines, ...legend], numbers }
}

/** Draws rows in a place of the page, which tells the page's export and the console of them.
 * @param {any} place @param {Rows} rows */
export function drawRows(place, rows) {
    if (!place.rows) {
        // Answers alone are no picture of their own.
        place.classList.toggle("gs-pictured", rows.strips.length > 0 || !!rows.curves)
        place.picture = async (/** @type {number} */ width, /** @type {number} */ high) =>
            drawing(place.rows, width, high)
        place.numbers = () => numbersOf(place.rows)
        sizes.observe(place)
        // The names stay in sight.
        place.addEventListener("scroll", () => {
            const names = place.querySelector(".gs-drawing-names")
            names?.setAttribute("transform", `translate(${place.scrollLeft} 0)`)
            names?.firstChild.setAttribute("opacity", 1)
        })
    }
    place.rows = rows
    paint(place)
}

/** @param {any} place */
export function paint(place) {
    const { clientWidth: width, rows } = place
    if (!width) return
    const drawn = drawing(rows, width)
    const high = drawn.getAttribute("height")
    place.style.setProperty("--gs-high", high)
    place.replaceChildren(drawn)
    // The style sheets may make it higher or lower.
    if (Math.abs(place.clientHeight - high) > 1) place.replaceChildren(drawing(rows, width, place.clientHeight))
    drawsHeatmaps(place, () => place.rows.strips.map((/** @type {Strip} */ strip) => heatmapOf(strip, place.rows)))
}

/** @param {Strip} strip @param {Rows} rows */
function heatmapOf({ quantity, name = quantity, z, units = z.map((_, unit) => unit) }, { tokens: words, layer = 0 }) {
    const numbers = z.map(row => Array.from(row))
    return { name, layer, direction: 0, units, words, shape: [z.length, words.length], z: numbers }
}

/** A line for a spreadsheet of each number: what it is of, its word, its row, its value. @param {Rows} rows */
const numbersOf = ({ strips, tokens, curves }) => [
    ...(curves?.of ?? []).flatMap(({ name, values }) => values.map((value, step) => [name, tokens[step], "", value])),
    ...strips.flatMap(({ quantity, name = quantity, rows, z }) =>
        z.flatMap((values, line) =>
            Array.from(values, (value, step) => [name, tokens[step], rows?.[line] ?? line, value]),
        ),
    ),
]

const sizes = new ResizeObserver(changes => {
    for (const { target } of changes) if (target.isConnected) paint(target)
})
