/** How does a part of a page become a picture? Each surface, drawing and line of text, where the page has it. */

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
    const seen = svg("svg", { ...all, preserveAspectRatio: "xMinYMin" }, ...drawn(part, { x, y }))
    beside.remove()
    // Who places the picture gives it a box of its own.
    return svg("svg", { width, height: high, viewBox: `0 0 ${width} ${high}` }, seen)
}

/** @param {Element} part @param {{x: number, y: number}} from @returns {Element[]} */
function drawn(part, from) {
    const style = getComputedStyle(part)
    const { x, y, width, height } = part.getBoundingClientRect()
    if (style.display === "none" || width < 2) return []
    const box = { x: x - from.x, y: y - from.y, width, height }
    if (part instanceof SVGElement) return [drawing(part, box)]
    const inside = [...part.childNodes].flatMap(child => {
        if (child instanceof Element) return drawn(child, from)
        return child instanceof Text ? linesOf(child, style, from) : []
    })
    return [...surface(style, box), ...inside]
}

/** A part's ground, its ramp of colours, its frame. @param {CSSStyleDeclaration} style @param {Box} box */
function surface(style, box) {
    const made = []
    const round = { ...box, rx: Number.parseFloat(style.borderRadius) || 0 }
    if (opacityOf(style.backgroundColor)) made.push(svg("rect", { ...round, ...paint("fill", style.backgroundColor) }))
    const ramp = style.backgroundImage.match(/rgba?\([^)]*\)/g) ?? []
    for (const [at, colour] of ramp.entries()) {
        const wide = box.width / ramp.length
        made.push(svg("rect", { ...box, x: box.x + at * wide, width: wide + 0.5, ...paint("fill", colour) }))
    }
    const framed = style.outlineStyle === "none" ? style.borderLeftWidth : style.outlineWidth
    const colour = style.outlineStyle === "none" ? style.borderLeftColor : style.outlineColor
    if (Number.parseFloat(framed) && opacityOf(colour)) {
        made.push(svg("rect", { ...round, fill: "none", "stroke-width": framed, ...paint("stroke", colour) }))
    }
    return made
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
    return copy
}

/** The lines of a text, as they are broken and cut on the page. @param {Text} text @param {CSSStyleDeclaration} style
 * @param {{x: number, y: number}} from */
function linesOf(text, style, from) {
    /** @type {{said: string, x: number, y: number, right: number}[]} */
    const lines = []
    const range = document.createRange()
    for (const { 0: word, index } of text.data.matchAll(/\S+\s*/g)) {
        range.setStart(text, index)
        range.setEnd(text, index + word.trimEnd().length)
        const { left, right, top } = range.getBoundingClientRect()
        const last = lines.at(-1)
        if (last && Math.abs(last.y - top) < 2) Object.assign(last, { said: last.said + word, right })
        else lines.push({ said: word, x: left, y: top, right })
    }
    const pen = /** @type {CanvasRenderingContext2D} */ (PEN.getContext("2d"))
    pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    const { fontBoundingBoxAscent: up } = pen.measureText("x")
    return lines.map(({ said, x, y, right }) => {
        const line = svg(
            "text",
            { x: x - from.x, y: y - from.y + up, ...paint("fill", style.color) },
            cut(said, right - x, text),
        )
        letters(line, style)
        return line
    })
}

/** As much of a line as its place on the page shows. @param {string} said @param {number} wide @param {Text} text */
function cut(said, wide, { parentElement: place }) {
    const room = place && getComputedStyle(place).textOverflow === "ellipsis" ? place.clientWidth : wide
    const whole = said.trimEnd()
    return wide <= room + 1 ? whole : `${whole.slice(0, Math.floor((whole.length * room) / wide) - 1)}…`
}

/** @param {SVGElement} line @param {CSSStyleDeclaration} style */
function letters(line, { fontFamily, fontSize, fontStyle, fontWeight }) {
    Object.assign(line.style, { fontFamily, fontSize, fontStyle, fontWeight, whiteSpace: "pre" })
}

const PEN = document.createElement("canvas")

/** A colour of the page as every program reads it. @param {string} colour */
function channelsOf(colour) {
    const pen = /** @type {CanvasRenderingContext2D} */ (PEN.getContext("2d", { willReadFrequently: true }))
    pen.clearRect(0, 0, 1, 1)
    pen.fillStyle = colour
    pen.fillRect(0, 0, 1, 1)
    return pen.getImageData(0, 0, 1, 1).data
}

/** @param {string} colour */
const opacityOf = colour => channelsOf(colour)[3] / 255

/** @param {"fill" | "stroke"} what @param {string} colour */
function paint(what, colour) {
    const [red, green, blue] = channelsOf(colour)
    return { [what]: `rgb(${red},${green},${blue})`, [`${what}-opacity`]: opacityOf(colour).toFixed(3) }
}
