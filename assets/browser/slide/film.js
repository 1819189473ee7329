/** How is a sheet played as a GIF? It is painted once, what is not read yet is blank, and gifenc writes the frames. */

import { GIFEncoder, nearestColorIndex, quantize } from "../../vendor/gifenc.js"
import { PIN } from "../picture/cells.js"
import { LETTERS, SIDE } from "../slide/files.js"

// What is in each frame? The sheet, and over it blank paper where nothing is read yet.

/**
 * A part of a sheet over the steps, in pixels: where its columns begin and the last one ends; from `top` to `words` are
 * words, from there to `bottom` values; `direction` 1 is read from the right.
 *
 * @typedef {{edges: number[], top: number, words: number, bottom: number, direction: number}} Area
 *
 * How a sheet is played: `number` columns in each area, and a sentence for each, where the sheet has one on the pinned
 * cell; `beside` is the place of that cell's drawing.
 *
 * @typedef {{lines: string[], cells: Cell[], beside: Box, top: number, letters: number}} Story
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {{number: number, areas: Area[], story: Story | null, paper: string, ink: string}} Played
 *
 * Frames of so many pixels: `stays(frame)` the milliseconds that one stays, `paint(frame)` a canvas with it.
 *
 * @typedef {{width: number, height: number, number: number, stays: (frame: number) => number,
 *     paint: (frame: number) => Promise<HTMLCanvasElement>}} Frames
 */

// How much covers the words that are not read yet.
const FAINT = 0.75
// The last slanted word leans out of its column to the right, in pixels.
const LEANS = 80
// Pixels of the pinned cell's frame that stand beside the strips and above them.
const FRAME = 4
// Most milliseconds of a step, and of all steps together; and those of the whole picture at the end.
const STEP = 700
const WHOLE = 40_000
const HOLD = 2_500

/**
 * A frame for each step, and at the end one that holds the whole picture.
 *
 * `cellOf(frame)` paints the pinned unit's cell at a step, on a sheet of its own.
 *
 * @param {CanvasImageSource} picture @param {{width: number, height: number}} size @param {Played} played
 * @param {(frame: number) => Promise<CanvasImageSource | null>} cellOf @returns {Frames}
 */
export function framesOf(picture, { width, height }, { number, areas, story, paper, ink }, cellOf) {
    const canvas = Object.assign(document.createElement("canvas"), { width, height })
    const how = { willReadFrequently: true, alpha: false }
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", how))
    const paint = async (/** @type {number} */ frame) => {
        Object.assign(pen, { globalAlpha: 1, fillStyle: paper, strokeStyle: PIN, lineWidth: 2 })
        pen.drawImage(picture, 0, 0, width, height)
        if (frame === number) return canvas
        for (const { edges, top, words, bottom, direction } of frame < number - 1 ? areas : []) {
            const [from, to] = direction ? [edges[0], edges[number - frame - 1]] : [edges[frame + 1], edges[number]]
            pen.globalAlpha = 1
            pen.fillRect(from - direction * FRAME, words - FRAME, to - from + FRAME, bottom - words + FRAME)
            pen.globalAlpha = FAINT
            pen.fillRect(from, top, to - from + (direction ? 0 : LEANS), words - top)
        }
        pen.globalAlpha = 1
        for (const { edges, words, bottom, direction } of areas) {
            const at = direction ? number - frame - 1 : frame
            pen.strokeRect(edges[at], words, edges[at + 1] - edges[at], bottom - words)
        }
        if (story) await tell(story, frame)
        return canvas
    }

    /** Writes and draws what the pinned unit does at this step. @param {Story} story @param {number} frame */
    async function tell({ lines, beside, top, letters }, frame) {
        const cell = await cellOf(frame)
        pen.fillRect(beside.x, beside.y, beside.width, beside.height)
        if (cell) pen.drawImage(cell, 0, 0, width, height)
        pen.fillRect(0, top, width, 1.4 * letters)
        const look = { fillStyle: ink, font: `${letters}px ${LETTERS}`, textBaseline: "middle" }
        Object.assign(pen, { globalAlpha: 0.75, ...look })
        pen.fillText(lines[frame], SIDE, top + 0.7 * letters, width - 2 * SIDE)
    }

    const stay = Math.min(STEP, WHOLE / number)
    return { width, height, number: number + 1, stays: frame => (frame < number ? stay : HOLD), paint }
}

// How do the frames become a file?

// One colour of 256 stands for what is as in the frame before.
const KEPT = 255
// The commonest colours are those of cells, and stay as they are.
const COMMON = 160

/**
 * A GIF of the frames that plays for ever; `told(done)` is called after each frame.
 *
 * @param {Frames} frames @param {(done: number) => void} told
 */
export async function gifOf(frames, told) {
    const { width, height } = frames
    const colours = coloursOf(await pixelsOf(frames, frames.number - 2))
    const palette = Array.from({ length: KEPT + 1 }, (_, place) => colours[place] ?? [0, 0, 0])
    /** @type {Map<number, number>} */
    const known = new Map()
    const placeOf = (/** @type {number} */ pixel) => {
        const place = known.get(pixel) ?? nearestColorIndex(colours, channels(pixel))
        known.set(pixel, place)
        return place
    }
    const gif = GIFEncoder()
    let before = new Uint32Array(0)
    for (let number = 0; number < frames.number; number += 1) {
        const pixels = await pixelsOf(frames, number)
        const now = new Uint32Array(pixels.buffer)
        const places = Uint8Array.from(now, (pixel, at) => (pixel === before[at] ? KEPT : placeOf(pixel)))
        const kept = number ? { transparent: true, transparentIndex: KEPT, dispose: 1 } : { palette }
        gif.writeFrame(places, width, height, { ...kept, delay: frames.stays(number) })
        before = now
        told(number + 1)
        // The page stays alive meanwhile.
        await new Promise(rested => setTimeout(rested))
    }
    gif.finish()
    return new Blob([gif.bytes()], { type: "image/gif" })
}

/** A frame's pixels, four bytes each. @param {Frames} frames @param {number} number */
async function pixelsOf(frames, number) {
    const pen = /** @type {CanvasRenderingContext2D} */ ((await frames.paint(number)).getContext("2d"))
    return pen.getImageData(0, 0, frames.width, frames.height).data
}

/** A pixel's red, green and blue. @param {number} pixel 0xaabbggrr */
const channels = pixel => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]

/** At most 255 colours for a picture. @param {Uint8ClampedArray} pixels @returns {number[][]} */
function coloursOf(pixels) {
    const all = new Uint32Array(pixels.buffer)
    const counts = new Map()
    for (const pixel of all) counts.set(pixel, (counts.get(pixel) ?? 0) + 1)
    const common = [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one)).slice(0, COMMON)
    const kept = new Set(common)
    const rest = all.filter(pixel => !kept.has(pixel))
    const few = rest.length ? quantize(new Uint8Array(rest.buffer), KEPT - common.length) : []
    return [...common.map(channels), ...few]
}
