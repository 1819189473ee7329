/** Files of the whole picture, zoomed or not: the server makes them, but for SVG and PNG, which Plotly paints here. */

import { element } from "./dom.js"

const FILES = {
    svg: "SVG figure", png: "PNG figure", pdf: "PDF figure", html: "Interactive page (HTML)",
    csv: "Numbers (CSV)", npz: "Whole trace (npz)", py: "Python code",
}

/** The export menu. `asked` says what is on screen, {query, theme}; `report` shows a sentence. */
export function exportMenu(base, asked, report) {
    const size = element("select", { "aria-label": "Figure size" },
        element("option", { value: "slide" }, "for a slide, 16:9"),
        element("option", { value: "column" }, "for a column"))
    const buttons = Object.entries(FILES).map(([kind, label]) => element("button", {
        type: "button", onclick: async event => {
            const button = event.currentTarget
            button.disabled = true
            report("")
            try {
                await (kind === "svg" || kind === "png" ? paint : fetchFile)(base, kind, { ...asked(), size: size.value })
            } catch (error) {
                report(error.message)
            }
            button.disabled = false
        },
    }, label))
    return menu("Export", element("label", { class: "gs-choice" }, "Figure size", size), ...buttons)
}

/** A button that opens a small panel; Escape or a click elsewhere closes it. */
export function menu(name, ...children) {
    const summary = element("summary", { class: "gs-button" }, name)
    const details = element("details", {
        class: "gs-menu",
        onkeydown: event => {
            if (event.key !== "Escape") return
            details.open = false
            summary.focus()
        },
        onfocusout: event => { if (event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false },
    }, summary, element("div", { class: "gs-panel" }, ...children))
    document.addEventListener("pointerdown", event => { if (!details.contains(event.target)) details.open = false })
    return details
}

async function request(base, kind, question) {
    const response = await fetch(new URL(`download/${kind}`, base), { method: "POST", body: JSON.stringify(question) })
    if (!response.ok) throw new Error(await response.text())
    return response
}

async function fetchFile(base, kind, question) {
    const response = await request(base, kind, question)
    give(URL.createObjectURL(await response.blob()), `gatescope.${kind}`)
}

async function paint(base, kind, question) {
    const figure = await (await request(base, "json", question)).json()
    const { width, height } = figure.layout
    give(await Plotly.toImage(figure, { format: kind, width, height, scale: kind === "png" ? 2 : 1 }), `gatescope.${kind}`)
}

function give(address, name) {
    element("a", { href: address, download: name }).click()
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
