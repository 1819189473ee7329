/** What is a gate in the drawn cell? Its number in its colour, and a slider: dragged, it is held at a value. */

import { colourOf, inkOn } from "../shared/colour.js"
import { drag } from "../shared/drag.js"
import { fixed, signed } from "../shared/numbers.js"
import { svg } from "../shared/svg.js"

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
export class Gate {
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
        const parts = [this.back, this.letter, this.text, bends, ...(hands ? [this.way, this.knob] : [])]
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

    /** @param {number | undefined} value @param {Wire.Scale | undefined} scale @param {boolean} isHeld */
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
        if (key === "Home") return this.range[0]
        if (key === "End") return this.range[1]
        if (key === "Delete" || key === "Backspace") return null
        return key in KEYS ? this.#within(this.#value + STEP * KEYS[key]) : undefined
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
function text(x, y, kind, ...said) {
    return svg("text", { x, y, class: kind, "text-anchor": "middle" }, ...said)
}

/**
 * A number, as it is `said`, on the colour that it has in the picture.
 *
 * @param {{back: SVGElement, text: SVGElement}} on @param {number} value @param {Wire.Scale | undefined} scale
 * @param {string} said
 */
export function paint({ back, text }, value, scale, said) {
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
