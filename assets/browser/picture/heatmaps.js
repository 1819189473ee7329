/**
 * Where are the heatmaps of each layer and direction, and who paints them? We do, within a frame; Plotly's, which takes
 * longer, lie unseen over ours for a hand that zooms, and follow when it rests.
 */

import { bottomOf, showRows } from "../layout/stack.js"
import { element, svg } from "../shared/element.js"
import { place } from "../shared/page.js"
import { BARE, drawsHeatmaps, heatmapsOf, isHere, oncePlotlyIsHere, plotly, purged } from "../shared/plotly.js"
import { zoomed } from "../state/state.js"
import { around, WHOLE } from "../state/zoom.js"
import { Answers } from "./answers.js"
import { axisOf, shapesOf, wordsEnd, wordsOver } from "./cells.js"
import { cover, markLeftOut, wordsOut } from "./cover.js"
import { Cursor } from "./cursor.js"
import { toCanvas, toSvg } from "./sinks.js"

/** @typedef {Object<string, any>} Change What Plotly says of its layout, by name. */

/**
 * A stack's place on the page, and what is drawn there: `data` and `layout` by us, and by Plotly in `plot`.
 *
 * @typedef {Stack & {n: number, names: HTMLElement | null, plot: any, data: any[], layout: any, columns: Columns,
 *     area: HTMLElement, canvas: HTMLCanvasElement, words: SVGElement, heading: HTMLElement, reads: HTMLElement,
 *     cover: HTMLElement, now: HTMLElement, leftOut: HTMLElement,
 *     over?: string, drawing?: Promise<any>}} Painted `over`: the words over its columns.
 */

// A strip higher than this many pixels has its name at its top, not in its middle.
const TALL = 260
// A lower strip has room for one line below its name, or for none.
const [LOW, LOWEST] = [46, 22]
// Pixels beside the strips, for the numbers of units and the starting values.
const BESIDE = 54

/** What stands over each column. @param {Columns} columns */
const wordsOf = columns => Array.from({ length: columns.number }, (_, column) => columns.name(column))

