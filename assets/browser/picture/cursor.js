/** Which cell is under the pointer? It is marked in all heatmaps of its layer, with all of its values. */

import { element } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { place as put } from "../shared/page.js"
import { isHere } from "../shared/plotly.js"
import { sameCell } from "../state/link.js"
import { columnsInSight, rowsInSight, stretched } from "../state/zoom.js"
import { edgesOf, stripOfC } from "./cells.js"

/** @typedef {{stack: Painted, row: number, column: number, line: number}} Place The row is a strip, the line a unit in
 * it. */

// The milliseconds in which a second click makes a double-click, and the pixels that make a press a drag.
const DOUBLE = 400
const DRAG = 4
// Pixels of a frame's line, and of a row that has room for one around it.
const FRAME = 2
export const LOW = 8
// Of the heatmaps that a click gave the keyboard: their ring waits for a key, which Chromium's :focus-visible does not.
const BY_HAND = "gs-by-hand"
/** @type {Record<string, number[]>} */
const WALKS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

export class Cursor {
    /** The pin that the first click of a double-click changed, and when that click was. @type {Cell | null} */
    #before = null
    #clicked = -Infinity
    /** The last cell under the pointer. @type {Cell | null} */
    #last = null

    /**
     * `onPin` gets the clicked or entered cell, and what finds the frame around it; `onBin` the bin of steps; `onDrag`
     * the columns between which a drag went, where Plotly is not here to handle it.
     *
     * @param {HTMLElement} root @param {Store} store
     * @param {(cell: Cell | null, square?: () => Element) => void} onPin @param {(column: number) => void} onBin
     * @param {(from: number, to: number) => void} onDrag
     */
    constructor(root, store, onPin, onBin, onDrag) {
        this.root = root
        this.store = store
        this.onPin = onPin
        this.onBin = onBin
        this.onDrag = onDrag
        /** @type {HTMLElement[]} */
        this.pinMarks = []
        /** @type {HTMLElement[]} */
        this.marks = []
        /** @type {Painted[]} */
        this.stacks = []
        /** @type {Place | null} */
        this.cell = null
        this.tip = element("div", { class: "gs-tip", role: "tooltip", hidden: true })
        this.spoken = element("div", { class: "gs-unseen", "aria-live": "polite" })
        root.addEventListener("pointermove", event => this.move(event))
        root.addEventListener("pointerleave", () => this.clear())
        root.addEventListener("keydown", event => this.key(event))
        root.addEventListener("pointerdown", event => this.press(event))
        root.addEventListener("focusout", event => {
            const { classList } = /** @type {Element} */ (event.target)
            classList.remove(BY_HAND)
            this.clear()
        })
        // What plays or is presented goes on without it.
        store.on(["presenting"], () => this.clear())
        let plays = false
        store.on(["time"], ({ time }) => {
            if (time.playing && !plays) this.clear()
            plays = time.playing
        })
    }

    /** Updates the cell under the pointer for new numbers. @param {Painted[]} stacks */
    follow(stacks) {
        this.stacks = stacks
        if (!this.tip.isConnected) this.root.append(this.tip, this.spoken)
        if (this.cell) this.show({ ...this.cell, stack: stacks[this.cell.stack.n] })
    }

    /**
     * A click pins a cell, a second click unpins it; Plotly handles a drag and covers the page meanwhile.
     *
     * @param {PointerEvent} event
     */
    press({ target, clientX, clientY }) {
        const stack = this.stacks.find(s => s.plot.contains(target))
        const cell = stack && this.at(stack, { clientX, clientY })
        if (!cell || !this.values(cell)) return
        const release = (/** @type {PointerEvent} */ end) => {
            const to = this.at(stack, end)
            if (Math.hypot(end.clientX - clientX, end.clientY - clientY) < DRAG) this.click(cell)
            else if (!isHere() && to) this.onDrag(cell.column, to.column)
        }
        document.addEventListener("pointerup", release, { once: true, capture: true })
    }

