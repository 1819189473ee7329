/** What does somebody do here who has never been here? Three sentences, each beside what it speaks of. */

import { element } from "./dom.js"

const SEEN = "gatescope.tour"
// The top of the window belongs to Streamlit's header.
const EDGE = { top: 64, side: 10 }
const BETWEEN = 14
// Pixels farther away that are as bad as lying over a control, over the picture, over what it speaks of.
const OVER = { control: 200, picture: 1000, target: 1e6 }

// Where storage is refused, it is remembered until the next reload.
let left = false

export class Tour {
    /** Lies over `root`, which holds the page; `column()` is where on the screen one word's column lies, or null. */
    constructor(root, column) {
        this.root = root
        this.steps = [
            ["Type a sentence: a real LSTM reads it as you type.", () => this.box("#gs-sentence")],
            ["Each word is a column. Follow one down: what its gates keep and let in becomes the cell state c, what they show of it the hidden state h.",
                () => column() || this.box("#gs-sentence")],
            ["Press play to watch the memory being written, word by word. Click any cell to see its arithmetic.",
                () => this.box(".gs-play")],
        ]
        this.at = null
        const button = (name, onclick) => element("button", { type: "button", class: "gs-button", onclick }, name)
        this.opener = button("Tour", () => { this.go(0); this.next.focus() })
        this.opener.className = "gs-tour-opener"
        this.back = button("Back", () => this.go(this.at - 1))
        this.next = button("Next", () => this.at + 1 < this.steps.length ? this.go(this.at + 1) : this.leave())
        this.skip = button("Skip", () => this.leave())
        this.title = element("h2", { id: "gs-tour-title" })
        this.text = element("p", { id: "gs-tour-text" })
        this.spot = element("div", { class: "gs-spot", hidden: true })
        this.card = element("div", {
            class: "gs-tour", hidden: true, role: "dialog", "aria-labelledby": "gs-tour-title", "aria-describedby": "gs-tour-text",
        }, element("div", { "aria-live": "polite" }, this.title, this.text),
        element("div", { class: "gs-tour-buttons" }, this.skip, this.back, this.next))
        this.keys = event => {
            if (event.key !== "Escape" || this.at === null || !this.root.isConnected || event.target.closest?.(".gs-menu[open]")) return
            // This Escape is the tour's: a pinned cell stays.
            event.stopImmediatePropagation()
            this.leave()
        }
        document.addEventListener("keydown", this.keys, true)
    }

    /** Opens by itself on a first visit, and takes no focus then; who follows a link to one cell or embeds the page came for something else. */
    offer(query) {
        const embedded = [...new URLSearchParams(location.search).keys()].some(name => name.startsWith("embed"))
        // After the paint: the first picture waits for nothing, and things are where they will be.
        if (!seen() && !query.pin && !embedded) requestAnimationFrame(() => { if (this.root.isConnected) this.go(0, false) })
    }

    /** Shows a step; with `scroll`, what it speaks of is brought into sight. */
    go(step, scroll = true) {
        const focused = document.activeElement
        this.at = step
        this.card.hidden = this.spot.hidden = false
        this.title.textContent = `Tour, ${step + 1} of ${this.steps.length}`
        this.text.textContent = this.steps[step][0]
        this.next.textContent = step + 1 < this.steps.length ? "Next" : "Done"
        this.back.hidden = step === 0
        this.skip.hidden = step + 1 === this.steps.length
        if (focused?.hidden) this.next.focus()
        const target = this.surround()
        if (scroll && !inSight(target)) this.spot.scrollIntoView({ block: "start" })
        this.place = null
        this.follow()
    }

    /** Left, it does not come back by itself. */
    leave() {
        if (this.at === null) return
        const focused = this.card.contains(document.activeElement)
        this.at = null
        this.card.hidden = this.spot.hidden = true
        if (focused) this.opener.focus()
        left = true
        try { localStorage.setItem(SEEN, "seen") } catch { /* Storage is refused: it is only remembered until the next reload. */ }
    }

    /** Lays the highlight around what the step speaks of and the card near it, after the page has changed under them. */
    follow() {
        if (this.at === null) return
        const target = this.surround(), root = this.root.getBoundingClientRect()
        const { left, top } = this.near(target, root)
        this.place = { left: left - root.left, top: top - root.top }
        Object.assign(this.card.style, { left: `${this.place.left}px`, top: `${this.place.top}px` })
    }

    surround() {
        const target = this.steps[this.at][1](), root = this.root.getBoundingClientRect()
        Object.assign(this.spot.style, {
            left: `${target.left - root.left - 4}px`, top: `${target.top - root.top - 4}px`,
            width: `${target.width + 8}px`, height: `${target.height + 8}px`,
        })
        return target
    }

    /** The place in the window nearest to the target that covers neither it nor, if that can be, any control. */
    near(target, root) {
        const { offsetWidth: width, offsetHeight: height } = this.card
        const wide = document.documentElement.clientWidth, high = window.innerHeight
        const boxes = selector => [...this.root.querySelectorAll(selector)]
            .filter(part => part.checkVisibility() && !this.card.contains(part)).map(part => part.getBoundingClientRect())
        const controls = boxes("button, select, input, textarea, summary"), picture = boxes(".gs-plot, .gs-names")
        const free = (place, box, room) => place.left >= box.right + room || place.left + width <= box.left - room ||
            place.top >= box.bottom + room || place.top + height <= box.top - room
        const cost = place => (free(place, target, BETWEEN) ? 0 : OVER.target) +
            OVER.control * controls.filter(box => !free(place, box, 0)).length +
            OVER.picture * picture.filter(box => !free(place, box, 0)).length +
            Math.hypot(apart(place.left, place.left + width, target.left, target.right), apart(place.top, place.top + height, target.top, target.bottom))
        const last = this.place && { left: this.place.left + root.left, top: this.place.top + root.top }
        // What covers nothing where it is stays: nothing jumps while somebody types.
        if (last && last.left + width <= wide && cost(last) < OVER.picture && ![...controls, target].some(box => !free(last, box, 0))) return last
        let best = { left: EDGE.side, top: target.bottom + BETWEEN }, least = Infinity
        for (let top = EDGE.top; top + height + EDGE.side <= high; top += 12) {
            for (let left = wide - EDGE.side - width; left >= EDGE.side; left -= 12) {
                const costs = cost({ left, top })
                if (costs < least) [best, least] = [{ left, top }, costs]
            }
        }
        return best
    }

    box(selector) { return this.root.querySelector(selector).getBoundingClientRect() }

    /** Its part of the page is going. */
    close() { document.removeEventListener("keydown", this.keys, true) }
}

function seen() {
    try { return left || localStorage.getItem(SEEN) !== null } catch { return left }
}

function inSight({ top, bottom }) { return top >= EDGE.top && bottom <= window.innerHeight }

/** How far one stretch lies from another; 0 where they overlap. */
function apart(from, to, otherFrom, otherTo) { return Math.max(0, from - otherTo, otherFrom - to) }
