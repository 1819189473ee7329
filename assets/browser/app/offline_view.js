/**
 * What of the live view needs no server? All that is asked of one picture: its numbers, its time, its cells. What
 * changes the text or the LSTM is missing.
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
import { arrived, beginning, pinned, termsOf } from "../state/state.js"
import { Store } from "../state/store.js"
import { listenToKeys } from "./keys.js"

/** @typedef {import("../state/answer.js").Picture} Picture */
/** @typedef {{title: string, says: string, zoom: import("../state/zoom.js").Zoom}} Told What is read, how the picture
 * was made, and what of it is in sight. */

// Of a link there is nothing to read.
const NAMES = { source: [], shown: [] }

export class OfflineView {
    /** The picture on screen, as it was made. @type {Picture | null} */
    #shown = null
    #theme = "light"

    /**
     * `pictures`: the same view for windows of several widths, the narrowest first, and for both themes.
     *
     * @param {{theme: string, width: number, picture: Picture}[]} pictures @param {Told} told
     */
    constructor(pictures, { title, says, zoom }) {
        /** The steps that are the whole: a picture of some steps has a few more at its sides. */
        this.whole = zoom.steps
        this.pictures = pictures
        const coarse = matchMedia("(pointer: coarse)").matches
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
        const store = new Store({ ...beginning({ link: {}, coarse, calm }), zoom }, painted)
        this.store = store
        this.heatmaps = new Heatmaps(store, cell => store.set(pinned(store.drawn, cell)))
        this.playback = new Playback(store)
        this.details = new CellPanel(store, null)
        this.picture = element("div", { class: "gs-picture" }, this.heatmaps.root)
        const made = element("p", { class: "gs-faint" }, says)
        this.root = element("div", { class: "gatescope gs-offline" }, this.#head(title), this.#body(), made)
        store.on(["zoom"], () => this.#zoom())
        // A cell has no more terms than the picture brought.
        store.on(["pin", "picture"], state => {
            const { pin, picture } = state
            if (pin && picture && !termsOf(state)) store.set({ terms: { of: picture, pin, values: null } })
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

    #zoom() {
        const { zoom } = this.store.state
        if (this.whole && isBeyond(zoom.steps, this.whole)) this.store.set({ zoom: { ...zoom, steps: this.whole } })
        else this.#show()
    }

    #show() {
        if (!this.#shown) return
        const { state } = this.store
        this.store.set(arrived(state, zoomedTo(this.#shown, state.zoom.steps), NAMES))
    }

    #head(title) {
        const proof = element("span", { class: "gs-pill gs-proof" })
        const shapes = element("div", { class: "gs-shapes" })
        this.store.afterDrawn([], ({ picture }) => {
            proof.textContent = picture.proof
            const { length } = picture.resets
            const reset = length && `memory reset before ${length} step${length > 1 ? "s" : ""}`
            shapes.textContent = [picture.shapes, picture.few, reset].filter(Boolean).join(" · ")
        })
        const line = element("div", { class: "gs-line" }, shapes, element("div", { class: "gs-pills" }, proof))
        return element("div", {}, element("h1", {}, title), line)
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
 * Whether a range of steps (null: all) reaches out of another one.
 *
 * @param {number[] | null} steps @param {number[]} whole
 */
const isBeyond = (steps, whole) => !steps || steps[0] < whole[0] || steps[1] > whole[1]

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
