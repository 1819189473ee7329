/** What does a cell do? It is drawn, with its numbers; its sums, its weights and its curve are folded below. */

import { FOUND, KINDS, kindShown, PROJECTED, sigmoid } from "../kinds.js"
import { drawing } from "../picture/rows.js"
import { button, columnHead, element, foldedTable, more, tableOf } from "../shared/element.js"
import { fixed, signed } from "../shared/numbers.js"
import { changes } from "../shared/page.js"
import { letterOf } from "../state/answer.js"
import { heldAt, heldNow } from "../state/holds.js"
import { pinOf } from "../state/link.js"
import { looked, pinned, stackOf, termsOf } from "../state/state.js"
import { CellDrawing, openOutOf, scalesOf, travel } from "./cell_drawing.js"
import { foundCell, LAYOUTS } from "./cell_layout.js"
import { arithmeticOf, cellInWords, lineNumber, linesOf, placeInWords } from "./cell_words.js"
import { drawnPart } from "./change_it.js"
import { onwardOf, onwardRows } from "./onward.js"

// Which weights does a cell have? Each number that it reads, with its weight in each gate.

/** @type {("f" | "i" | "g" | "o")[]} */
const GATES = ["f", "i", "g", "o"]

/** @param {Wire.CellTerms} terms */
function weightTable(terms) {
    const { layer, x, h_before } = terms
    /** @type {(name: string, value: number, weight: (gate: Wire.GateTerms) => number) => Node[]} */
    const row = (name, value, weight) => [
        element("th", { scope: "row" }, name),
        ...[value, ...GATES.map(gate => weight(terms[gate]))].map(number => element("td", {}, signed(number))),
    ]
    // Above the first layer x is h of the layer below, of both its directions one after the other.
    const read = (/** @type {number} */ k) =>
        layer
            ? `h[${k % h_before.length}] of layer ${layer - 1}${k < h_before.length ? "" : ", from the right"}`
            : `x ${k}`
    const heads = GATES.map(gate => element("th", { scope: "col", title: `weight in ${gate}` }, gate))
    return tableOf(
        "What the cell reads, and its weight in each gate.",
        [...["input", "value"].map(columnHead), ...heads],
        [
            ...x.map((value, k) => row(read(k), value, gate => gate.weights_x[k])),
            ...h_before.map((value, k) => row(`h[${k}], previous step`, value, gate => gate.weights_h[k])),
            row("b", 1, gate => gate.bias),
        ],
    )
}

// What does the unit do over the whole sentence? Its quantities as lines.

// Pixels, and how thick the lines are that the eye follows first.
const CURVE = { width: 400, high: 210 }
/** @type {Record<string, number>} */
const EMPHASIS = { c: 3, f: 2 }

/** @param {Picture} picture @param {Cell} cell */
const curveTitle = ({ columns }, { unit }) =>
    `Unit ${unit} over ${columns.complete ? "the sentence" : "the visible part"}` +
    (columns.per > 1 ? ", the extreme of each column" : "")

/** @param {Picture} picture @param {Stack} stack @param {Cell} cell @returns {import("../picture/rows.js").Rows} */
function curvesOf({ columns, look, reach, strips, projects, letters }, { figure, units }, { unit, step }) {
    const row = units.indexOf(unit)
    const own = figure.data.filter(({ name, z }) => z[row] && !(name === "h" && projects))
    const of = own.map(({ name, z }) => ({
        ...{ name: letterOf({ letters }, name), values: Array.from(z[row], Number) },
        line: {
            stroke: strips.find(({ quantity }) => quantity === name)?.line,
            "stroke-width": EMPHASIS[name] ?? 1.2,
        },
    }))
    const tokens = Array.from({ length: columns.number }, (_, column) => columns.name(column))
    const curves = { of, high: CURVE.high, ends: [-reach, reach], written: signed, at: columns.of(step) }
    return /** @type {any} */ ({ strips: [], tokens, look, theme: "light", high: 0, curves })
}

// What does a cell do? It is drawn, with its numbers; its sums, its weights and its curve are folded below.

// The most numbers of a step that are written.
const NUMBERS = 3

export class CellPanel {
    #drawsCurve = () => {}
    /** What is drawn, and who may hold it. @type {string | null} */
    drawn = null
    /** @type {import("./change_it.js").ChangeIt | null} */
    hands = null

