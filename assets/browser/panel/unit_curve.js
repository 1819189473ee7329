/**
 * What does the pinned unit do over the whole sentence? Its quantities as lines, and their numbers at the present step, or
 * at the one under the pointer.
 */

import { element, more, svg } from "../shared/element.js"
import { fixed, signed } from "../shared/numbers.js"
import { letterOf } from "../state/answer.js"

// In units of the drawing, about a pixel: its size, and where its lines are.
const [WIDTH, HEIGHT] = [400, 220]
const [LEFT, RIGHT, TOP, BOTTOM] = [32, 392, 8, 196]
// The lines that the eye follows first are thicker.
/** @type {Record<string, number>} */
const EMPHASIS = { c: 3, f: 2 }
// The most words, and letters of one, that have room.
const WORDS = 8
const LETTERS = 7

/** @param {number} x @param {number} y @param {string} said @param {string} anchor */
const text = (x, y, said, anchor) => svg("text", { x, y, "text-anchor": anchor }, said)

export class UnitCurve {
    #draws = () => {}

    constructor() {
        this.chart = element("div", { class: "gs-chart" })
        this.root = more("", this.chart, () => this.#draws())
        this.title = this.root.firstChild
    }

    /** Draws the curve of a cell's unit, while it is open. @param {Picture} picture @param {Stack} stack @param {Cell} cell */
    show(picture, stack, { unit, step }) {
        const { columns } = picture
        this.title.textContent =
            `Unit ${unit} over ${columns.complete ? "the sentence" : "the visible part"}` +
            (columns.per > 1 ? ", the extreme of each column" : "")
        this.#draws = () => {
            if (this.root.open) this.#draw(picture, linesOf(picture, stack, unit), step)
        }
        this.#draws()
    }

    clear() {
        this.#draws = () => {}
    }

    /** @param {Picture} picture @param {ReturnType<typeof linesOf>} lines @param {number} step */
    #draw({ columns, reach }, lines, step) {
        const [first, last] = columns.range
        const x = (/** @type {number} */ at) => LEFT + ((at - first) / (last - first)) * (RIGHT - LEFT)
        const y = (/** @type {number} */ value) => (TOP + BOTTOM - (value / (1.08 * reach)) * (BOTTOM - TOP)) / 2
        const levels = [-reach, 0, reach].flatMap(level => [
            svg("path", { class: "gs-curve-level", d: `M ${LEFT} ${y(level)} H ${RIGHT}` }),
            text(LEFT - 4, y(level) + 4, `${level}`.replace("-", "−"), "end"),
        ])
        const at = columns.positions
        const every = Math.ceil(columns.number / WORDS)
        const words = at.flatMap((place, column) => {
            const word = columns.name(column)
            return column % every ? [] : [text(x(place), HEIGHT - 6, word.slice(0, LETTERS), "middle")]
        })
        const drawn = lines.map(({ values, colour, width }) => {
            const isOne = (/** @type {number} */ column) => Number.isFinite(values[column])
            const path = at.map((place, column) => {
                const to = `${x(place).toFixed(1)} ${y(values[column]).toFixed(1)}`
                return isOne(column) ? `${isOne(column - 1) ? "" : `M ${to} `}L ${to}` : ""
            })
            return svg("path", { class: "gs-curve-line", d: path.join(" "), stroke: colour, "stroke-width": width })
        })
        const now = svg("path", { class: "gs-curve-now" })
        const tell = (/** @type {number} */ column) => {
            now.setAttribute("d", column < 0 ? "" : `M ${x(at[column])} ${TOP} V ${BOTTOM}`)
            const said = lines.map(({ name, values, colour, isGate }) => {
                const value = values[column]
                const number = Number.isFinite(value) ? (isGate ? fixed(value, 3) : signed(value)) : ""
                return element("span", { style: `color: ${colour}` }, element("b", {}, name), ` ${number}`)
            })
            names.replaceChildren(...said)
        }
        const onpointermove = (/** @type {PointerEvent} */ { clientX }) => {
            const { left, width } = curve.getBoundingClientRect()
            const share = (((clientX - left) * WIDTH) / width - LEFT) / (RIGHT - LEFT)
            tell(Math.max(0, Math.min(columns.number - 1, Math.floor(share * columns.number))))
        }
        const hands = { onpointermove, onpointerleave: () => tell(columns.of(step)) }
        const about = { class: "gs-curve", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", ...hands }
        const curve = svg("svg", { ...about, "aria-label": this.title.textContent }, ...levels, ...words, ...drawn, now)
        const names = element("div", { class: "gs-curve-names" })
        this.chart.replaceChildren(curve, names)
        tell(columns.of(step))
    }
}

/** @param {Picture} picture @param {Stack} stack @param {number} unit */
function linesOf(picture, { figure, units }, unit) {
    const line = units.indexOf(unit)
    const colour = Object.fromEntries(picture.strips.map(strip => [strip.quantity, strip.line]))
    return figure.data
        .filter(({ name, z }) => z[line] && !(name === "h" && picture.projects))
        .map(({ name, z, zmin }) => ({
            ...{ name: letterOf(picture, name), values: z[line], isGate: zmin === 0 },
            ...{ colour: colour[name], width: EMPHASIS[name] ?? 1.2 },
        }))
}
