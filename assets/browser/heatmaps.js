/** The heatmaps of each layer and direction, painted by Plotly as the server's figures say; zoom is shared by all. */

import { element } from "./dom.js"
import { Cursor } from "./cursor.js"

const CONFIG = { displayModeBar: false, doubleClick: false, responsive: false, showTips: false }

export class Heatmaps {
    /** `onZoom` is told when what is in sight changes, `onPin` which cell {layer, direction, unit, step} was clicked. */
    constructor(onZoom, onPin) {
        this.root = element("div", { class: "gs-heatmaps" })
        this.onZoom = onZoom
        this.zoom = { steps: null, units: null }
        this.stacks = []
        this.cursor = new Cursor(this.root, onPin, column => this.closer(column))
        // A finger scrolls the page; a mouse draws a box to zoom into.
        this.drag = matchMedia("(pointer: coarse)").matches ? false : "zoom"
    }

    /** Draws a picture; false where another is asked for in its stead. */
    draw(picture) {
        // Asked for with the zoom into another sentence: ask again, for the whole.
        if (this.forgetZoomOfOtherShapes(picture)) {
            this.onZoom()
            return false
        }
        this.columns = picture.columns
        this.arrange(picture)
        picture.stacks.forEach((stack, n) => this.paint(this.stacks[n], stack, picture))
        this.cursor.follow(picture, this.stacks)
        this.reveal(this.now)
        return true
    }

    /** A zoom belongs to a picture of some steps and units; another sentence begins whole. True when steps were zoomed. */
    forgetZoomOfOtherShapes(picture) {
        const { steps } = picture.columns, units = picture.view.hidden_dim
        const forgotten = this.zoom.steps !== null && this.shape.steps !== steps
        if (forgotten) this.zoom.steps = null
        if (this.shape && this.shape.units !== units) this.zoom.units = null
        this.shape = { steps, units }
        return forgotten
    }

    /** The places of the stacks; made anew only when their number or order on the page changes. */
    arrange(picture) {
        const names = picture.stacks.map(({ name }) => name), strips = picture.strips.map(({ quantity }) => quantity)
        const kind = [...names, ...strips, picture.across, picture.narrow].join()
        if (kind !== this.kind) {
            for (const stack of this.stacks) Plotly.purge(stack.plot)
            this.root.replaceChildren()
            this.stacks = picture.stacks.map((_, n) => this.addStack(n, picture))
            this.kind = kind
            this.root.classList.toggle("gs-narrow", picture.narrow)
        }
        this.root.hidden = !picture.stacks.length
    }

    addStack(n, picture) {
        const several = picture.stacks.length > 1
        const names = element("div", { class: "gs-names", "aria-hidden": "true" })
        for (const strip of picture.strips) {
            names.append(element("div", { class: "gs-name" },
                element("span", { class: "gs-title" }, strip.title),
                element("i", {}, strip.quantity),
                element("span", { class: "gs-question" }, strip.question)))
        }
        const plot = element("div", { class: "gs-plot", tabindex: 0, role: "group" })
        const cover = element("div", { class: "gs-cover", hidden: true })
        const now = element("div", { class: "gs-now", hidden: true })
        const ribbon = element("canvas", { class: "gs-ribbon", hidden: true, "aria-hidden": "true" })
        const area = element("div", { class: "gs-area" }, plot, ribbon, cover, now)
        const title = several ? [element("h3", {}, picture.stacks[n].name)] : []
        const stack = element("section", { class: "gs-stack" }, ...title, picture.narrow ? names : "", area)
        const first = n % picture.across === 0
        if (!picture.narrow && first) this.row = this.root.appendChild(element("div", { class: "gs-row" }, names))
        if (picture.narrow && first) this.row = this.root.appendChild(element("div", { class: "gs-row" }))
        this.row.append(stack)
        names.classList.toggle("gs-below-title", several && !picture.narrow)
        return { names: picture.narrow || first ? names : null, plot, area, cover, now, ribbon, n }
    }

