/** Which tensors are in a safetensors file? Its first 8 bytes say how long the JSON is that says where each lies. */

/**
 * `isFinite`: whether all its numbers are.
 *
 * @typedef {{shape: number[], data: Float32Array, isFinite?: boolean}} Tensor
 * @typedef {{tensors: Object<string, Tensor>, metadata: Object<string, string> | null}} File
 */

/** What a file is refused for: one sentence, which says what came instead of weights. */
export class NotWeights extends Error {
    /** @param {string} got */
    constructor(got) {
        super(
            "Expected a whole safetensors file with the weights of an LSTM, GRU or RNN, named as PyTorch names them " +
                `(weight_ih_l0, weight_hh_l0, …), got ${got}.`,
        )
    }
}

/** The floating-point tensors in the header's order, in float32, and the metadata.
 * @param {ArrayBuffer} buffer @returns {File} */
export function readSafetensors(buffer) {
    try {
        const begin = 8 + Number(new DataView(buffer).getBigUint64(0, true))
        const header = new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(buffer, 8, begin - 8))
        const { __metadata__: metadata = null, ...places } = JSON.parse(header)
        const floats = Object.entries(places).filter(([, { dtype }]) => dtype in READ)
        let free = 0
        for (const [, { dtype, shape, data_offsets: offsets }] of [...floats].sort(inOrder)) {
            const bytes = count(shape) * READ[dtype].bytes
            // Each byte belongs to one tensor: no file takes more memory than twice its own size.
            if (offsets[0] < free || offsets[1] !== offsets[0] + bytes) throw new Error("tensors lie over each other")
            free = offsets[1]
        }
        const tensors = floats.map(([name, { dtype, shape, data_offsets: offsets }]) => {
            const data = numbersAt(buffer, begin + offsets[0], count(shape), READ[dtype])
            return [name, { shape, data, isFinite: data.every(Number.isFinite) }]
        })
        return { tensors: Object.fromEntries(tensors), metadata }
    } catch {
        throw new NotWeights("a file whose header does not fit what follows it")
    }
}

/** @param {number[]} shape */
const count = shape => shape.reduce((all, size) => all * size, 1)

/** @param {any} one @param {any} other */
const inOrder = ([, { data_offsets: one }], [, { data_offsets: other }]) => one[0] - other[0] || one[1] - other[1]

/** @typedef {{bytes: number, number: (view: DataView, at: number) => number}} Reader */

/** @type {Object<string, Reader>} */
const READ = {
    F16: { bytes: 2, number: (view, at) => half(view.getUint16(at, true)) },
    BF16: { bytes: 2, number: (view, at) => widened(view.getUint16(at, true)) },
    F32: { bytes: 4, number: (view, at) => view.getFloat32(at, true) },
    F64: { bytes: 8, number: (view, at) => view.getFloat64(at, true) },
}

/** @param {ArrayBuffer} buffer @param {number} begin @param {number} length @param {Reader} reader */
function numbersAt(buffer, begin, length, { bytes, number }) {
    const [view, numbers] = [new DataView(buffer), new Float32Array(length)]
    for (let k = 0; k < length; k++) numbers[k] = number(view, begin + bytes * k)
    return numbers
}

const WORD = new DataView(new ArrayBuffer(4))

/** The number whose float32 begins with these 16 bits. @param {number} bits */
function widened(bits) {
    WORD.setUint32(0, bits << 16)
    return WORD.getFloat32(0)
}

/** The number of a float16. @param {number} bits */
function half(bits) {
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
    const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : (fraction / 1024) * 2 ** -14
    const value = exponent === 31 ? (fraction ? NaN : Infinity) : size
    return bits & 0x8000 ? -value : value
}
