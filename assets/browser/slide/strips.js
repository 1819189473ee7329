/**
 * How are the strips of a layer drawn on a sheet? Their cells as paths; numbers, x and names by `picture/`'s hands, with
 * a canvas whose pen writes SVG.
 */

import { bottomOf } from "../layout/stack.js"
import { widthOf } from "../layout/step_axis.js"
import { SURE, saidAt, strength } from "../picture/answers.js"
import { drawOnCells, edgesOf } from "../picture/cell_layer.js"
import { between, wordsOut } from "../picture/cover.js"
import { LOW, pinnedIn } from "../picture/cursor.js"
import { TALL } from "../picture/heatmaps.js"
import { drawRowNames, PIN, wordsOver } from "../picture/names.js"
import { drawInputs, drawStart, START } from "../picture/read_and_said.js"
import { shadesOf } from "../shared/colour.js"
import { svg } from "../shared/element.js"

// How do the hands that draw on the page draw a file? With a canvas whose pen writes SVG.

/** A place to draw into, as `picture/` takes it: it has a pen, and its style says where it stands. @returns {any} */
export function canvas() {
    const pen = new Pen()
    return { style: {}, hidden: false, getContext: () => pen, pen }
}

/** What was drawn, where it stands; nothing if it is hidden.
 * @param {{style: CSSStyleDeclaration, hidden: boolean, pen: Pen}} canvas */
export function drawn({ style, hidden, pen }) {
    if (hidden || !pen.root.childNodes.length) return []
    const [x, y] = [style.left, style.top].map(side => Number.parseFloat(side) || 0)
    if (x || y) pen.root.setAttribute("transform", `translate(${x} ${y})`)
    return [pen.root]
}

/** The strokes of a canvas that `picture/` uses, in pixels of the page. */
class Pen {
    fillStyle = "#000"
    strokeStyle = "#000"
    font = "12px sans-serif"
    textAlign = "left"
    globalAlpha = 1
    root = svg("g")
    #into = this.root
    /** @type {Object<string, number>} */
    #path = {}

    save() {}
    beginPath() {}
    // A file has no pixels of a screen.
    setTransform() {}
    clearRect() {}

    restore() {
        this.#into = this.root
    }

    /** @param {number} x @param {number} y @param {number} width @param {number} height */
    rect(x, y, width, height) {
        this.roundRect(x, y, width, height, 0)
    }

    /** @param {number} x @param {number} y @param {number} width @param {number} height @param {number} rx */
    roundRect(x, y, width, height, rx) {
        this.#path = { x, y, width, height, rx }
    }

    fill() {
        this.#add("rect", { ...this.#path, fill: this.fillStyle })
    }

    clip() {
        const { x, y, width, height } = this.#path
        const viewBox = `${x} ${y} ${width} ${height}`
        this.#into = this.root.appendChild(svg("svg", { x, y, width, height, viewBox }))
    }

    /** @param {number} x @param {number} y @param {number} width @param {number} height */
    fillRect(x, y, width, height) {
        this.#add("rect", { x, y, width, height, fill: this.fillStyle })
    }

    /** @param {number} x @param {number} y @param {number} width @param {number} height */
    strokeRect(x, y, width, height) {
        this.#add("rect", { x, y, width, height, fill: "none", stroke: this.strokeStyle })
    }

    /** @param {string} text @param {number} x @param {number} y */
    fillText(text, x, y) {
        const [, weight, size] = /^(\d+ )?([\d.]+px)/.exec(this.font) ?? []
        const anchor = { center: "middle", right: "end" }[this.textAlign]
        const look = { "font-size": size, "font-weight": weight?.trim(), "text-anchor": anchor, fill: this.fillStyle }
        this.#add("text", { x, y, dy: "0.35em", ...look }, text)
    }

    /** @param {string} name @param {Object<string, any>} attributes @param {...string} children */
    #add(name, attributes, ...children) {
        const opacity = this.globalAlpha < 1 ? this.globalAlpha : null
        this.#into.append(svg(name, { ...attributes, opacity }, ...children))
    }
}

// How are the strips of a layer drawn on a sheet? Their cells as paths; numbers, x and names by `picture/`'s hands.

/** @typedef {{look: Look, theme: "light" | "dark", pin: Cell | null}} How */

