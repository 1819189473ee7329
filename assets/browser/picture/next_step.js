/** What comes after the last step? The likeliest things, one step past the end; a click writes one behind the text. */

import { element, wordButton } from "../shared/element.js"
import { layersOf, now, readBy } from "../state/time.js"
import { chosen } from "../state/write_on.js"

// How many are offered; and the most that is written without a further click.
const OFFERED = 5
const WRITTEN = 120

export class NextStep {
    /** The text that was last written by itself; null while nothing writes. @type {string | null} */
    #wrote = null
    #left = 0

    /** @param {Store} store */
    constructor(store) {
        this.store = store
        this.offers = element("div", { class: "gs-offers" })
        this.sample = element("input", { type: "checkbox" })
        /** @param {string} name @param {Object<string, number>} settings */
        const number = (name, settings) => element("input", { type: "number", "aria-label": name, ...settings })
        this.temperature = number("temperature", { min: 0.1, max: 3, step: 0.1, value: 1 })
        this.seed = number("seed of the draws", { min: 0, max: 999999, step: 1, value: 0 })
        this.writes = wordButton("Keep writing", () => this.#toggle())
        const label = (/** @type {string} */ text, /** @type {Node} */ input) => element("label", {}, text, input)
        this.ways = element(
            "details",
            { class: "gs-ways" },
            element("summary", {}, "how it is chosen"),
            element("label", { class: "gs-check" }, this.sample, "sample at random"),
            label("temperature", this.temperature),
            label("seed", this.seed),
        )
        const title = element("h3", {}, "comes next")
        this.root = element(
            "section",
            { class: "gs-coming", "aria-label": "What comes next", hidden: true },
            ...[title, this.offers, this.writes, this.ways],
        )
        store.afterDrawn([], ({ picture }) => {
            this.#draw(picture)
            this.#goOn(picture)
        })
        store.afterDrawn(["time"], ({ picture, time }) =>
            this.root.classList.toggle("gs-not-yet", !readsAll(picture, time)),
        )
    }

    /** @param {Picture} picture */
    #draw({ coming, columns }) {
        this.root.hidden = !coming.length
        this.sample.disabled = coming[0]?.share === null
        const offer = (/** @type {Wire.Next} */ next) =>
            element(
                "button",
                {
                    type: "button",
                    class: "gs-offer",
                    disabled: next.text === null,
                    "data-answer": next.label,
                    "data-step": columns.steps,
                    style: `--strength: ${Math.round(100 * (next.share ?? 0))}%`,
                    onclick: () => this.#write(next),
                },
                element("span", {}, next.label),
                next.share === null ? "" : element("small", {}, next.share.toFixed(2)),
            )
        this.offers.replaceChildren(...coming.slice(0, OFFERED).map(offer))
    }

    /** @param {Wire.Next} next */
    #write({ text }) {
        const { source } = this.store.state
        this.store.set({ source: { ...source, sentence: source.sentence + text } })
    }

    #toggle() {
        const { state } = this.store
        this.#wrote = this.#wrote === null ? state.source.sentence : null
        this.#left = WRITTEN
        this.#name()
        if (state.picture) this.#goOn(state.picture)
    }

    /**
     * Writes the next thing once the last one is read; stops at the end, or when the visitor types.
     *
     * @param {Picture} picture
     */
    #goOn({ coming, columns, view }) {
        if (this.#wrote === null || view.sentence !== this.#wrote) {
            if (this.#wrote !== this.store.state.source.sentence) this.#stop()
            return
        }
        const way = { sample: this.sample.checked, temperature: +this.temperature.value || 1, seed: +this.seed.value }
        const next = chosen(coming, way, columns.steps)
        if (!next || next.text === null || this.#left-- <= 0) return this.#stop()
        this.#wrote += next.text
        // After this picture is drawn: every view sees one text before the next comes.
        requestAnimationFrame(() => {
            if (this.#wrote !== null) this.#write(next)
        })
    }

    #stop() {
        this.#wrote = null
        this.#name()
    }

    #name() {
        this.writes.textContent = this.#wrote === null ? "Keep writing" : "Stop"
    }
}

/** Whether the last step is in sight, and read. @param {Picture} picture @param {import("../state/time.js").Time} time */
function readsAll(picture, time) {
    const moment = now(time)
    const read = moment ? time.from + readBy(layersOf(picture), null, moment) : time.to + 1
    const last = picture.columns.of(picture.columns.steps - 1)
    return last >= time.from && last < read
}
