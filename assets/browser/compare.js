/** How does the page Compare show two readings: what differs, which unit carries it, and what undoes it? */

import { numbersOf, picture } from "./compare/picture.js"
import { proof, undo } from "./compare/proof.js"
import { element } from "./shared/element.js"

// Pixels below the picture in a lecture.
const EDGE = 10
// How much larger few words and units are made in a lecture, at most and less; and the least pixels of a word then.
const LARGER = [1.3, 1.2, 1.1]
const WORD = 95
// More columns leave no room for a panel beside them, in a window that is not wide.
const FEW = 8

/** Draws what `dashboard/comparing/drawn.py` has of two readings. @param {Element} place @param {Wire.Drawn} drawn */
export function draw(place, drawn) {
    const { head, says, carrier } = drawn
    const inWords = () => element("p", { class: "gs-two-says" }, says)
    const table = exported(picture(drawn), head, () => [inWords(), picture(drawn)])
    const left = element(
        "div",
        { class: "gs-two-left" },
        element("h1", { class: "gs-two-head" }, head),
        inWords(),
        table,
        carrier ? undo(carrier.undo) : "",
    )
    table.numbers = () => numbersOf(drawn)
    const root = element("div", { class: carrier ? "gs-two gs-side-by-side" : "gs-two gs-alone" }, left)
    root.classList.toggle("gs-many", drawn.words.length > FEW)
    root.heading = head
    if (carrier) {
        const panel = exported(proof(carrier), "Which unit carries it?", () => [proof(carrier)])
        panel.numbers = () => carrier.rows.map(({ name, near }) => ["put in from A alone", "", name, near])
        root.append(element("div", {}, panel))
    }
    place.replaceChildren(root)
    const resized = new ResizeObserver(() => fit(root))
    // In a lecture this is as high as the window.
    for (const part of [root, place.closest(".stMainBlockContainer")]) if (part) resized.observe(part)

    /** @param {any} part @param {string} heading @param {() => Element[]} again makes it once more, for a picture */
    function exported(part, heading, again) {
        part.classList.add("gs-pictured")
        part.heading = heading
        part.picture = async (/** @type {number} */ width, /** @type {number} */ high) => {
            const { asSeen } = await import("./slide/as_seen.js")
            return asSeen(place, element("div", { class: "gs-two gs-alone" }, ...again()), width, high)
        }
        return part
    }
}

/** In a lecture it fills the window: many words or units are made smaller, few ones larger. @param {HTMLElement} root */
function fit(root) {
    const size = (/** @type {number} */ value) => root.style.setProperty("--gs-fit", `${value}`)
    size(1)
    const stage = root.closest("[data-gs-present] .stMainBlockContainer")
    const [left, table] = [".gs-two-left", ".gs-two-table"].map(part => root.querySelectorAll(part)[0])
    if (!stage) return
    const [above, first] = [stage, root].map(part => part.getBoundingClientRect().top)
    const high = stage.clientHeight - (first - above) / stage.currentCSSZoom - EDGE
    const last = table.querySelector("thead th:last-child")
    // What is larger has less width of its own, so its lines may be more.
    for (const larger of LARGER) {
        size(larger)
        if (larger * root.offsetHeight <= high && last && last.clientWidth >= WORD) return
    }
    size(1)
    const wide = root.offsetWidth / (root.offsetWidth - left.clientWidth + table.clientWidth)
    const least = Math.min(1, high / root.offsetHeight, wide)
    size(least)
    // What is smaller has more width of its own, so its lines may be fewer.
    for (let larger = Math.min(1, high / root.offsetHeight, wide); larger > least; larger -= 0.01) {
        size(larger)
        if (larger * root.offsetHeight <= high) return
    }
    size(least)
}