const ACCENT = { light: "#12617d", dark: "#5caabf" }
// Pixels: where the names of the strips end, and their letters; a row of answers and the sides of one.
const NAMES = { end: 116, letter: 131 }
const CHIP = { height: 22, side: 6, corner: 7, sides: 14 }
const SERIF = "Georgia, 'Times New Roman', serif"

/** A line of text around a middle. @param {string} text @param {number} x @param {number} y @param {Object} how */
export const words = (text, x, y, how) => svg("text", { x, y, dy: "0.35em", ...how }, text)

/**
 * A stack from its words to its last strip; where its columns from the first to the last one in sight begin and end,
 * and its words and strips.
 *
 * @param {Stack} laid @param {number} n its place @param {Picture} picture
 * @param {number[]} columns @param {How} how
 */
export function stackDrawn(laid, n, picture, [first, last], how) {
    const { figure, places, direction, name } = laid
    const parts = { numbers: canvas(), rows: canvas(), starts: canvas(), x: canvas() }
    const inputs = { canvas: parts.x, label: canvas() }
    /** @type {Painted} */
    const stack = /** @type {any} */ ({ ...laid, ...figure, ...parts, inputs, n, columns: picture.columns })
    drawOnCells(stack, how.look.paper)
    drawInputs(stack, picture)
    drawStart(stack)
    drawRowNames(stack, how.pin, how.theme, picture.given && !direction ? START.width + START.away : 0)
    const cells = stack.data.map((_, row) => strip(stack, row))
    const title = picture.stacks.length > 1 ? [words(name, 0, -11, { ...SMALL, fill: how.look.faint })] : []
    const said = n === picture.answers?.over ? chips(stack, picture, how) : []
    const drawings = Object.values(parts).flatMap(drawn)
    const above = [...leftOut(stack, picture, how.look), ...frames(stack, how.pin)]
    return {
        parts: [...title, ...cells, ...wordsOver(stack, wordsOut(picture)), ...said, ...drawings, ...above],
        edges: columnEdges(stack, first, last),
        words: (picture.answers ?? picture.inputs)?.place.top ?? places[0].top,
        bottom: bottomOf(places) + 1,
    }
}

/** Where the columns from the first to the last one in sight begin, and the last ends.
 * @param {Parameters<typeof between>[0]} stack @param {number} first @param {number} last */
export function columnEdges(stack, first, last) {
    const edges = Array.from({ length: last + 1 - first }, (_, k) => between(stack, first + k, first + k)[0])
    return [...edges, between(stack, last, last)[1]]
}

const SMALL = { "font-size": "13px", "font-weight": 600 }

/** The cells of a strip: a path for each colour, a rectangle in it for each cell. @param {Painted} stack
 * @param {number} row */
function strip(stack, row) {
    const { data, places, layout, layer, direction, columns } = stack
    const trace = data[row]
    const { top, height } = places[row]
    const { across, down } = edgesOf(stack, row)
    /** @type {Map<string, string>} */
    const paths = new Map()
    const shade = shadesOf(trace)
    const exact = (/** @type {number} */ at) => +at.toFixed(2)
    trace.z.forEach((/** @type {Float32Array} */ values, /** @type {number} */ line) => {
        const [y, tall] = [exact(down[line]), exact(down[line + 1] - down[line])]
        if (y + tall <= top || y >= top + height) return
        values.forEach((value, column) => {
            const [x, wide] = [exact(across[column]), exact(across[column + 1] - across[column])]
            if (Number.isNaN(value) || x + wide <= 0 || x >= layout.width) return
            const { colour } = shade(value)
            paths.set(colour, `${paths.get(colour) ?? ""}M${x} ${y}h${wide}v${tall}h${-wide}z`)
        })
    })
    const box = { x: 0, y: top, width: layout.width, height, viewBox: `0 ${top} ${layout.width} ${height}` }
    const isFine = height / trace.z.length < 1 || layout.width / columns.number < 1
    const named = { "data-quantity": trace.name, "data-layer": layer, "data-direction": direction }
    const how = { ...box, ...named, "shape-rendering": isFine ? null : "crispEdges" }
    return svg("svg", how, ...Array.from(paths, ([fill, d]) => svg("path", { fill, d })))
}

/** What the model says, as strong as it is sure; what it said without a hold is struck through. @param {Painted} stack
 * @param {Picture} picture @param {How} how */