    paint(stack, { figure, places, layer, direction, name, units }, picture) {
        const { layout } = figure
        layout.dragmode = this.drag
        if (this.zoom.units) {
            for (const key of Object.keys(layout)) if (key.startsWith("yaxis")) layout[key].range = [...this.zoom.units]
        }
        stack.plot.setAttribute("aria-label",
            `${name}: ${figure.data.length} heatmaps of ${units.length} units over ${picture.columns.steps} steps. ` +
            "Arrow keys walk the cells and read them out; the numbers are also in the table below.")
        Object.assign(stack, { data: figure.data, layout, places, layer, direction, units, columns: picture.columns })
        if (stack.names) {
            places.forEach((place, k) => {
                const { style, classList } = stack.names.children[k]
                // The name of a strip higher than the screen stands where it begins.
                classList.toggle("gs-tall", place.height > 260)
                // On a narrow page the names stand above their strips, the first above the words too.
                style.top = `${picture.narrow && k === 0 ? 0 : place.top}px`
                style.height = `${place.height}px`
            })
        }
        Plotly.react(stack.plot, figure.data, layout, CONFIG)
        if (!stack.listens) this.listen(stack)
    }

    listen(stack) {
        stack.listens = true
        stack.plot.on("plotly_relayout", change => {
            const range = axis => change[`${axis}.range`] ||
                (`${axis}.range[0]` in change ? [change[`${axis}.range[0]`], change[`${axis}.range[1]`]] : null)
            const steps = range("xaxis")
            const units = ["yaxis", "yaxis2", "yaxis3", "yaxis4", "yaxis5", "yaxis6"].map(range).find(Boolean)
            if (steps) this.zoom.steps = steps
            if (units) this.zoom.units = units
            if (steps || units) this.onZoom()
        })
        stack.plot.on("plotly_doubleclick", () => this.whole())
    }

    /** How many columns a layer has read: within a step they light up one after the other, and last of all (without a
     * layer) what the model says. */
    read(now, layer) {
        const layers = [...new Set(this.stacks.map(stack => stack.layer))]
        const place = layers.includes(layer) ? layers.indexOf(layer) : layers.length
        return now.read + (now.part >= place / (layers.length + 1) ? 1 : 0)
    }

    /** Blank what is not read yet, and frame the newest column. */
    reveal(now) {
        this.now = now
        for (const stack of this.stacks) {
            const { cover, columns, places, layout, direction } = stack
            cover.hidden = stack.now.hidden = !now
            if (!now) continue
            const read = this.read(now, stack.layer)
            // The reverse direction reads from the right, so its columns appear from there.
            const newest = direction ? now.to + 1 - read : now.from + read - 1
            const unread = direction ? [0, newest] : [newest + 1, columns.number]
            const [left, right] = this.between(stack, unread[0], unread[1] - 1)
            const top = places[0].top, bottom = places.at(-1).top + places.at(-1).height
            cover.classList.toggle("gs-to-the-end", !direction)
            cover.hidden = right <= left
            Object.assign(cover.style, { left: `${left}px`, width: `${right - left}px`, height: `${bottom + 1}px` })
            cover.style.setProperty("--words", `${top - 2}px`)
            const [from, to] = this.between(stack, newest, newest)
            stack.now.hidden = !read || to <= from
            Object.assign(stack.now.style, {
                left: `${from - 1}px`, width: `${to - from + 1}px`, top: `${top - 3}px`, height: `${bottom - top + 6}px`,
            })
        }
    }

    /** Where the columns from one to another lie in a stack, in pixels; what is out of sight is cut off. */
    between({ columns, layout }, from, to) {
        const [first, last] = layout.xaxis.range
        const pixel = at => Math.max(0, Math.min(layout.width, (at - first) / (last - first) * layout.width))
        return from > to ? [0, 0] : [pixel(columns.edges(from)[0]), pixel(columns.edges(to)[1])]
    }

