/** How is a list of shapes painted, and how is it written into a file? On a canvas, as sharp as the screen; as SVG. */

import { FAMILY } from "../layout/step_axis.js"
import { element, svg } from "../shared/element.js"
import { penOf } from "../shared/page.js"

/** @typedef {import("./cells.js").Shape} Shape */
/** @typedef {import("./cells.js").Cells} Cells */

// How is a list painted on a canvas?

/** Paints shapes on a canvas over a box of their pixels; the canvas keeps them for a file.
 * @param {HTMLCanvasElement & {shapes?: Shape[]}} canvas @param {Shape[]} shapes
 * @param {{left: number, top: number, width: number, height: number}} box */
export function toCanvas(canvas, shapes, box) {
    const pen = penOf(canvas, box)
    pen.translate(-box.left, -box.top)
    pen.textBaseline = "middle"
    canvas.shapes = shapes
    paint(pen, shapes)
}

/** @param {CanvasRenderingContext2D} pen @param {Shape[]} shapes */
function paint(pen, shapes) {
    let font = ""
    for (const shape of shapes) {
        if (shape.kind === "cells") paintCells(pen, shape)
        else if (shape.kind === "part") {
            pen.save()
            pen.beginPath()
            pen.rect(shape.x, shape.y, shape.width, shape.height)
            pen.clip()
            paint(pen, shape.shapes)
            pen.restore()
        } else if (shape.kind === "text") {
            const { text, x, y, size, weight = 400, fill, alpha = 1, anchor = "start" } = shape
            const wanted = `${weight} ${size}px ${FAMILY}`
            // To set one takes longer than to write a number.
            if (wanted !== font) pen.font = font = wanted
            pen.textAlign = anchor === "middle" ? "center" : anchor
            pen.fillStyle = fill
            pen.globalAlpha = alpha
            pen.fillText(text, x, y)
        } else if (shape.kind === "line") {
            const { points, stroke, width = 1, dash = [] } = shape
            pen.save()
            Object.assign(pen, { strokeStyle: stroke, lineWidth: width, lineCap: "round" })
            pen.setLineDash(dash)
            pen.beginPath()
            for (const [x, y, isOn] of unbroken(points)) isOn ? pen.lineTo(x, y) : pen.moveTo(x, y)
            pen.stroke()
            pen.restore()
        } else {
            const { x, y, width, height, fill, line = "", alpha = 1, round = 0 } = shape
            Object.assign(pen, { fillStyle: fill ?? "", strokeStyle: line, globalAlpha: alpha })
            pen.beginPath()
            pen.roundRect(x, y, width, height, round)
            if (fill) pen.fill()
            else pen.stroke()
        }
        pen.globalAlpha = 1
    }
}

/** The points that are there, each with whether the one before it is. @param {number[][]} points
 * @returns {[number, number, boolean][]} */
const unbroken = points =>
    points.flatMap(([x, y], k) => (Number.isNaN(y) ? [] : [[x, y, k > 0 && !Number.isNaN(points[k - 1][1])]]))

/** A strip's pixels on their way: to make a canvas takes longer than to fill it. @type {HTMLCanvasElement | null} */
let spare = null

/** The cells' colours: a pixel each, drawn as large as its cell; then the gaps are cleared.
 * @param {CanvasRenderingContext2D} pen @param {Cells} cells */
