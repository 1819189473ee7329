/** How does the page Compare show two readings: what differs, which unit carries it, and what undoes it? */

import { AGAIN, Newest, Unreachable } from "./asking/answerer.js"
import { Server } from "./asking/server.js"
import { madeOf, partOf, proofOf, rowsOf } from "./compare/drawn.js"
import { nearness, proof, region, undo } from "./compare/proof.js"
import { headOf, sameOf, saysOf } from "./compare/sentences.js"
import { picturesOf, Two } from "./compare/two.js"
import { lookOf, scalesOf } from "./layout/picture.js"
import { drawLegend } from "./picture/names.js"
import { drawRows } from "./picture/rows.js"
import { element } from "./shared/element.js"
import { themeOf } from "./shared/page.js"

/** @typedef {import("./picture/rows.js").Rows} Rows */

// Pixels below the picture in a lecture.
const EDGE = 10
// How large few words and units are made in a lecture, at most, and many at least.
const [LARGEST, SMALLEST, STEP] = [1.3, 0.4, 0.02]
// Pixels of the lowest row that has its numbers.
const NUMBERED = 16
// More columns leave no room for a panel beside them, in a window that is not wide.
const FEW = 8

/**
 * Asks for the pictures of two readings, and draws what differs; the last ones stay until then.
 *
 * @param {any} place @param {{base: string, handed: ConstructorParameters<typeof Server>[1], colours: Wire.Colours,
 *     compared: Wire.Compared}} of
 */
export function draw(place, { base, handed, colours, compared }) {
    const server = () => new Server(new URL(`${base}/`, location.origin), handed)
    // A server answers the newest question of a view.
    place.answerers ??= [server(), server()]
    place.compared = compared
    place.questions ??= new Newest({
        ask: ({ compared }, signal) => picturesOf(compared, place.answerers, signal),
        answered: (pictures, { compared }) =>
            place.compared === compared && show(place, new Two(compared, pictures), colours),
        pause: error => {
            if (!place.isConnected) return null
            if (error instanceof Unreachable) return AGAIN
            place.replaceChildren(element("p", { class: "gs-two-says" }, error.message))
            return null
        },
    })
    const same = sameOf(compared)
    if (same) place.replaceChildren(element("h1", { class: "gs-two-head" }, same))
    else place.questions.put(() => ({ compared }))
}

/** @param {any} place @param {Two} two @param {Wire.Colours} colours */
export function show(place, two, colours) {
    const theme = themeOf(place)
    const rows = rowsOf(two, lookOf(colours, "teal", theme), theme)
    // In a lecture and on a slide stands what tells, in large letters.
    const brief = { ...rows, high: NUMBERED, strips: rows.strips.filter(({ quantity }) => quantity) }
    const [head, { carrier }] = [headOf(two), two.message]
    const parts = (/** @type {Rows} */ shown) => {
        const drawn = region("Step by step")
        drawRows(drawn, shown)
        return [element("p", { class: "gs-two-says" }, saysOf(two)), drawn, below(shown, [partOf(two), proofOf(two)])]
    }
    const [says, drawn, legend] = parts(rows)
    exported(drawn, head, () => parts(brief))
    const made = element("p", { class: "gs-made", hidden: true }, madeOf(two))
    const title = element("h1", { class: "gs-two-head" }, head)
    const left = element("div", { class: "gs-two-left" }, title, says, drawn, legend)
    left.append(carrier ? undo(two, carrier, rows) : "", made)
    const root = element("div", { class: carrier ? "gs-two gs-side-by-side" : "gs-two gs-alone" }, left)
    root.classList.toggle("gs-many", rows.tokens.length > FEW)
    root.heading = head
    if (carrier) {
        const part = exported(proof(two, carrier), "Which unit carries it?", () => [proof(two, carrier)])
        part.classList.add("gs-pictured")
        part.numbers = () =>
            nearness(carrier).drawn.map(({ unit, near }) => ["put in from A alone", "", `unit ${unit}`, near])
        root.append(element("div", {}, part))
    }
    place.replaceChildren(root)
    const resized = new ResizeObserver(() => fit(root, drawn, rows, brief))
    // In a lecture this is as high as the window.
    for (const part of [root, place.closest(".stMainBlockContainer")]) if (part) resized.observe(part)

    /** @param {any} part @param {string} heading @param {() => Element[]} again makes it once more, for a picture */
    function exported(part, heading, again) {
        part.heading = heading
        part.picture = async (/** @type {number} */ width, /** @type {number} */ high) => {
            const { asSeen } = await import("./slide/as_seen.js")
            return asSeen(place, element("div", { class: "gs-two gs-alone" }, ...again()), width, high)
        }
        return part
    }
}

/** Which colours are which numbers, and what is said of all. @param {Rows} rows @param {string[]} said */
function below({ strips, look }, said) {
    const drawn = new Map(strips.filter(({ quantity }) => quantity).map(strip => [strip.quantity, strip]))
    const about = /** @type {any} */ ({ strips: [...drawn.values()], reach: drawn.get("c")?.reach })
    const root = element("div", { class: "gs-legend" })
    drawLegend(root, { legend: scalesOf(about, look), stacks: [] })
    root.append(element("span", { class: "gs-two-proved" }, said.filter(Boolean).join(" · ")))
    return root
}

/** In a lecture it fills the window: many words or units are made smaller, few ones larger. @param {HTMLElement} root
 * @param {HTMLElement} drawn @param {Rows} rows @param {Rows} brief */
function fit(root, drawn, rows, brief) {
    const stage = root.closest("[data-gs-present] .stMainBlockContainer")
    const size = (/** @type {number} */ value) => {
        root.style.setProperty("--gs-fit", `${value}`)
        drawRows(drawn, stage ? brief : rows)
    }
    if (!stage) return size(1)
    const [above, first] = [stage, root].map(part => part.getBoundingClientRect().top)
    const high = stage.clientHeight - (first - above) / stage.currentCSSZoom - EDGE
    // What is smaller has more width of its own, so its lines may be fewer.
    for (let value = root.classList.contains("gs-many") ? 1 : LARGEST; value > SMALLEST; value -= STEP) {
        size(value)
        if (value * root.offsetHeight <= high && drawn.scrollWidth <= drawn.clientWidth) return
    }
}
