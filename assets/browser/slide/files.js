/**
 * How does a sheet become a file? With a frame of words, the page's letters inside, or painted in pixels; all in the
 * browser, of what is on screen.
 */

import { svg } from "../shared/element.js"

// What stands on a sheet beside its pictures? A name, a line on what is shown, and how it was made.

/** @typedef {{width: number, height: number, least: number}} Size Pixels; `least`: those of the smallest letters. */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */
/** @typedef {{title: string, question: string, made: string}} Says */

/** A slide is read from the last row. @type {Size} */
export const SLIDE = { width: 1280, height: 720, least: 14 }
export const SIDE = 24
export const LINE = 1.3
// How wide a letter is, for its size.
const WIDE = 0.5
export const LETTERS = "'Source Sans', 'Source Sans 3', 'Noto Sans', Arial, sans-serif"

/**
 * A sheet without pictures, the box that is left for them, and where its second line stands.
 *
 * @param {Says} says @param {{ink: string, paper: string}} colours
 */
export function paper({ title, question, made }, { ink, paper: white }) {
    const { width, height, least } = SLIDE
    const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": LETTERS })
    root.append(svg("rect", { width, height, fill: white }))
    const room = width - 2 * SIDE
    const linesOf = (/** @type {string} */ text, /** @type {number} */ size) =>
        wrapped(text, Math.floor(room / (WIDE * size)))
    /** Writes a text from a height on; answers where it ends.
     * @type {(text: string, size: number, top: number, look: Object) => number} */
    const write = (text, size, top, look) => {
        const lines = linesOf(text, size).map((line, at) => {
            const where = { x: SIDE, y: top + (at + 0.8) * size * LINE }
            return svg("text", { ...where, "font-size": `${size}px`, fill: ink, ...look }, line)
        })
        root.append(...lines)
        return top + lines.length * size * LINE
    }
    const faint = { opacity: 0.75 }
    const told = write(title, least + 8, SIDE - 4, { "font-weight": "bold" }) + 2
    const top = write(question === title ? "" : question, least + 1, told, faint) + 8
    const bottom = height - linesOf(made, least).length * least * LINE - SIDE / 2
    write(made, least, bottom, faint)
    return { root, told, box: { left: SIDE, top, width: room, height: bottom - 8 - top } }
}

/** A drawing at its place on a sheet. @param {SVGElement} drawing @param {{x: number, y: number, height: number}} place */
export function placed(drawing, { x, y, height }) {
    for (const [name, value] of Object.entries({ x, y, height })) drawing.setAttribute(name, `${value}`)
    return drawing
}

/** A text in lines of at most so many letters, without signs that an SVG can't have. @param {string} text
 * @param {number} most */
export function wrapped(text, most) {
    const lines = [""]
    for (const word of text.split(/[\s\p{Cc}]+/u).filter(Boolean)) {
        const line = lines[lines.length - 1]
        if (line && line.length + 1 + word.length > most) lines.push(word)
        else lines[lines.length - 1] = line ? `${line} ${word}` : word
    }
    return lines.filter(Boolean)
}

// How does a file bring the page's letters along? Inside: a picture in a file can't ask for a font.

/** The rule for the page's own font; "" if it has none. @returns {Promise<string>} */
export async function fontFace() {
    const [family] = getComputedStyle(document.querySelector(".stApp") ?? document.body).fontFamily.split(",")
    const rules = [...document.styleSheets].flatMap(({ cssRules }) => [...cssRules])
    const rule = rules.find(({ cssText }) => /^@font-face/.test(cssText) && isUpright(cssText, family))
    const [, source] = /url\("?([^")]+)/.exec(rule?.cssText ?? "") ?? []
    if (!source) return ""
    const font = await (await fetch(new URL(source, rule?.parentStyleSheet?.href ?? location.href))).blob()
    const address = await new Promise(read => {
        const reader = new FileReader()
        reader.onload = () => read(reader.result)
        reader.readAsDataURL(font)
    })
    return `@font-face { font-family: ${family}; font-weight: 100 900; src: url(${address}) }`
}

/** @param {string} rule @param {string} family */
const isUpright = (rule, family) => rule.includes(`font-family: ${family};`) && !rule.includes("font-style: italic")

// How is a sheet painted in pixels?

/**
 * A canvas with the SVG of a slide, so many times as fine.
 *
 * @param {string} text @param {number} fine
 */
export async function bitmap(text, fine) {
    const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }))
    const picture = new Image()
    picture.src = address
    await picture.decode()
    URL.revokeObjectURL(address)
    const canvas = document.createElement("canvas")
    Object.assign(canvas, { width: fine * SLIDE.width, height: fine * SLIDE.height })
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    return canvas
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
export function png(canvas) {
    return new Promise((made, failed) =>
        canvas.toBlob(blob => (blob ? made(blob) : failed(new Error("The browser could not paint it."))), "image/png"),
    )
}

// How does a sheet become a file? All are made in the browser, of what is on screen.

// Pixels of a file for each of a sheet.
const FINE = 2

/** A sheet as a file. @param {string} kind "svg" or "png" @param {SVGElement} root @returns {Promise<Blob>} */
export async function sheetFile(kind, root) {
    const written = await textOf(root)
    if (kind === "svg") return text(written, "image/svg+xml")
    return png(await bitmap(written, FINE))
}

/** A sheet as the text of an SVG, with its letters. @param {SVGElement} root */
export async function textOf(root) {
    root.prepend(svg("style", {}, await fontFace()))
    return new XMLSerializer().serializeToString(root)
}

/** @param {string} content @param {string} type */
export const text = (content, type) => new Blob([content], { type })
