/** Which tensors are in a safetensors file? Its first 8 bytes say how long the JSON is that says where each lies. */

import { half, widened } from "./small_floats.js"

/**
 * `isFinite`: whether all its numbers are; of a tensor that is not floating-point no number is read.
 *
 * @typedef {{shape: number[], dtype: string, data: Float32Array, isFinite?: boolean}} Tensor
 * @typedef {{tensors: Object<string, Tensor>, metadata: Object<string, string> | null}} File
 */

// As in lstm_core/files/outside.py; the header of a whole model lists its tokens, as in lstm_core/models/shipped.py.
const [MOST_HEADER, MOST_OF_MODEL, MOST_TENSORS, MOST_NAME, MOST_DIMS] = [2 ** 23, 2 ** 25, 40_000, 500, 64]
const LIE =
    "Expected a safetensors file of at most 40,000 tensors, got more, or some that don't lie where its header says."

/** What a file is refused for, in a sentence for whoever opened it. */
export class NotWeights extends Error {}

/** The tensors in the header's order, floating-point ones in float32, and the metadata.
 * @param {ArrayBuffer} buffer @returns {File} */
export function readSafetensors(buffer) {
    const { said, end } = headerOf(buffer)
    const { __metadata__: metadata = null, ...places } = said
    const all = Object.entries(places)
    const isRecord = metadata === null || (typeof metadata === "object" && !Array.isArray(metadata))
    const fits = isRecord && Object.values(metadata ?? {}).every(isText) && all.every(isPlace)
    if (!fits || all.length > MOST_TENSORS) throw new NotWeights(LIE)
    let free = 0
    // Each byte belongs to one tensor.
    for (const [, { data_offsets: offsets }] of [...all].sort(([, a], [, b]) => before(a, b))) {
        if (offsets[0] !== free) throw new NotWeights(LIE)
        free = offsets[1]
    }
    if (end + free !== buffer.byteLength) throw new NotWeights(LIE)
    const tensors = all.map(([name, { dtype, shape, data_offsets: offsets }]) => {
        const data = READ[dtype]?.(buffer, end + offsets[0], count(shape)) ?? new Float32Array(0)
        return [name, { shape, dtype, data, isFinite: data.every(Number.isFinite) }]
    })
    return { tensors: Object.fromEntries(tensors), metadata }
}

/** @param {ArrayBuffer} buffer */
function headerOf(buffer) {
    if (buffer.byteLength < 8) throw new NotWeights("Expected a safetensors file, got a file of fewer than 8 bytes.")
    const length = Number(new DataView(buffer).getBigUint64(0, true))
    if (length > Math.min(MOST_OF_MODEL, buffer.byteLength - 8)) {
        throw new NotWeights("Expected a safetensors file, got a file that does not begin like one.")
    }
    try {
        const text = new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(buffer, 8, length))
        const said = new Uint8Array(buffer)[8] === 0x7b && JSON.parse(text)
        if (said && (length <= MOST_HEADER || said.__metadata__?.model)) return { said, end: 8 + length }
    } catch {
        // The sentence below says it.
    }
    throw new NotWeights("Expected a safetensors file, got one whose header can't be read.")
}

/** @param {number[]} shape */
const count = shape => shape.reduce((all, size) => all * size, 1)

const isText = (/** @type {any} */ value) => typeof value === "string"

/** Whether a name and what is said of its tensor agree. @param {[string, any]} said */
function isPlace([name, place]) {
    const { dtype, shape, data_offsets: offsets } = place ?? {}
    const whole = (/** @type {any} */ list) => Array.isArray(list) && list.every(n => Number.isSafeInteger(n) && n >= 0)
    if (!whole(shape) || !whole(offsets) || offsets.length !== 2 || shape.length > MOST_DIMS) return false
    return name.length <= MOST_NAME && offsets[1] - offsets[0] === count(shape) * bytesOf(dtype)
}

/** @param {any} one @param {any} other */
const before = ({ data_offsets: one }, { data_offsets: other }) => one[0] - other[0] || one[1] - other[1]

const KINDS = /^(?:[IU](?:8|16|32|64)|B?F16|F32|[FC]64|F8_E(?:4M3|5M2)(?:FNUZ)?)$/

/** The bytes of a number of such a kind; NaN of an unknown one. @param {any} dtype */
const bytesOf = dtype =>
    dtype === "BOOL" ? 1 : isText(dtype) && KINDS.test(dtype) ? Number(/\d+/.exec(dtype)) / 8 : NaN

/** @param {number} bytes @param {(view: DataView, at: number) => number} number */
const reader =
    (bytes, number) => (/** @type {ArrayBuffer} */ buffer, /** @type {number} */ at, /** @type {number} */ length) => {
        const [view, numbers] = [new DataView(buffer), new Float32Array(length)]
        for (let k = 0; k < length; k++) numbers[k] = number(view, at + bytes * k)
        return numbers
    }

/** @type {Object<string, ReturnType<typeof reader>>} */
const READ = {
    F16: reader(2, (view, at) => half(view.getUint16(at, true))),
    BF16: reader(2, (view, at) => widened(view.getUint16(at, true))),
    F32: reader(4, (view, at) => view.getFloat32(at, true)),
    F64: reader(8, (view, at) => view.getFloat64(at, true)),
}