    /**
     * `change` holds the cell's gates; null where nothing can be read anew. `below` stands under the cell.
     *
     * @param {Store} store @param {import("./change_it.js").ChangeIt | null} change
     * @param {...Element} below
     */
    constructor(store, change, ...below) {
        this.store = store
        this.isNew = changes()
        this.title = element("h2", {})
        this.unpin = button("Unpin", "×", () => store.set({ pin: null }))
        this.says = element("span", {})
        this.how = element("span", {}, " Click a cell to keep it here.")
        this.change = change
        this.onward = element("div", { class: "gs-onward" })
        /** @type {CellDrawing} */
        this.drawing = this.#drawAs(KINDS.LSTM.drawing, change)
        /** The cell and its way to the answer, as a slide has them. */
        this.seen = element("div", {}, this.drawing.root, this.onward)
        this.bars = element("div", { class: "gs-bars" })
        this.formula = element("p", { class: "gs-formula" })
        this.weights = foldedTable("All weights", "All weights", "gs-weights")
        this.chart = element("div", { class: "gs-chart" })
        this.curve = more("", this.chart, () => this.#drawsCurve())
        this.meanings = element("dl", { class: "gs-meanings" })
        this.pinned = element(
            "div",
            {},
            element("div", { class: "gs-panel-head" }, this.title, this.unpin),
            element("p", { class: "gs-says" }, this.says, this.how),
            this.seen,
            change?.root ?? "",
            more("The sums", element("div", {}, this.bars, this.formula)),
            this.weights.root,
            this.curve,
            more("What do the letters mean?", this.meanings),
        )
        this.below = below
        this.root = element("aside", { class: "gs-aside", "aria-label": "The cell" }, this.pinned, ...below)
        store.afterDrawn([], ({ picture }) => this.showMeanings(picture))
        store.afterDrawn(["pin", "hover", "time", "terms", "holds", "scope", "presenting", "scene"], state =>
            this.show(state),
        )
    }

    /**
     * Pins a cell, or (null) none; it opens out of the square that was clicked.
     *
     * @param {Cell | null} cell @param {() => Element} [square]
     */
    pin(cell, square) {
        this.store.set(pinned(this.store.drawn, cell))
        if (square && !this.store.state.time.calm) openOutOf(square(), this.drawing.root)
    }

    /** @param {Picture} picture */
    showMeanings(picture) {
        const { strips } = picture
        const meaning = (/** @type {Wire.StripWords} */ strip) => [
            element("dt", {}, strip.title, " ", element("i", {}, strip.letter ?? strip.quantity)),
            element("dd", {}, strip.meaning),
        ]
        const taken = kindShown(picture).sum ? "its memory" : "h before"
        const arrow = [
            element("dt", {}, `orange arrow in ${letterOf(picture, "c")} `, element("i", {}, "→")),
            element("dd", {}, `where the cell that is looked at takes ${taken} from: the step read before`),
        ]
        const carries = strips.some(({ quantity }) => quantity === "c")
        this.meanings.replaceChildren(...strips.flatMap(meaning), ...(carries ? arrow : []))
    }

    /** Shows the cell that is looked at; until its terms are known, from the picture's numbers. @param {Drawn} state */
    show(state) {
        const { picture, pin, holds, scope, presenting, scene } = state
        const cell = looked(state)
        if (!this.isNew(picture, cell && pinOf(cell), !!pin, termsOf(state), holds, scope, presenting, scene)) return
        this.root.hidden = !picture.stacks.length || (!cell && !this.below.length)
        this.pinned.hidden = !cell
        this.#drawsCurve = () => {}
        if (!cell) return
        this.unpin.hidden = !pin
        this.how.hidden = !!pin
        const stack = stackOf(picture, cell)
        this.title.replaceChildren(`Unit ${cell.unit} at `, drawnPart(picture.columns.said(cell.step)))
        this.curve.firstChild.textContent = curveTitle(picture, cell)
        this.#drawsCurve = () => {
            if (this.curve.open) this.chart.replaceChildren(drawing(curvesOf(picture, stack, cell), CURVE.width))
        }
        this.#drawsCurve()
        this.explain(state, cell)
    }

    /**
     * The cell's arithmetic as a sentence, as a drawing and as sums.
     *
     * @param {Drawn} state @param {Cell} cell
     */
    explain(state, cell) {
        const { picture, pin } = state
        const known = termsOf(state)
        const [terms, isUnknown] = [pin ? known : null, known === null]
        const values = arithmeticOf(state, cell)
        const [kind, scales] = [kindShown(picture), scalesOf(picture)]
        const isFound = kind === FOUND
        const name = picture.projects ? "projected" : isFound ? `${picture.found}` : kind.drawing
        this.drawing = this.#drawAs(name, picture.model.asks ? this.change : null)
        const { layout, dots } = this.drawing
        const onward = onwardOf(picture, cell, values?.h)
        this.says.textContent = placeInWords(cell, picture.model.layers)
        this.drawing.show(/** @type {any} */ (values), {
            scales,
            name: `The ${isFound ? "" : `${layout.kind} `}cell: ${this.title.textContent}`,
            reads: isFound ? "" : readAt(picture, cell),
            told: cellInWords(values),
            x: terms?.x ?? null,
            isHeld: gate => !!heldAt(heldNow(state), cell, gate),
        })
        if (state.time.playing && !state.time.calm) travel(dots, layout.wires)
        const hadFocus = this.onward.contains(document.activeElement)
        const above = { states: scales.states, layout }
        this.onward.replaceChildren(...onwardRows(onward, above, unit => this.pin({ ...cell, unit })))
        // Who chose a unit with the keyboard goes on from the first other one.
        if (hadFocus) this.onward.querySelector("button")?.focus({ preventScroll: true })
        this.change?.show(state, cell)
        this.bars.classList.toggle("gs-stale", !values)
        const more = picture.projects ? [element("p", {}, PROJECTED)] : []
        if (values) this.bars.replaceChildren(...sumsOf(linesOf(values)), ...more)
        // Before the terms arrive the formula is the last cell's.
        this.weights.root.hidden = !pin || isUnknown
        this.formula.hidden = !pin || (isUnknown && (typeof picture.found !== "string" || !picture.model.asks))
        this.formula.classList.toggle("gs-stale", !terms && !isUnknown)
        if (isUnknown) this.formula.textContent = "How W x, U h and b sum up to a gate is shown for an LSTM alone."
        if (!terms) return
        this.formula.replaceChildren(...formulasOf(terms, values?.held))
        this.weights.show(() => weightTable(terms))
    }

