/**
 * What does a page say and show? Its words, what its controls say, and of each drawing what it is made of and where.
 */

import { Part } from "./page.js"

const CONTROLS = ["input", "select", "textarea"]
const ROWS = ["tr", "li", "p", "dt", "dd", "summary", "figcaption"]
const INLINE = ["span", "b", "i", "em", "strong", "sub", "sup", "small", "code", "a", "br", "kbd"]
const round = number => `${Math.round(number)}`

/** What is seen within a part, from top to bottom: a text, a control or a drawing a line. @returns {string[]} */
export function linesOf(part) {
    if (!(part instanceof Part)) return part.textContent.trim() ? [`“${part.textContent.trim()}”`] : []
    if (part.hidden || ["style", "script", "option"].includes(part.localName)) return []
    const name = part.getAttribute("aria-label") ?? ""
    if (CONTROLS.includes(part.localName))
        return name.includes("view") ? [] : [`${name || part.id || part.className}: ${part.checked || part.value}`]
    if (ROWS.includes(part.localName)) return [wordsOf(part)].filter(Boolean)
    const within = part.localName === "svg" ? svgLines(part) : part.pen ? paintedBy(part) : []
    const asOne = part.children.every(child => INLINE.includes(child.localName) && !child.children.length)
    const words = asOne ? part.textContent.trim() : ""
    const own = words || name ? [`${part.localName === "button" ? "button " : ""}${name && `${name} `}“${words}”`] : []
    if (within.length) return [...own, ...within]
    return asOne ? own : [...own, ...part.childNodes.flatMap(linesOf)]
}

/** The words of a row, one after the other. */
const wordsOf = part =>
    part instanceof Part
        ? part.hidden || part.localName === "option"
            ? ""
            : part.childNodes.map(wordsOf).filter(Boolean).join(" ")
        : part.textContent.trim()

/** An SVG: how many parts of each kind it has and around which point they are, and its words. */
function svgLines(svg) {
    const parts = svg
        .querySelectorAll("*")
        .filter(({ localName }) => !["g", "title", "defs", "tspan"].includes(localName))
    const lines = [...new Set(parts.map(({ localName }) => localName))].map(kind => {
        const own = parts.filter(({ localName }) => localName === kind)
        const at = names => own.flatMap(part => names.map(name => Number.parseFloat(part.getAttribute(name))))
        const paths = own.flatMap(part => (part.getAttribute("d") ?? "").match(/-?\d+\.?\d*/g) ?? []).map(Number)
        const [x, y] = [at(["x", "x1", "x2", "cx"]), at(["y", "y1", "y2", "cy"])].map(middle)
        return `${own.length} ${kind} around ${x} ${y}${paths.length ? ` and ${middle(paths)}` : ""}`
    })
    const words = svg.querySelectorAll("text").map(text => text.textContent)
    return [`drawing ${svg.className}: ${lines.join(", ")}: ${someOf(words)}`]
}

/** The first of many words. @param {string[]} words */
const someOf = words => words.slice(0, 9).join("|") + (words.length > 9 ? ` and ${words.length - 9} more` : "")

/** The middle of the numbers that are there. @param {number[]} numbers */
function middle(numbers) {
    const found = numbers.filter(Number.isFinite)
    return round(found.reduce((sum, one) => sum + one, 0) / Math.max(1, found.length))
}

/** What a pen has done since it was last looked at: how often, in which colours, around which point, and its words. */
function paintedBy(canvas) {
    const calls = canvas.pen.calls.splice(0)
    return [...new Set(calls.map(([name]) => name))].map(name => {
        const own = calls.filter(([called]) => called === name).map(([, ...given]) => given)
        const given = own.map(one => one.slice(0, -1))
        const colours = [...new Set(own.map(one => `${one.at(-1).fill}`))].filter(Boolean).slice(0, 4)
        const words = given.flat().filter(one => typeof one === "string")
        const places = [0, 1, 2, 3].map(k => given.map(one => one.filter(value => typeof value === "number")[k]))
        const around = places.filter(all => all.some(Number.isFinite)).map(middle)
        return `paints ${canvas.className} ${name} ${own.length} around ${around.join(" ")} ${colours.join(" ")} ${someOf(words)}`.trim()
    })
}

/** What Plotly is given, in short: its heatmaps or lines, and where they are. */
export function figureOf({ data, layout }) {
    const traces = data.map(
        ({ name, type, z, y }) => `${name ?? type} ${z ? `${z.length}×${z[0]?.length}` : y?.length}`,
    )
    const { width, height, xaxis } = layout
    return `${traces.join(", ")} in ${round(width)}×${round(height)}, columns ${xaxis?.range?.join(" to ")}`
}

/** Parts have a place, as in a browser: where their style says, else below the one before them. */
export function withPlaces({ width, height }) {
    const whole = { left: 0, top: 0, width, height }
    const pixels = (part, name) => {
        const said = Number.parseFloat(part.style[name] ?? "")
        return Number.isFinite(said) ? said : null
    }
    const sized = (part, name) => pixels(part, name) ?? (+part.getAttribute(name) || (part.pen && part[name]) || null)
    const placeOf = part => {
        if (part.box) return part.box
        const around = part.parentNode
        if (!around) return part === document.documentElement ? whole : { left: 0, top: 0, width: 0, height: 0 }
        const outer = placeOf(around)
        if (part.hidden) return { left: 0, top: 0, width: 0, height: 0 }
        const at = around.children.indexOf(part)
        const left = outer.left + (pixels(part, "left") ?? (+part.getAttribute("x") || 0))
        const top = outer.top + (pixels(part, "top") ?? (+part.getAttribute("y") || 7 * at))
        return { left, top, width: sized(part, "width") ?? outer.width, height: sized(part, "height") ?? 24 }
    }
    Part.prototype.getBoundingClientRect = function () {
        const { left = 0, top = 0, width = 0, height = 0 } = placeOf(this)
        return { left, top, x: left, y: top, width, height, right: left + width, bottom: top + height }
    }
    for (const name of ["clientWidth", "offsetWidth", "scrollWidth", "clientHeight", "offsetHeight", "scrollHeight"]) {
        const side = name.endsWith("Width") ? "width" : "height"
        Object.defineProperty(Part.prototype, name, {
            configurable: true,
            get() {
                return placeOf(this)[side] ?? 0
            },
        })
    }
}

const NUMBER = /(-?\d+(?:\.\d+)?(?:e-?\d+)?)/

/** Whether two lines say the same: another processor rounds a last digit differently. */
export function areAlike(one = "", other = "") {
    const [a, b] = [one, other].map(line => line.split(NUMBER))
    return a.length === b.length && a.every((part, k) => part === b[k] || (k % 2 === 1 && isNear(part, b[k])))
}
const isNear = (one, other) => Math.abs(one - other) <= 1.01 * 10 ** -(one.split(".")[1] ?? "").length
