/** How do a page's pictures become a file? As a slide, or as their numbers. */

import { svg } from "../shared/element.js"
import { cell } from "../shared/numbers.js"
import { LINE, paper, SLIDE, sheetFile, text } from "./files.js"

// Which pictures are on a page, and what are they called?

/**
 * Pictures one under the other, with the name above them.
 *
 * @typedef {{title: string, plots: any[]}} Column
 *
 * One picture, or all of a row of columns: what is exported together. `heading` is what the page says of it.
 *
 * @typedef {{title: string, heading: string, columns: Column[]}} Shown
 */

// What names the pictures after it: a heading, or bold words that begin a paragraph.
const HEADINGS = "h2, h3, h4, h5, h6"
const NAMES = `${HEADINGS}, p > strong:first-child`

/**
 * All that can be exported: what stands side by side first, then each picture; two of one name are numbered.
 *
 * @returns {Shown[]}
 */
export function pictures() {
    const together = [...document.querySelectorAll("[data-testid=stHorizontalBlock], .gs-side-by-side")].map(rowOf)
    const singles = plotsIn(document).map(plot => {
        const title = plot.heading ?? (nameBefore(plot, NAMES) || aboutPage().name)
        const heading = plot.closest(".gs-side-by-side")?.heading ?? title
        return { title, heading, columns: [{ title: "", plots: [plot] }] }
    })
    const all = [...together.filter(({ columns }) => columns.length > 1), ...singles]
    return all.map((shown, at) => {
        const before = all.slice(0, at).filter(({ title }) => title === shown.title).length
        return before ? { ...shown, title: `${shown.title} (${before + 1})` } : shown
    })
}

/** What the page is called, what it asks, and how its pictures were made. */
export function aboutPage() {
    const name = textOf(document.querySelector(".st-key-page-title h1"))
    const question = textOf(document.querySelector(".st-key-page-title p"))
    const made = textOf(document.querySelector(".gs-made")) || "Made with gatescope."
    return { name, question, made }
}

/** What is drawn on screen, from top to bottom: `picture(width, height)` gives an SVG of it, `numbers()` its numbers.
 * @param {ParentNode} place @returns {any[]} */
const plotsIn = place => [...place.querySelectorAll(".gs-pictured")].filter(plot => plot.clientWidth > 0)

/** The columns of a row that have pictures. @param {Element & {heading?: string}} row @returns {Shown} */
function rowOf(row) {
    const places = [...row.children].filter(place => plotsIn(place).length > 0)
    const columns = places.map(place => {
        const plots = plotsIn(place)
        // What names itself does so in the picture.
        return { title: plots[0].heading ? "" : nameBefore(plots[0], NAMES, place), plots }
    })
    const names = columns.map(({ title }) => title).filter(Boolean)
    const heading = row.heading ?? (nameBefore(row, HEADINGS) || aboutPage().name)
    return { title: `Side by side: ${names.join(" · ") || heading}`, heading, columns }
}

/** The last name before a part of the page, within a place. @param {Element} part @param {string} names
 * @param {ParentNode} place */
function nameBefore(part, names, place = document) {
    const before = [...place.querySelectorAll(names)].filter(
        name =>
            name.getClientRects().length > 0 &&
            name.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_FOLLOWING &&
            (name.tagName !== "STRONG" || textOf(name.parentElement).startsWith(textOf(name))),
    )
    return textOf(before.at(-1))
}

/** @param {Element | null | undefined} part */
const textOf = part => part?.textContent?.trim() ?? ""

// Which numbers does a picture show? As the text of a CSV that a spreadsheet opens.

/**
 * A row for each value: its picture, its series, its place from left to right and from top to bottom, by name if it has
 * one.
 *
 * @param {Column[]} columns @param {{title: string}} says
 */
export function numbersOf(columns, says) {
    const rows = columns.flatMap(({ title, plots }) =>
        plots.flatMap(plot => plot.numbers().map((/** @type {any[]} */ row) => [title || says.title, ...row])),
    )
    return [["picture", "series", "x", "y", "value"], ...rows].map(row => `${row.map(cell).join(",")}\r\n`).join("")
}

// How do pictures become a slide? 16:9, with a name, their page's question and how they were made.

const NAME = 17
// How many times a picture is enlarged: the smallest letters on a page have 11 pixels.
const GROWS = SLIDE.least / 11
// Pixels between pictures.
const APART = 18

/** @param {number[]} all */
const sum = all => all.reduce((sum, one) => sum + one, 0)

/**
 * Each column as wide as its share of the page, its pictures one under the other.
 *
 * @param {Column[]} columns @param {import("./files.js").Says} says @param {{ink: string, paper: string}} colours
 */
export async function slide(columns, says, colours) {
    const { root, box } = paper(says, colours)
    const wide = columns.map(({ plots: [first] }) => first.clientWidth)
    const share = (box.width - APART * (columns.length - 1)) / sum(wide)
    let x = box.left
    for (const [at, { title, plots }] of columns.entries()) {
        const width = wide[at] * share
        let y = box.top
        if (title) {
            const look = { "font-size": `${NAME}px`, "font-weight": "bold", fill: colours.ink }
            root.append(svg("text", { x, y: y + NAME, ...look }, title))
            y += NAME * LINE + 4
        }
        const room = box.top + box.height - y - APART * (plots.length - 1)
        const scale = room / sum(plots.map(plot => plot.clientHeight))
        for (const plot of plots) {
            const height = plot.clientHeight * scale
            const picture = await plot.picture(width / GROWS, height / GROWS)
            // A name above a row may reach out of the picture.
            const inside = { overflow: "visible", viewBox: `0 0 ${width / GROWS} ${height / GROWS}` }
            for (const [name, value] of Object.entries({ ...inside, x, y, width, height }))
                picture.setAttribute(name, `${value}`)
            root.append(picture)
            y += height + APART
        }
        x += width + APART
    }
    return root
}

// How do a page's pictures become a file?

/** A page's pictures as a file of a kind. @param {string} kind @param {Shown} shown
 * @returns {Promise<Blob>} */
export async function fileOf(kind, { columns, heading }) {
    const says = { ...aboutPage(), title: heading }
    if (kind === "csv") return text(numbersOf(columns, says), "text/csv")
    const { color, backgroundColor } = getComputedStyle(document.querySelector(".stApp") ?? document.body)
    return sheetFile(kind, await slide(columns, says, { ink: color, paper: backgroundColor }))
}
