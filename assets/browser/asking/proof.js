/** Does the page compute as PyTorch did? It reads texts whose c and h came along, and compares each number. */

import { productsOf, readingOf } from "../numbers/reading.js"
import { BOUND } from "../shared/bound.js"
import { roughly } from "../shared/numbers.js"
import { unzipped } from "../shared/unzipped.js"

// Milliseconds of a frame that an answer may take, and the multiplications of a proof from which on it shows how long
// others take.
const SHARE = 8
const TELLS = 1e6

/** The most multiplications of an answer that fits into a frame: as many as a proof did in that time on this machine;
 * until then as many as a laptop does. */
export const frame = { products: 4e6 }

/**
 * The largest difference of c and h over all texts, as in 1e-07. Throws an Error where it is more than rounding.
 *
 * @param {Model | null} model @param {Wire.Proved[]} texts
 */
export async function nearness(model, texts) {
    const all = await Promise.all(texts.map(text => farthest(model, text)))
    const far = Math.max(...all)
    if (!(far <= BOUND)) throw new Error(`its h and c are ${roughly(far)} from PyTorch’s`)
    return roughly(far)
}

/**
 * The largest difference in a text, in proportion where a value is larger than 1; NaN where one is NaN.
 *
 * @param {Model | null} model @param {Wire.Proved} text
 */
async function farthest(model, { query, steps, values }) {
    const begun = performance.now()
    const reading = readingOf(model, query, `${query.holds}`)
    const products = productsOf(model, query)
    if (products > TELLS) frame.products = (SHARE * products) / (performance.now() - begun)
    const expected = new Float32Array(await unzipped(values).arrayBuffer())
    const recorded = reading.layers.flat()
    let [most, at] = [0, 0]
    for (const letter of ["c", "h"]) {
        for (const one of recorded) {
            const own = one[letter].subarray(0, (one[letter].length / reading.tokens.length) * steps)
            for (const value of own) {
                const far = Math.abs(value - expected[at]) / Math.max(1, Math.abs(expected[at]))
                most = Math.max(most, far)
                at += 1
            }
        }
    }
    return at === expected.length ? most : NaN
}
