/** How is an MP4 written? One track of compressed pictures, each with its own time (ISO/IEC 14496-12 and -14). */

/**
 * `kind`: the name of the compression in the file, with the box that describes it: avc1 with avcC, or vp09 with vpcC.
 * `colours`: the numbers of its primaries, its transfer and its matrix (ISO/IEC 23091-2).
 *
 * @typedef {{kind: "avc1" | "vp09", describes: Uint8Array, colours: number[]}} Compression
 *
 * @typedef {{bytes: Uint8Array<ArrayBuffer>, milliseconds: number, isKey: boolean}} Sample
 */

/** @param {string} letters */
const text = letters => Array.from(letters, letter => letter.charCodeAt(0))
const u16 = (/** @type {number} */ number) => [(number >> 8) & 255, number & 255]
/** @param {number} number */
const u32 = number => [(number >>> 24) & 255, (number >>> 16) & 255, (number >>> 8) & 255, number & 255]
const zeros = (/** @type {number} */ number) => Array(number).fill(0)
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 2 ** 30].flatMap(u32)

/** A box: its size, its name, and what is in it. @param {string} name @param {...number[]} parts */
function box(name, ...parts) {
    const inside = parts.flat()
    return [...u32(inside.length + 8), ...text(name), ...inside]
}

/** A box with a version and flags. @param {string} name @param {number} flags @param {...number[]} parts */
const full = (name, flags, ...parts) => box(name, u32(flags), ...parts)

/**
 * The whole file: its description first, so that it plays while it loads.
 *
 * @param {{width: number, height: number}} size @param {Compression} compression @param {Sample[]} samples
 */
export function mp4(size, compression, samples) {
    const type = box("ftyp", text("isom"), u32(512), text("isomiso2avc1mp41"))
    // The place of the first sample depends on the length of the description, not on what it says.
    const { length } = movie(size, compression, samples, 0)
    const begin = type.length + length + 8
    const bytes = samples.reduce((sum, sample) => sum + sample.bytes.length, 0)
    const head = [...type, ...movie(size, compression, samples, begin), ...u32(bytes + 8), ...text("mdat")]
    return new Blob([new Uint8Array(head), ...samples.map(sample => sample.bytes)], { type: "video/mp4" })
}

/** The description of the film; times are in milliseconds. @param {{width: number, height: number}} size
 * @param {Compression} compression @param {Sample[]} samples @param {number} begin */
function movie({ width, height }, compression, samples, begin) {
    const lasts = Math.round(samples.reduce((sum, { milliseconds }) => sum + milliseconds, 0))
    const times = [...u32(0), ...u32(0)]
    const head = full(
        "mvhd",
        0,
        times,
        u32(1000),
        u32(lasts),
        u32(0x10000),
        u16(0x100),
        zeros(10),
        MATRIX,
        zeros(24),
        u32(2),
    )
    const size = [...u32(width << 16), ...u32(height << 16)]
    const track = full("tkhd", 3, times, u32(1), u32(0), u32(lasts), zeros(8), zeros(8), MATRIX, size)
    const media = full("mdhd", 0, times, u32(1000), u32(lasts), u16(0x55c4), u16(0))
    const handler = full("hdlr", 0, u32(0), text("vide"), zeros(12), text("gatescope\0"))
    const where = box("dinf", full("dref", 0, u32(1), full("url ", 1)))
    const table = box("stbl", described(width, height, compression), ...sampleTables(samples, begin))
    const information = box("minf", full("vmhd", 1, zeros(8)), where, table)
    return box("moov", head, box("trak", track, box("mdia", media, handler, information)))
}

/** How the samples are compressed, and what their colours mean. @param {number} width @param {number} height
 * @param {Compression} compression */
function described(width, height, { kind, describes, colours }) {
    const sides = [...u16(width), ...u16(height), ...u32(0x480000), ...u32(0x480000)]
    const visual = [
        ...zeros(6),
        ...u16(1),
        ...zeros(16),
        ...sides,
        ...u32(0),
        ...u16(1),
        ...zeros(32),
        ...u16(24),
        255,
        255,
    ]
    const configuration = box(kind === "avc1" ? "avcC" : "vpcC", Array.from(describes))
    const meaning = box("colr", text("nclx"), colours.flatMap(u16), [0])
    return full("stsd", 0, u32(1), box(kind, visual, configuration, meaning))
}

/** How long each sample stays, which are whole pictures, how large they are, and where the first one is.
 * @param {Sample[]} samples @param {number} begin */
function sampleTables(samples, begin) {
    const lasting = samples.flatMap(({ milliseconds }) => [...u32(1), ...u32(Math.round(milliseconds))])
    const keys = samples.flatMap(({ isKey }, at) => (isKey ? [at + 1] : []))
    const sizes = samples.flatMap(({ bytes }) => u32(bytes.length))
    return [
        full("stts", 0, u32(samples.length), lasting),
        full("stss", 0, u32(keys.length), keys.flatMap(u32)),
        full("stsc", 0, u32(1), u32(1), u32(samples.length), u32(1)),
        full("stsz", 0, u32(0), u32(samples.length), sizes),
        full("stco", 0, u32(1), u32(begin)),
    ]
}
