/** How are the server's bytes unpacked into a picture? `dashboard/live/wire_format.py` packs them. */

import { Columns } from "../state/columns.js"

/**
 * The header, each array of numbers in it a list of rows; `nan` stands for NaN among whole numbers.
 *
 * @param {ArrayBuffer} bytes @param {number} nan @returns {import("../state/answer.js").Picture}
 */
export function unpack(bytes, nan) {
    const length = new DataView(bytes).getUint32(0, true)
    const picture = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)))
    const rows = place => readRows(bytes, 4 + length, place, nan)
    for (const stack of picture.stacks) {
        for (const trace of stack.figure.data) {
            for (const key of ["z", "other", "mean"]) if (trace[key]) trace[key] = rows(trace[key])
        }
    }
    for (const { figure } of picture.extras) {
        for (const trace of figure.data) if (trace.z) trace.z = rows(trace.z)
    }
    if (picture.inputs) picture.inputs.z = rows(picture.inputs.z)
    if (picture.overview) picture.overview = rows(picture.overview)
    picture.columns = new Columns(picture)
    return picture
}

/** Numbers as float32 if `step` is 0; else int16, each multiplied by `step`. */
function readRows(bytes, begin, { at, shape: [height, width], step }, nan) {
    const numbers = step
        ? spread(new Int16Array(bytes, begin + at, height * width), step, nan)
        : new Float32Array(bytes, begin + at, height * width)
    return Array.from({ length: height }, (_, row) => numbers.subarray(row * width, (row + 1) * width))
}

/** A plain loop, because Float32Array.from with a function takes ten times as long. */
function spread(whole, step, nan) {
    const numbers = new Float32Array(whole.length)
    for (let k = 0; k < whole.length; k++) numbers[k] = whole[k] === nan ? NaN : whole[k] * step
    return numbers
}
