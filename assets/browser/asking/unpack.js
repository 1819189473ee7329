/** How are the server's bytes unpacked? `dashboard/recording/wire_format.py` packs them. */

/**
 * The recording, each array of numbers in it a list of rows; `nan` stands for NaN among whole numbers.
 *
 * @param {ArrayBuffer} bytes @param {number} nan @returns {Wire.RecordedView}
 */
export function unpack(bytes, nan) {
    const length = new DataView(bytes).getUint32(0, true)
    const text = new TextDecoder().decode(new Uint8Array(bytes, 4, length))
    return JSON.parse(text, (_, value) => (value?.shape ? readRows(bytes, 4 + length, value, nan) : value))
}

/** Numbers as float32 if `step` is 0; else int16, each multiplied by `step`. @param {ArrayBuffer} bytes
 * @param {number} begin
 * @param {{at: number, shape: number[], step: number}} packed @param {number} nan */
function readRows(bytes, begin, { at, shape: [height, width], step }, nan) {
    const numbers = step
        ? spread(new Int16Array(bytes, begin + at, height * width), step, nan)
        : new Float32Array(bytes, begin + at, height * width)
    return Array.from({ length: height }, (_, row) => numbers.subarray(row * width, (row + 1) * width))
}

/** A plain loop, because Float32Array.from with a function takes ten times as long. @param {Int16Array} whole
 * @param {number} step
 * @param {number} nan */
function spread(whole, step, nan) {
    const numbers = new Float32Array(whole.length)
    for (let k = 0; k < whole.length; k++) numbers[k] = whole[k] === nan ? NaN : whole[k] * step
    return numbers
}
