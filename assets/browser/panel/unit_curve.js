/** What does the pinned unit do over the whole sentence? Its six quantities as lines, with the present step. */

import { BARE, isHere } from "../shared/drawn_heatmaps.js"
import { element, more } from "../shared/element.js"
import { plotly } from "../shared/plotly.js"
import { letterOf } from "../state/answer.js"

const MARGIN = { l: 30, r: 6, t: 6, b: 76 }
const HEIGHT = 240
// The assumed width in pixels while the panel has no width.
const WIDTH = 260
// The lines that the eye follows first are thicker.
/** @type {Record<string, number>} */
const EMPHASIS = { c: 3, f: 2 }
// Only as many words as have room.
const WORDS = 8

export class UnitCurve {
    /** What is drawn: a picture, and the unit of which stack in it. @type {any[]} */
    #drawn = []
    #width = WIDTH
    #draws = () => {}

    constructor() {
        this.chart = element("div", { class: "gs-curve" })
        this.now = element("div", { class: "gs-chart-now" })
        this.root = more("", element("div", { class: "gs-chart" }, this.chart, this.now), () => this.#draws())
        this.title = this.root.firstChild
    }

    /**
     * Draws the curve for a new picture or unit; a new step only moves a line over it. Nothing while it is closed.
     *
     * @param {Picture} picture @param {Stack} stack @param {Cell} cell
     */
    show(picture, stack, { unit, step }) {
        const { columns } = picture
        this.title.textContent =
            `Unit ${unit} over ${columns.complete ? "the sentence" : "the visible part"}` +
            (columns.per > 1 ? ", the extreme of each column" : "")
        this.#draws = () => {
            if (!this.root.open) return
            if (!isHere()) return plotly().then(() => this.#draws())
            const wanted = [picture, stack, unit]
            if (!wanted.every((part, k) => part === this.#drawn[k])) this.#draw(picture, stack, unit)
            this.#drawn = wanted
            const [first, last] = columns.range
            const at = (step - first) / (last - first)
            this.now.hidden = at < 0 || at > 1
            this.now.style.left = `${MARGIN.l + at * (this.#width - MARGIN.l - MARGIN.r)}px`
        }
        this.#draws()
    }

    clear() {
        this.#draws = () => {}
        if (!this.#drawn.length) return
        Plotly.purge(this.chart)
        this.#drawn = []
    }

    /** @param {Picture} picture @param {Stack} stack @param {number} unit */
    #draw(picture, stack, unit) {
        this.#width = this.chart.clientWidth || WIDTH
        const layout = layoutOf(picture, stack.figure.layout, this.#width, getComputedStyle(this.root).color)
        Plotly.react(this.chart, linesOf(picture, stack, unit), layout, { displayModeBar: BARE.displayModeBar })
    }
}

/** @param {Picture} picture @param {Stack} stack @param {number} unit */
function linesOf(picture, { figure, units }, unit) {
    const line = units.indexOf(unit)
    const colour = Object.fromEntries(picture.strips.map(strip => [strip.quantity, strip.line]))
    return figure.data
        .filter(({ name, z }) => z[line] && !(name === "h" && picture.projects))
        .map(({ name, x, z }) => ({
            type: "scatter",
            mode: z[line].length > 1 ? "lines" : "markers",
            name: letterOf(picture, name),
            x,
            y: z[line],
            line: { color: colour[name], width: EMPHASIS[name] || 1.2 },
            opacity: EMPHASIS[name] ? 1 : 0.75,
            hovertemplate: `${letterOf(picture, name)} %{y:.4f}<extra></extra>`,
        }))
}

/** @param {Picture} picture @param {any} layout of Plotly's @param {number} width @param {string} ink */
function layoutOf({ columns, reach }, { xaxis, font }, width, ink) {
    const every = Math.ceil(xaxis.tickvals.length / WORDS)
    const some = (/** @type {(number | string)[]} */ all) => all.filter((_, n) => n % every === 0)
    const transparent = "rgba(0,0,0,0)"
    return {
        width,
        height: HEIGHT,
        margin: MARGIN,
        paper_bgcolor: transparent,
        plot_bgcolor: transparent,
        hovermode: "x",
        font: { ...font, color: ink, size: 11 },
        showlegend: true,
        legend: { orientation: "h", y: -0.2, x: 0, font: { size: 11 }, itemwidth: 30, entrywidth: 12 },
        xaxis: {
            range: columns.range,
            tickvals: some(xaxis.tickvals),
            ticktext: some(xaxis.ticktext),
            tickangle: 0,
            showgrid: false,
            zeroline: false,
            fixedrange: true,
        },
        yaxis: {
            range: [-1.08 * reach, 1.08 * reach],
            tickvals: [-reach, 0, reach],
            gridcolor: "rgba(128,128,128,.25)",
            zeroline: false,
            fixedrange: true,
        },
    }
}
