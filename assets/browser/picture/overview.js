/** How is a long sequence shown as a whole? The range of its memory over all steps, and a window: the visible part. */

import { drag } from "../shared/drag.js"
import { element } from "../shared/element.js"
import { zoomed } from "../state/state.js"

const HEIGHT = 44
const SAYS =
    "Overview. Light: range of c over all units. Dark: largest change of c at each step. " +
    "Drag to choose the part shown."

/** @type {Record<string, number>} */
const WAYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }

export class Overview {
    /** @param {Store} store */
    constructor(store) {
        this.store = store
        this.canvas = element("canvas", { height: HEIGHT, "aria-hidden": "true" })
        this.window = element("div", { class: "gs-window" })
        this.strip = element(
            "div",
            {
                class: "gs-overview-strip",
                tabindex: 0,
                role: "slider",
                "aria-label": "Visible steps",
                "aria-valuemin": 0,
                onpointerdown: (/** @type {PointerEvent} */ event) => this.press(event),
                onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
            },
            this.canvas,
            this.window,
        )
        this.root = element(
            "div",
            { class: "gs-overview", hidden: true },
            this.strip,
            element("div", { class: "gs-faint" }, SAYS),
        )
        store.afterDrawn([], ({ picture }) => this.show(picture.overview))
    }

    get steps() {
        return this.store.drawn.picture.columns.steps
    }

    /** The visible steps, [from, to] on their axis. */
    get seen() {
        return this.store.state.zoom.steps || [-0.5, this.steps - 0.5]
    }

    /** @param {Float32Array[] | null} overview */
    show(overview) {
        this.root.hidden = !overview
        if (!overview) return
        this.draw(overview)
        const { steps } = this
        const [from, to] = this.seen
        const percent = (/** @type {number} */ step) => `${(100 * (step + 0.5)) / steps}%`
        Object.assign(this.window.style, { left: percent(from), width: percent(to - from - 0.5) })
        const first = Math.max(0, Math.round(from + 0.5))
        const last = Math.min(steps, Math.round(to + 0.5)) - 1
        this.strip.setAttribute("aria-valuemax", steps - 1)
        this.strip.setAttribute("aria-valuenow", first)
        this.strip.setAttribute("aria-valuetext", `steps ${first} to ${last} of ${steps}`)
    }

    /**
     * Faint, the band between the least and the largest c of every bin; over it, from below, its largest change.
     *
     * @param {Float32Array[]} overview
     */
    draw([low, high, change]) {
        const { canvas } = this,
            pen = canvas.getContext("2d")
        canvas.width = low.length
        const most = Math.max(1, ...low.map(Math.abs), ...high.map(Math.abs)),
            middle = HEIGHT / 2
        pen.fillStyle = getComputedStyle(this.root).color
        const quickest = Math.max(...change) || 1
        low.forEach((value, bin) => {
            const top = middle - (high[bin] / most) * middle,
                bottom = middle - (value / most) * middle
            pen.globalAlpha = 0.18
            pen.fillRect(bin, top, 1, Math.max(1, bottom - top))
            pen.globalAlpha = 0.75
            pen.fillRect(bin, HEIGHT - (change[bin] / quickest) * (HEIGHT - 3), 1, HEIGHT)
        })
    }

    /** @param {PointerEvent} pointer */
    step({ clientX }) {
        const { left, width } = this.strip.getBoundingClientRect()
        return Math.max(0, Math.min(1, (clientX - left) / width)) * this.steps - 0.5
    }

    /**
     * A drag inside the window moves it; elsewhere it draws a new window. A click moves the window there.
     *
     * @param {PointerEvent} event
     */
    press(event) {
        event.preventDefault()
        this.strip.focus()
        const [from, to] = this.seen,
            begun = this.step(event),
            whole = to - from > this.steps * 0.98
        const inside = begun > from && begun < to && !whole
        const follow = (/** @type {PointerEvent} */ move) => {
            const now = this.step(move)
            if (inside) this.look(from + now - begun, to + now - begun)
            else if (Math.abs(move.clientX - event.clientX) > 3) this.look(Math.min(begun, now), Math.max(begun, now))
        }
        drag(this.strip, event, follow, up => {
            if (Math.abs(up.clientX - event.clientX) > 3) return
            const half = Math.min(to - from, this.steps / 10) / 2
            this.look(begun - half, begun + half)
        })
    }

    /** @param {KeyboardEvent} event */
    key(event) {
        const way = WAYS[event.key]
        if (!way) return
        event.preventDefault()
        const [from, to] = this.seen,
            by = (way * (to - from)) / 4
        this.look(from + by, to + by)
    }

    /** A window of at least one step within the sequence. @param {number} from @param {number} to */
    look(from, to) {
        const width = Math.min(this.steps, Math.max(1, to - from))
        const first = Math.max(-0.5, Math.min(this.steps - 0.5 - width, from))
        this.store.set(zoomed(this.store.drawn, { ...this.store.state.zoom, steps: [first, first + width] }))
    }
}
