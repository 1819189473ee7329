/** The cell under the hand: marked in all heatmaps of its layer, with all of its values. */

import { element } from "./dom.js"

export class Cursor {
    /** `onPin` is told which cell was clicked or entered, {layer, direction, unit, step}, `onBin` which bin of steps. */
    constructor(root, onPin, onBin) {
        this.root = root
        this.onPin = onPin
        this.onBin = onBin
        this.pin = this.before = null
        this.clicked = -1000
        this.pinMarks = Array.from({ length: 6 }, () => element("div", { class: "gs-pin", hidden: true }))
        this.stacks = []
        this.cell = null
        this.tip = element("div", { class: "gs-tip", role: "tooltip", hidden: true })
        this.spoken = element("div", { class: "gs-unseen", "aria-live": "polite" })
        this.marks = Array.from({ length: 6 }, () => element("div", { class: "gs-mark" }))
        root.addEventListener("pointermove", event => this.move(event))
        root.addEventListener("pointerleave", () => this.clear())
        root.addEventListener("keydown", event => this.key(event))
        root.addEventListener("pointerdown", event => this.press(event))
        root.addEventListener("focusout", () => this.clear())
    }

    /** New numbers under the same hand. */
    follow(picture, stacks) {
        this.picture = picture
        this.stacks = stacks
        this.root.append(this.tip, this.spoken)
        if (this.cell) this.show({ ...this.cell, stack: stacks[this.cell.stack.n] })
        this.setPin(this.pin)
    }

    /** A click pins a cell, a second one on it lets it go; a drag is Plotly's, which covers the page meanwhile. */
    press({ target, clientX, clientY }) {
        const stack = this.stacks.find(s => s.plot.contains(target))
        const cell = stack && this.at(stack, { clientX, clientY })
        if (!cell || !this.values(cell)) return
        document.addEventListener("pointerup", end => {
            if (Math.hypot(end.clientX - clientX, end.clientY - clientY) < 4) this.click(cell)
        }, { once: true, capture: true })
    }

    /** A double-click means the zoom: what its first click did to the pin is undone. */
    click(cell) {
        // From here on the keys are the heatmap's: space plays, the arrows go from cell to cell.
        cell.stack.plot.focus({ preventScroll: true })
        const again = performance.now() - this.clicked < 400
        this.clicked = performance.now()
        if (again) return this.onPin(this.before)
        this.before = this.pin
        this.choose(cell)
    }

    /** One step is pinned; a bin of many opens. */
    choose({ stack: { layer, direction, units, columns }, line, column }) {
        if (columns.per > 1) return this.onBin(column)
        const cell = { layer, direction, unit: units[line], step: columns.step(column) }
        const same = this.pin && Object.keys(cell).every(key => cell[key] === this.pin[key])
        this.onPin(same ? null : cell)
    }

    /** The pinned cell stays marked in every strip of its layer and direction. */
    setPin(pin) {
        this.pin = pin
        const stack = pin && this.stacks.find(s => s.layer === pin.layer && s.direction === pin.direction)
        for (const mark of this.pinMarks) mark.hidden = true
        const column = stack ? stack.columns.of(pin.step) : -1
        if (column >= 0) this.mark({ stack, column, line: stack.units.indexOf(pin.unit) }, this.pinMarks)
    }

    move(event) {
        const stack = this.stacks.find(s => s.plot.contains(event.target))
        const cell = stack && this.at(stack, event)
        if (cell) this.show(cell)
        else this.clear()
    }

    /** What is under the hand: {stack, row, column, line}, the row a strip, the line a unit's within it. */
    at(stack, event) {
        const box = stack.plot.getBoundingClientRect()
        const x = event.clientX - box.left, y = event.clientY - box.top
        const row = stack.places.findIndex(p => y >= p.top && y < p.top + p.height)
        if (row < 0) return null
        const place = stack.places[row], { steps, units } = this.ranges(stack, row)
        const step = Math.round(steps[0] + x / stack.layout.width * (steps[1] - steps[0]))
        const line = Math.round(units[0] + (y - place.top) / place.height * (units[1] - units[0]))
        return { stack, row, column: stack.columns.of(step), line }
    }

    /** The steps from left to right and units from top to bottom that a strip has in sight. */
    ranges(stack, row) {
        const now = stack.plot.layout || stack.layout
        const [bottom, top] = now[row ? `yaxis${row + 1}` : "yaxis"].range
        return { steps: now.xaxis.range, units: [top, bottom] }
    }

