/**
 * What has each page with the live view, whoever answers in it? One store, the picture with its time and its cells, and
 * who asks for them. What stands around it, a page adds.
 */

import { Questions } from "../asking/questions.js"
import { fewUnits } from "../controls/controls.js"
import { Playback } from "../controls/playback.js"
import { Drawer } from "../drawer/drawer.js"
import { laidOut } from "../layout/picture.js"
import { columnsFor } from "../layout/room.js"
import { CellPanel } from "../panel/cell_panel.js"
import { ChangeIt, storyLine } from "../panel/change_it.js"
import { NextStep } from "../picture/answers.js"
import { followed, Overview, zoomTools } from "../picture/chosen_steps.js"
import { Heatmaps } from "../picture/heatmaps.js"
import { legendOf } from "../picture/names.js"
import { ModelOutput } from "../picture/read_and_said.js"
import { button, element } from "../shared/element.js"
import { frameHere, magnified, painted, painting, themeOf } from "../shared/page.js"
import { heldNow, undone } from "../state/holds.js"
import { cellOf, pinOf } from "../state/link.js"
import { atStep, beginning, isOfTheTextBefore } from "../state/state.js"
import { Store } from "../state/store.js"
import { waitingBar } from "./notices.js"
import { isPresenting } from "./present.js"

// The change of the height, in pixels, that is worth a new layout.
const HEIGHTS = 16
// Pixels: the legend below a picture that fills the window.
const BELOW = 44
const PRESENTED = 60
// Where the cell has no room beside the picture, it stands in a sheet below it, if the window is high enough for both.
const narrow = matchMedia("(max-width: 620px) and (min-height: 560px), (max-width: 1015px) and (min-height: 800px)")

export class ViewBody {
    /** The width of the last picture. */
    #width = 0
    /** The height that there was for it. */
    #height = 0
    /** What can be set, and what it stands after where there is no sheet. @type {{set: Element, after: Element} | null} */
    #settings = null

