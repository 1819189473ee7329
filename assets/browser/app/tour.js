/** How is a first-time visitor led? By tasks, each beside its subject, whose answers are checked. */

import { element, wordButton } from "../shared/element.js"
import { place } from "../shared/pixels.js"
import { sameCell } from "../state/pin.js"
import { pinned } from "../state/state.js"
import { tasksOf } from "./tasks.js"

/** @typedef {{left: number, top: number}} Place */

const SEEN = "gatescope.tour"
// The top of the window belongs to Streamlit's header.
const EDGE = { top: 64, side: 10 }
const BETWEEN = 14
// The cost, in pixels of distance, of covering a control, the picture, or the subject.
const OVER = { control: 200, picture: 1000, target: 1e6 }

// If storage is refused, the visit is remembered until the next reload.
let left = false

export class Tour {
    /** @type {import("./tasks.js").Task[]} */
    #tasks = []
    /** The cell that the tour itself pinned: no move of the visitor. @type {Cell | null} */
    #begins = null

    /**
     * Covers `root`, which holds the page; `column()` returns the box of one word's column on screen, `strip(quantity)`
     * that of a strip, or null.
     *
     * @param {any} root @param {Store} store
     * @param {{column: () => DOMRect | null, strip: (quantity: string) => DOMRect | null}} places
     */
    constructor(root, store, places) {
        this.root = root
        this.store = store
        this.places = places
        /** @type {number | null} */
        this.at = null
        /** @type {Place | null} */
        this.place = null
        const begin = () => {
            this.#tasks = tasksOf(store.drawn.picture)
            this.go(0)
            this.next.focus()
        }
        this.opener = wordButton("Tour", begin, { class: "gs-tour-opener" })
        // Both are shown only at a step.
        const at = () => /** @type {number} */ (this.at)
        this.back = wordButton("Back", () => this.go(at() - 1))
        this.next = wordButton("Next", () => (at() + 1 < this.#tasks.length ? this.go(at() + 1) : this.leave()))
        this.skip = wordButton("Skip", () => this.leave())
        this.title = element("h2", { id: "gs-tour-title" })
        this.text = element("p", { id: "gs-tour-text" })
        this.verdict = element("p", { class: "gs-tour-verdict" })
        this.spot = element("div", { class: "gs-spot", hidden: true })
        const dialog = { role: "dialog", "aria-labelledby": "gs-tour-title", "aria-describedby": "gs-tour-text" }
        this.card = element(
            "div",
            { class: "gs-tour", hidden: true, ...dialog },
            element("div", { "aria-live": "polite" }, this.title, this.text, this.verdict),
            element("div", { class: "gs-tour-buttons" }, this.skip, this.back, this.next),
        )
        this.keys = (/** @type {KeyboardEvent} */ event) => this.key(event)
        document.addEventListener("keydown", this.keys, true)
        store.afterDrawn(["pin", "holds"], state => this.check(state))
    }

    /** Says whether the visitor's move answers the task. @param {Drawn} state */
    check(state) {
        const task = this.at === null ? null : this.#tasks[this.at]
        if (!sameCell(state.pin, this.#begins)) this.#begins = null
        const answer = task?.begins && this.#begins ? null : task?.answer?.(state)
        this.verdict.textContent = answer?.says ?? ""
        this.verdict.classList.toggle("gs-right", !!answer?.right)
        if (answer) this.follow()
    }

    /** @param {KeyboardEvent} event */
    key(event) {
        if (event.key !== "Escape" || this.at === null || !this.root.isConnected) return
        if (/** @type {Element} */ (event.target).closest?.(".gs-menu[open]")) return
        // This Escape closes only the tour: a pinned cell stays.
        event.stopImmediatePropagation()
        this.leave()
    }

    /** Shows a step; `scroll` brings its subject into the viewport. @param {number} step */
    go(step, scroll = true) {
        const focused = /** @type {HTMLElement | null} */ (document.activeElement)
        this.at = step
        this.card.hidden = this.spot.hidden = false
        this.title.textContent = `Tour, ${step + 1} of ${this.#tasks.length}`
        const { says, begins } = this.#tasks[step]
        this.text.textContent = says
        this.#begin(begins)
        this.check(this.store.drawn)
        this.next.textContent = step + 1 < this.#tasks.length ? "Next" : "Done"
        this.back.hidden = step === 0
        this.skip.hidden = step + 1 === this.#tasks.length
        if (focused?.hidden) this.next.focus()
        const target = this.surround()
        if (scroll && !inSight(target)) this.spot.scrollIntoView({ block: "start" })
        this.place = null
        this.follow()
    }

    /** Shows the unit that a task speaks of in the panel, unless it is there. @param {import("./tasks.js").Task["begins"]} cell */
    #begin(cell) {
        const { pin } = this.store.drawn
        if (!cell || (pin && sameCell({ ...pin, step: cell.step }, cell))) return
        this.#begins = cell
        this.store.set(pinned(this.store.drawn, cell))
    }

    /** Closes the tour. */
    leave() {
        if (this.at === null) return
        const focused = this.card.contains(document.activeElement)
        this.at = null
        this.card.hidden = this.spot.hidden = true
        if (focused) this.opener.focus()
    }

    /** Moves the highlight to the step's subject and the card near it, after the page has changed. */
    follow() {
        if (this.at === null) return
        const target = this.surround()
        const root = this.root.getBoundingClientRect()
        const { left, top } = this.near(target, root)
        this.place = { left: left - root.left, top: top - root.top }
        place(this.card, this.place)
    }

    /** What the task speaks of. */
    #target() {
        const { where } = this.#tasks[/** @type {number} */ (this.at)]
        const { column, strip } = this.places
        if (where === "change") return this.box(".gs-change")
        const boxes = where === "column" ? [column()] : where.split(" ").map(strip)
        return around(boxes.filter(box => box !== null)) ?? this.box("#gs-sentence")
    }

    surround() {
        const target = this.#target()
        const root = this.root.getBoundingClientRect()
        const [left, top] = [target.left - root.left - 4, target.top - root.top - 4]
        place(this.spot, { left, top, width: target.width + 8, height: target.height + 8 })
        return target
    }

    /** The place in the window nearest to the target that covers neither the target nor, if possible, any control.
     * @param {DOMRect} target @param {DOMRect} root @returns {Place} */
    near(target, root) {
        const { offsetWidth: width, offsetHeight: height } = this.card
        const wide = document.documentElement.clientWidth
        const boxes = (/** @type {string} */ selector) =>
            [...this.root.querySelectorAll(selector)]
                .filter(part => part.checkVisibility() && !this.card.contains(part))
                .map(part => part.getBoundingClientRect())
        const controls = boxes("button, select, input, textarea, summary")
        // What follows from the drawn cell may be covered.
        const picture = boxes(".gs-plot, .gs-names, .gs-cell-body")
        const free = (/** @type {Place} */ place, /** @type {DOMRect} */ box, room = 0) =>
            isFree({ ...place, width, height }, box, room)
        const cost = (/** @type {Place} */ place) =>
            (free(place, target, BETWEEN) ? 0 : OVER.target) +
            OVER.control * controls.filter(box => !free(place, box)).length +
            OVER.picture * picture.filter(box => !free(place, box)).length +
            Math.hypot(
                apart(place.left, place.left + width, target.left, target.right),
                apart(place.top, place.top + height, target.top, target.bottom),
            )
        const last = this.place && { left: this.place.left + root.left, top: this.place.top + root.top }
        const covers = (/** @type {Place} */ place) => [...controls, target].some(box => !free(place, box))
        // A card that covers nothing stays, so that it does not jump while the visitor types.
        if (last && last.left + width <= wide && cost(last) < OVER.picture && !covers(last)) return last
        const beginning = { left: EDGE.side, top: target.bottom + BETWEEN }
        return cheapest(beginning, wide - EDGE.side - width, window.innerHeight - EDGE.side - height, cost)
    }

    /** @param {string} selector @returns {DOMRect} */
    box(selector) {
        return this.root.querySelector(selector).getBoundingClientRect()
    }

    /** Removes the tour, because its part of the page is removed. */
    close() {
        document.removeEventListener("keydown", this.keys, true)
    }
}

/** Whether this browser has never been here; from now on it has. */
export function isFirstVisit() {
    try {
        const first = !left && localStorage.getItem(SEEN) === null
        localStorage.setItem(SEEN, "seen")
        return first
    } catch {
        const first = !left
        left = true
        return first
    }
}

/** The box around some; null if there are none. @param {DOMRect[]} boxes */
function around(boxes) {
    if (!boxes.length) return null
    const [left, top] = [Math.min(...boxes.map(box => box.left)), Math.min(...boxes.map(box => box.top))]
    const [right, bottom] = [Math.max(...boxes.map(box => box.right)), Math.max(...boxes.map(box => box.bottom))]
    return new DOMRect(left, top, right - left, bottom - top)
}

/** @param {DOMRect} box */
function inSight({ top, bottom }) {
    return top >= EDGE.top && bottom <= window.innerHeight
}

/** Whether a card at a place leaves some room around a box. @param {Place & {width: number, height: number}} card
 * @param {DOMRect} box @param {number} room */
function isFree({ left, top, width, height }, box, room) {
    const beside = left >= box.right + room || left + width <= box.left - room
    return beside || top >= box.bottom + room || top + height <= box.top - room
}

/** The place of least cost, tried every few pixels up to the rightmost and lowest place. @param {Place} beginning
 * @param {number} right @param {number} bottom @param {(place: Place) => number} cost */
function cheapest(beginning, right, bottom, cost) {
    let best = beginning
    let least = Infinity
    for (let top = EDGE.top; top <= bottom; top += 12) {
        for (let left = right; left >= EDGE.side; left -= 12) {
            const costs = cost({ left, top })
            if (costs < least) [best, least] = [{ left, top }, costs]
        }
    }
    return best
}

/** The distance between two intervals; 0 if they overlap. @param {number} from @param {number} to
 * @param {number} otherFrom @param {number} otherTo */
function apart(from, to, otherFrom, otherTo) {
    return Math.max(0, from - otherTo, otherFrom - to)
}
