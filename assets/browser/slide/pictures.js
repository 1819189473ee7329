/** Which pictures are on a page, and what are they called? */

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

/** The graphs of Plotly, and what draws itself (`place.picture`), that are on screen, from top to bottom.
 * @param {ParentNode} place @returns {any[]} */
function plotsIn(place) {
    return [...place.querySelectorAll(".gs-drawn.js-plotly-plot, .gs-pictured")].filter(plot => plot.clientWidth > 0)
}

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
