/** The cell under the hand: marked in all six heatmaps of its layer, with all six of its values. */

import { element } from "./dom.js"

export class Cursor {
    /** `onPin` is told which cell was clicked or entered: {layer, unit, step}. */
    constructor(root, onPin) {
        this.root = root
        this.onPin = onPin
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
        if (!cell || !(cell.unit in stack.data[cell.row].z)) return
        document.addEventListener("pointerup", end => {
            if (Math.hypot(end.clientX - clientX, end.clientY - clientY) < 4) this.click(cell)
        }, { once: true, capture: true })
    }

    /** A double-click means the zoom: what its first click did to the pin is undone. */
    click(cell) {
        const again = performance.now() - this.clicked < 400
        this.clicked = performance.now()
        if (again) return this.onPin(this.before)
        this.before = this.pin
        this.choose(cell)
    }

    choose({ stack: { layer }, unit, step }) {
        const same = this.pin && this.pin.layer === layer && this.pin.unit === unit && this.pin.step === step
        this.onPin(same ? null : { layer, unit, step })
    }

    /** The pinned cell stays marked in every strip of its layer. */
    setPin(pin) {
        this.pin = pin
        const stack = pin && this.stacks.find(s => s.layer === pin.layer)
        for (const mark of this.pinMarks) mark.hidden = true
        if (stack) this.mark({ stack, ...pin }, this.pinMarks)
    }

    move(event) {
        const stack = this.stacks.find(s => s.plot.contains(event.target))
        const cell = stack && this.at(stack, event)
        if (cell) this.show(cell)
        else this.clear()
    }

    at(stack, event) {
        const box = stack.plot.getBoundingClientRect()
        const x = event.clientX - box.left, y = event.clientY - box.top
        const row = stack.places.findIndex(p => y >= p.top && y < p.top + p.height)
        if (row < 0) return null
        const place = stack.places[row], { steps, units } = this.ranges(stack, row)
        const step = Math.round(steps[0] + x / stack.layout.width * (steps[1] - steps[0]))
        const unit = Math.round(units[0] + (y - place.top) / place.height * (units[1] - units[0]))
        return { stack, row, step, unit }
    }

    /** The steps from left to right and units from top to bottom that a strip has in sight. */
    ranges(stack, row) {
        const now = stack.plot.layout || stack.layout
        const [bottom, top] = now[row ? `yaxis${row + 1}` : "yaxis"].range
        return { steps: now.xaxis.range, units: [top, bottom] }
    }

    show(cell) {
        const { stack, row } = cell
        const z = stack?.data[row].z
        if (!z || !(cell.unit in z) || !(cell.step in z[cell.unit])) return this.clear()
        this.cell = cell
        this.mark(cell)
        this.describe(cell)
    }

    mark({ stack, step, unit }, marks = this.marks) {
        stack.places.forEach((place, row) => {
            const { steps, units } = this.ranges(stack, row)
            const width = stack.layout.width / (steps[1] - steps[0]), height = place.height / (units[1] - units[0])
            const left = (step - 0.5 - steps[0]) * width, top = place.top + (unit - 0.5 - units[0]) * height
            const mark = marks[row]
            mark.hidden = !(unit in stack.data[row].z) || left < -1 || left + width > stack.layout.width + 1 ||
                top < place.top - 1 || top + height > place.top + place.height + 1
            Object.assign(mark.style, {
                left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px`,
            })
            stack.area.append(mark)
        })
    }

    describe({ stack, row, step, unit }) {
        const { labels, strips } = this.picture
        const where = `step ${step} · layer ${stack.layer} · unit ${unit}`
        const lines = strips.map((strip, k) => {
            const value = stack.data[k].z[unit]?.[step]
            const signed = strip.scale === "states" && value >= 0 ? "+" : ""
            return { strip, text: value === undefined ? "none" : signed + value.toFixed(4), here: k === row }
        })
        this.tip.replaceChildren(
            element("div", { class: "gs-tip-word" }, labels[step]),
            element("div", { class: "gs-tip-where" }, where),
            element("table", {}, ...lines.map(({ strip, text, here }) => element("tr", { class: here && "gs-here" },
                element("td", {}, strip.title), element("td", {}, element("i", {}, strip.quantity)),
                element("td", { class: "gs-number" }, text)))))
        this.tip.hidden = false
        this.placeTip(stack, row)
        return `${labels[step]}, ${where}. ` + lines.map(({ strip, text }) => `${strip.title} ${text}`).join(", ")
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
        const from = this.cell?.stack === stack ? this.cell : { stack, row: 3, step: -walk[0], unit: -walk[1] }
        const z = stack.data[from.row].z
        const bounded = (value, count) => Math.max(0, Math.min(count - 1, value))
        const cell = {
            ...from, step: bounded(from.step + walk[0], z[0].length), unit: bounded(from.unit + walk[1], z.length),
        }
        this.show(cell)
        this.spoken.textContent = this.describe(cell)
    }

    clear() {
        this.cell = null
        this.tip.hidden = true
        for (const mark of this.marks) mark.hidden = true
    }
}