    /** A ribbon over the strips in the colours of one unit's quantity; null takes it away. */
    colourWords(cell, quantity) {
        for (const stack of this.stacks) {
            const { ribbon, data, layout, places, units } = stack
            const here = cell?.layer === stack.layer && cell?.direction === stack.direction
            const trace = here ? data.find(({ name }) => name === quantity) : null
            const values = trace?.z[units.indexOf(cell.unit)]
            ribbon.hidden = !values
            if (!values) continue
            Object.assign(ribbon, { width: layout.width, height: 5 })
            Object.assign(ribbon.style, { top: `${places[0].top - 6}px`, width: `${layout.width}px` })
            const pen = ribbon.getContext("2d")
            values.forEach((value, column) => {
                const [left, right] = this.between(stack, column, column)
                pen.fillStyle = colourOf(value, trace)
                if (right > left) pen.fillRect(left, 0, Math.max(1, right - left - 1), 5)
            })
        }
    }

    /** Where on the screen a column lies, from its word to the last strip; null without a picture. */
    columnBox(column) {
        const stack = this.root.hidden ? null : this.stacks[0]
        if (!stack) return null
        const { places, plot, columns } = stack, box = plot.getBoundingClientRect()
        const here = Math.min(column, columns.number - 1), [left, right] = this.between(stack, here, here)
        return new DOMRect(box.left + left, box.top, Math.max(8, right - left), places.at(-1).top + places.at(-1).height)
    }

    /** Whether some of the picture is out of sight. */
    get zoomed() { return !!(this.zoom.steps || this.zoom.units) }

    /** The first and the last column in sight. */
    get inSight() {
        const { columns, zoom: { steps } } = this
        if (!steps) return [0, columns.number - 1]
        const column = step => columns.of(Math.max(columns.first, Math.min(columns.end - 1, Math.round(step))))
        return [column(Math.ceil(steps[0])), column(Math.floor(steps[1]))]
    }

    /** Back to the whole picture. */
    whole() {
        this.zoom = { steps: null, units: null }
        this.onZoom()
    }

    /** What a column stands for, and some to its left and right. */
    closer(column) {
        const [from, to] = this.columns.edges(column), middle = (from + to) / 2
        const half = Math.max(20, 2 * this.columns.per)
        this.zoom.steps = [Math.max(-0.5, middle - half), Math.min(this.columns.steps - 0.5, middle + half)]
        this.onZoom()
    }

    /** Nearer or farther, around the middle of what is in sight. */
    scale(factor) {
        const { steps, units } = this.shape
        const around = ([from, to], least, most) => {
            const middle = (from + to) / 2, half = Math.max(0.5, (to - from) / 2 * factor)
            const range = [Math.max(least, middle - half), Math.min(most, middle + half)]
            return range[0] <= least && range[1] >= most ? null : range
        }
        this.zoom.steps = around(this.zoom.steps || [-0.5, steps - 0.5], -0.5, steps - 0.5)
        // Who looks for a step among thousands keeps all units in sight.
        if (!this.columns.complete || this.columns.per > 1) return this.onZoom()
        const turned = this.zoom.units ? [...this.zoom.units].reverse() : [-0.5, units - 0.5]
        const seen = around(turned, -0.5, units - 0.5)
        this.zoom.units = seen && seen.reverse()
        this.onZoom()
    }

    setDrag(mode) {
        this.drag = mode
        for (const stack of this.stacks) Plotly.relayout(stack.plot, { dragmode: mode })
    }
}

/** A value's colour on its heatmap's scale. */
function colourOf(value, { colorscale, zmin, zmax }) {
    const at = Math.max(0, Math.min(1, (value - zmin) / (zmax - zmin))) * (colorscale.length - 1)
    const below = Math.min(colorscale.length - 2, Math.floor(at)), part = at - below
    const channels = colour => [1, 3, 5].map(k => parseInt(colour.slice(k, k + 2), 16))
    const [low, high] = [channels(colorscale[below][1]), channels(colorscale[below + 1][1])]
    return `rgb(${low.map((channel, k) => Math.round(channel + part * (high[k] - channel))).join()})`
}
