/** How does a word become numbers, before anything is trained? `lstm_core/inputs/tokens.py` draws the same numbers. */

import { normalBelow } from "./normal.js"
import { shake256 } from "./shake.js"
import { utf8 } from "./utf8.js"

// So many words are kept, that a move of a hand draws again only those that are new.
const KEPT = 5_000

/** The longest vector of each word that was drawn from the last seed. */
let last = { seed: NaN, vectors: /** @type {Map<string, Float32Array>} */ (new Map()) }

/**
 * Standard normal vectors (time × feature), drawn from the seed and each word; a longer one begins as a shorter one.
 *
 * @param {string[]} words @param {number} inputSize @param {number} seed
 */
export function wordVectors(words, inputSize, seed) {
    if (last.seed !== seed || last.vectors.size > KEPT) last = { seed, vectors: new Map() }
    const x = new Float32Array(words.length * inputSize)
    words.forEach((word, step) => {
        let drawn = last.vectors.get(word)
        if (!drawn || drawn.length < inputSize) {
            drawn = vector(`${seed}\0${word}`, inputSize)
            last.vectors.set(word, drawn)
        }
        x.set(drawn.subarray(0, inputSize), step * inputSize)
    })
    return x
}

/** @param {string} key @param {number} count */
function vector(key, count) {
    const digest = shake256(utf8(key), 8 * count)
    const view = new DataView(digest.buffer, digest.byteOffset, digest.length)
    // 53 bits fill a double; the half step avoids 0 and 1, where the inverse is infinite.
    const share = (/** @type {number} */ k) => (Number(view.getBigUint64(8 * k, true) >> 11n) + 0.5) / 2 ** 53
    return Float32Array.from({ length: count }, (_, k) => normalBelow(share(k)))
}
