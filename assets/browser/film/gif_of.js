/** How do an animation's frames become a GIF? gifenc writes it, with the colours of the whole picture. */

import { GIFEncoder, nearestColorIndex, quantize } from "../../vendor/gifenc.js"

// One colour of 256 stands for what is as in the frame before.
const KEPT = 255
// The commonest colours are those of cells, and stay as they are.
const COMMON = 160

/**
 * A GIF of the frames that plays for ever; `told(done)` is called after each frame.
 *
 * @param {import("./frames.js").Frames} frames @param {(done: number) => void} told
 */
export async function gifOf(frames, told) {
    const { width, height } = frames
    const colours = coloursOf(pixelsOf(frames, frames.number - 2))
    const palette = Array.from({ length: KEPT + 1 }, (_, place) => colours[place] ?? [0, 0, 0])
    const placeOf = remembered(pixel => nearestColorIndex(colours, channels(pixel)))
    const gif = GIFEncoder()
    let before = new Uint32Array(0)
    for (let number = 0; number < frames.number; number += 1) {
        const pixels = pixelsOf(frames, number)
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

/** A frame's pixels, four bytes each. @param {import("./frames.js").Frames} frames @param {number} number */
function pixelsOf(frames, number) {
    const pen = /** @type {CanvasRenderingContext2D} */ (frames.paint(number).getContext("2d"))
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

/** @param {(pixel: number) => number} compute */
function remembered(compute) {
    const known = new Map()
    return (/** @type {number} */ pixel) => {
        if (!known.has(pixel)) known.set(pixel, compute(pixel))
        return known.get(pixel)
    }
}
