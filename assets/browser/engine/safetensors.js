/** Which tensors are in a safetensors file? Its first 8 bytes say how long the JSON is that says where each lies. */

import { half, widened } from "./small_floats.js"

/**
 * @typedef {{shape: number[], dtype: string, data: Float32Array}} Tensor
 * @typedef {{tensors: Object<string, Tensor>, metadata: Object<string, string>}} File
 */

const MOST_HEADER = 32 * 2 ** 20
const LIE = "Expected a safetensors file, got one whose tensors don't lie where its header says."

/** What a file is refused for, in a sentence for whoever opened it. */
export class NotWeights extends Error {}

/** The floating-point tensors in float32, and the metadata. @param {ArrayBuffer} buffer @returns {File} */
export function readSafetensors(buffer) {
    const header = headerOf(buffer)
    const { __metadata__: metadata = {}, ...places } = header.said
    /** @type {Object<string, Tensor>} */
    const tensors = {}
    let left = header.size - header.end
    for (const [name, place] of Object.entries(places)) {
        const { dtype, shape, data_offsets: offsets } = place ?? {}
        const read = Object.hasOwn(READ, `${dtype}`) && READ[dtype]
        if (!read) continue
        const at = begin(header, shape, offsets, read.bytes)
        left -= count(shape) * read.bytes
        // Tensors that lie over each other could take any memory.
        if (left < 0) throw new NotWeights(LIE)
        tensors[name] = { shape, dtype, data: read(buffer, at, count(shape)) }
    }
    return { tensors, metadata }
}

/** @param {ArrayBuffer} buffer */
function headerOf(buffer) {
    if (buffer.byteLength < 8) throw new NotWeights("Expected a safetensors file, got a file of fewer than 8 bytes.")
    const length = Number(new DataView(buffer).getBigUint64(0, true))
    if (length > Math.min(MOST_HEADER, buffer.byteLength - 8)) {
        throw new NotWeights("Expected a safetensors file, got a file that does not begin like one.")
    }
    try {
        const said = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(buffer, 8, length)))
        if (said && typeof said === "object") return { said, end: 8 + length, size: buffer.byteLength }
    } catch {
        // The sentence below says it.
    }
    throw new NotWeights("Expected a safetensors file, got one whose header can't be read.")
}

/** @param {number[]} shape */
const count = shape => shape.reduce((all, size) => all * size, 1)

/**
 * Where a tensor's numbers begin.
 *
 * @param {{end: number, size: number}} header @param {any} shape @param {any} offsets @param {number} bytes
 */
function begin({ end, size }, shape, offsets, bytes) {
    const whole = (/** @type {any} */ list) => Array.isArray(list) && list.every(n => Number.isSafeInteger(n) && n >= 0)
    const fits = whole(shape) && whole(offsets) && offsets.length === 2
    if (!fits || offsets[1] - offsets[0] !== count(shape) * bytes || end + offsets[1] > size) {
        throw new NotWeights(LIE)
    }
    return end + offsets[0]
}

/** @typedef {((buffer: ArrayBuffer, at: number, count: number) => Float32Array) & {bytes: number}} Read */

/** @param {number} bytes @param {(view: DataView, at: number) => number} number @returns {Read} */
const reader = (bytes, number) =>
    Object.assign(
        (/** @type {ArrayBuffer} */ buffer, /** @type {number} */ at, /** @type {number} */ length) => {
            const [view, numbers] = [new DataView(buffer), new Float32Array(length)]
            for (let k = 0; k < length; k++) numbers[k] = number(view, at + bytes * k)
            return numbers
        },
        { bytes },
    )

/** @type {Object<string, Read>} */
const READ = {
    F16: reader(2, (view, at) => half(view.getUint16(at, true))),
    BF16: reader(2, (view, at) => widened(view.getUint16(at, true))),
    F32: reader(4, (view, at) => view.getFloat32(at, true)),
    F64: reader(8, (view, at) => view.getFloat64(at, true)),
}
