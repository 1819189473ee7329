/** Which bytes has a text? UTF-8, where half of a surrogate pair has bytes too, as Python's "surrogatepass". */

const HALF = /^[\ud800-\udfff]$/
const encoder = new TextEncoder()

/** @param {string} text */
export function utf8(text) {
    const letters = Array.from(text)
    return letters.some(letter => HALF.test(letter)) ? Uint8Array.from(letters.flatMap(bytesOf)) : encoder.encode(text)
}

/** @param {string} letter */
function bytesOf(letter) {
    const code = letter.charCodeAt(0)
    if (!HALF.test(letter)) return [...encoder.encode(letter)]
    return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
}
