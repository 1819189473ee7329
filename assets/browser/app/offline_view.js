/**
 * What of the live view needs no server? All that is asked of one picture: its numbers, its time, its cells. Where the
 * page carries its model it reads other texts too, and holds what is to be held.
 */

import { fewUnits } from "../controls/few_units.js"
import { Playback } from "../controls/playback.js"
import { Drawer } from "../drawer/drawer.js"
import { laidOut } from "../layout/picture.js"
import { CellPanel } from "../panel/cell_panel.js"
import { ChangeIt } from "../panel/change_it.js"
import { storyLine } from "../panel/story_line.js"
import { Heatmaps } from "../picture/heatmaps.js"
import { legendOf } from "../picture/legend.js"
import { ModelOutput } from "../picture/model_output.js"
import { NumbersTable } from "../picture/numbers_table.js"
import { Overview } from "../picture/overview.js"
import { zoomTools } from "../picture/zoom_tools.js"
import { element } from "../shared/element.js"
import { painted } from "../shared/painted.js"
import { eventText } from "../state/drawer.js"
import { heldNow, holding } from "../state/holds.js"
import { pinOf } from "../state/pin.js"
import { arrived, asked, beginning, pinned, termsOf } from "../state/state.js"
import { Store } from "../state/store.js"
import { anotherText } from "./another_text.js"
import { listenToKeys } from "./keys.js"
import { notices } from "./notices.js"

/** @typedef {import("../state/answer.js").Numbers} Numbers */

// Of a link there is nothing to read.
const NAMES = { source: [], shown: [] }
// Pixels: as high as a notebook's window has room for.
const HEIGHT = 560
// A wide window has room for so many columns; a narrow one has them too.
const ROOM = 972

export class OfflineView {
    /** The width and the theme of the picture on screen. */
    #shown = ""
    /** @type {"light" | "dark"} */
    #theme = "light"
    /** What was last asked, and what the page was made of. */
    #asked = ""
    #first = ""
    /** What the drawer was last asked, and of which picture. */
    #why = { of: /** @type {any} */ (null), key: "" }

