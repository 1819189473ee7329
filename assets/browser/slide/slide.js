/** How do pictures become a slide? 16:9, with a name, their page's question and how they were made. */

import { rewritten } from "../shared/numbers.js"
import { LINE, paper, SIZES, written } from "./paper.js"

const { least: LEAST } = SIZES.slide
const NAME = 17
// Pixels between pictures.
const APART = 18

/** @typedef {import("./pictures.js").Column} Column */
/** @typedef {import("./paper.js").Box} Box */

/**
 * An SVG.
 *
 * @param {Column[]} columns @param {import("./paper.js").Says} says @param {{ink: string, paper: string}} colours
 */
export async function slide(columns, says, colours) {
    const { root, box } = paper(SIZES.slide, says, colours)
    const usual = columns.flatMap(({ plots }) => plots).map(plot => asOnPage(plot))
    const grows = Math.max(1, ...(await Promise.all(usual)).map(picture => LEAST / smallest(picture)))
    for (const [column, place] of beside(columns, box)) {
        root.append(...heading(column, place, { fill: colours.ink }), ...(await drawn(column, place, grows)))
    }
    return root
}

/** Each column with its place, as wide as its share of the page. @param {Column[]} columns @param {Box} box
 * @returns {[Column, Box][]} */
function beside(columns, { left, top, width: all, height }) {
    const wide = columns.map(({ plots: [first] }) => first.getBoundingClientRect().width)
    const share = (all - APART * (columns.length - 1)) / wide.reduce((sum, width) => sum + width, 0)
    let from = left
    return columns.map((column, at) => {
        const box = { left: from, top, width: wide[at] * share, height }
        from += box.width + APART
        return [column, box]
    })
}

/** The name above a column. @param {Column} column @param {Box} box @param {Object} look */
function heading({ title }, { left, top }, look) {
    const { lines } = written(title, NAME, SIZES.slide.width, { ...look, "font-weight": "bold" })
    const [line] = lines
    if (!line) return []
    line.setAttribute("x", `${left}`)
    line.setAttribute("y", `${top + NAME}`)
    return [line]
}

/** A column's pictures one under the other, each as high as its share on the page, enlarged so many times.
 * @param {Column} column @param {Box} box @param {number} grows */
async function drawn({ title, plots }, { left, top, width, height }, grows) {
    const begin = top + (title ? NAME * LINE + 4 : 0)
    const heights = plots.map(plot => plot.getBoundingClientRect().height)
    const share = (top + height - begin - APART * (plots.length - 1)) / heights.reduce((sum, high) => sum + high, 0)
    let y = begin
    const pictures = []
    for (const [at, plot] of plots.entries()) {
        const high = heights[at] * share
        const picture = await painted(plot, width / grows, high / grows)
        // A name above a row may reach out of the picture.
        const inside = {
            overflow: "visible",
            viewBox: `0 0 ${width / grows} ${high / grows}`,
            x: left,
            y,
            width,
            height: high,
        }
        for (const [name, value] of Object.entries(inside)) picture.setAttribute(name, `${value}`)
        pictures.push(picture)
        y += high + APART
    }
    return pictures
}

/** @param {any} plot */
function asOnPage(plot) {
    const { width, height } = plot.getBoundingClientRect()
    return painted(plot, width, height)
}

/** A graph as an SVG element of a size, its numbers with true minus signs. @param {any} plot
 * @param {number} width @param {number} height */
async function painted(plot, width, height) {
    if (plot.picture) return plot.picture(width, height)
    const { data, layout } = plot
    const address = await Plotly.toImage(
        { data, layout: { ...layout, width, height } },
        { format: "svg", width, height },
    )
    const text = decodeURIComponent(address.slice(address.indexOf(",") + 1))
    const picture = new DOMParser().parseFromString(text, "image/svg+xml").documentElement
    for (const number of picture.querySelectorAll(".heatmap-label text")) {
        number.textContent = rewritten(number.textContent ?? "")
    }
    return document.importNode(picture, true)
}

/** The size of the smallest letters. @param {Element} picture */
export function smallest(picture) {
    const sizes = [...picture.querySelectorAll("text, tspan")]
        .map(text => Number.parseFloat(/** @type {SVGElement} */ (text).style.fontSize))
        .filter(size => size > 0)
    return Math.min(LEAST, ...sizes)
}
