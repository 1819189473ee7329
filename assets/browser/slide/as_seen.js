/** How does a part of a page become a picture? Each surface, drawing and line of text, where the page has it. */

import { toSvg } from "../picture/sinks.js"
import { element, svg } from "../shared/element.js"

// The look of a drawing that may stand in the page's style sheets, which a file has not.
const LOOK = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "opacity"]

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/**
 * An SVG of a part of a page, laid out beside the page as wide as the picture; what is higher is made smaller.
 *
 * @param {Element} place where it stands on the page: its style sheets and colours are those of this place
 * @param {Element} part @param {number} width @param {number} high
 * @param {() => void} [shorten] takes away what there is no room for
 */
export async function asSeen(place, part, width, high, shorten) {
    const beside = element("div", { class: "gs-on-slide", "aria-hidden": true }, part)
    beside.style.width = `${width}px`
    place.append(beside)
    // What is shown in so much room is known two frames later.
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    shorten?.()
    const { x, y, height } = part.getBoundingClientRect()
    const all = { width, height: high, viewBox: `0 0 ${width} ${Math.max(high, height)}` }
    const whole = svg("svg", { ...all, preserveAspectRatio: "xMinYMin" }, ...seen(part, { x, y }))
    beside.remove()
    // Who places the picture gives it a box of its own.
    return svg("svg", { width, height: high, viewBox: `0 0 ${width} ${high}` }, whole)
}

/** A part as SVG elements, in pixels from a point. @param {Element} part @param {{x: number, y: number}} from
 * @returns {Element[]} */
export function seen(part, from) {
    const style = getComputedStyle(part)
    const { x, y, width, height } = part.getBoundingClientRect()
    // What is for the ear alone is a pixel wide.
    if (!part.checkVisibility() || (width > 0 && width < 2)) return []
    const box = { x: x - from.x, y: y - from.y, width, height }
    if (part instanceof SVGElement) return [drawing(part, box)]
    if (part instanceof HTMLCanvasElement) return [painted(part, from)]
    const inside = [...part.childNodes].flatMap(child => {
        if (child instanceof Element) return seen(child, from)
        return child instanceof Text ? linesOf(child, style, from) : []
    })
    const all = [...surface(style, box), ...inside]
    const [label, step] = ["data-answer", "data-step"].map(name => part.getAttribute(name))
    return label === null ? all : [svg("g", { "data-answer": label, "data-step": step }, ...all)]
}

/** A part's ground, its ramp of colours, its frame. @param {CSSStyleDeclaration} style @param {Box} box */
function surface(style, box) {
    const made = []
    const round = { ...box, rx: Number.parseFloat(style.borderRadius) || 0 }
    if (opacityOf(style.backgroundColor)) made.push(svg("rect", { ...round, ...paint("fill", style.backgroundColor) }))
    const colours = /^linear-gradient/.test(style.backgroundImage) && style.backgroundImage.match(/rgba?\([^)]*\)/g)
    if (colours) made.push(...ramp(colours, round))
    const framed = style.outlineStyle === "none" ? style.borderLeftWidth : style.outlineWidth
    const colour = style.outlineStyle === "none" ? style.borderLeftColor : style.outlineColor
    const line = Number.parseFloat(framed)
    if (line && opacityOf(colour)) {
        // All of a border is inside its part; a low part may have one at its sides alone.
        const [left, right] = [box.x + line / 2, box.x + box.width - line / 2]
        const [top, bottom] = [box.y + line / 2, box.y + box.height - line / 2]
        const sides = style.outlineStyle === "none" && !Number.parseFloat(style.borderTopWidth)
        const inside = { x: left, y: top, width: right - left, height: bottom - top, rx: round.rx }
        const how = { fill: "none", "stroke-width": line, ...paint("stroke", colour) }
        const d = `M${left} ${box.y}V${box.y + box.height}M${right} ${box.y}V${box.y + box.height}`
        made.push(sides ? svg("path", { d, ...how }) : svg("rect", { ...inside, ...how }))
    }
    return made
}

/** Colours that pass into each other, from left to right. @param {string[]} colours @param {Box & {rx: number}} box */
function ramp(colours, box) {
    ramps += 1
    const id = `gs-ramp-${ramps}`
    const last = Math.max(1, colours.length - 1)
    const stops = colours.map((colour, k) => svg("stop", { offset: k / last, ...paint("stop-color", colour) }))
    return [svg("linearGradient", { id }, ...stops), svg("rect", { ...box, fill: `url(#${id})` })]
}
let ramps = 0

