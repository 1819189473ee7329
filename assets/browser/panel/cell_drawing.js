/**
 * How does a cell work? The classic diagram, with the numbers of one cell on its wires, and gates that are dragged.
 */

import { colourOf, inkOn } from "../shared/colour.js"
import { svg } from "../shared/element.js"
import { drag } from "../shared/hands.js"
import { fixed, signed } from "../shared/numbers.js"
import { SIZE } from "./cell_layout.js"

// What is a gate in the drawn cell? Its number in its colour, and a slider: dragged, it is held at a value.

/**
 * What is called when a gate is dragged.
 *
 * @typedef {{hold: (gate: string, value: number) => void, letGo: (gate: string) => void}} Hands
 */

// A press that moves fewer units of the drawing is no drag.
const DRAG = 3
/** @type {Record<string, number>} */
const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 4, PageDown: -4 }
const STEP = 0.05
const [WIDTH, HEIGHT, TOP] = [46, 40, 134]
// The way of the knob, below the numbers.
const [WAY, KNOB] = [36, 3.6]

/** A gate, or the candidate: its letter and its number, and where the sum enters what bends it. */
class Gate {
    #value = 0

    /** @param {import("./cell_layout.js").Gate} gate @param {Hands | null} hands null if it can't be dragged */
    constructor({ name, x, bend, title, scale }, hands) {
        this.name = name
        this.x = x
        this.title = title
        this.range = scale === "gates" ? [0, 1] : [-1, 1]
        this.hands = hands
        this.back = svg("rect", { x: x - WIDTH / 2, y: TOP, width: WIDTH, height: HEIGHT, rx: 7 })
        const letter = svg("tspan", { class: "gs-cell-quantity" }, name)
        this.letter = text(x, TOP + 14, "gs-cell-letter", letter)
        this.text = text(x, TOP + 29, "gs-cell-value")
        const y = TOP + HEIGHT - 5.5
        this.way = svg("line", { class: "gs-cell-way", x1: x - WAY / 2, x2: x + WAY / 2, y1: y, y2: y })
        this.knob = svg("circle", { class: "gs-cell-knob", cx: x, cy: y, r: KNOB })
        // Below the letter and its number: tanh beside g would read as the tanh of g.
        const bends = svg("text", { x: x + 5, y: TOP + HEIGHT + 14, class: "gs-cell-label" }, bend)
        // A finger reaches it also between the gates.
        const reach = svg("rect", { ...{ class: "gs-cell-reach", x: x - 26, y: TOP - 8 }, width: 52, height: 68 })
        const parts = [this.back, this.letter, this.text, bends, ...(hands ? [this.way, this.knob, reach] : [])]
        const [from, to] = this.range
        const slider = { role: "slider", tabindex: 0, "aria-valuemin": from, "aria-valuemax": to }
        this.root = svg("g", { class: "gs-cell-gate", ...(hands ? slider : { role: "img" }) }, ...parts)
        if (hands) this.#listen(hands)
    }

