/** How do an animation's frames become an MP4? The browser compresses them (WebCodecs), and `mp4` writes the file. */

import { mp4 } from "./mp4.js"

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
    /** @type {import("./mp4.js").Sample[]} */
    const samples = []
    /** @type {VideoDecoderConfig | null} */
    let decoder = null
    /** @type {any} */
    let failed = null
    const encoder = new VideoEncoder({
        output: (chunk, about) => {
            decoder ??= about?.decoderConfig ?? null
            const bytes = new Uint8Array(chunk.byteLength)
            chunk.copyTo(bytes)
            samples.push({ bytes, milliseconds: frames.stays(samples.length), isKey: chunk.type === "key" })
        },
        error: error => {
            failed = error
        },
    })
    encoder.configure(settings)
    let at = 0
    for (let number = 0; number < frames.number && !failed; number += 1) {
        const frame = new VideoFrame(frames.paint(number), { timestamp: Math.round(1_000 * at) })
        encoder.encode(frame, { keyFrame: number % 30 === 0 })
        frame.close()
        at += frames.stays(number)
        if (encoder.encodeQueueSize > 4)
            await new Promise(gone => encoder.addEventListener("dequeue", gone, { once: true }))
        told(number + 1)
        await new Promise(rested => setTimeout(rested))
    }
    if (!failed) await encoder.flush()
    if (failed) throw new Error(`The browser could not make the MP4: ${failed.message}`)
    encoder.close()
    return mp4(frames, compressionOf(settings.codec, decoder), samples)
}

// The numbers of the names that a browser gives to colours (ISO/IEC 23091-2).
const PRIMARIES = { bt709: 1, bt470bg: 5, smpte170m: 6 }
const TRANSFERS = { bt709: 1, smpte170m: 6, "iec61966-2-1": 13 }
const MATRICES = { rgb: 0, bt709: 1, bt470bg: 5, smpte170m: 6 }

/** @param {Object<string, number>} numbers @param {string | null | undefined} name */
const numberOf = (numbers, name) => numbers[name ?? ""] ?? 1

/** @param {string} codec @param {VideoDecoderConfig | null} decoder @returns {import("./mp4.js").Compression} */
function compressionOf(codec, decoder) {
    const { primaries, transfer, matrix } = decoder?.colorSpace ?? {}
    const colours = [numberOf(PRIMARIES, primaries), numberOf(TRANSFERS, transfer), numberOf(MATRICES, matrix)]
    if (codec.startsWith("avc1")) {
        const { description } = /** @type {Required<VideoDecoderConfig>} */ (decoder)
        return { kind: "avc1", describes: bytesOf(description), colours }
    }
    // Version 1; profile 0, level 3.1, 8 bits, 4:2:0.
    const describes = new Uint8Array([1, 0, 0, 0, 0, 31, (8 << 4) | (1 << 1), ...colours, 0, 0])
    return { kind: "vp09", describes, colours }
}

/** @param {AllowSharedBufferSource} source */
function bytesOf(source) {
    return ArrayBuffer.isView(source)
        ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
        : new Uint8Array(source)
}