function chips(stack, picture, { look, theme }) {
    if (!picture.answers) return []
    const { place, level, shares } = picture.answers
    const middle = place.top + place.height / 2
    return saidAt(picture, stack.columns).flatMap(({ said, column, before }) => {
        const [left, right] = between(stack, column, column)
        if (right <= left) return []
        const text = shares && said.share !== null ? `${said.label} ${said.share.toFixed(2)}` : said.label
        const was = before === said.label ? [] : [svg("tspan", { dx: 4, "text-decoration": "line-through" }, before)]
        const needed = widthOf(text) + (was.length ? widthOf(before) + 4 : 0) + CHIP.sides
        const upright = !level && said.label.length > 1
        const room = right - left - 1
        const width = upright ? Math.min(room, CHIP.height) : Math.min(room, needed)
        const height = upright ? place.height - 4 : CHIP.height
        const x = (left + right) / 2
        const box = { x: x - width / 2, y: middle - height / 2, width, height, rx: Math.min(CHIP.corner, width / 4) }
        const turned = upright ? `rotate(90 ${x} ${middle - height / 2 + CHIP.side})` : null
        const how = {
            "font-size": "13px",
            fill: said.share !== null && said.share >= SURE ? look.paper : look.ink,
            "text-anchor": upright ? "start" : "middle",
            transform: turned,
        }
        const label = words(text, x, upright ? middle - height / 2 + CHIP.side : middle, how)
        label.append(...was)
        const chip = svg("rect", { ...box, fill: ACCENT[theme], "fill-opacity": strength(said.share).toFixed(2) })
        return [svg("g", { "data-answer": said.label, "data-step": said.step }, said.label ? chip : "", label)]
    })
}

/** A veil over the columns of words that are left out. @param {Painted} stack @param {Picture} picture
 * @param {Look} look */
function leftOut(stack, picture, look) {
    const { top } = stack.places[0]
    return wordsOut(picture).flatMap(step => {
        const [left, right] = between(stack, stack.columns.of(step), stack.columns.of(step))
        const box = { x: left, y: top, width: right - left, height: bottomOf(stack.places) - top }
        return right > left ? [svg("rect", { ...box, fill: look.paper, "fill-opacity": 0.85 })] : []
    })
}

/** The frame of the pinned cell in every strip, inside its cell, so that it is covered with it; of a low one its sides. @param {Painted} stack
 * @param {How["pin"]} pin */
function frames(stack, pin) {
    const place = pinnedIn(stack, pin)
    if (!place) return []
    return stack.places.flatMap((_, row) => {
        if (!(place.line in stack.data[row].z)) return []
        const { across, down } = edgesOf(stack, row)
        // Half of the line, which is two pixels wide, would stand outside.
        const [left, right] = [across[place.column] + 1, across[place.column + 1] - 1]
        const [top, bottom] = [down[place.line], down[place.line + 1]]
        const around = bottom - top < LOW ? `M${left} ${top}V${bottom}M${right} ${top}V${bottom}` : ""
        const d = around || `M${left} ${top + 1}H${right}V${bottom - 1}H${left}z`
        return [svg("path", { class: "gs-pin", d, fill: "none", stroke: PIN, "stroke-width": 2 })]
    })
}

/** The name of each strip, its letter, and the question that it answers. @param {Picture} picture @param {Look} look */
export function names({ strips, stacks, inputs }, look) {
    const name = (/** @type {string} */ title, /** @type {string} */ letter, /** @type {number} */ y) => [
        words(title, NAMES.end, y, { ...SMALL, "text-anchor": "end", fill: look.ink }),
        words(letter, NAMES.letter, y, {
            "font-size": "17px",
            "font-family": SERIF,
            "font-style": "italic",
            "text-anchor": "middle",
            fill: look.ink,
        }),
    ]
    const named = strips.flatMap(({ title, quantity, letter = quantity, question }, row) => {
        const { top, height } = stacks[0].places[row]
        const asks = height >= 30
        const middle = height > TALL ? top + 16 : top + height / 2
        const below = { "font-size": "11.5px", "text-anchor": "end", fill: look.faint }
        const asked = asks ? [words(question, NAMES.end, middle + 8, below)] : []
        return [...name(title, letter, middle - (asks ? 8 : 0)), ...asked]
    })
    return inputs ? [...named, ...name("input", "x", inputs.place.top + inputs.place.height / 2)] : named
}
