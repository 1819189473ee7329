/** Which numbers are read, and what does the model say at each step? Pictures above and below the strips. */

import { AXIS } from "../layout/picture.js"
import { BARE, isHere, purged } from "../shared/drawn_heatmaps.js"
import { element, more } from "../shared/element.js"
import { plotly } from "../shared/plotly.js"
import { looked, zoomed } from "../state/state.js"
import { layersOf, now, readBy } from "../state/time.js"

/** @typedef {import("../state/answer.js").Extra} Extra */
/** @typedef {{place: HTMLElement, names: HTMLElement, plot: any, now: HTMLElement, layout?: any,
 *     drawing?: Promise<any>, listens?: boolean}} Shown `plot` is Plotly's. */

export class ModelOutput {
    /** @param {Store} store */
    constructor(store) {
        this.store = store
        this.above = element("div", { class: "gs-extras" })
        this.beside = element("div", { class: "gs-extras" })
        this.scores = element("div", { class: "gs-extras" })
        this.folded = more("All probabilities", this.scores, () => this.draw(store.drawn.picture))
        this.below = element("div", { class: "gs-beside" }, this.beside, this.folded)
        /** @type {Shown[]} */
        this.shown = []
        this.kind = ""
        store.afterDrawn([], ({ picture }) => this.draw(picture))
        store.afterDrawn(["time"], state => this.reveal(state))
        store.afterDrawn(["pin", "hover", "time"], state => this.mark(state))
    }

    /** Draws what is shown beside the strips, and what is folded only while it is open. @param {Picture} picture */
    draw({ extras, narrow }) {
        this.folded.hidden = !extras.some(({ folded }) => folded)
        const drawn = extras.filter(({ folded }) => !folded || this.folded.open)
        const kind = [narrow, ...drawn.map(({ title, above }) => title + above)].join()
        if (kind !== this.kind) {
            for (const { plot, drawing } of this.shown) if (drawing) purged(plot, drawing)
            for (const place of [this.above, this.beside, this.scores]) place.replaceChildren()
            this.shown = drawn.map(extra => this.add(this.placeOf(extra), narrow))
            this.kind = kind
        }
        drawn.forEach((extra, n) => {
            this.paint(this.shown[n], extra)
        })
    }

    /** @param {Extra} extra @returns {HTMLElement} */
    placeOf({ above, folded }) {
        return above ? this.above : folded ? this.scores : this.beside
    }

    /** @param {HTMLElement} place @param {boolean} narrow @returns {Shown} */
    add(place, narrow) {
        const names = element("div", { class: "gs-names gs-extra-names" })
        const plot = element("div", { class: "gs-extra-plot" })
        const now = element("div", { class: "gs-extra-now", hidden: true, "aria-hidden": "true" })
        const drawn = element("div", { class: "gs-extra-drawn" }, plot, now)
        place.append(element("section", { class: narrow ? "gs-extra gs-narrow-extra" : "gs-extra" }, names, drawn))
        return { place, names, plot, now }
    }

    /** Marks the step of the cell that is looked at on the curves. @param {Drawn} state */
    mark(state) {
        const cell = looked(state)
        for (const { place, now, layout } of this.shown) {
            const { xaxis, margin, width } = layout
            const [first, last] = xaxis.range
            const at = cell ? (cell.step - first) / (last - first) : -1
            now.hidden = place === this.scores || at < 0 || at > 1
            now.style.left = `${at * (width - margin.l)}px`
        }
    }

    /** Hides what comes at steps that are not read yet. @param {Drawn} state */
    reveal({ picture, time }) {
        const moment = now(time)
        // The model's output comes last, when every layer has read a step.
        const end = moment && picture.columns.edges(moment.from + readBy(layersOf(picture), null, moment) - 1)[1]
        for (const { plot, layout } of this.shown) {
            const { xaxis, margin, width } = layout
            const [first, last] = xaxis.range
            const unread = end === null ? 0 : Math.min(1, (last - end) / (last - first))
            plot.style.clipPath = unread > 0 ? `inset(0 ${unread * (width - margin.l)}px 0 -${AXIS}px)` : ""
        }
    }

    /** @param {Shown} shown @param {Extra} extra */
    paint(shown, { title, question, labels, figure }) {
        const { names, plot } = shown
        names.replaceChildren(
            element(
                "div",
                { class: "gs-extra-title" },
                element("span", { class: "gs-title" }, title),
                " ",
                element("span", { class: "gs-question" }, question),
            ),
            labelsOf(labels, figure.layout.height),
        )
        plot.style.marginLeft = `-${figure.layout.margin.l}px`
        plot.setAttribute("role", "img")
        plot.setAttribute("aria-label", `${title}: ${labels.map(({ text }) => text).join(", ")}`)
        shown.layout = { ...figure.layout, dragmode: "zoom" }
        plot.style.height = `${figure.layout.height}px`
        if (!isHere()) return this.store.painted(() => plotly().then(() => this.draw(this.store.drawn.picture)))
        shown.drawing = Plotly.react(plot, figure.data, shown.layout, BARE)
        if (shown.listens) return
        shown.listens = true
        const zoom = (/** @type {number[] | null} */ steps) =>
            this.store.set(zoomed(this.store.drawn, { ...this.store.state.zoom, steps }))
        plot.on("plotly_relayout", (/** @type {any} */ change) => {
            if ("xaxis.range[0]" in change) zoom([change["xaxis.range[0]"], change["xaxis.range[1]"]])
        })
        plot.on("plotly_doubleclick", () => zoom(null))
    }
}

/**
 * The labels left of the rows of a heatmap, or of lines, each in its colour.
 *
 * @param {Extra["labels"]} labels @param {number} height
 */
function labelsOf(labels, height) {
    const lines = labels.some(({ colour }) => colour)
    const sign = (/** @type {string} */ colour) =>
        element("span", { class: "gs-line-sign", style: `background: ${colour}` })
    return element(
        "div",
        { class: lines ? "gs-extra-labels gs-lines" : "gs-extra-labels", style: `height: ${height}px` },
        ...labels.map(({ text, colour }) => element("div", {}, text, colour ? sign(colour) : "")),
    )
}