function paintCells(pen, { z, across, down, gaps, shade }) {
    const columns = across.length - 1
    if (!z.length || !columns) return
    spare ??= /** @type {HTMLCanvasElement} */ (element("canvas"))
    Object.assign(spare, { width: columns, height: z.length })
    const into = /** @type {CanvasRenderingContext2D} */ (spare.getContext("2d"))
    const image = into.createImageData(columns, z.length)
    const pixels = new Uint32Array(image.data.buffer)
    z.forEach((values, line) => {
        for (let column = 0; column < values.length; column++) {
            // Without a number there is no colour.
            if (!Number.isNaN(values[column])) pixels[line * columns + column] = shade(values[column]).pixel
        }
    })
    into.putImageData(image, 0, 0)
    pen.imageSmoothingEnabled = false
    // The last bin of steps may be a part of one: it is as wide as the others, and its end out of sight.
    const width = (across[1] - across[0]) * columns
    const height = down[z.length] - down[0]
    pen.drawImage(spare, across[0], down[0], width, height)
    if (gaps[0]) for (const x of across) pen.clearRect(Math.round(x) - 1, down[0], gaps[0], height)
    if (gaps[1]) for (const y of down) pen.clearRect(across[0], Math.round(y) - Math.ceil(gaps[1] / 2), width, gaps[1])
}

// How is a list written as SVG?

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

const ALL = { x: -1e9, y: -1e9, width: 2e9, height: 2e9 }

/** The elements of some shapes, and of their cells those within a box. @param {Shape[]} shapes @param {Box} box
 * @returns {SVGElement[]} */
export const toSvg = (shapes, box = ALL) => shapes.flatMap(shape => elementsOf(shape, box))

/** @param {Shape} shape @param {Box} within @returns {SVGElement[]} */
function elementsOf(shape, within) {
    if (shape.kind === "cells") return pathsOf(shape, within)
    if (shape.kind === "part") {
        const { x, y, width, height, about, shapes } = shape
        const box = { x, y, width, height, viewBox: `${x} ${y} ${width} ${height}` }
        return [svg("svg", { ...box, ...about }, ...toSvg(shapes, shape))]
    }
    if (shape.kind === "text") {
        const { text, x, y, size, weight, fill, alpha, anchor, turn, struck } = shape
        const letters = { "font-size": `${size}px`, "font-weight": weight, "text-anchor": anchor }
        const how = { fill, opacity: alpha, transform: turn, "text-decoration": struck && "line-through" }
        return [svg("text", { x, y, dy: "0.35em", ...letters, ...how }, text)]
    }
    if (shape.kind === "line") {
        const { points, stroke, width, dash } = shape
        const d = unbroken(points).map(([x, y, isOn]) => `${isOn ? "L" : "M"}${exact(x)} ${exact(y)}`)
        const how = { fill: "none", stroke, "stroke-width": width, "stroke-linecap": "round" }
        return [svg("path", { d: d.join(""), ...how, "stroke-dasharray": dash?.join(" ") })]
    }
    const { x, y, width, height, fill = "none", line, alpha, round } = shape
    return [svg("rect", { x, y, width, height, rx: round, fill, stroke: line, opacity: alpha })]
}

const exact = (/** @type {number} */ at) => +at.toFixed(2)

/** A path for each colour, a rectangle in it for each cell in a box. @param {Cells} cells @param {Box} box */
function pathsOf({ z, across, down, gaps, shade }, box) {
    /** @type {Map<string, string>} */
    const paths = new Map()
    const [high, wide] = [down[1] - down[0], across[1] - across[0]]
    const isIn = (/** @type {number[]} */ edges, /** @type {number} */ k, from = 0, size = 0) =>
        edges[k + 1] > from + 0.01 && edges[k] < from + size - 0.01
    z.forEach((values, line) => {
        if (!isIn(down, line, box.y, box.height)) return
        const y = exact(down[line] + Math.floor(gaps[1] / 2))
        Array.from(values).forEach((value, column) => {
            if (Number.isNaN(value) || !isIn(across, column, box.x, box.width)) return
            const width = exact(across[column + 1] - across[column] - gaps[0])
            const { colour } = shade(value)
            const rectangle = `M${exact(across[column])} ${y}h${width}v${exact(high - gaps[1])}h${-width}z`
            paths.set(colour, (paths.get(colour) ?? "") + rectangle)
        })
    })
    const crisp = high < 1 || wide < 1 ? null : "crispEdges"
    return Array.from(paths, ([fill, d]) => svg("path", { fill, d, "shape-rendering": crisp }))
}
