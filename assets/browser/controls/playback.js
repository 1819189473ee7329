/** How is the sentence played? Play, pause, step and scrub through it. */

import { button, element } from "../shared/element.js"
import { roving } from "../shared/hands.js"
import { count } from "../shared/numbers.js"
import { atTime } from "../state/state.js"
import { moved, passed, played, readAt, steps, to, toggled } from "../state/time.js"

/** @typedef {import("../state/time.js").Time} Time */

const SPEEDS = [0.5, 1, 2, 4]
// On a first visit each step can be read.
const SLOWLY = 0.5
const SEEN = "gatescope.tour"

export class Playback {
    /** When the last frame was; null before the first one. @type {number | null} */
    #last = null
    #runs = false

    /** @param {Store} store */
    constructor(store) {
        this.store = store
        const go = (/** @type {(time: Time) => Time} */ change) =>
            store.set(atTime(store.state, change(store.state.time)))
        const set = (/** @type {Partial<Time>} */ change) => store.set({ time: { ...store.state.time, ...change } })
        this.toggle = () => go(toggled)
        this.button = button("Play", "▶", this.toggle)
        this.button.classList.add("gs-play")
        this.scrub = element("input", {
            type: "range",
            min: 0,
            step: 1,
            "aria-label": "Time step",
            oninput: () => go(time => to(time, +this.scrub.value)),
        })
        this.label = element("span", { class: "gs-now-label" })
        this.speed = element(
            "select",
            { "aria-label": "Speed", onchange: () => set({ speed: +this.speed.value }) },
            ...SPEEDS.map(value => element("option", { value, selected: value === 1 }, `${value}×`)),
        )
        this.loop = button("Loop", "↻", () => set({ looping: !store.state.time.looping }))
        this.pace = element("div", { class: "gs-pace" }, element("span", {}, "Speed"), this.speed, this.loop)
        const buttons = [
            this.button,
            button("Step back", "‹", () => go(time => moved(time, -1))),
            button("Step forward", "›", () => go(time => moved(time, 1))),
        ]
        roving(buttons)
        this.root = element(
            "div",
            { class: "gs-playback", role: "group", "aria-label": "Playback" },
            ...buttons,
            this.scrub,
            this.label,
        )
        this.loop.setAttribute("aria-pressed", false)
        store.afterDrawn(["time"], state => this.show(state))
    }

    /** @param {Drawn} state */
    show({ picture, time }) {
        this.root.hidden = !steps(time)
        const read = readAt(time)
        const said = stepSaid(picture.columns, time.from + read)
        this.scrub.max = Math.max(0, steps(time) - 1)
        this.scrub.value = read
        this.scrub.setAttribute("aria-valuetext", said)
        this.label.textContent = time.at === null ? allSaid(picture.columns, time) : said
        this.loop.setAttribute("aria-pressed", time.looping)
        if (time.playing) this.#name("Pause", "❚❚")
        else this.#name("Play", "▶")
        this.speed.value = time.speed
        if (time.playing) this.#run()
    }

    /** Plays once, slowly, for who has just come; a press gives the usual pace, and elsewhere shows the whole picture. */
    playOnce() {
        const { state } = this.store
        if (state.time.calm || steps(state.time) < 2) return
        this.store.set(atTime(state, { ...played(state.time), speed: SLOWLY }))
        const over = new AbortController()
        const stop = (/** @type {Event} */ { target }) => {
            over.abort()
            const { time } = this.store.state
            const whole = time.playing && !this.root.contains(target) && { at: null, playing: false }
            this.store.set({ time: { ...time, speed: 1, ...whole } })
        }
        for (const act of ["pointerdown", "keydown"])
            document.addEventListener(act, stop, { capture: true, signal: over.signal })
    }

    /** Playing continues from its last position, for example after a visit to another page. */
    goOn() {
        this.#last = null
        if (this.store.state.time.playing) this.#run()
    }

    #run() {
        if (this.#runs) return
        this.#runs = true
        this.#last = null
        requestAnimationFrame(time => this.#frame(time))
    }

    /** One frame: time is continuous, so that layers can light up one after the other within a step.
     * @param {number} time */
    #frame(time) {
        const { state } = this.store
        if (!state.time.playing || !this.root.isConnected) {
            this.#runs = false
            return
        }
        const milliseconds = time - (this.#last ?? time)
        this.#last = time
        this.store.set(atTime(state, passed(state.time, milliseconds)))
        requestAnimationFrame(next => this.#frame(next))
    }

    /** @param {string} name @param {string} sign */
    #name(name, sign) {
        if (this.button.textContent === sign) return
        this.button.setAttribute("aria-label", name)
        this.button.title = name
        this.button.textContent = sign
    }
}

/** @param {Columns} columns @param {number} column */
function stepSaid(columns, column) {
    if (columns.per > 1) return columns.name(column)
    return `step ${count(columns.step(column))} (0–${count(columns.steps - 1)})`
}

/** The readout while the whole picture is shown. @param {Columns} columns @param {Time} time */
export function allSaid(columns, time) {
    if (columns.steps === 1) return "1 step"
    if (steps(time) === columns.number && columns.complete) return `all ${count(columns.steps)} steps`
    const end = Math.min(columns.step(time.to + 1), columns.steps) - 1
    return `steps ${count(columns.step(time.from))} to ${count(end)}`
}

/** Whether this browser has never been here; from now on it has. */
export function isFirstVisit() {
    try {
        const isFirst = localStorage.getItem(SEEN) === null
        localStorage.setItem(SEEN, "seen")
        return isFirst
    } catch {
        return false
    }
}
