/** How are the lesson's figures drawn? Strips over the words, and curves of what is kept. */

import { stackOf } from "../layout/stack.js"
import { BARE_AXIS, escaped, onThePage, stepAxis, widthOf } from "../layout/step_axis.js"
import { roundUp } from "../shared/numbers.js"
import { Columns } from "../state/answer.js"
import { NAMES } from "./runs.js"

/**
 * A strip: its rows (row, step), and what stands beside it. `quantity`: its letter; `reach`: the end of a scale from
 * −reach to reach; `rows`: their names, where these are no numbers.
 *
 * @typedef {{quantity: string, z: Float32Array[], scale?: "gates" | "states", title?: string, question?: string,
 *     reach?: number, rows?: string[], name?: string}} Strip
 * @typedef {import("../state/answer.js").Figure} Figure
 */

// Pixels at the left of the strips: for rows' numbers with a letter, for a name and a question, for rows' names.
const LEFT = { letter: 46, named: 196, rows: 62 }
// Pixels: between strips; the lowest row with its number, and the highest figure that has such rows; from the strips to a
// letter; what a row's number needs; a name above a strip.
const [GAP, LOW, WINDOW, BESIDE, APART, NAME] = [10, 21, 560, 26, 13, 18]
// The most resets that have a line each.
export const MOST_RESETS = 40

/** @param {string[]} tokens */
const columnsOf = tokens =>
    new Columns({
        columns: { first: 0, per: 1, number: tokens.length, steps: tokens.length },
        labels: tokens,
    })

/**
 * Strips over one axis of words, as Memory lays them out, with what stands at their left. `high`: the pixels of a row, if
 * there are few; `head`: what stands above them, in place of names at the left.
 *
 * @param {Strip[]} strips @param {string[]} tokens @param {Look} look
 * @param {{width: number, high?: number, resets?: boolean, head?: string}} how @returns {Figure}
 */
export function strips(strips, tokens, look, { width, high = 32, resets = false, head = "" }) {
    const left = head ? 0 : strips[0].title ? LEFT.named : strips[0].rows ? LEFT.rows : LEFT.letter
    const range = /** @type {[number, number]} */ ([-0.5, tokens.length - 0.5])
    const below = head ? NAME : 0
    const [columns, room] = [columnsOf(tokens), width - left]
    const { axis, top } = stepAxis(columns, room, range, below)
    const rows = strips.reduce((sum, { quantity, z }) => sum + z.length * (quantity === "c" ? 1.7 : 1), 0)
    const around = top + GAP * (strips.length - 1)
    const fits = high >= LOW && around + LOW * rows <= WINDOW
    const height = fits ? Math.round(around + rows * Math.min(high, (WINDOW - around) / rows)) + 1 : null
    const numbers = /** @type {any} */ ({ columns, reach: 1, strips, units: 0 })
    // A page that is exported has them as JSON.
    const values = strips.map(({ quantity, z }) => ({ quantity, z: z.map(row => Array.from(row)) }))
    const sent = /** @type {any} */ ({ layer: 0, direction: 0, units: strips[0].z.map((_, unit) => unit), values })
    const frame = { narrow: false, across: 1, width: room, height, scrolls: true }
    const { figure, places, onCells } = stackOf(sent, { numbers, range, look, frame, below })
    const { data, layout } = figure
    const past = pastTheEnd(axis, room / tokens.length)
    const inside = layout.height - 1 - top
    strips.forEach(({ quantity, name = quantity, scale, reach, title, question, rows }, n) => {
        const [has, { height }] = [onCells[n], places[n]]
        Object.assign(data[n], {
            name,
            xgap: has.gap ? 1 : 0,
            ygap: has.flat ? 0 : 1,
            ...(name in OWN && { meta: {} }),
        })
        if (reach) Object.assign(data[n], { zmin: -reach, zmax: reach })
        const texttemplate = scale === "gates" ? "%{z:.2f}" : "%{z:+.2f}"
        if (has.numbers) Object.assign(data[n], { texttemplate, textfont: { size: 12 } })
        const every = Math.max(1, Math.ceil((data[n].z.length * APART) / height))
        const tickvals = data[n].y.filter((/** @type {number} */ row) => row % (every > 1 ? roundUp(every) : 1) === 0)
        const ticktext = tickvals.map((/** @type {number} */ row) => (rows ? escaped(rows[row]) : `${row}`))
        const ticks = { tickmode: "array", tickvals, ticktext, tickfont: { size: 12 }, ticklabelstandoff: 4 }
        Object.assign(layout[n ? `yaxis${n + 1}` : "yaxis"], { fixedrange: true, showticklabels: !head, ...ticks })
        const asks = `<br><span style="font-size: 12px; color: ${look.faint}">${question}</span>`
        const says = title ? `<b>${title}</b> <i>${quantity}</i>${asks}` : `<i>${quantity}</i>`
        const middle = 1 - (places[n].top + height / 2 - top) / inside
        const font = title ? { size: 13 } : { size: 16, family: "Georgia, serif" }
        const place = head
            ? { ...note(0, 1, head), xanchor: "left", yanchor: "bottom", yshift: 1 }
            : { ...note(0, middle, says), xshift: -BESIDE, xanchor: "right", align: "right", font }
        layout.annotations = [...(layout.annotations ?? []), ...(rows ? [] : [place])]
    })
    layout.xaxis.fixedrange = true
    Object.assign(layout, { width: width + past, margin: { ...layout.margin, l: left, r: past } })
    const line = { color: look.ink, width: 2, dash: "dot" }
    const reset = { type: "line", y0: 0, y1: 1, yref: "paper", layer: "above", line }
    const lines = resets && tokens.length <= MOST_RESETS + 1 ? tokens.slice(1) : []
    layout.shapes = lines.map((_, step) => ({ ...reset, x0: step + 0.5, x1: step + 0.5 }))
    return { data, layout }
}

