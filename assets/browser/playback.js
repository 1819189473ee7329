/** Which step is now? Play, pause, step and scrub through the sentence. */

import { element } from "./dom.js"

// Milliseconds a step takes at speed 1, and the most that a whole long sequence takes.
const STEP = 700, WHOLE = 40_000

export class Playback {
    /** `onMove` is told now: null while the whole picture is shown, else {read, part, from, to}: of the
     * columns `from` to `to`, `read` are behind and `part` of the next one has passed. */
    constructor(onMove) {
        this.onMove = onMove
        this.steps = 0
        this.at = null
        this.playing = false
        this.calm = matchMedia("(prefers-reduced-motion: reduce)")
        const button = (name, sign, onclick) => element("button", {
            type: "button", class: "gs-button", "aria-label": name, title: name, onclick,
        }, sign)
        this.button = button("Play", "▶", () => this.toggle())
        this.button.classList.add("gs-play")
        this.scrub = element("input", {
            type: "range", min: 0, step: 1, "aria-label": "Time step", oninput: () => this.to(+this.scrub.value),
        })
        this.label = element("span", { class: "gs-now-label" })
        this.speed = element("select", { "aria-label": "Speed" },
            ...[0.5, 1, 2, 4].map(speed => element("option", { value: speed, selected: speed === 1 }, `${speed}×`)))
        this.loop = button("Loop", "↻", () => this.loop.setAttribute("aria-pressed", !this.looping))
        this.loop.setAttribute("aria-pressed", false)
        this.root = element("div", { class: "gs-playback", role: "group", "aria-label": "Playback" },
            this.button, button("Step back", "‹", () => this.move(-1)), button("Step forward", "›", () => this.move(1)),
            this.scrub, this.label, this.speed, this.loop)
    }

    get looping() { return this.loop.getAttribute("aria-pressed") === "true" }

    /** A picture of these columns, of which [from, to] are played; another number of them is shown whole. */
    follow(columns, [from, to]) {
        if (to + 1 - from !== this.steps || columns.per !== this.columns?.per) {
            this.steps = to + 1 - from
            this.scrub.max = Math.max(0, this.steps - 1)
            // Who types while it plays watches it go on.
            if (this.playing) this.at = Math.min(this.at, this.steps - 0.02)
            else this.at = null
        }
        Object.assign(this, { columns, from, last: to })
        this.root.hidden = !this.steps
        this.show()
    }

    /** Who pauses within a step sees it whole. */
    toggle() { this.playing ? this.to(Math.max(0, Math.floor(this.at))) : this.play() }

    play() {
        if (this.at === null || this.at >= this.steps - 1) this.at = -1
        this.playing = true
        this.name("Pause", "❚❚")
        this.goOn()
    }

    /** What plays goes on from where it is, as after a while off the page. */
    goOn() {
        this.begun = null
        if (this.playing) requestAnimationFrame(time => this.frame(time))
    }

    pause() {
        this.playing = false
        this.name("Play", "▶")
    }

    /** One frame: time is continuous, so that layers can light up one after the other within a step. */
    frame(time) {
        if (!this.playing || !this.root.isConnected) return
        this.begun ??= time
        const passed = (time - this.begun) * this.speed.value / Math.min(STEP, WHOLE / this.steps)
        this.begun = time
        this.at += passed
        if (this.at >= this.steps - 0.01) {
            if (this.looping) this.at = 0
            else {
                this.at = null
                this.pause()
            }
        }
        this.show()
        if (this.playing) requestAnimationFrame(next => this.frame(next))
    }

    /** One step back or forth from where it is; from the whole picture, from its end. */
    move(by) {
        const from = this.at === null ? this.steps - 1 + (by > 0 ? -this.steps : 0) : Math.floor(this.at)
        this.to(Math.max(0, Math.min(this.steps - 1, from + by)))
    }

    to(step) {
        this.pause()
        this.at = step + 0.999
        this.show()
    }

    /** Back to the whole picture. */
    whole() {
        this.pause()
        this.at = null
        this.show()
    }

    show() {
        const read = this.at === null ? this.steps - 1 : Math.max(0, Math.floor(this.at))
        const said = this.said(this.from + read)
        this.scrub.value = read
        this.scrub.setAttribute("aria-valuetext", said)
        this.label.textContent = this.at === null ? this.all() : said
        // Who asked for less motion sees all layers of a step at once.
        const part = this.calm.matches ? 1 : Math.max(0, this.at - read)
        this.onMove(this.at === null ? null : { read, part, from: this.from, to: this.last })
    }

    said(column) {
        const { per, steps } = this.columns
        if (per > 1) return this.columns.name(column)
        return `step ${this.columns.step(column).toLocaleString("en")} (0–${(steps - 1).toLocaleString("en")})`
    }

    all() {
        const { columns, from, last: to } = this, { steps } = columns
        if (steps === 1) return "1 step"
        if (this.steps === columns.number && columns.complete) return `all ${steps.toLocaleString("en")} steps`
        const end = Math.min(columns.step(to + 1), steps) - 1
        return `steps ${columns.step(from).toLocaleString("en")} to ${end.toLocaleString("en")}`
    }

    name(name, sign) {
        this.button.setAttribute("aria-label", name)
        this.button.title = name
        this.button.textContent = sign
    }
}
