/**
 * Where are the heatmaps of each layer and direction, and who paints them? We do, within a frame, before Plotly is here
 * and while a hand moves; Plotly follows.
 */

import { showRows } from "../layout/stack.js"
import { BARE, drawsHeatmaps, heatmapsOf, isHere, purged } from "../shared/drawn_heatmaps.js"
import { element, svg } from "../shared/element.js"
import { changes, painted, place } from "../shared/page.js"
import { oncePlotlyIsHere, plotly } from "../shared/plotly.js"
import { pinOf } from "../state/link.js"
import { looked, zoomed } from "../state/state.js"
import { around, WHOLE } from "../state/zoom.js"
import { Answers } from "./answers.js"
import { drawOnCells } from "./cell_layer.js"
import { carry, colourWords, cover, markLeftOut, wordsOut } from "./cover.js"
import { axisOf, Cursor } from "./cursor.js"
import { drawRowNames, wordsOver } from "./names.js"
import { drawInputs, drawStart, inputParts, START } from "./read_and_said.js"

/** @typedef {Object<string, any>} Change What Plotly says of its layout, by name. */

/**
 * A stack's place on the page, and what is painted there: `plot`, `data` and `layout` by Plotly; `around`: what Plotly
 * shows beside its cells, and `behind`: whether those are the cells of the picture before.
 *
 * @typedef {Stack & {n: number, names: HTMLElement | null, plot: any, data: any[],
 *     layout: any, area: HTMLElement, cover: HTMLElement, now: HTMLElement, carried: HTMLElement, leftOut: HTMLElement,
 *     words: SVGElement, ribbon: HTMLCanvasElement, ribbonName: HTMLElement, starts: HTMLCanvasElement, rows: HTMLCanvasElement, numbers: HTMLCanvasElement,
 *     inputs: {canvas: HTMLCanvasElement, label: HTMLElement}, columns: Columns,
 *     around: string, behind?: boolean, listens?: boolean, drawing?: Promise<any>}} Painted
 */

// A strip higher than this many pixels has its name at its top, not in its middle.
export const TALL = 260
// A lower strip has room for one line below its name, or for none.
const [LOW, LOWEST] = [46, 22]
// Milliseconds that Plotly is behind at most.
const BEHIND = 1_000

/** What stands over each column. @param {Columns} columns */
const wordsOf = columns => Array.from({ length: columns.number }, (_, column) => columns.name(column))