    /**
     * `here` computes; null where the page carries no model.
     *
     * @param {Numbers} numbers @param {Omit<Wire.Told, "nan">} told
     * @param {import("../asking/here.js").Here | null} here
     */
    constructor(numbers, { title, says, zoom, colours, carried }, here = null) {
        /** The steps that the page was made of: a picture of some steps has a few more at its sides. */
        this.part = this.whole = zoom.steps
        this.carried = this.numbers = here ? { ...numbers, view: { ...carried?.view, ...numbers.view } } : numbers
        this.here = here
        this.names = here && carried ? carried.names : NAMES
        this.colours = colours
        const coarse = matchMedia("(pointer: coarse)").matches
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
        const store = new Store({ ...beginning({ link: {}, coarse, calm }), zoom }, painted)
        this.store = store
        this.heatmaps = new Heatmaps(store, (cell, square) => this.details.pin(cell, square))
        this.playback = new Playback(store)
        this.drawer = here && new Drawer(store, this.heatmaps, () => {})
        this.details = new CellPanel(store, here && new ChangeIt(store))
        this.picture = element("div", { class: "gs-picture" }, here ? fewUnits(store) : "", this.heatmaps.root)
        const made = element("p", { class: "gs-faint" }, says)
        this.root = element("div", { class: "gatescope gs-offline" }, this.#head(title), this.#body(), made)
        store.on(["zoom"], () => this.#zoom())
        store.on(["pin", "picture"], () => this.#explain())
        if (here) store.on(["source", "shown", "holds"], () => this.#ask(here))
        if (here) store.on(["picture", "pin", "drawer", "time"], () => this.#openDrawer(here))
        this.root.classList.toggle("gs-computing", !!here)
        new ResizeObserver(() => this.look()).observe(this.picture)
        const back = () => store.set(heldNow(store.state) ? holding(store.state, "") : { pin: null })
        listenToKeys(this.root, { play: this.playback.toggle, back })
    }

    /** Takes a theme on. @param {"light" | "dark"} theme */
    wear(theme) {
        this.#theme = this.root.dataset.theme = document.documentElement.dataset.theme = theme
        this.look()
    }

    /** Shows the picture for the room that there is, also when that changes. */
    look() {
        if (!this.root.isConnected) return
        const shown = `${this.#theme} ${this.picture.clientWidth}`
        if (shown === this.#shown) return
        this.#shown = shown
        this.#show()
    }

    #zoom() {
        const { zoom } = this.store.state
        if (this.whole && isBeyond(zoom.steps, this.whole)) this.store.set({ zoom: { ...zoom, steps: this.whole } })
        else if (this.#shown) this.#show()
    }

    /** Without a model a cell has no more terms than the picture brought. */
    async #explain() {
        const { state } = this.store
        const { pin, picture } = state
        if (!pin || !picture || termsOf(state)) return
        const terms = { of: picture, pin, values: /** @type {Wire.Terms | null} */ (null) }
        if (this.here) terms.values = await this.here.cell({ query: asked(state), cell: pin }).catch(() => null)
        if (termsOf({ ...this.store.state, terms })) this.store.set({ terms })
    }

    /** What the drawer says of the pinned cell, or of the one that is best asked about, which is then pinned. */
    async #openDrawer(/** @type {import("../asking/here.js").Here} */ here) {
        const { state } = this.store
        const { picture, pin, time } = state
        const { open, event, label } = state.drawer
        const keyOf = (/** @type {any} */ cell) => JSON.stringify([cell && pinOf(cell), eventText(event), label])
        const why = { of: picture, key: keyOf(pin) }
        if (!picture || !open || time.playing || (this.#why.of === picture && this.#why.key === why.key)) return
        this.#why = why
        const said = { of: picture, cell: pin ? pinOf(pin) : "", values: /** @type {any} */ (null), said: "" }
        try {
            said.values = await here.why({ query: asked(state), cell: pin, event, label })
            said.cell = pinOf(said.values.cell)
        } catch (error) {
            said.said = error.message
        }
        if (this.store.state.picture !== picture || this.#why !== why) return
        if (!pin && said.values) why.key = keyOf(said.values.cell)
        this.store.set({ why: said, ...(pin || !said.values ? {} : pinned(this.store.drawn, said.values.cell)) })
    }

    /** Computes what is asked for now; what the page was made of is there already. */
    async #ask(/** @type {import("../asking/here.js").Here} */ here) {
        const { state } = this.store
        if (!state.picture) return
        const query = asked(state)
        const key = JSON.stringify(query)
        this.#first ||= key
        if (key === (this.#asked || this.#first)) return
        this.#asked = key
        const question = { query, room: ROOM, zoom: null, cell: state.pin }
        const isFirst = key === this.#first
        const numbers = isFirst ? this.carried : await here.picture(question)
        if (this.#asked !== key) return
        this.numbers = numbers
        this.whole = isFirst ? this.part : null
        this.#show()
    }

    #show() {
        const { state } = this.store
        const room = { width: this.picture.clientWidth, height: HEIGHT, theme: this.#theme, steps: state.zoom.steps }
        this.store.set(arrived(state, laidOut(this.numbers, room, this.colours), this.names))
    }

    /** @param {string} title */
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
        const change = this.here ? [anotherText(this.store, this.here.near), notices(this.store, {})] : []
        return element("div", {}, element("h1", {}, title), ...change, line)
    }

    #body() {
        const { store } = this
        const { above, below } = new ModelOutput(store)
        const { tools, whole } = zoomTools(store)
        this.playback.root.append(this.playback.pace, tools, whole)
        const played = [this.playback.root, storyLine(store), new Overview(store).root]
        const drawn = [...played, above, this.picture, legendOf(store), this.drawer?.root ?? "", below]
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
