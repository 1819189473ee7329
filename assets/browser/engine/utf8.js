/** Which bytes has a text? UTF-8, where half of a surrogate pair has bytes too, as Python's "surrogatepass". */

const HALF = /[\ud800-\udfff]/u
const encoder = new TextEncoder()

/** @param {string} text */
export const utf8 = text =>
    HALF.test(text) ? Uint8Array.from(Array.from(text).flatMap(bytesOf)) : encoder.encode(text)

/** @param {string} letter */
function bytesOf(letter) {
    const code = letter.charCodeAt(0)
    if (!HALF.test(letter)) return [...encoder.encode(letter)]
    return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
}