    /** The values of a cell's strip, or undefined where there is no such cell. */
    values({ stack, row, column, line }) {
        const values = stack?.data[row]?.z[line]
        return values && column in values ? values : undefined
    }

    show(cell) {
        if (!this.values(cell)) return this.clear()
        this.cell = cell
        this.mark(cell)
        this.describe(cell)
    }

    mark({ stack, column, line }, marks = this.marks) {
        const [begins, ends] = stack.columns.edges(column)
        stack.places.forEach((place, row) => {
            const { steps, units } = this.ranges(stack, row)
            const scale = stack.layout.width / (steps[1] - steps[0]), height = place.height / (units[1] - units[0])
            const left = (begins - steps[0]) * scale, width = (ends - begins) * scale
            const top = place.top + (line - 0.5 - units[0]) * height
            const mark = marks[row]
            mark.hidden = !(line in stack.data[row].z) || left < -1 || left + width > stack.layout.width + 1 ||
                top < place.top - 1 || top + height > place.top + place.height + 1
            Object.assign(mark.style, {
                left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px`,
            })
            stack.area.append(mark)
        })
    }

    describe({ stack, row, column, line }) {
        const { columns, units } = stack, name = columns.name(column)
        const where = `${columns.where(column)} · layer ${stack.layer} · unit ${units[line]}` +
            (stack.direction ? " · from the right" : "")
        const lines = this.picture.strips.map((strip, k) => {
            const values = valuesOf(stack.data[k], line, column)
            const text = number => (strip.scale === "states" && number >= 0 ? "+" : "") + number.toFixed(4)
            return { strip, texts: values ? values.map(text) : ["none"], here: k === row }
        })
        const head = columns.per > 1 ? [element("tr", { class: "gs-faint" }, element("td", {}), element("td", {}),
            ...["least", "mean", "largest"].map(name => element("td", { class: "gs-number" }, name)))] : []
        this.tip.replaceChildren(
            element("div", { class: "gs-tip-word" }, name),
            element("div", { class: "gs-tip-where" }, where),
            element("table", {}, ...head, ...lines.map(({ strip, texts, here }) => element("tr", { class: here && "gs-here" },
                element("td", {}, strip.title), element("td", {}, element("i", {}, strip.quantity)),
                ...texts.map(text => element("td", { class: "gs-number" }, text))))))
        this.tip.hidden = false
        this.placeTip(stack, row)
        return `${name}, ${where}. ` + lines.map(({ strip, texts }) => `${strip.title} ${texts.join(" ")}`).join(", ")
    }

    /** Beside the marked cell, never over it, and inside the window. */
    placeTip(stack, row) {
        const mark = this.marks[row].getBoundingClientRect(), root = this.root.getBoundingClientRect()
        const { offsetWidth: width, offsetHeight: height } = this.tip
        let left = mark.right + 12
        if (left + width > document.documentElement.clientWidth - 8) left = mark.left - width - 12
        const top = Math.min(mark.top - 12, window.innerHeight - height - 8)
        this.tip.style.left = `${Math.max(8, left) - root.left}px`
        this.tip.style.top = `${Math.max(8, top) - root.top}px`
    }

    /** Arrow keys walk the cells of the heatmaps that have the focus. */
    key(event) {
        const walk = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
        const stack = this.stacks.find(s => s.plot === document.activeElement)
        if (stack && event.key === "Enter" && this.cell?.stack === stack) this.choose(this.cell)
        if (!walk || !stack) return
        event.preventDefault()
        const from = this.cell?.stack === stack ? this.cell : this.beginning(stack, walk)
        const { z } = stack.data[from.row]
        const bounded = (value, count) => Math.max(0, Math.min(count - 1, value))
        const cell = {
            ...from, column: bounded(from.column + walk[0], z[0].length), line: bounded(from.line + walk[1], z.length),
        }
        this.show(cell)
        this.spoken.textContent = this.describe(cell)
    }

    /** Just outside the first cell of c, so that the first step of a walk lands on it. */
    beginning(stack, walk) {
        const row = Math.max(0, stack.data.findIndex(({ name }) => name === "c"))
        return { stack, row, column: -walk[0], line: -walk[1] }
    }

    clear() {
        this.cell = null
        this.tip.hidden = true
        for (const mark of this.marks) mark.hidden = true
    }
}

/** What a cell holds: [value] of a step, [least, mean, largest] of a bin; null where there is no such unit. */
function valuesOf({ z, other, mean }, line, column) {
    if (!(line in z)) return null
    if (!other) return [z[line][column]]
    const [a, b] = [z[line][column], other[line][column]]
    return [Math.min(a, b), mean[line][column], Math.max(a, b)]
}