    /** `hold` is called while the gate is dragged or moved by keys, `letGo` when it is let go. @param {Hands} hands */
    #listen({ hold, letGo }) {
        this.root.prepend(svg("title", {}, "Drag to hold it at a value"))
        this.root.classList.add("gs-cell-slider")
        this.root.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.#press(event, hold))
        this.root.addEventListener("dblclick", () => letGo(this.name))
        this.root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
            const value = this.#byKey(event.key)
            if (value === undefined) return
            event.preventDefault()
            event.stopPropagation()
            if (value === null) letGo(this.name)
            else hold(this.name, value)
        })
    }

    /** @param {number | undefined} value @param {ColourScale | undefined} scale @param {boolean} isHeld */
    show(value = NaN, scale, isHeld) {
        const known = Number.isFinite(value)
        const said = !known ? "" : scale && scale.zmin < 0 ? short(value) : fixed(value, 2)
        this.#value = known ? value : 0
        paint(this, value, scale, said)
        for (const part of [this.letter, this.way, this.knob]) part.style.color = this.text.style.fill
        this.letter.style.fill = this.text.style.fill
        this.root.classList.toggle("gs-is-held", isHeld)
        this.root.setAttribute("aria-label", this.hands ? this.title : `${this.title} ${said}`)
        if (!this.hands) return
        const [from, to] = this.range
        const share = (Math.max(from, Math.min(to, this.#value)) - from) / (to - from)
        this.knob.setAttribute("cx", this.x + WAY * (share - 0.5))
        this.root.setAttribute("aria-valuenow", this.#value)
        this.root.setAttribute("aria-valuetext", `${said}${isHeld ? ", held" : ""}`)
    }

    /** The value after a key; null to let go, undefined for another key. @param {string} key */
    #byKey(key) {
        const [from, to] = this.range
        /** @type {Record<string, number | null>} */
        const ends = { Home: from, End: to, Delete: null, Backspace: null }
        return key in KEYS ? this.#within(this.#value + STEP * KEYS[key]) : ends[key]
    }

    /** @param {number} value */
    #within(value) {
        const [from, to] = this.range
        return Math.max(from, Math.min(to, Math.round(value * 100) / 100))
    }

    /**
     * A drag from left to right goes over the gate's whole range, and begins at its value.
     *
     * @param {PointerEvent} down @param {Hands["hold"]} hold
     */
    #press(down, hold) {
        const box = this.back.getBoundingClientRect()
        const each = box.width / WIDTH
        const [from, to] = this.range
        const begun = this.#value
        let drags = false
        drag(this.root, down, event => {
            const moved = (event.clientX - down.clientX) / each
            drags ||= Math.abs(moved) >= DRAG
            if (drags) hold(this.name, this.#within(begun + (moved / WAY) * (to - from)))
        })
    }
}

/** @param {number} x @param {number} y @param {string} kind @param {...(Node|string)} said */
const text = (x, y, kind, ...said) => svg("text", { x, y, class: kind, "text-anchor": "middle" }, ...said)

/**
 * A number, as it is `said`, on the colour that it has in the picture.
 *
 * @param {{back: SVGElement, text: SVGElement}} on @param {number} value @param {ColourScale | undefined} scale
 * @param {string} said
 */
function paint({ back, text }, value, scale, said) {
    const known = Number.isFinite(value) && scale
    back.style.fill = known ? colourOf(value, scale) : ""
    text.style.fill = known ? inkOn(value, scale) : ""
    text.textContent = said
}

/** A number with three digits; "" if it is not known. @param {number} value */
export function short(value) {
    if (!Number.isFinite(value)) return ""
    const size = Math.abs(value)
    return signed(value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0)
}

// How does a cell work? The classic diagram, with the numbers of one cell on its wires.

/** @typedef {Object<string, ColourScale | undefined>} Scales By the names `gates`, `states` and `memory`. */

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
     * @param {import("./cell_layout.js").Layout} layout @param {Hands | null} hands
     */
    constructor(layout, hands) {
        const id = `gs-cell-${made++}`
        this.layout = layout
        this.told = svg("desc", { id })
        this.wires = layout.wires.map(({ path, isPlain }) => wire(path, isPlain))
        this.dots = svg("g", {})
        this.numbers = [
            ...layout.pills.map(about => ({ about, drawn: new Pill(about) })),
            ...layout.gates.map(about => ({ about, drawn: new Gate(about, hands) })),
        ]
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
            ...this.numbers.map(({ drawn }) => drawn.root),
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
        this.layout.wires.forEach(({ name, of = name, scale }, k) => {
            const { stroke, width } = flow(values?.[of], scales[scale])
            Object.assign(this.wires[k].style, { stroke, strokeWidth: `${width}` })
        })
        for (const { about, drawn } of this.numbers)
            drawn.show(values?.[about.name], scales[about.scale], isHeld(about.name))
        this.#x.replaceChildren(...(x ? numbersOf(x, scales.states) : []))
    }
}

/**
 * The colours of gates, of states and of the memory: those of the picture's heatmaps, also of hidden ones.
 *
 * @param {{look: import("../state/answer.js").Look, reach: number}} picture
 */
export const scalesOf = ({ look: { gates, states }, reach }) => ({
    gates: { colorscale: gates, zmin: 0, zmax: 1 },
    states: { colorscale: states, zmin: -1, zmax: 1 },
    memory: { colorscale: states, zmin: -reach, zmax: reach },
})

