/** How is drawn what the model reads as numbers, and what it says at each step, over the strips' axis? */

import { heatmap, onCells } from "./heatmap.js"
import { BARE_AXIS, escaped, onThePage } from "./page_figure.js"

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
export function extrasOf({ series, scores, columns }, width, range, look) {
    const curves = series.map(one => curvesOf(one, columns, width, range, look))
    return scores ? [...curves, scoresOf(scores, columns, width, range, look)] : curves
}

/**
 * Probabilities (label, step) on the gates' scale; drawn only for who opens them.
 *
 * @param {Wire.LabelScores} scores @param {Columns} columns @param {number} width
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
 * @param {Wire.DrawnSeries} series @param {Columns} columns @param {number} width @param {[number, number]} range
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

/** The next of 1, 2 and 5 times a power of ten. @param {number} number */
function roundUp(number) {
    const scale = 10 ** Math.floor(Math.log10(number))
    return scale * ([1, 2, 5].find(one => one * scale >= number * (1 - 1e-9)) ?? 10)
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
