/**
 * How does a cell's h become the model's answer? Its part of the score, the other parts, and what the scores say; drawn
 * below the cell.
 */

import { svg } from "../shared/element.js"
import { fixed, signed } from "../shared/numbers.js"
import { isLeftOut } from "../state/holds.js"
import { stackOf } from "../state/state.js"
import { flow, Pill, short, wire } from "./cell_drawing.js"
import { SIZE } from "./cell_layout.js"

/**
 * A part of a score: `weight` · `h` of one unit; of several units or of the bias only the sum.
 *
 * @typedef {{name: string, part: number, h?: number, weight?: number, unit?: number}} Part
 * @typedef {{label: string, score: number, said: number}} Said A label's score, and its probability or value.
 * @typedef {{gives: string, label: string, parts: Part[], score: number, likeliest: Said[], others: number,
 *     rest: number, scale: {deviation: number, mean: number} | null}} Onward `others`: how many labels are not among
 *     the likeliest, `rest`: their probability; `scale`: what brings the score into the units of the data.
 */

// The units of a score that are drawn each for itself, the cell's own first.
const UNITS = 3

/**
 * The way from the h of a cell to the answer at its step; null if there is none, as below the last layer.
 *
 * @param {Picture} picture @param {Cell} cell @param {number | undefined} h of the cell @returns {Onward | null}
 */
export function onwardOf(picture, cell, h) {
    const { readout, columns, held } = picture
    const stack = stackOf(picture, cell)
    const column = columns.of(cell.step)
    if (!readout || !stack?.weights || column < 0 || h === undefined) return null
    if (isLeftOut(held?.holds ?? "", cell.step)) return null
    const likeliest = readout.best.map((labels, place) => ({
        label: readout.labels[labels[column]],
        score: readout.scores[place][column],
        said: readout.said[place][column],
    }))
    const label = readout.best[0][column]
    const [{ score, said: first }] = likeliest
    const probability = readout.gives === "classes" ? likeliest.reduce((sum, { said }) => sum + said, 0) : first
    return {
        gives: readout.gives,
        label: likeliest[0].label,
        parts: partsOf(readout, stack, stack.weights, { label, column, unit: cell.unit, h, score }),
        score,
        likeliest,
        others: readout.of - likeliest.length,
        rest: Math.max(0, 1 - probability),
        scale: readout.mean.length ? { deviation: readout.deviation[label], mean: readout.mean[label] } : null,
    }
}

/**
 * The parts of a score: of the cell's unit, of the largest other ones, of all the rest together, and the bias.
 *
 * @param {Readout} readout @param {Stack} stack @param {Float32Array[]} weights
 * @param {{label: number, column: number, unit: number, h: number, score: number}} own
 */
function partsOf({ units: all, bias }, { units, figure }, weights, { label, column, unit, h, score }) {
    const rows = figure.data.find(({ name }) => name === "h")?.z ?? []
    const part = (/** @type {number} */ line, /** @type {number} */ h) => {
        const weight = weights[line][label]
        return { name: `unit ${units[line]}`, unit: units[line], h, weight, part: weight * h }
    }
    const own = part(units.indexOf(unit), h)
    const others = units
        .map((other, line) => (other === unit || !rows[line] ? null : part(line, rows[line][column])))
        .filter(found => found !== null)
        .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
    // One that would be alone in the rest is named too.
    const named = [own, ...others.slice(0, all <= UNITS + 1 ? UNITS : UNITS - 1)]
    const left = all - named.length
    const rest = score - bias[label] - named.reduce((sum, { part }) => sum + part, 0)
    return [
        ...named,
        ...(left ? [{ name: `${left} other unit${left > 1 ? "s" : ""}`, part: rest }] : []),
        { name: "bias", part: bias[label] },
    ]
}

// How is the way from h to the answer drawn? Below the cell: the score as a sum of parts, then what the scores say.

// In units of the drawing: a row, where the first one stands, and the middle of its number.
const ROW = 19
const FIRST = 44
const H = 78
// Where bars begin and end: those of the parts, and those of probabilities.
const PARTS = [156, 264]
const SHARES = [112, 206]
const END = 318
// The longest name.
const LONGEST = 12
/** @type {Record<string, string>} */
const SAYS = {
    classes: "softmax: as probabilities",
    set: "σ: each as a probability",
    value: "in the units of the data",
}

