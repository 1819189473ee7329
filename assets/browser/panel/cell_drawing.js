/** How does a cell work? The classic diagram, with the numbers of one cell on its wires. */

import { colourOf } from "../shared/colour.js"
import { svg } from "../shared/svg.js"
import { Gate, paint, short } from "./cell_gate.js"
import { SIZE } from "./cell_layout.js"

/** @typedef {Object<string, Wire.Scale | undefined>} Scales By the names `gates`, `states` and `memory`. */

// Widths of a wire, in units of the drawing: nothing flows, and the scale's largest number flows.
const [THIN, THICK] = [1.4, 6]
// A number nearer to 0 than this share of its scale is drawn in this share's colour: else its wire is not seen.
const FAINTEST = 0.3
// The most numbers of x that are drawn.
const NUMBERS = 64
// The most letters of what is read.
const LONGEST = 20

let made = 0

export class CellDrawing {
    #x = svg("g", {})
    #unit = svg("text", { x: 258, y: 27, class: "gs-cell-unit", "text-anchor": "end" })
    #word = svg("text", { x: 160, class: "gs-cell-label", "text-anchor": "middle" })

    /**
     * `hands`: what a gate calls that is dragged; null if none can be.
     *
     * @param {import("./cell_layout.js").Layout} layout @param {import("./cell_gate.js").Hands | null} hands
     */
    constructor(layout, hands) {
        const id = `gs-cell-${made++}`
        this.layout = layout
        this.told = svg("desc", { id })
        this.wires = layout.wires.map(({ path, arrow }) => wire(path, arrow))
        this.dots = svg("g", {})
        this.pills = layout.pills.map(pill => new Pill(pill))
        this.gates = layout.gates.map(gate => new Gate(gate, hands))
        this.root = svg(
            "svg",
            { class: "gs-cell", viewBox: SIZE.join(" "), role: "group", "aria-describedby": id },
            this.told,
            arrowheads(),
            svg("rect", { class: "gs-cell-body", x: 52, y: 8, width: 216, height: 200, rx: 12 }),
            ...this.wires,
            this.dots,
            this.#x,
            this.#word,
            this.#unit,
            ...layout.marks.map(mark),
            ...this.pills.map(({ root }) => root),
            ...this.gates.map(({ root }) => root),
        )
    }

    /**
     * Draws a cell; `values` is null while its numbers are not known, `x` while the numbers that it reads are not. `unit`:
     * whose cell it is, where nothing else on the page says so.
     *
     * @param {Object<string, number> | null} values @param {{scales: Scales, name: string, unit?: string, reads: string,
     * told: string, x: number[] | null, isHeld: (gate: string) => boolean}} about
     */
    show(values, { scales, name, unit = "", reads, told, x, isHeld }) {
        this.root.setAttribute("aria-label", name)
        this.told.textContent = told
        this.#unit.textContent = unit
        this.#word.textContent = reads.length > LONGEST ? `${reads.slice(0, LONGEST - 1)}…` : reads
        // Below the numbers of x, or in their place.
        this.#word.setAttribute("y", x ? 246 : 232)
        const { wires, pills, gates } = this.layout
        wires.forEach(({ name, of = name, scale }, k) => {
            flow(this.wires[k], values?.[of], scales[scale])
        })
        pills.forEach(({ name, scale }, k) => {
            this.pills[k].show(values?.[name], scales[scale], isHeld(name))
        })
        gates.forEach(({ name, scale }, k) => {
            this.gates[k].show(values?.[name], scales[scale], isHeld(name))
        })
        this.#x.replaceChildren(...(x ? numbersOf(x, scales.states) : []))
    }
}

/**
 * The colours of gates, of states and of the memory: those of the picture's heatmaps, also of hidden ones.
 *
 * @param {{look: import("../state/answer.js").Look, reach: number}} picture @returns {Scales}
 */
export const scalesOf = ({ look: { gates, states }, reach }) => ({
    gates: { colorscale: gates, zmin: 0, zmax: 1 },
    states: { colorscale: states, zmin: -1, zmax: 1 },
    memory: { colorscale: states, zmin: -reach, zmax: reach },
})

/** @param {string} path @param {boolean} [arrow] */
export function wire(path, arrow) {
    return svg("path", { class: "gs-wire", d: path, "marker-end": arrow && "url(#gs-arrow)" })
}

/**
 * A wire's width and colour say how much flows through it.
 *
 * @param {SVGElement} wire @param {number | undefined} value @param {Wire.Scale | undefined} scale
 */
export function flow(wire, value = NaN, scale) {
    const known = Number.isFinite(value) && scale
    const share = known ? Math.min(1, Math.abs(value) / scale.zmax) : 0
    const seen = Math.max(share, FAINTEST) * (value < 0 ? -1 : 1)
    wire.style.strokeWidth = `${THIN + share * (THICK - THIN)}`
    wire.style.stroke = known ? colourOf(seen * scale.zmax, scale) : ""
}

function arrowheads() {
    const head = svg("path", { d: "M 0 0 L 7 3.5 L 0 7 z", class: "gs-arrow" })
    const place = { id: "gs-arrow", markerWidth: 8, markerHeight: 8, refX: 5, refY: 3.5, orient: "auto" }
    return svg("defs", {}, svg("marker", { ...place, markerUnits: "userSpaceOnUse" }, head))
}

/** × or + where two wires meet, or tanh on a wire. @param {import("./cell_layout.js").Mark} mark */
function mark({ x, y, sign }) {
    const wide = sign.length > 1
    const shape = wide
        ? svg("rect", { x: x - 22, y: y - 10, width: 44, height: 20, rx: 6 })
        : svg("circle", { cx: x, cy: y, r: 10 })
    const text = svg("text", { x, y: y + (wide ? 4.5 : 5.5), "text-anchor": "middle" }, sign)
    return svg("g", { class: wide ? "gs-cell-mark gs-cell-bend" : "gs-cell-mark" }, shape, text)
}

/** A number on a wire, in its heatmap's colours, and what it is. */
export class Pill {
    /** @param {Pick<import("./cell_layout.js").Pill, "x" | "y" | "label" | "at">} pill */
    constructor({ x, y, label, at }) {
        this.back = svg("rect", { x: x - 22, y: y - 10, width: 44, height: 20, rx: 5 })
        this.text = svg("text", { x, y: y + 4.8, "text-anchor": "middle" })
        const [labelX, labelY, anchor = "middle"] = at
        const said = svg("text", { class: "gs-cell-label", x: labelX, y: labelY, "text-anchor": anchor }, label)
        this.root = svg("g", { class: "gs-cell-pill" }, this.back, this.text, said)
    }

    /** @param {number | undefined} value @param {Wire.Scale | undefined} scale @param {boolean} isHeld */
    show(value = NaN, scale, isHeld) {
        paint(this, value, scale, short(value))
        this.root.classList.toggle("gs-is-held", isHeld)
    }
}

/** The numbers that the cell reads, as small cells. @param {number[]} x @param {Wire.Scale | undefined} scale */
function numbersOf(x, scale) {
    const some = x.slice(0, NUMBERS)
    const each = Math.min(14, 168 / some.length)
    const left = 160 - (each * some.length) / 2
    return some.map((value, k) => {
        const gap = each > 4 ? 1 : 0
        const style = scale && `fill: ${colourOf(value, scale)}`
        return svg("rect", { x: left + k * each, y: 218, width: each - gap, height: 12, style, class: "gs-cell-x" })
    })
}
