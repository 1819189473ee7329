/** How is a small LSTM watched while it learns? One example as it was read before and is read now, under its curves. */

import { lookOf } from "./layout/picture.js"
import { drawRows } from "./picture/rows.js"
import { button, element, wordButton } from "./shared/element.js"
import { themeOf } from "./shared/page.js"
import { chart } from "./train/chart.js"
import { opened, pictureAt, rowsOf } from "./train/pictures.js"
import { headOf, saysOf } from "./train/sentences.js"

// Milliseconds between two pictures while it is played.
const PLAYED = 150

/** @param {any} place @param {Wire.Training & {colours: Wire.Colours}} training @param {(what: string, value: any) => void} tell */
export function draw(place, training, tell) {
    place.watched ??= new Watched(place)
    place.watched.take(training, tell)
}

class Watched {
    /** The epochs that are shown; `follows`: what is shown now is the last one. */
    before = 0
    now = 0
    follows = true
    /** @type {number | undefined} */
    #playing = undefined
    #turn = 0
    #run = 0
    /** @type {Wire.Training & {colours: Wire.Colours}} */
    training = /** @type {any} */ (null)
    /** @type {import("./train/pictures.js").Drawn[]} */
    drawn = []
    tell = (/** @type {string} */ _, /** @type {any} */ __) => {}

    /** @param {any} place */
    constructor(place) {
        this.place = place
        this.head = element("div", { class: "gs-training-head" })
        this.chart = element("div", { class: "gs-training-chart" })
        this.pictures = [0, 1].map(() => ({ title: element("h3"), rows: element("div", { class: "gs-drawn" }) }))
        const both = this.pictures.map(({ title, rows }) => element("section", {}, title, rows))
        this.play = button("Watch it learn", "▶", () => this.#toggle(), { class: "gs-button gs-training-play" })
        const plays = element("div", {}, element("span", { "aria-hidden": "true" }, "watch it learn"), this.play)
        this.scrubbers = ["before", "now"].map(which => {
            const oninput = (/** @type {any} */ { target }) => this.#move(which, +target.value)
            return element("input", { type: "range", min: 0, "aria-label": `Epoch ${which}`, oninput })
        })
        this.track = element("div", { class: "gs-training-track" }, ...this.scrubbers)
        this.epoch = element("span", { class: "gs-training-epoch" })
        const time = element("div", { class: "gs-training-time" }, plays, this.track, this.epoch)
        place.replaceChildren(this.head, this.chart, time, element("div", { class: "gs-training-both" }, ...both))
        new ResizeObserver(() => this.#paint()).observe(place)
    }

    /** @param {Wire.Training & {colours: Wire.Colours}} training @param {(what: string, value: any) => void} tell */
    async take(training, tell) {
        const turn = ++this.#turn
        const pictures = await opened(training)
        if (turn !== this.#turn) return
        if (training.run !== this.#run) Object.assign(this, { before: 0, now: 0, follows: true })
        this.#run = training.run
        Object.assign(this, { training, drawn: pictures, tell })
        if (this.follows) this.now = training.losses.length
        this.#paint()
    }

    /** @param {string} which @param {number} epoch */
    #move(which, epoch) {
        const last = this.training.losses.length
        if (which === "before") this.before = Math.min(epoch, this.now)
        else this.now = Math.min(last, Math.max(epoch, this.before))
        this.follows = this.now === last
        this.#paint()
    }

    /** Plays from before to the last epoch, or stops where it is. */
    #toggle() {
        if (this.#playing !== undefined) return this.#stop()
        this.#playing = setInterval(() => this.#step(), PLAYED)
        this.#move("now", this.before)
    }

    #step() {
        const next = this.drawn.find(({ epoch }) => epoch > this.now)
        if (next && this.place.isConnected) this.#move("now", next.epoch)
        else this.#stop()
    }

    #stop() {
        clearInterval(this.#playing)
        this.#playing = undefined
        this.#paint()
    }

    #paint() {
        const { training, before, now, place } = this
        if (!training || !place.clientWidth) return
        place.classList.toggle("gs-begun", training.trains)
        const theme = themeOf(place)
        const look = lookOf(training.colours, "teal", theme)
        this.#paintHead()
        chart(this.chart, training, now, look)
        this.track.style.setProperty("--gs-from", `${before / training.of}`)
        this.track.style.setProperty("--gs-to", `${now / training.of}`)
        this.play.textContent = this.#playing === undefined ? "▶" : "❚❚"
        this.play.disabled = !training.losses.length
        this.epoch.replaceChildren("epoch ", element("b", {}, `${now}`), ` of ${training.of}`)
        for (const [n, epoch] of [before, now].entries()) {
            Object.assign(this.scrubbers[n], { max: training.of, value: epoch })
            const picture = pictureAt(this.drawn, epoch)
            const { title, rows } = this.pictures[n]
            title.replaceChildren(...saysOf(training, picture, n === 0))
            drawRows(rows, rowsOf(training, this.drawn, picture, { look, theme }))
        }
    }

    #paintHead() {
        const { training } = this
        const [title, ...said] = headOf(training, this.drawn)
        const open = wordButton("Open on Memory", () => this.tell("memory", true), {
            class: "gs-button gs-training-open",
        })
        this.head.replaceChildren(
            element("h2", {}, title),
            ...(training.over && training.losses.length ? [open] : []),
            element("p", {}, ...said),
        )
    }
}
