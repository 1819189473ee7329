/** How are pictures one page that works offline? With Plotly inside, and without Plotly's bar of its own. */

import { beside } from "../beside.js"

const BARS = {
    displaylogo: false,
    modeBarButtons: [["toImage"]],
    toImageButtonOptions: { format: "svg", filename: "gatescope" },
}

/**
 * @param {import("./pictures.js").Column[]} columns
 * @param {{title: string, question: string, made: string}} says @param {{ink: string, paper: string}} colours
 */
export async function offlinePage(columns, { title, question, made }, { ink, paper }) {
    const library = await (await fetch(beside("../vendor/plotly-cartesian.min.js"))).text()
    const page = document.implementation.createHTMLDocument(title)
    /** @param {string} name @param {string} text */
    const add = (name, text, place = page.body) => {
        const part = page.createElement(name)
        part.textContent = text
        place.append(part)
        return part
    }
    page.documentElement.lang = "en"
    page.head.append(Object.assign(page.createElement("meta"), { name: "viewport", content: "width=device-width" }))
    add("style", styleOf(ink, paper), page.head)
    add("h1", title)
    add("p", question)
    const row = add("main", "")
    for (const column of columns) {
        const place = add("div", "", row)
        if (column.title) add("h2", column.title, place)
        for (const plot of column.plots) {
            const own = await plot.picture?.(plot.clientWidth, plot.clientHeight)
            if (own) place.append(page.importNode(own, true))
            else add("div", "", place).className = "picture"
        }
    }
    add("p", made)
    add("script", library)
    add("script", drawing(columns))
    return new Blob([`<!doctype html><meta charset="utf-8">${page.documentElement.outerHTML}`], { type: "text/html" })
}

/** @param {string} ink @param {string} paper */
const styleOf = (ink, paper) =>
    `body { margin: 16px 24px; font: 16px sans-serif; color: ${ink}; background: ${paper} }` +
    "h1 { font-size: 22px } h2 { font-size: 17px } main { display: flex; flex-wrap: wrap; gap: 18px }" +
    "main > div { flex: 1 1 300px; min-width: 0 }"

/** A script that draws all pictures, each in its place. @param {import("./pictures.js").Column[]} columns */
function drawing(columns) {
    const drawn = columns.flatMap(({ plots }) => plots).filter(({ picture }) => !picture)
    const figures = drawn.map(({ data, layout }) => ({ data, layout: asWide(layout) }))
    // What a visitor typed is inside: it must not end the script.
    const said = JSON.stringify(figures).replaceAll("<", "\\u003c")
    const config = JSON.stringify({ ...BARS, responsive: true })
    return `
        const places = document.querySelectorAll(".picture");
        ${said}.forEach(({ data, layout }, at) => Plotly.newPlot(places[at], data, layout, ${config}))`
}

/** A layout that is as wide as its place. @param {Object<string, any>} layout */
function asWide({ width: _, ...rest }) {
    return { ...rest, autosize: true }
}
