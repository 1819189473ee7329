/** How does a file come along in a page? Compressed, in base64. */

import { gzipSync } from "node:zlib"

/** @param {ArrayBuffer | Uint8Array} bytes */
export const zipped = bytes => gzipSync(new Uint8Array(bytes)).toString("base64")

/** Numbers as float32. @param {number[]} numbers */
export const zippedNumbers = numbers => zipped(Float32Array.from(numbers).buffer)

/** What PyTorch would have recorded of a reading's first steps. */
export function provedOf(reading, query, steps) {
    const all = ["c", "h"].flatMap(letter =>
        reading.layers.flat().flatMap(one => {
            const size = one[letter].length / reading.tokens.length
            return [...one[letter].subarray(0, steps * size)]
        }),
    )
    return { query, steps, numbers: all, values: zippedNumbers(all) }
}
