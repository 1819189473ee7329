/** How are the server's bytes unpacked into a picture? `dashboard/picture/wire_format.py` packs them. */

import { Columns } from "../state/columns.js"

/**
 * The header, each array of numbers in it a list of rows; `nan` stands for NaN among whole numbers.
 *
 * @param {ArrayBuffer} bytes @param {number} nan @returns {import("../state/answer.js").Picture}
 */
export function unpack(bytes, nan) {
    const { header, rows } = opened(bytes, nan)
    return pictureOf(header, rows)
}

/**
 * The pictures of one trace for windows of several widths, and for both themes: they share their numbers.
 *
 * @param {ArrayBuffer} bytes @param {number} nan
 * @returns {{theme: string, width: number, picture: import("../state/answer.js").Picture}[]}
 */
export function unpackAll(bytes, nan) {
    const { header, rows } = opened(bytes, nan)
    return header.pictures.map(({ theme, width, picture }) => ({ theme, width, picture: pictureOf(picture, rows) }))
}

/** The header, and what reads an array that it names. */
function opened(bytes, nan) {
    const length = new DataView(bytes).getUint32(0, true)
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)))
    return { header, rows: place => readRows(bytes, 4 + length, place, nan) }
}

function pictureOf(picture, rows) {
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