/** @param {string} path @param {boolean} [isPlain] without an arrow */
const wire = (path, isPlain) => svg("path", { class: "gs-wire", d: path, "marker-end": !isPlain && "url(#gs-arrow)" })

/**
 * A wire's width and colour say how much flows through it.
 *
 * @param {number | undefined} value @param {ColourScale | undefined} scale
 */
export function flow(value = NaN, scale) {
    if (!Number.isFinite(value) || !scale) return { stroke: "", width: THIN }
    const share = Math.min(1, Math.abs(value) / scale.zmax)
    const seen = Math.max(share, FAINTEST) * (value < 0 ? -1 : 1)
    return { stroke: colourOf(seen * scale.zmax, scale), width: THIN + share * (THICK - THIN) }
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
class Pill {
    /** @param {Pick<import("./cell_layout.js").Pill, "x" | "y" | "label" | "at">} pill */
    constructor({ x, y, label, at }) {
        this.back = svg("rect", { x: x - 22, y: y - 10, width: 44, height: 20, rx: 5 })
        this.text = text(x, y + 4.8, "")
        const [labelX, labelY, anchor = "middle"] = at
        const said = svg("text", { class: "gs-cell-label", x: labelX, y: labelY, "text-anchor": anchor }, label)
        this.root = svg("g", { class: "gs-cell-pill" }, this.back, this.text, said)
    }

    /** @param {number | undefined} value @param {ColourScale | undefined} scale @param {boolean} isHeld */
    show(value = NaN, scale, isHeld) {
        paint(this, value, scale, short(value))
        this.root.classList.toggle("gs-is-held", isHeld)
    }
}

/** The numbers that the cell reads, as small cells. @param {number[]} x @param {ColourScale | undefined} scale */
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

// How do numbers travel through a cell while it plays? A dot on each wire, in the order in which the cell computes.

// Milliseconds of a dot on its wire, and until the next ones leave.
const TRAVELS = 150
const LATER = 105
// The wires that wait for others, first those that wait least; what is read, and what was remembered, waits for none.
const ORDER = [/^to \d/, /^([figozrn]|lets)$/, /^(kept|written)$/, /^(c|to tanh)$/, /^tanh$/, /^h$/]

/**
 * Lets the dots go; those of the step before are taken away.
 *
 * @param {SVGElement} place @param {import("./cell_layout.js").Wire[]} wires
 */
export function travel(place, wires) {
    place.replaceChildren()
    for (const { name, path } of wires) {
        const waits = 1 + ORDER.findIndex(names => names.test(name))
        const dot = svg("circle", { class: "gs-dot", r: 3.4 })
        dot.style.offsetPath = `path("${path}")`
        place.append(dot)
        const way = [0, 100].map(share => ({ offsetDistance: `${share}%`, opacity: 1 }))
        const moves = dot.animate(way, { duration: TRAVELS, delay: LATER * waits })
        moves.onfinish = () => dot.remove()
    }
}

// How does a clicked square open into its cell? The drawing moves out of it, and grows to its place.

// Milliseconds.
const OPENS = 280

/** @param {Element} square @param {HTMLElement | SVGElement} drawing */
export function openOutOf(square, drawing) {
    const [from, to] = [square, drawing].map(part => part.getBoundingClientRect())
    // On a narrow page the cell is below the window.
    if (!from.width || !to.width || to.top > window.innerHeight) return
    // A lecture magnifies the page.
    const scale = to.width / drawing.clientWidth
    const place = `translate(${(from.left - to.left) / scale}px, ${(from.top - to.top) / scale}px)`
    const small = `${place} scale(${from.width / to.width}, ${from.height / to.height})`
    // A second click is for what lies under the drawing.
    const all = { transformOrigin: "0 0", pointerEvents: "none" }
    drawing.animate(
        [
            { ...all, transform: small, opacity: 0.4 },
            { ...all, transform: "none", opacity: 1 },
        ],
        { duration: OPENS, easing: "cubic-bezier(.2, .7, .3, 1)" },
    )
}
