/** Files of what is in sight, or of the whole: the server makes them, but for SVG and PNG, which Plotly paints here. */

import { element } from "./dom.js"
import { post } from "./questions.js"

const FILES = {
    svg: "SVG figure", png: "PNG figure", pdf: "PDF figure", html: "Interactive page (HTML)",
    csv: "Numbers (CSV)", npz: "Whole trace (npz)", py: "Python code",
}

// What chooses a part of a picture; left out of a question, all of it is shown.
const CHOICES = ["quantities", "layers"]

/**
 * The export menu. `asked()` says what is on screen, {query, theme, steps, rows}, and `partly()` whether that is less than
 * all there is; `report` shows a sentence.
 */
export function exportMenu(base, asked, partly, report) {
    const extent = element("select", { "aria-label": "What to export" },
        element("option", { value: "sight" }, "what is in sight"),
        element("option", { value: "whole" }, "the whole picture"))
    const chooses = element("label", { class: "gs-choice" }, "What to export", extent,
        element("span", { class: "gs-faint" }, "The trace and the code are always whole."))
    const wanted = () => {
        const sight = asked()
        if (extent.value === "sight" || !partly()) return sight
        const query = Object.fromEntries(Object.entries(sight.query).filter(([name]) => !CHOICES.includes(name)))
        return { ...sight, query, steps: null, rows: null }
    }
    const size = element("select", { "aria-label": "Figure size" },
        element("option", { value: "slide" }, "for a slide, 16:9"),
        element("option", { value: "column" }, "for a column"))
    const buttons = Object.entries(FILES).map(([kind, label]) => element("button", {
        type: "button", onclick: async event => {
            const button = event.currentTarget
            button.disabled = true
            report("")
            try {
                await (kind === "svg" || kind === "png" ? paint : fetchFile)(base, kind, { ...wanted(), size: size.value })
            } catch (error) {
                report(error.message)
            }
            button.disabled = false
        },
    }, label))
    const details = menu("Export", chooses, element("label", { class: "gs-choice" }, "Figure size", size), ...buttons)
    details.addEventListener("toggle", () => { chooses.hidden = !partly() })
    return details
}

/** A button that opens a small panel; Escape or a click elsewhere closes it. */
export function menu(name, ...children) {
    const summary = element("summary", { class: "gs-button" }, name)
    const details = element("details", {
        class: "gs-menu",
        onkeydown: event => {
            if (event.key !== "Escape" || !details.open) return
            // It closes this alone, and lets go of no pinned cell.
            event.stopPropagation()
            details.open = false
            summary.focus()
        },
        onfocusout: event => { if (event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false },
    }, summary, element("div", { class: "gs-panel" }, ...children))
    document.addEventListener("pointerdown", event => { if (!details.contains(event.target)) details.open = false })
    return details
}

async function request(base, kind, question) {
    const response = await post(base, `download/${kind}`, question)
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