export class Heatmaps {
    /** Whether Plotly has not drawn these stacks yet, and whether it has drawn any. */
    #behind = false
    #first = true

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
        const open = (/** @type {number} */ column) => this.zoom({ steps: around(store.drawn.picture.columns, column) })
        this.cursor = new Cursor(this.root, store, onPin, open, (from, to) => this.#dragged(from, to))
        this.answers = new Answers(onAnswer)
        drawsHeatmaps(this.root, () => this.stacks.flatMap(({ data, columns }) => heatmapsOf(data, wordsOf(columns))))
        store.onDrawn(["pin", "presenting"], state => this.draw(state))
        store.onDrawn(["time"], state => {
            cover(this.stacks, state)
            this.answers.reveal(state)
        })
        store.onDrawn(["pin"], state => this.cursor.markPin(state.pin))
        store.afterDrawn([], ({ picture }) => markLeftOut(this.stacks, picture))
        store.afterDrawn([], () => this.#follow())
        store.onRest(() => this.#byPlotly())
        oncePlotlyIsHere(() => this.drawn && this.root.isConnected && this.#byPlotly())
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
    draw(state) {
        const { picture, zoom } = state
        // A picture that is only proved has the cells that are there.
        if (picture.stacks !== this.drawn) {
            this.arrange(picture)
            picture.stacks.forEach((stack, n) => {
                const { data, layout } = stack.figure
                if (zoom.units) showRows(layout, zoom.units)
                placeStack(Object.assign(this.stacks[n], stack, { data, layout, columns: picture.columns }), picture)
            })
            this.drawn = picture.stacks
            this.#behind = true
        }
        for (const stack of this.stacks) this.#paint(stack, state)
        if (this.stacks.length) this.answers.draw(picture, this.stacks[picture.answers?.over ?? 0])
        this.cursor.follow(this.stacks)
    }

    /** @param {Painted} stack @param {Drawn} state */
    #paint(stack, { picture, pin }) {
        const { words, canvas, layout, places } = stack
        const theme = /** @type {"light" | "dark"} */ (this.root.closest(".gatescope")?.dataset.theme ?? "light")
        const over = wordsOver(stack, wordsOut(picture))
        // Most of a move changes none of them.
        if (JSON.stringify(over) !== stack.over) words.replaceChildren(...toSvg(over))
        stack.over = JSON.stringify(over)
        const box = { left: -BESIDE, top: 0, width: layout.width + BESIDE, height: bottomOf(places) + 12 }
        if (picture.given && stack.direction) box.width += BESIDE
        toCanvas(canvas, shapesOf(stack, picture, { pin, theme }), box)
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
        const unseen = { "aria-hidden": "true" }
        const words = svg("svg", { class: "gs-words", ...unseen })
        // From below to above.
        const parts = {
            canvas: element("canvas", { class: "gs-numbers", ...unseen }),
            plot: element("div", { class: "gs-plot", tabindex: 0, role: "group" }),
            heading: element("div", { class: "gs-heading" }, words),
            leftOut: element("div", unseen),
            cover: element("div", { class: "gs-cover", hidden: true }),
            now: element("div", { class: "gs-now", hidden: true }),
            reads: inputName(layer),
        }
        const area = element("div", { class: "gs-area" }, ...Object.values(parts))
        const title = several ? [element("h3", {}, picture.stacks[n].name)] : []
        const stack = element("section", { class: "gs-stack" }, ...title, picture.narrow ? names : "", area)
        const first = n % picture.across === 0
        if (first) {
            const row = element("div", { class: "gs-row" }, ...(picture.narrow ? [] : [names]))
            this.row = this.root.appendChild(row)
        }
        this.row.append(stack)
        names.classList.toggle("gs-below-title", several && !picture.narrow)
        return /** @type {any} */ ({ names: picture.narrow || first ? names : null, area, n, words, ...parts })
    }

    /** Plotly follows when a hand rests, and the first picture when the page has taken its place around it. */
    #follow() {
        if (this.#first) this.store.painted(() => this.#byPlotly())
        else if (!this.store.moving) this.#byPlotly()
        this.#first = false
    }

    #byPlotly() {
        if (!this.#behind || !isHere()) return
        this.#behind = false
        for (const stack of this.stacks) {
            stack.layout.dragmode = this.store.state.drag
            const isNew = !stack.drawing
            stack.drawing = Plotly.react(stack.plot, stack.data, stack.layout, BARE)
            if (isNew) this.listen(stack)
        }
    }

    /** @param {Painted} stack */
    listen(stack) {
        const { plot } = stack
        plot.on("plotly_relayouting", (/** @type {Change} */ change) => {
            // While a box is drawn nothing moves yet.
            if (!plot.querySelector(".zoombox")) this.#moved(stack, change)
        })
        plot.on("plotly_relayout", (/** @type {Change} */ change) => {
            const { steps, units } = this.#moved(stack, change)
            if (steps || units) this.zoom({ ...(steps && { steps }), ...(units && { units }) })
        })
        plot.on("plotly_doubleclick", () => this.zoom(WHOLE))
    }

    /** The cells go where Plotly's are moved. @param {Painted} stack @param {Change} change */
    #moved(stack, change) {
        const range = (/** @type {string} */ axis) =>
            change[`${axis}.range`] ||
            (`${axis}.range[0]` in change ? [change[`${axis}.range[0]`], change[`${axis}.range[1]`]] : null)
        const steps = range("xaxis")
        const units = stack.places.map((_, row) => range(axisOf(row))).find(Boolean)
        if (steps) stack.layout.xaxis.range = steps
        if (units) showRows(stack.layout, units)
        if (steps || units) this.#paint(stack, this.store.drawn)
        return { steps, units }
    }

    /** @param {Partial<Zoom>} change */
    zoom(change) {
        this.store.set(zoomed(this.store.drawn, { ...this.store.state.zoom, ...change }))
    }
}

/** What a layer reads: x, or the layer below. @param {number} layer */
function inputName(layer) {
    const says = layer
        ? ["input: ", element("i", {}, "h"), ` of layer ${layer - 1}`]
        : [element("span", { class: "gs-title" }, "input "), element("i", {}, "x")]
    const kind = layer ? "gs-inputs-below" : "gs-inputs-name"
    return element("div", { class: kind, hidden: true, "aria-hidden": "true" }, ...says)
}

/** @param {Wire.StripWords[]} strips */
function namesOf(strips) {
    const names = strips.map(({ title, question, quantity, letter = quantity }) => {
        const asks = element("span", { class: "gs-question", title: question }, question)
        const named = [element("span", { class: "gs-title" }, title), element("i", {}, letter)]
        return element("div", { class: "gs-name" }, ...named, asks)
    })
    return element("div", { class: "gs-names", "aria-hidden": "true" }, ...names)
}

/** Gives a stack its size, and its names their places. @param {Painted} stack @param {Picture} picture */
function placeStack(stack, picture) {
    const { plot, reads, n, layer, name, units, layout, names, places, data } = stack
    // What Plotly draws is as large.
    place(plot, { width: layout.width, height: layout.height })
    place(stack.heading, { width: layout.width, height: wordsEnd(picture, stack) })
    // High, they would cover what stands below.
    stack.heading.classList.toggle("gs-slanted", !!layout.xaxis.tickangle)
    const says = `${name}: ${data.length} heatmaps of ${units.length} units over ${picture.columns.steps} steps. `
    const keys = "Arrow keys walk the cells and read them out, with Shift they select words; "
    plot.setAttribute("aria-label", `${says}${keys}the numbers are also in the table below.`)
    // Of the stacks of the first layer the first one has the name of x.
    reads.hidden = !picture.inputs || (!layer && n > 0)
    if (picture.inputs) place(reads, picture.inputs.place)
    if (!names) return
    places.forEach((place, k) => {
        const { style, classList } = /** @type {HTMLElement} */ (names.children[k])
        classList.toggle("gs-tall", place.height > TALL)
        classList.toggle("gs-low", !picture.narrow && place.height < LOW)
        classList.toggle("gs-lowest", !picture.narrow && place.height < LOWEST)
        style.top = `${place.top}px`
        style.height = `${place.height}px`
    })
}
