/**
 * What of the live view needs no server? All that is asked of one trace: its picture, time, and the cell. What changes
 * the text or the LSTM is missing.
 */

import { Playback } from "../controls/playback.js"
import { CellPanel } from "../panel/cell_panel.js"
import { storyLine } from "../panel/story_line.js"
import { Heatmaps } from "../picture/heatmaps.js"
import { drawLegend } from "../picture/legend.js"
import { ModelOutput } from "../picture/model_output.js"
import { NumbersTable } from "../picture/numbers_table.js"
import { Overview } from "../picture/overview.js"
import { zoomTools } from "../picture/zoom_tools.js"
import { element } from "../shared/element.js"
import { painted } from "../shared/painted.js"
import { arrived, beginning, pinned } from "../state/state.js"
import { Store } from "../state/store.js"
import { listenToKeys } from "./keys.js"

/** @typedef {import("../state/answer.js").Picture} Picture */

// Of a link there is nothing to read.
const NAMES = { source: [], shown: [] }

export class OfflineView {
    /** The picture on screen, as it was made. @type {Picture | null} */
    #shown = null
    #theme = "light"

    /**
     * `pictures`: the same trace for windows of several widths, the narrowest first, and for both themes; `says`: which
     * trace it is.
     *
     * @param {{theme: string, width: number, picture: Picture}[]} pictures @param {string} says
     */
    constructor(pictures, says) {
        this.pictures = pictures
        const coarse = matchMedia("(pointer: coarse)").matches
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
        const store = new Store(beginning({ link: {}, coarse, calm }), painted)
        this.store = store
        this.heatmaps = new Heatmaps(store, cell => store.set(pinned(store.drawn, cell)))
        this.playback = new Playback(store)
        this.details = new CellPanel(store, null)
        this.picture = element("div", { class: "gs-picture" }, this.heatmaps.root)
        this.root = element("div", { class: "gatescope gs-offline" }, this.#head(says), this.#body())
        store.on(["zoom"], () => this.#show())
        // Without the weights a cell has no more terms than the picture has.
        store.on(["pin", "picture"], ({ pin, picture }) => {
            if (pin && picture) store.set({ terms: { of: picture, pin, values: null } })
        })
        new ResizeObserver(() => this.look()).observe(this.picture)
        const back = () => store.set({ pin: null })
        listenToKeys(this.root, { play: this.playback.toggle, back })
    }

    /** Takes a theme on. @param {string} theme */
    wear(theme) {
        this.#theme = this.root.dataset.theme = document.documentElement.dataset.theme = theme
        this.look()
    }

    /** Shows the picture for the room that there is, also when that changes. */
    look() {
        if (!this.root.isConnected) return
        const own = this.pictures.filter(({ theme }) => theme === this.#theme)
        const fits = own.findLast(({ width }) => width <= this.picture.clientWidth) ?? own[0]
        if (fits.picture === this.#shown) return
        this.#shown = fits.picture
        this.#show()
    }

    #show() {
        if (!this.#shown) return
        const { state } = this.store
        this.store.set(arrived(state, zoomedTo(this.#shown, state.zoom.steps), NAMES))
    }

    #head(says) {
        const proof = element("span", { class: "gs-pill gs-proof" })
        const shapes = element("div", { class: "gs-shapes" })
        this.store.afterDrawn([], ({ picture }) => {
            proof.textContent = picture.proof
            shapes.textContent = [says, picture.shapes, picture.few].filter(Boolean).join(" · ")
        })
        return element("div", { class: "gs-line" }, shapes, element("div", { class: "gs-pills" }, proof))
    }

    #body() {
        const { store } = this
        const legend = element("div", { class: "gs-legend" })
        store.afterDrawn([], ({ picture }) => drawLegend(legend, picture.legend))
        const { above, below } = new ModelOutput(store)
        const top = element("div", { class: "gs-line" }, this.playback.root, zoomTools(store))
        const drawn = [top, storyLine(store), new Overview(store).root, above, this.picture, legend, below]
        const body = element("div", { class: "gs-body" }, element("div", {}, ...drawn), this.details.root)
        return element("div", { class: "gs-main" }, body, new NumbersTable(store).root)
    }
}

/**
 * A picture with these steps in sight (null: all); Plotly and the heatmaps write into what they draw, so they get their
 * own.
 *
 * @param {Picture} picture @param {number[] | null} steps @returns {Picture}
 */
export function zoomedTo(picture, steps) {
    const figureOf = ({ data, layout }) => {
        const own = structuredClone(layout)
        if (steps) own.xaxis.range = [...steps]
        return { data: data.map(trace => ({ ...trace })), layout: own }
    }
    const drawn = part => ({ ...part, figure: figureOf(part.figure) })
    return { ...picture, stacks: picture.stacks.map(drawn), extras: picture.extras.map(drawn) }
}