export class OnwardDrawing {
    /** The height of what is drawn. */
    height = 0
    /** From h of the cell to the first row. */
    #wire = wire("")
    #h = new Pill({ x: H, y: FIRST - 5, label: "", at: [0, 0] })
    #rows = svg("g", {})

    /** @param {(unit: number) => void} onUnit gets a unit that is clicked or entered */
    constructor(onUnit = () => {}) {
        this.onUnit = onUnit
        this.root = svg("g", { transform: `translate(0 ${SIZE[3]})`, class: "gs-onward" })
        this.root.append(this.#wire, this.#h.root, this.#rows)
    }

    /** @param {Onward | null} onward @param {import("./cell_drawing.js").Scales} scales
     * @param {import("./cell_layout.js").Layout} cell above */
    show(onward, { states }, { pills }) {
        this.root.style.display = onward ? "" : "none"
        this.height = 0
        if (!onward) return
        const [{ h }] = onward.parts
        const from = pills.find(({ name }) => name === "h")
        if (from) this.#wire.setAttribute("d", `M ${from.x} ${from.y + 10 - SIZE[3]} V 6 H ${H} V 26`)
        flow(this.#wire, h, states)
        this.#h.show(h, states, false)
        const score = FIRST + ROW * onward.parts.length
        this.height = score + 22 + ROW * (onward.likeliest.length + 1) + (onward.gives === "classes" ? ROW : 0)
        const hadFocus = this.#rows.contains(document.activeElement)
        this.#rows.replaceChildren(...sum(onward, score, this.onUnit), ...said(onward, score + 24))
        // Who chose a unit with the keyboard goes on from the first other one.
        if (hadFocus) this.#rows.querySelector("[role=button]")?.focus({ preventScroll: true })
    }
}

/** Everything that is drawn, in words. @param {Onward | null} onward */
export function toldOnward(onward) {
    if (!onward) return ""
    const { parts, label, score, likeliest, gives } = onward
    const part = (/** @type {Part} */ { name, part, h = 0, weight }) =>
        `${name} ${weight === undefined ? "" : `${signed(h, 2)} × ${signed(weight, 2)} = `}${signed(part, 2)}`
    const says = likeliest.map(({ label, said }) => `${label} ${number(gives, said)}`)
    const sum = `${parts.map(part).join(", ")}: ${signed(score, 2)}`
    return ` The score of ${label} is ${sum}. The model says ${says.join(", ")}.`
}

/** The parts, each from where the last one ended; then the score. @param {Onward} onward @param {number} end
 * @param {(unit: number) => void} choose */
function sum({ parts, label, score }, end, choose) {
    const ends = [0]
    for (const { part } of parts) ends.push(ends[ends.length - 1] + part)
    const [low, high] = [Math.min(...ends), Math.max(...ends)]
    const x = (/** @type {number} */ value) => PARTS[0] + ((value - low) / (high - low || 1)) * (PARTS[1] - PARTS[0])
    /** @param {number} from @param {number} to @param {number} y @param {string} kind */
    const bar = (from, to, y, kind) =>
        svg("rect", { class: kind, x: x(Math.min(from, to)), y: y - 11, width: Math.abs(x(to) - x(from)), height: 13 })
    /** @param {Part} part @param {number} n */
    const row = ({ name, part, weight, h, unit }, n) => {
        const y = FIRST + ROW * n
        const own = n ? "" : "gs-onward-own"
        return svg(
            "g",
            { class: "gs-onward-part", ...(n && unit !== undefined ? leadsTo(unit, choose) : {}) },
            n && unit !== undefined ? svg("rect", { class: "gs-onward-row", y: y - 14, width: END, height: ROW }) : "",
            text(0, y, name, `gs-onward-name ${own}`),
            n && h !== undefined ? text(H + 20, y, short(h), "", "end") : "",
            weight === undefined ? "" : text(H + 26, y, `× ${short(weight)}`),
            bar(ends[n], ends[n + 1], y, part < 0 ? "gs-onward-less" : "gs-onward-more"),
            text(END, y, signed(part, 2), "gs-onward-number", "end"),
        )
    }
    return [
        text(H + 14, FIRST - 20, "On to the answer", "gs-onward-title"),
        text(END, FIRST - 20, "h × weight", "gs-cell-label gs-onward-how", "end"),
        svg("line", { class: "gs-onward-line", x1: x(0), x2: x(0), y1: FIRST - 13, y2: end + 4 }),
        ...parts.map(row),
        svg(
            "g",
            { class: "gs-onward-score" },
            text(0, end, `score of ${cut(label)}`, "gs-onward-name"),
            bar(0, score, end, "gs-onward-sum"),
            text(END, end, signed(score, 2), "gs-onward-number", "end"),
        ),
    ]
}

/** What makes a row a button. @param {number} unit @param {(unit: number) => void} choose */
const leadsTo = (unit, choose) => ({
    role: "button",
    tabindex: 0,
    "aria-label": `Look at unit ${unit}`,
    onclick: () => choose(unit),
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Enter" && event.key !== " ") return
        event.preventDefault()
        event.stopPropagation()
        choose(unit)
    },
})

/**
 * What the scores of the likeliest labels become; the first is the answer under the word.
 *
 * @param {Onward} onward @param {number} top
 */
function said({ gives, likeliest, others, rest, scale }, top) {
    const restored = scale ? `× ${fixed(scale.deviation, 2)} ${signed(scale.mean, 2)}` : ""
    const about =
        gives === "value" ? restored : others ? `the ${likeliest.length} likeliest of ${likeliest.length + others}` : ""
    /** @param {Said} said @param {number} n */
    const row = ({ label, score, said }, n) => {
        const y = top + ROW * (n + 1)
        return svg(
            "g",
            { class: n ? "gs-onward-label" : "gs-onward-label gs-onward-answer" },
            text(0, y, cut(label), "gs-onward-name"),
            text(SHARES[0] - 10, y, signed(score, 2), "gs-cell-label", "end"),
            ...(gives === "value" ? [] : share(said, y)),
            ...(n ? [text(END, y, number(gives, said), "gs-onward-number", "end")] : chip(label, gives, said, y)),
        )
    }
    const left = gives === "classes" && others > 0
    const y = top + ROW * (likeliest.length + 1)
    return [
        svg("line", { class: "gs-onward-line", x1: 0, x2: END, y1: top - 14, y2: top - 14 }),
        text(0, top, SAYS[gives], "gs-cell-label"),
        text(END, top, about, "gs-cell-label", "end"),
        ...likeliest.map(row),
        ...(left ? [text(0, y, `${others} other${others > 1 ? "s" : ""}`, "gs-cell-label"), ...share(rest, y)] : []),
        left ? text(END, y, number(gives, rest), "gs-onward-number", "end") : "",
    ]
}

/** A probability as a bar. @param {number} value @param {number} y */
function share(value, y) {
    const [from, to] = SHARES
    /** @param {number} width @param {string} kind */
    const bar = (width, kind) => svg("rect", { class: kind, x: from, y: y - 10, width, height: 11 })
    return [bar(to - from, "gs-onward-track"), bar((to - from) * value, "gs-onward-share")]
}

/**
 * The answer as it stands under its word.
 *
 * @param {string} label @param {string} gives @param {number} said @param {number} y
 */
function chip(label, gives, said, y) {
    const says = gives === "value" ? number(gives, said) : `${cut(label, 8)} ${number(gives, said)}`
    const width = Math.max(40, 7.4 * [...says].length + 10)
    return [
        svg("path", {
            class: "gs-wire",
            d: `M ${SHARES[1] + 2} ${y - 4} H ${END - width - 2}`,
            "marker-end": "url(#gs-arrow)",
        }),
        svg("rect", { class: "gs-onward-chip", x: END - width, y: y - 14, width, height: 19, rx: 6 }),
        text(END - width / 2, y, says, "gs-onward-says", "middle"),
    ]
}

/** @param {string} gives @param {number} value */
const number = (gives, value) =>
    gives === "value" ? `${Number(value.toPrecision(3))}`.replace("-", "−") : fixed(value, 2)

/** @param {string} name @param {number} [most] */
const cut = (name, most = LONGEST) => ([...name].length > most ? `${[...name].slice(0, most - 1).join("")}…` : name)

/** @param {number} x @param {number} y @param {string} said */
function text(x, y, said, kind = "", anchor = "start") {
    return svg("text", { x, y, class: kind, "text-anchor": anchor }, said)
}
