/** How does the page Compare show two readings: what differs, which unit carries it, and what undoes it? */

import { Busy, Newest, Unreachable } from "./asking/answerer.js"
import { Server } from "./asking/server.js"
import { drawnOf, heatmapsOf } from "./compare/drawn.js"
import { numbersOf, picture } from "./compare/picture.js"
import { nearness, proof, undo } from "./compare/proof.js"
import { sameOf } from "./compare/sentences.js"
import { picturesOf, Two } from "./compare/two.js"
import { drawsHeatmaps } from "./shared/drawn_heatmaps.js"
import { element } from "./shared/element.js"

// Pixels below the picture in a lecture.
const EDGE = 10
// How much larger few words and units are made in a lecture, at most and less; and the least pixels of a word then.
const LARGER = [1.3, 1.2, 1.1]
const WORD = 95
// More columns leave no room for a panel beside them, in a window that is not wide.
const FEW = 8

// Milliseconds until the pictures are asked for again, if the server does not answer.
const AWAY = 1_000

/**
 * Asks for the pictures of two readings, and draws what differs; the last ones stay until then.
 *
 * @param {any} place @param {{base: string, handed: ConstructorParameters<typeof Server>[1], compared: Wire.Compared}} of
 */
export function draw(place, { base, handed, compared }) {
    const server = () => new Server(new URL(`${base}/`, location.origin), handed)
    // A server answers the newest question of a view.
    place.answerers ??= [server(), server()]
    place.compared = compared
    place.questions ??= new Newest({
        ask: ({ compared }, signal) => picturesOf(compared, place.answerers, signal),
        answered: (pictures, { compared }) => place.compared === compared && show(place, new Two(compared, pictures)),
        pause: (error, tries) => {
            if (!place.isConnected) return null
            if (error instanceof Busy) return error.pause(tries)
            if (error instanceof Unreachable) return AWAY
            place.replaceChildren(element("p", { class: "gs-two-says" }, error.message))
            return null
        },
    })
    const same = sameOf(compared)
    if (same) place.replaceChildren(element("h1", { class: "gs-two-head" }, same))
    else place.questions.put(() => ({ compared }))
}

/** @param {any} place @param {Two} two */
export function show(place, two) {
    const drawn = drawnOf(two)
    const [{ head, says }, { carrier }] = [drawn, two.message]
    const inWords = () => element("p", { class: "gs-two-says" }, says)
    const table = exported(picture(drawn), head, () => [inWords(), picture(drawn)])
    const left = element(
        "div",
        { class: "gs-two-left" },
        element("h1", { class: "gs-two-head" }, head),
        inWords(),
        table,
        carrier ? undo(two, carrier) : "",
        element("p", { class: "gs-made", hidden: true }, drawn.made),
    )
    table.numbers = () => numbersOf(drawn)
    const root = element("div", { class: carrier ? "gs-two gs-side-by-side" : "gs-two gs-alone" }, left)
    root.classList.toggle("gs-many", drawn.words.length > FEW)
    root.heading = head
    if (carrier) {
        const part = exported(proof(two, carrier), "Which unit carries it?", () => [proof(two, carrier)])
        part.numbers = () =>
            nearness(carrier).drawn.map(({ unit, near }) => ["put in from A alone", "", `unit ${unit}`, near])
        root.append(element("div", {}, part))
    }
    place.replaceChildren(root)
    drawsHeatmaps(root, () => heatmapsOf(drawn))
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