    /** The cell and its way to the answer at another step, as a slide has them; the page shows its own again. @param {Cell} cell */
    seenAt(cell) {
        const { drawn } = this.store
        // The numbers of x are known of the pinned step alone.
        this.explain({ ...drawn, pin: null }, cell)
        const seen = /** @type {Element} */ (this.seen.cloneNode(true))
        this.explain(drawn, /** @type {Cell} */ (looked(drawn)))
        return seen
    }

    /**
     * A cell that was found in somebody's own code is drawn as it was found; that of a recording can't be held.
     *
     * @param {string} drawn a name of LAYOUTS, or how h comes of c @param {import("./change_it.js").ChangeIt | null} hands
     * @returns {CellDrawing}
     */
    #drawAs(drawn, hands) {
        if (drawn === this.drawn && hands === this.hands) return this.drawing
        this.drawn = drawn
        this.hands = hands
        const drawing = new CellDrawing(LAYOUTS[drawn] ?? foundCell(drawn), hands)
        this.drawing?.root.replaceWith(drawing.root)
        return drawing
    }
}

/** What a cell reads, as it is called: x and its word, or its numbers; above the first layer, h of the layer below.
 * @param {Picture} picture @param {Cell} cell */
function readAt({ columns, series }, { layer, step }) {
    if (layer) return `h of layer ${layer - 1}`
    const read = series.find(({ read }) => read)
    const numbers = read?.values.map(row => `${Number(row[columns.of(step)].toPrecision(4))}`.replace("-", "−"))
    return `x ${numbers ? numbers.slice(0, NUMBERS).join(" ") : columns.quoted(step)}`
}

/**
 * The sums, line by line: a bar goes from the middle to the right, or to the left where a value is negative; half of the width
 * is 1, or the largest value where the memory is larger. A gate has the colour of gates and no sign, as in the picture.
 *
 * @param {import("./cell_words.js").Line[]} lines
 */
export function sumsOf(lines) {
    const most = Math.max(1, ...lines.map(([, value]) => Math.abs(value)))
    return lines.map(line => {
        const [name, value, isGate] = line
        const width = (Math.abs(value) / most) * 50
        const bar = element("span", {
            class: isGate ? "gs-open-gate" : value < 0 ? "gs-negative" : "gs-positive",
            style: `width: ${width}%; left: ${value < 0 ? 50 - width : 50}%`,
        })
        return element(
            "div",
            { class: name.includes("=") ? "gs-bar gs-result" : "gs-bar" },
            element("span", {}, name),
            element("span", { class: "gs-track", "aria-hidden": "true" }, bar),
            element("span", { class: "gs-number" }, lineNumber(line)),
        )
    })
}

/** What each gate is made of. @param {Wire.CellTerms} terms @param {string} [held] letters */
export const formulasOf = (terms, held = "") => GATES.map(name => formulaOf(name, terms[name], held.includes(name)))

/** W x + U h + b with the real numbers, and what takes its place. @param {string} name @param {Wire.GateTerms} gate
 * @param {boolean} isHeld */
function formulaOf(name, { from_x, from_h, bias, pre, value }, isHeld) {
    const bend = name === "g" ? "tanh" : "σ"
    const said = (/** @type {number} */ number) => (name === "g" ? signed(number) : fixed(number, 3))
    const made = name === "g" ? Math.tanh(pre) : sigmoid(pre)
    return element(
        "span",
        {},
        element("i", {}, name),
        ` = ${bend}(W x + U h + b) = ${bend}(${signed(from_x)} ${signed(from_h)} ${signed(bias)}) = ` +
            `${bend}(${signed(pre)}) = ${isHeld ? `${said(made)}, held at ${said(value)}` : said(value)}`,
    )
}