    /**
     * `names`: those of what is read and of how it is shown; `reads`: whether anything else than what the page begins
     * with can be asked for; `height()`: the pixels for a picture; `zoom`: the part that is shown first, if the link
     * does not say; `below` stands under the cell.
     *
     * @param {Answerer} answerer
     * @param {{link: Object<string, any>, names: {source: string[], shown: string[]}, colours: Wire.Colours,
     *     reads: boolean, height: () => number, zoom?: Zoom, below?: Element[]}} how
     */
    constructor(answerer, { link, names, colours, reads, height, zoom, below = [] }) {
        this.colours = colours
        this.height = () => (this.inSheet ? heightBelow(this.picture, this.#covered()) : height())
        const coarse = matchMedia("(pointer: coarse)").matches
        const calm = matchMedia("(prefers-reduced-motion: reduce)")
        const first = beginning({ link, coarse, calm: calm.matches })
        const store = new Store({ ...first, zoom: zoom ?? first.zoom }, painted, painting)
        calm.addEventListener("change", ({ matches }) => store.set({ time: { ...store.state.time, calm: matches } }))
        this.store = store
        this.heatmaps = new Heatmaps(
            store,
            (cell, square) => this.details.pin(cell, square),
            step => this.#whyAt(step),
        )
        const { above, below: outputs } = new ModelOutput(store)
        this.playback = new Playback(store)
        this.overview = new Overview(store, () => this.resize())
        this.drawer = answerer.why && new Drawer(store, this.heatmaps)
        this.details = new CellPanel(store, reads ? new ChangeIt(store) : null, ...below)
        const parts = [waitingBar(store), reads ? fewUnits(store) : "", this.heatmaps.root]
        this.picture = element("div", { class: "gs-picture" }, ...parts)
        this.zooming = zoomTools(store)
        this.playback.root.append(this.zooming.whole)
        this.foot = element("div", { class: "gs-foot" }, legendOf(store))
        const coming = reads ? new NextStep(store).root : ""
        const reading = element("div", { class: "gs-reading" }, this.picture, coming)
        this.story = storyLine(store)
        const played = [this.playback.root, this.story, this.overview.root]
        const drawn = [...played, above, reading, this.foot, this.drawer?.root ?? "", outputs]
        this.root = element("div", { class: "gs-body" }, element("div", {}, ...drawn), this.details.root)
        this.fold = button("Fold the sheet", "", () => {
            const folded = this.root.classList.toggle("gs-folded")
            this.fold.setAttribute("aria-expanded", !folded)
        })
        this.fold.classList.add("gs-fold")
        this.fold.setAttribute("aria-expanded", true)
        narrow.addEventListener("change", () => this.place())
        store.on(["presenting"], () => this.place())
        this.place()
        // It stays so until an answer comes.
        store.on(["picture", "refused"], state => this.root.classList.toggle("gs-old", isOfTheTextBefore(state)))
        const layOut = (/** @type {Numbers} */ numbers) => this.#layOut(numbers)
        this.questions = new Questions(store, answerer, { columns: () => this.#columns(), layOut }, names)
        followed(store)
        store.on(["sliding"], ({ sliding }) => sliding || this.questions.layAgain())
        store.on(["first"], () => this.questions.layAgain())
        this.resized = new ResizeObserver(() => this.resize())
        // In a lecture all stays in the window, also when the sentence above takes more room.
        store.onRest(() => isPresenting() && this.resize())
    }

    /**
     * Puts what belongs to the cell, and what can be set, into the sheet of a narrow screen, or back. A page in a frame
     * that is as high as itself has no lower edge for one.
     *
     * @param {{set: Element, after: Element} | null} [settings]
     */
    place(settings = null) {
        this.#settings = settings ?? this.#settings
        this.inSheet = narrow.matches && !this.store.state.presenting && !frameHere()
        this.root.classList.toggle("gs-in-sheet", this.inSheet)
        const { set, after } = this.#settings ?? {}
        const [sheet, drawer] = [this.details.root, this.drawer?.root ?? ""]
        if (this.inSheet) {
            sheet.prepend(this.fold, this.story, set ?? "")
            sheet.append(drawer)
            return
        }
        after?.after(/** @type {Element} */ (set))
        if (!this.fold.parentNode) return
        this.fold.remove()
        this.playback.root.after(this.story)
        this.foot.after(drawer)
    }

    /** The pixels at the lower edge of the window that the sheet and the bar of play take. */
    #covered() {
        return this.details.root.offsetHeight + this.playback.root.offsetHeight
    }

    /** For how many columns the page has room. Of another width `resize` hears: to measure it at each move takes the
     * browser a layout. */
    #columns() {
        return columnsFor(this.store.state.picture?.stacks ?? [], this.#width || this.picture.clientWidth)
    }

    /** An answer as a picture for the page's width and theme, and for the height that there is for it.
     * @param {Numbers} numbers */
    #layOut(numbers) {
        this.#width = this.picture.clientWidth
        this.#height = this.height()
        const theme = themeOf(this.root)
        this.root.closest(".gatescope").dataset.theme = theme
        const { picture, zoom, pin, first, sliding } = this.store.state
        const room = { width: this.#width, height: this.#height, theme, steps: zoom.steps, first }
        // Before the first picture the link's pin is not known yet.
        const own = picture ? pin : cellOf(`${numbers.view.pin ?? ""}`)
        const held = sliding && picture ? { ...numbers, reach: picture.reach } : numbers
        return laidOut(held, { ...room, presenting: isPresenting(), pin: own }, this.colours)
    }

    /** In another window the picture is laid out again. */
    resize() {
        const { store } = this
        if (!this.root.isConnected || !store.state.picture) return
        const wider = Math.abs(this.picture.clientWidth - this.#width) > 1
        if (wider || Math.abs(this.height() - this.#height) > HEIGHTS) this.questions.layAgain()
    }

    /** Why does the model say this? Asked of the unit that is shown, at an answer's step. @param {number} step */
    #whyAt(step) {
        const { store } = this
        const { drawer, presenting, pin } = store.state
        const there = atStep(store.drawn, step)
        if (!pin && there.pin) this.questions.seeks = pinOf(there.pin)
        store.set({ ...there, ...(!presenting && { drawer: { ...drawer, open: true } }) })
        if (this.inSheet) this.drawer?.root.scrollIntoView()
        else this.drawer?.show()
    }

    /** One step back: selected words are let go, else the last hold, else the pinned cell. */
    back() {
        const { state } = this.store
        if (state.brush) this.store.set({ brush: null })
        else if (heldNow(state)) this.store.set(undone(state))
        else if (state.pin) this.store.set({ pin: null })
    }
}

/** The pixels from the top of a part of the page to what covers the bottom of the window, if the page is not scrolled.
 * @param {Element} part */
export function heightBelow(part, covered = BELOW) {
    const scale = magnified()
    const page = document.documentElement
    if (isPresenting()) return Math.round((window.innerHeight - part.getBoundingClientRect().top) / scale - PRESENTED)
    const scrolled = part.closest("[data-testid=stMain]")?.scrollTop ?? page.scrollTop
    return Math.round(window.innerHeight - part.getBoundingClientRect().top - scrolled - covered)
}