// What is no quantity of a layer.
const OWN = { x: true, probability: true }

/** @param {number} x @param {number} y @param {string} text */
const note = (x, y, text) => ({ text, x, y, xref: "paper", yref: "paper", yanchor: "middle", showarrow: false })

/** How many pixels of the last words stand right of the strips: a slanted word leans to the right.
 * @param {{tickvals: number[], ticktext: string[], tickangle: number}} axis @param {number} column */
const pastTheEnd = ({ ticktext, tickangle }, column) =>
    Math.max(0, Math.ceil(widthOf(ticktext.at(-1) ?? "") / 2 + (tickangle ? 7 : 0) - column / 2))

/** Figures side by side begin at one height, and the words of all slant if one of them needs it. @param {Figure[]} beside */
export function level(beside) {
    const most = (/** @type {"t" | "r"} */ side) => Math.max(...beside.map(({ layout }) => layout.margin[side]))
    const [top, right, tickangle] = [
        most("t"),
        most("r"),
        Math.min(...beside.map(({ layout }) => layout.xaxis.tickangle)),
    ]
    for (const { layout } of beside) {
        layout.height += top - layout.margin.t
        Object.assign(layout.margin, { t: top, r: right })
        layout.xaxis.tickangle = tickangle
    }
    return beside
}

// How are curves drawn? A line for each kind of cell, in its own colour and dash.

const DASHES = /** @type {Object<string, string>} */ ({ lstm: "solid", gru: "dash", rnn: "dot", rnn10: "dashdot" })
// Pixels of a curve, and of what is around it.
const [CURVE, LEGEND] = [130, 50]

/** @typedef {Object<string, string>} Lines a colour by kind of cell */

/** @param {string} kind @param {string} name @param {number[]} y @param {Lines} lines @param {string} written */
const line = (kind, name, y, lines, written) => ({
    ...{ type: "scatter", mode: y.length <= 12 ? "lines+markers" : "lines", name, x: y.map((_, at) => at), y },
    ...{ line: { color: lines[kind], width: 2.5, dash: DASHES[kind] }, marker: { size: 6 } },
    hovertemplate: `%{y:${written}}`,
})

/** @param {Look} look @param {number} highest @param {string} tickformat */
const shares = (look, highest, tickformat) => ({
    ...{
        range: [-0.04 * highest, 1.06 * highest],
        zeroline: true,
        zerolinecolor: look.faint,
        nticks: 5,
        fixedrange: true,
    },
    ...{ showgrid: true, gridcolor: look.gates[1][1], tickformat, tickfont: { size: 11, color: look.faint } },
})

/** @param {Look} look @param {any} more */
const curves = (look, more) => ({
    ...onThePage(look),
    ...{ hovermode: "x unified", dragmode: false, showlegend: true, ...more },
    hoverlabel: { bgcolor: look.paper, font: { color: look.ink } },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", bgcolor: "rgba(0,0,0,0)", ...more.legend },
})

/** How far h still is from that of another first step. @param {import("./runs.js").Kind[]} kinds @param {Look} look
 * @param {Lines} lines @returns {Figure} */
export function left(kinds, look, lines) {
    const { tokens } = kinds[0]
    const range = /** @type {[number, number]} */ ([-0.5, tokens.length - 0.5])
    const { axis, top } = stepAxis(columnsOf(tokens), 700, range, 0)
    const highest = Math.max(1, ...kinds.flatMap(({ left }) => left.filter(Number.isFinite)))
    const data = kinds.map(({ name, left }) => line(name.toLowerCase(), NAMES[name], left, lines, ".2f"))
    const layout = curves(look, {
        ...{ height: top + CURVE, margin: { l: 48, r: 8, t: top, b: 30 }, legend: { y: 0, yanchor: "top" } },
        xaxis: { ...axis, range, fixedrange: true, ...BARE_AXIS },
        yaxis: shares(look, highest, ".1f"),
    })
    return { data, layout }
}

/** The share of first symbols recalled, by gap; the dotted line is chance. @param {Wire.LessonByGap[]} found
 * @param {number[]} gaps @param {number} chance @param {Look} look @param {Lines} lines @returns {Figure} */
export function byGap(found, gaps, chance, look, lines) {
    const [places, across] = [gaps.map((_, at) => at), [-0.3, gaps.length - 0.7]]
    const small = { size: 11, color: look.faint }
    const dotted = { color: look.faint, width: 1, dash: "dot" }
    const data = found.map(one => line(keyOf(one), nameOf(one), one.right, lines, ".0%"))
    const layout = curves(look, {
        ...{ height: CURVE + 80, margin: { l: 48, r: 8, t: LEGEND, b: 44 } },
        xaxis: {
            ...{ tickmode: "array", tickvals: places, ticktext: gaps.map(String), range: across, fixedrange: true },
            title: { text: "dots in between", font: { size: 12, color: look.faint }, standoff: 4 },
            ...BARE_AXIS,
        },
        yaxis: shares(look, 1, ".0%"),
        shapes: [{ type: "line", x0: 0, x1: 1, xref: "paper", y0: chance, y1: chance, line: dotted }],
        annotations: [{ ...note(0, chance, "guessing"), yref: "y", xanchor: "left", yanchor: "top", font: small }],
    })
    return { data, layout }
}

/** @param {Wire.LessonByGap} one */
const keyOf = ({ cell, units }) => (units === 4 ? cell : `${cell}${units}`)

/** @param {Wire.LessonByGap} one */
export const nameOf = ({ cell, units }) => `${NAMES[cell.toUpperCase()]}${units === 4 ? "" : `, ${units} units`}`
