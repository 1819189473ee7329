/**
 * How do an animation's frames become a GIF or an MP4? gifenc writes the one; the browser compresses the other
 * (WebCodecs), and mp4-muxer writes its file.
 */

import { GIFEncoder, nearestColorIndex, quantize } from "../../vendor/gifenc.js"
import { ArrayBufferTarget, Muxer } from "../../vendor/mp4-muxer.js"

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

// How do an animation's frames become an MP4? The browser compresses them (WebCodecs), and mp4-muxer writes the file.

// The first that a browser has: H.264 opens everywhere, VP9 in every browser.
const CODECS = ["avc1.640020", "avc1.42e020", "vp09.00.31.08"]
// Bits a second: letters stay sharp.
const RATE = 8_000_000

/** Why this browser makes no MP4, in one line; "" if it does. @param {{width: number, height: number}} size */
export async function whyNoMp4(size) {
    if (!("VideoEncoder" in window)) {
        return isSecureContext
            ? "This browser makes no MP4: it has no WebCodecs. A GIF works everywhere."
            : "A browser makes an MP4 only on a page from this computer or over https. A GIF works everywhere."
    }
    return (await codecFor(size)) ? "" : "This browser has no encoder for an MP4 of this size. A GIF works everywhere."
}

/** The settings of the first codec that this browser has; null if it has none.
 * @param {{width: number, height: number}} size */
async function codecFor({ width, height }) {
    for (const codec of CODECS) {
        const settings = {
            codec,
            width,
            height,
            bitrate: RATE,
            framerate: 2,
            latencyMode: /** @type {const} */ ("quality"),
        }
        const found = await VideoEncoder.isConfigSupported(settings).catch(() => null)
        if (found?.supported) return settings
    }
    return null
}

/**
 * An MP4 of the frames; `told(done)` is called after each frame. Throws an Error if the browser can't.
 *
 * @param {import("./frames.js").Frames} frames @param {(done: number) => void} told
 */
export async function mp4Of(frames, told) {
    const settings = await codecFor(frames)
    if (!settings) throw new Error(await whyNoMp4(frames))
    const target = new ArrayBufferTarget()
    const { width, height } = frames
    const codec = settings.codec.startsWith("avc1") ? "avc" : "vp9"
    const muxer = new Muxer({ target, video: { codec, width, height }, fastStart: "in-memory" })
    /** @type {any} */
    let failed = null
    const last = frames.number - 1
    const half = frames.stays(last) / 2
    const encoder = new VideoEncoder({
        output: (chunk, about) => {
            const bytes = new Uint8Array(chunk.byteLength)
            chunk.copyTo(bytes)
            // The next picture says better how long this one stays.
            muxer.addVideoChunkRaw(bytes, chunk.type, chunk.timestamp, 1_000 * half, about)
        },
        error: error => {
            failed = error
        },
    })
    encoder.configure(settings)
    let at = 0
    // The file gives its last picture the time of the one before: so the whole picture comes in two halves.
    for (let number = 0; number <= frames.number && !failed; number += 1) {
        const frame = new VideoFrame(frames.paint(Math.min(number, last)), { timestamp: Math.round(1_000 * at) })
        encoder.encode(frame, { keyFrame: number % 30 === 0 })
        frame.close()
        at += number < last ? frames.stays(number) : half
        if (encoder.encodeQueueSize > 4)
            await new Promise(gone => encoder.addEventListener("dequeue", gone, { once: true }))
        told(Math.min(number, last) + 1)
        await new Promise(rested => setTimeout(rested))
    }
    if (!failed) await encoder.flush()
    if (failed) throw new Error(`The browser could not make the MP4: ${failed.message}`)
    encoder.close()
    muxer.finalize()
    return new Blob([target.buffer], { type: "video/mp4" })
}