/** What a list of shapes has painted, from the place of which its pixels count.
 * @param {HTMLCanvasElement & {shapes?: import("../picture/cells.js").Shape[]}} canvas
 * @param {{x: number, y: number}} from */
function painted({ shapes = [], parentElement }, from) {
    const { x, y } = /** @type {Element} */ (parentElement).getBoundingClientRect()
    return svg("g", { transform: `translate(${x - from.x} ${y - from.y})` }, ...toSvg(shapes))
}

/** A drawing of the page, with the look that it has there. @param {SVGElement} part @param {Box} box */
function drawing(part, box) {
    const copy = /** @type {SVGElement} */ (part.cloneNode(true))
    const copies = [copy, .../** @type {NodeListOf<SVGElement>} */ (copy.querySelectorAll("*"))]
    for (const [at, one] of [part, ...part.querySelectorAll("*")].entries()) {
        const style = getComputedStyle(one)
        for (const name of LOOK) copies[at].style.setProperty(name, style.getPropertyValue(name))
        if (one instanceof SVGTextContentElement) letters(copies[at], style)
    }
    for (const [name, value] of Object.entries(box)) copy.setAttribute(name, `${value}`)
    copy.style.overflow = getComputedStyle(part).overflow
    return copy
}

/** The lines of a text, as they are broken and cut on the page. @param {Text} text @param {CSSStyleDeclaration} style
 * @param {{x: number, y: number}} from */
function linesOf(text, style, from) {
    /** @type {{said: string, x: number, y: number, right: number}[]} */
    const lines = []
    const range = document.createRange()
    if (style.writingMode.startsWith("vertical")) return [upright(text, range, style, from)]
    for (const { 0: word, index } of text.data.matchAll(/\S+\s*/g)) {
        range.setStart(text, index)
        range.setEnd(text, index + word.trimEnd().length)
        const { left, right, top } = range.getBoundingClientRect()
        const last = lines.at(-1)
        if (last && Math.abs(last.y - top) < 2) Object.assign(last, { said: last.said + word, right })
        else lines.push({ said: word, x: left, y: top, right })
    }
    PEN.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    const { fontBoundingBoxAscent: up } = PEN.measureText("x")
    return lines.map(({ said, x, y, right }) =>
        written(cut(said, right - x, text), { x: x - from.x, y: y - from.y + up }, style),
    )
}

/** A text from above to below. @param {Text} text @param {Range} range @param {CSSStyleDeclaration} style
 * @param {{x: number, y: number}} from */
function upright(text, range, style, from) {
    range.selectNode(text)
    const { left, width, top } = range.getBoundingClientRect()
    const [x, y] = [left + width / 2 - from.x, top - from.y]
    return written(text.data, { x, y, dy: "0.35em", transform: `rotate(90 ${x} ${y})` }, style)
}

/** @param {string} said @param {Object<string, any>} where @param {CSSStyleDeclaration} style */
function written(said, where, style) {
    const line = svg("text", { ...where, ...paint("fill", style.color) }, said)
    letters(line, style)
    return line
}

/** As much of a line as its place on the page shows. @param {string} said @param {number} wide @param {Text} text */
function cut(said, wide, { parentElement: place }) {
    const room = place && getComputedStyle(place).textOverflow === "ellipsis" ? place.clientWidth : wide
    const whole = said.trimEnd()
    return wide <= room + 1 ? whole : `${whole.slice(0, Math.floor((whole.length * room) / wide) - 1)}…`
}

/** @param {SVGElement} line @param {CSSStyleDeclaration} style */
function letters(line, { fontFamily, fontSize, fontStyle, fontWeight, textDecorationLine }) {
    Object.assign(line.style, { fontFamily, fontSize, fontStyle, fontWeight, textDecorationLine, whiteSpace: "pre" })
}

/** What measures letters and reads colours. */
const PEN = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d", { willReadFrequently: true })
)

/** A colour of the page as every program reads it. @param {string} colour */
function channelsOf(colour) {
    PEN.clearRect(0, 0, 1, 1)
    PEN.fillStyle = colour
    PEN.fillRect(0, 0, 1, 1)
    return PEN.getImageData(0, 0, 1, 1).data
}

/** @param {string} colour */
const opacityOf = colour => channelsOf(colour)[3] / 255

/** @param {"fill" | "stroke" | "stop-color"} what @param {string} colour */
function paint(what, colour) {
    const [red, green, blue] = channelsOf(colour)
    const opacity = `${what.replace("-color", "")}-opacity`
    return { [what]: `rgb(${red},${green},${blue})`, [opacity]: opacityOf(colour).toFixed(3) }
}
