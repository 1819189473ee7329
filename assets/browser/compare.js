/** How does the page Compare show two readings: what differs, which unit carries it, and what undoes it? */

import { picture } from "./compare/picture.js"
import { proof, undo } from "./compare/proof.js"
import { element } from "./shared/element.js"

// Pixels below the picture in a lecture.
const EDGE = 10

const source = `${new URL("compare.css", import.meta.url)}`
if (![...document.styleSheets].some(({ href }) => href === source)) {
    document.head.append(element("link", { rel: "stylesheet", href: source }))
}

/**
 * Draws what `dashboard/comparing/drawn.py` has of two readings.
 *
 * @param {Element} place @param {Wire.Drawn} drawn
 */
export function draw(place, drawn) {
    const { head, says, carrier } = drawn
    const left = element(
        "div",
        { class: "gs-two-left" },
        element("h1", { class: "gs-two-head" }, head),
        element("p", { class: "gs-two-says" }, says),
        picture(drawn),
        carrier?.undo ? undo(carrier.undo) : "",
    )
    const root = element("div", { class: carrier ? "gs-two" : "gs-two gs-alone" }, left)
    if (carrier) root.append(proof(carrier))
    place.replaceChildren(root)
    const resized = new ResizeObserver(() => fit(root))
    // In a lecture this is as high as the window.
    for (const part of [root, place.closest(".stMainBlockContainer")]) if (part) resized.observe(part)
}

/** In a lecture all of it is in the window; many words or units are made smaller. @param {HTMLElement} root */
function fit(root) {
    const size = (/** @type {number} */ value) => root.style.setProperty("--gs-fit", `${value}`)
    size(1)
    const stage = root.closest("[data-gs-present] .stMainBlockContainer")
    const [left, table] = [".gs-two-left", ".gs-two-table"].map(part => root.querySelector(part))
    if (!(stage && left && table)) return
    const high = stage.clientHeight - root.offsetTop - EDGE
    const wide = root.offsetWidth - left.clientWidth + table.clientWidth
    size(Math.min(1, high / root.offsetHeight, root.offsetWidth / wide))
}
