/** How does the lesson live on a page? A rail that chooses, and the part that is chosen, drawn anew at each change. */

import { lookOf } from "../layout/picture.js"
import { CellDrawing } from "../panel/cell_drawing.js"
import { LAYOUTS } from "../panel/cell_layout.js"
import { drawRows } from "../picture/rows.js"
import { element } from "../shared/element.js"
import { themeOf } from "../shared/page.js"
import { PARTS, SHOWN } from "./parts.js"
import { Rail } from "./rail.js"
import { nearness } from "./runs.js"

/** @typedef {import("../picture/rows.js").Rows} Rows */

// Pixels of a column that has room for its numbers, and of one that a finger moves sideways.
const [NUMBER, COMFORT] = [40, 48]
const touched = matchMedia("(hover: none)").matches

export class LessonPage {
    #main = element("div", { class: "gs-lesson-main" })
    /** What the page has drawn, by name: a figure, or a cell of a kind, is drawn anew in its place. @type {Map<string, any>} */
    #places = new Map()
    /** What draws those of the part that is on the page, once it is as wide as its place there. @type {(() => void)[]} */
    #drawing = []
    /** How many parts were drawn: one that a later one overtook is not shown. */
    #drawn = 0
    /** @type {Object<string, any> | null} */
    #onMemory = null

    /**
     * `changed(view, names)`: the visitor changed these values; `toMemory(link)`: opens the page Memory.
     *
     * @param {Wire.LessonMessage} message @param {Wire.Colours} colours
     * @param {{answerer: Pick<Answerer, "picture">, cells: () => Promise<ArrayBuffer>,
     *     changed: (view: any, names: string[]) => void, toMemory: (link: Object<string, any>) => void}} around
     */
    constructor(message, colours, around) {
        this.message = message
        this.colours = colours
        this.around = around
        /** @type {any} */
        this.view = message.view
        this.notices = message.notices
        const toMemory = () => this.#onMemory && around.toMemory(this.#onMemory)
        /** @type {"light" | "dark"} */
        this.theme = "light"
        this.look = lookOf(colours, "teal", this.theme)
        this.lines = message.lines.light
        /** How near the page comes to PyTorch. */
        this.says = ""
        this.rail = new Rail(message.ranges, change => this.choose(change), toMemory)
        this.root = element("div", { class: "gs-lesson" }, this.rail.root, this.#main)
    }

    /** @param {Object<string, any>} change */
    choose(change) {
        this.view = { ...this.view, ...change }
        this.notices = []
        this.show()
        this.around.changed(this.view, Object.keys(change))
    }

    /** Takes over what another hand changed. @param {any} view @param {string[]} notices */
    take(view, notices) {
        this.view = view
        this.notices = notices
        this.show()
    }

    async show() {
        const number = ++this.#drawn
        this.rail.show(this.view)
        this.theme = this.root.isConnected ? themeOf(this.root) : "light"
        this.look = lookOf(this.colours, "teal", this.theme)
        this.lines = this.message.lines[this.theme]
        this.#drawing = []
        const part = async () => {
            this.says ||= nearness(this.message.proof)
            return SHOWN[this.view.part - 1](this)
        }
        const [name, subject] = PARTS[this.view.part - 1]
        const head = element("div", { class: "st-key-page-title" }, element("h1", {}, name), element("p", {}, subject))
        const shown = await part().catch((/** @type {Error} */ { message }) => ({ nodes: [], notices: [message] }))
        if (number !== this.#drawn) return
        const { nodes, made = "", notices = [], onMemory = null } = /** @type {import("./parts.js").Shown} */ (shown)
        const told = [...this.notices, ...notices].map(text => element("p", { class: "gs-lesson-info" }, text))
        const about = element("p", { class: "gs-made", hidden: true }, made && `${made}. ${this.message.made_with}`)
        const was = (/** @type {string} */ part) => !!this.#main.querySelector(part)
        const [hadFocus, wasOpen] = [was("[name=gs-step]:focus"), was(".gs-more[open]")]
        this.#main.replaceChildren(head, ...told, ...nodes, about)
        if (hadFocus) this.#main.querySelector("[name=gs-step]:checked")?.focus()
        this.#main.querySelector(".gs-more")?.toggleAttribute("open", wasOpen)
        for (const draw of this.#drawing) draw()
        this.#onMemory = onMemory
        this.rail.memory.hidden = !onMemory
    }

    /** The place of some rows, at most so wide. @param {string} name @param {Omit<Rows, "look" | "theme">} rows
     * @param {number} most @returns {Element} */
    rows(name, rows, most) {
        const place = this.#place(name, () => element("div", { class: "gs-drawn" }))
        place.style.width = `min(100%, ${most}px)`
        const { length } = rows.tokens
        const least = touched && length * NUMBER <= most ? length * COMFORT : 1
        const { look, theme } = this
        this.#drawing.push(() => drawRows(place, { ...rows, look, theme, least }))
        return place
    }

    /** A drawn cell. @param {string} name @param {string} kind @param {Object<string, number>} values @param {any} about
     * @returns {Element} */
    cell(name, kind, values, about) {
        const drawing = this.#place(`${kind} ${name}`, () => new CellDrawing(LAYOUTS[kind.toLowerCase()], null))
        drawing.show(values, { ...about, isHeld: () => false })
        return drawing.root
    }

    /** @param {string} name @param {() => any} make */
    #place(name, make) {
        if (!this.#places.has(name)) this.#places.set(name, make())
        return this.#places.get(name)
    }
}
