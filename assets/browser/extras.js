/** Pictures above and below the strips: the numbers that are read, and what the model says of each step. */

import { element } from "./dom.js"

const CONFIG = { displayModeBar: false, doubleClick: false, responsive: false, showTips: false }

export class Extras {
    /** `onZoom` is told which steps a person drew a box around, or null for all of them. */
    constructor(onZoom) {
        this.onZoom = onZoom
        this.above = element("div", { class: "gs-extras" })
        this.below = element("div", { class: "gs-extras" })
        this.shown = []
    }

    follow({ extras, narrow }) {
        const kind = [narrow, ...extras.map(({ title, above }) => title + above)].join()
        if (kind !== this.kind) {
            for (const { plot } of this.shown) Plotly.purge(plot)
            this.above.replaceChildren()
            this.below.replaceChildren()
            this.shown = extras.map(({ above }) => this.add(above ? this.above : this.below, narrow))
            this.kind = kind
        }
        extras.forEach((extra, n) => this.paint(this.shown[n], extra))
    }

    add(place, narrow) {
        const names = element("div", { class: "gs-names gs-extra-names" }), plot = element("div", { class: "gs-extra-plot" })
        place.append(element("section", { class: narrow ? "gs-extra gs-narrow-extra" : "gs-extra" }, names, plot))
        return { place, names, plot }
    }

    /** What the model says of steps that are not read yet is out of sight; `read`: where on their axis the others end,
     * or null where all is shown. */
    reveal(read) {
        for (const { place, plot } of this.shown) {
            if (place !== this.below) continue
            const [first, last] = plot.layout.xaxis.range
            const unread = read === null ? 0 : Math.min(1, (last - read) / (last - first))
            plot.style.clipPath = unread > 0 ? `inset(0 ${100 * unread}% 0 0)` : ""
        }
    }

    paint(shown, { title, question, labels, figure }) {
        const { names, plot } = shown, { height } = figure.layout
        const lines = labels.some(({ colour }) => colour)
        names.replaceChildren(
            element("div", { class: "gs-extra-title" }, element("span", { class: "gs-title" }, title), " ",
                element("span", { class: "gs-question" }, question)),
            element("div", { class: lines ? "gs-extra-labels gs-lines" : "gs-extra-labels", style: `height: ${height}px` },
                ...labels.map(({ text, colour }) => element("div", {},
                    text, colour ? element("span", { class: "gs-line-sign", style: `background: ${colour}` }) : ""))))
        plot.setAttribute("role", "img")
        plot.setAttribute("aria-label", `${title}: ${labels.map(({ text }) => text).join(", ")}`)
        Plotly.react(plot, figure.data, { ...figure.layout, dragmode: "zoom" }, CONFIG)
        if (shown.listens) return
        shown.listens = true
        plot.on("plotly_relayout", change => {
            if ("xaxis.range[0]" in change) this.onZoom([change["xaxis.range[0]"], change["xaxis.range[1]"]])
        })
        plot.on("plotly_doubleclick", () => this.onZoom(null))
    }
}
