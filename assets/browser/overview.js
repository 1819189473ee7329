/** A long sequence as a whole: the range of its memory over all steps, and the part of it that is in sight. */

import { element } from "./dom.js"

const HEIGHT = 44

export class Overview {
    /** `onWindow` is told which steps to show, [from, to]. */
    constructor(onWindow) {
        this.onWindow = onWindow
        this.canvas = element("canvas", { height: HEIGHT, "aria-hidden": "true" })
        this.window = element("div", { class: "gs-window" })
        this.strip = element("div", {
            class: "gs-overview-strip", tabindex: 0, role: "slider", "aria-label": "Steps in sight", "aria-valuemin": 0,
        }, this.canvas, this.window)
        this.root = element("div", { class: "gs-overview", hidden: true }, this.strip,
            element("div", { class: "gs-faint" }, "The whole sequence. Faint: from the least to the largest c of all units; dark: the largest change of c in a step. " +
                "Drag to choose what is in sight."))
        this.strip.addEventListener("pointerdown", event => this.press(event))
        this.strip.addEventListener("keydown", event => this.key(event))
    }

    follow({ overview, columns: { steps } }, seen) {
        this.root.hidden = !overview
        if (!overview) return
        this.steps = steps
        this.seen = seen || [-0.5, steps - 0.5]
        this.draw(overview)
        const [from, to] = this.seen, percent = step => `${100 * (step + 0.5) / steps}%`
        Object.assign(this.window.style, { left: percent(from), width: percent(to - from - 0.5) })
        const first = Math.max(0, Math.round(from + 0.5)), last = Math.min(steps, Math.round(to + 0.5)) - 1
        this.strip.setAttribute("aria-valuemax", steps - 1)
        this.strip.setAttribute("aria-valuenow", first)
        this.strip.setAttribute("aria-valuetext", `steps ${first} to ${last} of ${steps}`)
    }

    /** Faint, the band between the least and the largest c of every bin; over it, from below, its largest change. */
    draw([low, high, change]) {
        const { canvas } = this, pen = canvas.getContext("2d")
        canvas.width = low.length
        const most = Math.max(1, ...low.map(Math.abs), ...high.map(Math.abs)), middle = HEIGHT / 2
        pen.fillStyle = getComputedStyle(this.root).color
        const quickest = Math.max(...change) || 1
        low.forEach((value, bin) => {
            const top = middle - high[bin] / most * middle, bottom = middle - value / most * middle
            pen.globalAlpha = 0.18
            pen.fillRect(bin, top, 1, Math.max(1, bottom - top))
            pen.globalAlpha = 0.75
            pen.fillRect(bin, HEIGHT - change[bin] / quickest * (HEIGHT - 3), 1, HEIGHT)
        })
    }

    step({ clientX }) {
        const { left, width } = this.strip.getBoundingClientRect()
        return Math.max(0, Math.min(1, (clientX - left) / width)) * this.steps - 0.5
    }

    /** Inside the window a drag moves it; elsewhere it draws another. A click goes there with as many steps as before. */
    press(event) {
        event.preventDefault()
        this.strip.focus()
        this.strip.setPointerCapture(event.pointerId)
        const [from, to] = this.seen, begun = this.step(event), whole = to - from > this.steps * 0.98
        const inside = begun > from && begun < to && !whole
        const follow = move => {
            const now = this.step(move)
            if (inside) this.show(from + now - begun, to + now - begun)
            else if (Math.abs(move.clientX - event.clientX) > 3) this.show(Math.min(begun, now), Math.max(begun, now))
        }
        const end = up => {
            this.strip.removeEventListener("pointermove", follow)
            if (Math.abs(up.clientX - event.clientX) > 3) return
            const half = Math.min(to - from, this.steps / 10) / 2
            this.show(begun - half, begun + half)
        }
        this.strip.addEventListener("pointermove", follow)
        this.strip.addEventListener("pointerup", end, { once: true })
    }

    key(event) {
        const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key]
        if (!way) return
        event.preventDefault()
        const [from, to] = this.seen, by = way * (to - from) / 4
        this.show(from + by, to + by)
    }

    /** A window of at least one step within the sequence. */
    show(from, to) {
        const width = Math.min(this.steps, Math.max(1, to - from))
        const first = Math.max(-0.5, Math.min(this.steps - 0.5 - width, from))
        this.onWindow([first, first + width])
    }
}
