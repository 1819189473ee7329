/** How do pictures become a slide? 16:9, with a name, their page's question and how they were made. */

import { svg } from "../shared/svg.js"

export const WIDTH = 1280
export const HEIGHT = 720
const SIDE = 24
// The smallest letters: a slide is read from the last row.
const LEAST = 14
const TITLE = 22
const NAME = 17
// Pixels between pictures.
const APART = 18
// How wide a letter is, for its size, and how high a line.
const WIDE = 0.54
const LINE = 1.3
const LETTERS = "'Source Sans', 'Source Sans 3', 'Noto Sans', Arial, sans-serif"

/** @typedef {import("./pictures.js").Column} Column */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */

/**
 * The text of an SVG.
 *
 * @param {Column[]} columns @param {{title: string, question: string, made: string}} says
 * @param {{ink: string, paper: string}} colours
 */
export async function slide(columns, { title, question, made }, { ink, paper }) {
    const root = svg("svg", { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}` })
    root.append(svg("rect", { width: WIDTH, height: HEIGHT, fill: paper }))
    const first = written(title, TITLE, { fill: ink, "font-weight": "bold" })
    const second = written(question === title ? "" : question, LEAST + 1, { fill: ink, opacity: 0.75 })
    const last = written(made, LEAST, { fill: ink, opacity: 0.75 })
    const top = place(second, place(first, SIDE - 4) + 2) + 8
    const bottom = HEIGHT - last.height - SIDE / 2
    place(last, bottom)
    root.append(...first.lines, ...second.lines, ...last.lines)
    const usual = columns.flatMap(({ plots }) => plots).map(plot => asOnPage(plot))
    const grows = Math.max(1, ...(await Promise.all(usual)).map(picture => LEAST / smallest(picture)))
    for (const [column, box] of beside(columns, top, bottom - 8)) {
        root.append(...heading(column, box, { fill: ink }), ...(await drawn(column, box, grows)))
    }
    return new XMLSerializer().serializeToString(root)
}

/** Each column with its place between two heights. @returns {[Column, Box][]} */
function beside(columns, top, bottom) {
    const width = (WIDTH - 2 * SIDE - APART * (columns.length - 1)) / columns.length
    return columns.map((column, at) => [
        column,
        { left: SIDE + at * (width + APART), top, width, height: bottom - top },
    ])
}

/** The name above a column. */
function heading({ title }, { left, top }, look) {
    const { lines } = written(title, NAME, { ...look, "font-weight": "bold" })
    const [line] = lines
    if (!line) return []
    line.setAttribute("x", `${left}`)
    line.setAttribute("y", `${top + NAME}`)
    return [line]
}

/** A column's pictures one under the other, each as high as its share on the page, enlarged so many times. */
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

function asOnPage(plot) {
    const { width, height } = plot.getBoundingClientRect()
    return painted(plot, width, height)
}

/** A graph as an SVG element of a size, its numbers with true minus signs. */
async function painted({ data, layout }, width, height) {
    const address = await Plotly.toImage(
        { data, layout: { ...layout, width, height } },
        { format: "svg", width, height },
    )
    const text = decodeURIComponent(address.slice(address.indexOf(",") + 1))
    const picture = new DOMParser().parseFromString(text, "image/svg+xml").documentElement
    for (const number of picture.querySelectorAll(".heatmap-label text")) {
        if (number.textContent?.startsWith("-")) number.textContent = `−${number.textContent.slice(1)}`
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

/** Text in lines that fit. */
function written(text, size, look) {
    const most = Math.floor((WIDTH - 2 * SIDE) / (WIDE * size))
    const how = { x: SIDE, "font-family": LETTERS, "font-size": `${size}px`, ...look }
    const lines = wrapped(text, most).map(line => svg("text", how, line))
    return { lines, size, height: lines.length * size * LINE }
}

/** Places lines from a height on; answers where they end. */
function place({ lines, size, height }, top) {
    lines.forEach((line, at) => {
        line.setAttribute("y", `${top + (at + 0.8) * size * LINE}`)
    })
    return top + height
}

/** A text in lines of at most so many letters. @param {string} text @param {number} most */
export function wrapped(text, most) {
    const lines = [""]
    for (const word of text.split(/\s+/).filter(Boolean)) {
        const line = lines[lines.length - 1]
        if (line && line.length + 1 + word.length > most) lines.push(word)
        else lines[lines.length - 1] = line ? `${line} ${word}` : word
    }
    return lines.filter(Boolean)
}