    /** A double-click changes the zoom, so the pin that its first click changed is restored. @param {Place} cell */
    click(cell) {
        // Now the heatmap has the keyboard: space plays, the arrows go from cell to cell.
        cell.stack.plot.focus({ preventScroll: true })
        cell.stack.plot.classList.add(BY_HAND)
        const again = performance.now() - this.#clicked < DOUBLE
        this.#clicked = performance.now()
        if (again) return this.onPin(this.#before)
        this.#before = this.store.state.pin
        this.choose(cell)
    }

    /** Pins a single step, or zooms into a bin of many. @param {Place} place */
    choose(place) {
        if (place.stack.columns.per > 1) return this.onBin(place.column)
        if (!this.#isOfUnits(place.stack, place.row)) return
        const cell = stepOf(place)
        if (sameCell(cell, this.store.state.pin)) this.onPin(null)
        else this.onPin(cell, () => this.pinMarks[place.row])
    }

    /** The pinned cell stays marked in every strip of its layer and direction. @param {Cell | null} pin */
    markPin(pin) {
        for (const mark of this.pinMarks) mark.hidden = true
        for (const stack of this.stacks) {
            const place = pinnedIn(stack, pin)
            if (place) this.mark({ stack, ...place }, this.pinMarks)
        }
    }

    /** @param {PointerEvent} event */
    move(event) {
        const stack = this.stacks.find(s => s.plot.contains(event.target))
        const cell = stack && this.at(stack, event)
        if (cell) this.show(cell)
        else this.clear()
    }

    /**
     * The place under the pointer.
     *
     * @param {Painted} stack @param {{clientX: number, clientY: number}} pointer @returns {Place | null}
     */
    at(stack, { clientX, clientY }) {
        const box = stack.plot.getBoundingClientRect()
        const scale = box.width / stack.plot.clientWidth
        const y = (clientY - box.top) / scale
        const row = stack.places.findIndex(p => y >= p.top && y < p.top + p.height)
        if (row < 0) return null
        const step = stepUnder(stack.plot, stack.layout, { clientX })
        const { down } = edgesOf(stack, row)
        const line = Math.floor((y - down[0]) / (down[1] - down[0]))
        return { stack, row, column: stack.columns.of(step), line }
    }

    /** The values of a cell's strip, or undefined if the cell does not exist. @param {Place} place */
    values({ stack, row, column, line }) {
        const values = stack?.data[row]?.z[line]
        return values && column in values ? values : undefined
    }

    /** @param {Place} cell */
    show(cell) {
        if (!this.values(cell)) return this.clear()
        this.cell = cell
        this.tell(cell)
        this.mark(cell)
        this.describe(cell)
    }

    /** The panel shows the cell under the pointer too. @param {Place | null} cell */
    tell(cell) {
        const hover =
            cell && cell.stack.columns.per === 1 && this.#isOfUnits(cell.stack, cell.row) ? stepOf(cell) : null
        if (hover) this.#last = hover
        if (!sameCell(hover, this.store.state.hover)) this.store.set({ hover })
    }

    /** Whether a strip's rows are the units: those of a projection's h are not. @param {Painted} stack @param {number} row */
    #isOfUnits({ data }, row) {
        return !this.store.drawn.picture.projects || data[row].name !== "h"
    }

    /**
     * Marks a cell in every strip that has it; `from`: the strip of the pointer, of which a projection's h is alone.
     *
     * @param {Omit<Place, "row"> & {row?: number}} place @param {HTMLElement[]} [marks]
     */
    mark({ stack, column, line, row: from }, marks = this.marks) {
        const ofUnits = from === undefined || this.#isOfUnits(stack, from)
        stack.places.forEach((place, row) => {
            const { across, down } = edgesOf(stack, row)
            const [left, top] = [across[column], down[line]]
            const [width, height] = [across[column + 1] - left, down[line + 1] - top]
            const inside = left >= -1 && left + width <= stack.layout.width + 1
            const seen = inside && top >= place.top - 1 && top + height <= place.top + place.height + 1
            marks[row] ??= element("div", { class: marks === this.marks ? "gs-mark" : "gs-pin" })
            const mark = marks[row]
            mark.hidden = !(line in stack.data[row].z && this.#isOfUnits(stack, row) === ofUnits && seen)
            // A frame lies in the gaps around its cell; of a low one only the sides are marked.
            const over = height < LOW ? 0 : FRAME
            mark.classList.toggle("gs-low", !over)
            put(mark, { left: left - FRAME, top: top - over, width: width + 2 * FRAME - 1 })
            put(mark, { height: height + (over && 2 * over - 1) })
            if (mark.parentNode !== stack.area) stack.area.append(mark)
        })
    }

    /** Fills the tip; returns its text for screen readers. @param {Place} place */
    describe({ stack, row, column, line }) {
        const { columns, units } = stack
        const name = columns.name(column)
        const ofUnits = this.#isOfUnits(stack, row)
        const where =
            `${columns.where(column)} · layer ${stack.layer} · ` +
            (ofUnits ? `unit ${units[line]}` : `number ${line} of h, a projection of all units`) +
            (stack.direction ? " · from the right" : "")
        const lines = this.store.drawn.picture.strips.flatMap((strip, k) => {
            if (this.#isOfUnits(stack, k) !== ofUnits) return []
            const values = valuesOf(stack.data[k], line, column)
            const texts = values ? values.map(value => valueText(strip, value)) : ["none"]
            return [{ strip, texts, here: k === row }]
        })
        this.tip.replaceChildren(
            element("div", { class: "gs-tip-word" }, name),
            element("div", { class: "gs-tip-where" }, where),
            element("table", {}, ...(columns.per > 1 ? [binHead()] : []), ...lines.map(tipRow)),
        )
        this.tip.hidden = false
        this.placeTip(row)
        return `${name}, ${where}. ${lines.map(({ strip, texts }) => `${strip.title} ${texts.join(" ")}`).join(", ")}`
    }

    /** Places the tip beside the marked cell, never over it, and inside the window. @param {number} row */
    placeTip(row) {
        const mark = this.marks[row].getBoundingClientRect()
        const root = this.root.getBoundingClientRect()
        const scale = root.width / this.root.clientWidth
        const { width, height } = this.tip.getBoundingClientRect()
        let left = mark.right + 12
        if (left + width > document.documentElement.clientWidth - 8) left = mark.left - width - 12
        const top = Math.min(mark.top - 12, window.innerHeight - height - 8)
        put(this.tip, { left: (Math.max(8, left) - root.left) / scale, top: (Math.max(8, top) - root.top) / scale })
    }

    /**
     * Arrow keys walk the cells of the heatmaps that have the focus; from the pinned cell they take the pin along.
     * Escape closes the tip.
     *
     * @param {KeyboardEvent} event
     */
    key(event) {
        const walk = WALKS[event.key]
        const stack = this.stacks.find(s => s.plot === document.activeElement)
        stack?.plot.classList.remove(BY_HAND)
        if (stack && event.key === "Enter" && this.cell?.stack === stack) this.choose(this.cell)
        if (event.key === "Escape") this.clear()
        if (!walk || !stack) return
        event.preventDefault()
        const from = this.cell?.stack === stack ? this.cell : this.beginning(stack, walk)
        const { pin } = this.store.state
        const walksThePin = !!pin && this.#isOfUnits(stack, from.row) && sameCell(pin, stepOf(from))
        const { zoom } = this.store.state
        /** @param {number} value @param {[number, number]} ends */
        const bounded = (value, [least, most]) => Math.max(least, Math.min(most, value))
        const column = bounded(from.column + walk[0], columnsInSight(stack.columns, zoom))
        const rows = rowsInSight(stack.data[from.row].z.length, zoom)
        const cell = { ...from, column, line: bounded(from.line + walk[1], rows) }
        this.show(cell)
        this.spoken.textContent = this.describe(cell)
        if (event.shiftKey && walk[0]) return this.brush(from, cell)
        if (walksThePin) this.onPin(stepOf(cell))
    }

    /** With the shift key a walk selects words. @param {Place} from @param {Place} to */
    brush(from, to) {
        if (to.stack.columns.per > 1) return
        const last = stepOf(to).step
        const first = from.column < 0 ? last : stepOf(from).step
        this.store.set({ brush: stretched(this.store.state.brush, first, last) })
    }

    /**
     * A walk begins at the pinned cell, else at the last cell under the pointer, else just outside the first cell, so
     * that its first step lands there.
     *
     * @param {Painted} stack @param {number[]} walk @returns {Place}
     */
    beginning(stack, walk) {
        const row = Math.max(0, stripOfC(stack))
        const from = this.store.state.pin ?? this.#last
        return { stack, row, ...(pinnedIn(stack, from) ?? { column: -walk[0], line: -walk[1] }) }
    }

    clear() {
        this.cell = null
        this.tell(null)
        this.tip.hidden = true
        for (const mark of this.marks) mark.hidden = true
    }
}

/** The cell at a place, as it is pinned. @param {Place} place @returns {Cell} */
function stepOf({ stack: { layer, direction, units, columns }, line, column }) {
    return { layer, direction, unit: units[line], step: columns.step(column) }
}

/**
 * A cell's values: [value] of a step, [smallest, mean, largest] of a bin; null if the unit does not exist.
 *
 * @param {Wire.Quantity} trace @param {number} line @param {number} column
 */
function valuesOf({ z, other, mean }, line, column) {
    if (!(line in z)) return null
    if (!other || !mean) return [z[line][column]]
    const [a, b] = [z[line][column], other[line][column]]
    return [Math.min(a, b), mean[line][column], Math.max(a, b)]
}

/** The step whose column is under the pointer. @param {Element} part as wide as the columns @param {any} layout
 * @param {{clientX: number}} pointer */
export function stepUnder(part, { xaxis }, { clientX }) {
    const [first, last] = xaxis.range
    // A presented picture is magnified.
    const { left, width } = part.getBoundingClientRect()
    return Math.round(first + ((clientX - left) / width) * (last - first))
}

/**
 * The place of the pinned cell in a stack, {column, line}; null if the stack does not show it.
 *
 * @param {Pick<Painted, "layer" | "direction" | "units" | "columns">} stack @param {Cell | null} pin
 */
export function pinnedIn({ layer, direction, units, columns }, pin) {
    if (!pin || pin.layer !== layer || pin.direction !== direction) return null
    const [column, line] = [columns.of(pin.step), units.indexOf(pin.unit)]
    return column < 0 || line < 0 ? null : { column, line }
}

/** States are written with a sign, gates without. @param {Wire.StripWords} strip @param {number} value */
function valueText({ scale }, value) {
    return (scale === "states" && value >= 0 ? "+" : "") + fixed(value, 4)
}

/** The headings of a bin's values. */
function binHead() {
    const heads = ["least", "mean", "largest"].map(name => element("td", { class: "gs-number" }, name))
    return element("tr", { class: "gs-faint" }, element("td", {}), element("td", {}), ...heads)
}

/** @param {{strip: Wire.StripWords, texts: string[], here: boolean}} line */
function tipRow({ strip, texts, here }) {
    const names = [strip.title, element("i", {}, strip.letter ?? strip.quantity)]
    const numbers = texts.map(text => element("td", { class: "gs-number" }, text))
    return element("tr", { class: here && "gs-here" }, ...names.map(name => element("td", {}, name)), ...numbers)
}