export class Heatmaps {
    /**
     * @param {Store} store
     * @param {(cell: Cell | null, square?: () => Element) => void} onPin @param {(step: number) => void} onAnswer
     */
    constructor(store, onPin, onAnswer) {
        this.root = element("div", { class: "gs-heatmaps" })
        this.store = store
        /** @type {Painted[]} */
        this.stacks = []
        this.kind = ""
        /** What was painted last. @type {Picture["stacks"] | null} */
        this.drawn = null
        /** The theme for which `paper` was read. */
        this.theme = "none"
        this.paper = ""
        /** Until Plotly follows a hand that does not rest. @type {number | undefined} */
        this.late = undefined
        const open = (/** @type {number} */ column) => this.zoom({ steps: around(store.drawn.picture.columns, column) })
        this.cursor = new Cursor(this.root, store, onPin, open, (from, to) => this.#dragged(from, to))
        this.answers = new Answers(onAnswer)
        drawsHeatmaps(this.root, () => this.stacks.flatMap(({ data, columns }) => heatmapsOf(data, wordsOf(columns))))
        store.onDrawn([], state => this.draw(state))
        store.onDrawn(["time"], state => {
            cover(this.stacks, state)
            this.answers.reveal(state)
        })
        store.onDrawn(["pin"], state => this.cursor.markPin(state.pin))
        store.afterDrawn([], ({ picture }) => this.#drawAround(picture))
        store.afterDrawn(["pin"], ({ picture, pin }) => this.#nameRows(picture, pin))
        store.afterDrawn(["pin", "colouring"], ({ picture, pin, colouring }) =>
            colourWords(picture, this.stacks, pin, colouring),
        )
        store.afterDrawn([], () => this.#follow())
        store.onRest(() => this.#rest())
        oncePlotlyIsHere(() => this.drawn && this.root.isConnected && this.#catchUp())
        const isNew = changes()
        store.afterDrawn(["pin", "hover", "time"], state => {
            const cell = looked(state)
            if (isNew(state.picture, cell && pinOf(cell))) carry(this.stacks, cell, state.picture.resets)
        })
        store.on(["presenting"], () => {
            for (const stack of this.stacks) drawOnCells(stack, this.#paper())
        })
        store.on(["drag"], ({ drag }) => {
            // It zooms, wherever it is: a page without a server loads it when somebody zooms for the first time.
            plotly()
            for (const { plot, drawing } of this.stacks) if (drawing) Plotly.relayout(plot, { dragmode: drag })
        })
    }

    /** A drag over the columns that Plotly does not see yet. @param {number} from @param {number} to */
    #dragged(from, to) {
        plotly()
        const { picture, drag } = this.store.drawn
        const [first, last] = [from, to].sort((a, b) => a - b)
        if (drag === "zoom") this.zoom({ steps: [picture.columns.edges(first)[0], picture.columns.edges(last)[1]] })
    }

    /** @param {Drawn} state */
    draw({ picture, zoom, drag }) {
        this.first = !this.drawn
        // A picture that is only proved has the cells that are there.
        if (picture.stacks !== this.drawn) {
            this.arrange(picture)
            picture.stacks.forEach((stack, n) => {
                this.paint(Object.assign(this.stacks[n], stack), picture, zoom, drag)
            })
        }
        this.drawn = picture.stacks
        if (this.stacks.length) this.answers.draw(picture, this.stacks[picture.answers?.over ?? 0])
        this.cursor.follow(picture, this.stacks)
    }

    /** What the LSTM starts from, and which words it does not read. @param {Picture} picture */
    #drawAround(picture) {
        for (const stack of this.stacks) {
            drawInputs(stack, picture)
            drawStart(stack)
        }
        markLeftOut(this.stacks, picture)
    }

    /** The reverse direction starts at the other side. @param {Picture} picture @param {Cell | null} pin */
    #nameRows({ given }, pin) {
        const theme = this.root.closest(".gatescope")?.dataset.theme ?? ""
        for (const stack of this.stacks) {
            drawRowNames(stack, pin, theme, given && !stack.direction ? START.width + START.away : 0)
        }
    }

    /**
     * The places of the stacks; made anew only when their number or order on the page changes.
     *
     * @param {Picture} picture
     */
    arrange(picture) {
        const names = picture.stacks.map(({ name }) => name)
        const strips = picture.strips.map(({ quantity }) => quantity)
        const kind = [...names, ...strips, picture.across, picture.narrow].join()
        if (kind !== this.kind) {
            for (const { plot, drawing } of this.stacks) if (drawing) purged(plot, drawing)
            this.root.replaceChildren()
            this.stacks = picture.stacks.map((_, n) => this.addStack(n, picture))
            this.kind = kind
            this.root.classList.toggle("gs-narrow", picture.narrow)
        }
        this.root.classList.toggle("gs-given", picture.given)
        this.root.hidden = !picture.stacks.length
    }

    /** @param {number} n @param {Picture} picture @returns {Painted} */
    addStack(n, picture) {
        const several = picture.stacks.length > 1
        const names = namesOf(picture.strips)
        const { layer } = picture.stacks[n]
        const inputs = inputParts(layer)
        const unseen = { "aria-hidden": "true" }
        const plot = element("div", { class: "gs-plot", tabindex: 0, role: "group" })
        // From below to above.
        const parts = {
            words: svg("svg", { class: "gs-words", ...unseen }),
            numbers: element("canvas", { class: "gs-numbers", ...unseen }),
            ribbon: element("canvas", { class: "gs-ribbon", hidden: true, ...unseen }),
            ribbonName: element("div", { class: "gs-ribbon-name", hidden: true, ...unseen }),
            starts: element("canvas", { class: "gs-start", hidden: true, ...unseen }),
            rows: element("canvas", { class: "gs-rows", ...unseen }),
            leftOut: element("div", unseen),
            cover: element("div", { class: "gs-cover", hidden: true }),
            now: element("div", { class: "gs-now", hidden: true }),
            carried: element("div", { class: "gs-carry", hidden: true, ...unseen }),
        }
        const drawn = [plot, inputs.canvas, ...Object.values(parts), layer || !n ? inputs.label : ""]
        const area = element("div", { class: "gs-area" }, ...drawn)
        const title = several ? [element("h3", {}, picture.stacks[n].name)] : []
        const stack = element("section", { class: "gs-stack" }, ...title, picture.narrow ? names : "", area)
        const first = n % picture.across === 0
        if (first) {
            const row = element("div", { class: "gs-row" }, ...(picture.narrow ? [] : [names]))
            this.row = this.root.appendChild(row)
        }
        this.row.append(stack)
        names.classList.toggle("gs-below-title", several && !picture.narrow)
        return /** @type {any} */ ({ names: picture.narrow || first ? names : null, plot, area, inputs, n, ...parts })
    }

    /** @param {Painted} stack @param {Picture} picture @param {Zoom} zoom @param {Drawn["drag"]} drag */
    paint(stack, picture, zoom, drag) {
        const { figure, name, units } = stack
        const { data, layout } = figure
        if (zoom.units) showRows(layout, zoom.units)
        const behind = !!stack.drawing || !isHere() || this.first
        Object.assign(stack, { data, layout, columns: picture.columns, behind })
        // What Plotly draws is as large.
        place(stack.plot, { width: layout.width, height: layout.height })
        const unlike = aroundCells(layout) !== stack.around
        if (behind) stack.words.replaceChildren(...(unlike ? wordsOver(stack, wordsOut(picture)) : []))
        else this.#byPlotly(stack, drag)
        stack.plot.classList.toggle("gs-unlike", behind && unlike)
        drawOnCells(stack, this.#paper())
        placeNames(stack, picture)
        stack.plot.setAttribute(
            "aria-label",
            `${name}: ${data.length} heatmaps of ${units.length} units over ${picture.columns.steps} steps. ` +
                "Arrow keys walk the cells and read them out, with Shift they select words; the numbers are also in " +
                "the table below.",
        )
    }

    /** @param {Painted} stack @param {Drawn["drag"]} drag */
    #byPlotly(stack, drag) {
        stack.behind = false
        stack.around = aroundCells(stack.layout)
        stack.layout.dragmode = drag
        stack.drawing = Plotly.react(stack.plot, stack.data, stack.layout, BARE)
        if (!stack.listens) this.listen(stack)
        stack.words.replaceChildren()
        stack.plot.classList.remove("gs-unlike")
    }

    /** Plotly follows a single picture at once; where pictures come one upon another, when they pause; and the first one
     * when the page has taken its place around it. */
    #follow() {
        if (this.first) return this.store.painted(() => this.#catchUp())
        if (!this.store.moving) return this.#catchUp()
        this.late ??= setTimeout(() => {
            this.late = undefined
            this.#catchUp()
        }, BEHIND)
    }

    #rest() {
        clearTimeout(this.late)
        this.late = undefined
        this.#catchUp()
    }

    #catchUp() {
        const stacks = isHere() ? this.stacks.filter(({ behind }) => behind) : []
        for (const stack of stacks) {
            this.#byPlotly(stack, this.store.drawn.drag)
            // Plotly's images are there with the next frame: until then ours stay.
            painted(() => drawOnCells(stack, this.#paper()))
        }
        // It has written the words anew.
        markLeftOut(stacks, this.store.drawn.picture)
    }

    /** The page's colour. A style is slow to read, so it is read once a theme. */
    #paper() {
        const view = this.root.closest(".gatescope")
        const theme = view?.dataset.theme ?? ""
        if (theme !== this.theme) {
            this.theme = theme
            this.paper = getComputedStyle(this.root).getPropertyValue("--gs-paper") || "#fff"
        }
        return this.paper
    }

    /** @param {Painted} stack */
    listen(stack) {
        stack.listens = true
        // What is drawn over the cells does not move with them.
        const isRange = (/** @type {Change} */ change) => Object.keys(change).some(name => name.includes("range"))
        stack.plot.on("plotly_relayouting", (/** @type {Change} */ change) => {
            if (isRange(change)) stack.numbers.hidden = true
        })
        stack.plot.on("plotly_relayout", (/** @type {Change} */ change) => {
            if (isRange(change)) drawOnCells(stack, this.#paper())
            const range = (/** @type {string} */ axis) =>
                change[`${axis}.range`] ||
                (`${axis}.range[0]` in change ? [change[`${axis}.range[0]`], change[`${axis}.range[1]`]] : null)
            const steps = range("xaxis")
            const units = stack.places.map((_, row) => range(axisOf(row))).find(Boolean)
            if (steps || units) this.zoom({ ...(steps && { steps }), ...(units && { units }) })
        })
        stack.plot.on("plotly_doubleclick", () => this.zoom(WHOLE))
    }

    /** @param {Partial<Zoom>} change */
    zoom(change) {
        this.store.set(zoomed(this.store.drawn, { ...this.store.state.zoom, ...change }))
    }
}

/** What of a layout Plotly draws besides the rows: its words and its size. @param {any} layout */
const aroundCells = layout => JSON.stringify(layout, (name, value) => (name.startsWith("yaxis") ? undefined : value))

/** @param {Wire.StripWords[]} strips */
function namesOf(strips) {
    const names = strips.map(strip =>
        element(
            "div",
            { class: "gs-name" },
            element("span", { class: "gs-title" }, strip.title),
            element("i", {}, strip.letter ?? strip.quantity),
            element("span", { class: "gs-question", title: strip.question }, strip.question),
        ),
    )
    return element("div", { class: "gs-names", "aria-hidden": "true" }, ...names)
}

/** @param {Painted} stack @param {Picture} picture */
function placeNames({ names, places }, picture) {
    if (!names) return
    places.forEach((place, k) => {
        const { style, classList } = /** @type {HTMLElement} */ (names.children[k])
        classList.toggle("gs-tall", place.height > TALL)
        classList.toggle("gs-low", !picture.narrow && place.height < LOW)
        classList.toggle("gs-lowest", !picture.narrow && place.height < LOWEST)
        // On a narrow page the names stand above their strips, the first above the words too if there is no room.
        style.top = `${picture.narrow && !picture.inputs && k === 0 ? 0 : place.top}px`
        style.height = `${place.height}px`
    })
}
