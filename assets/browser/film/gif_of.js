/** How do an animation's frames become a GIF? */

import { fewColours, nearestIn } from "./few_colours.js"
import { Gif } from "./gif.js"

/**
 * A GIF of the frames, with the colours of the whole picture; `told(done)` is called after each frame.
 *
 * @param {import("./frames.js").Frames} frames @param {(done: number) => void} told
 */
export async function gifOf(frames, told) {
    const colours = fewColours(pixelsOf(frames, frames.number - 2))
    const place = nearestIn(colours)
    const gif = new Gif(frames.width, frames.height, colours)
    let before = null
    for (let number = 0; number < frames.number; number += 1) {
        const pixels = pixelsOf(frames, number)
        const part = changed(before, pixels, frames)
        gif.add(part, places(pixels, part, frames.width, place), frames.stays(number))
        before = pixels
        told(number + 1)
        // The page stays alive meanwhile.
        await new Promise(rested => setTimeout(rested))
    }
    return gif.file()
}

/** A frame's pixels, 0xaabbggrr. @param {import("./frames.js").Frames} frames @param {number} number */
function pixelsOf(frames, number) {
    const pen = /** @type {CanvasRenderingContext2D} */ (frames.paint(number).getContext("2d"))
    return new Uint32Array(pen.getImageData(0, 0, frames.width, frames.height).data.buffer)
}

/** The smallest part that holds all pixels that are not as before; one pixel if all are.
 * @param {Uint32Array | null} before @param {Uint32Array} pixels
 * @param {{width: number, height: number}} size */
function changed(before, pixels, { width, height }) {
    if (!before) return { left: 0, top: 0, width, height }
    let [left, right, top, bottom] = [width, -1, height, -1]
    for (let y = 0; y < height; y += 1) {
        for (let x = 0, at = y * width; x < width; x += 1, at += 1) {
            if (pixels[at] === before[at]) continue
            if (x < left) left = x
            if (x > right) right = x
            if (y < top) top = y
            bottom = y
        }
    }
    if (bottom < 0) return { left: 0, top: 0, width: 1, height: 1 }
    return { left, top, width: right - left + 1, height: bottom - top + 1 }
}

/** The places of the colours of a part, row by row. @param {Uint32Array} pixels @param {import("./gif.js").Part} part
 * @param {number} width @param {(pixel: number) => number} place */
function places(pixels, part, width, place) {
    const found = new Uint8Array(part.width * part.height)
    for (let y = 0; y < part.height; y += 1) {
        const row = (part.top + y) * width + part.left
        for (let x = 0; x < part.width; x += 1) found[y * part.width + x] = place(pixels[row + x])
    }
    return found
}
