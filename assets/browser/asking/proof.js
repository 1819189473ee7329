/**
 * Does the page compute as PyTorch did? It reads texts whose c and h came along, and compares each number; and of a
 * picture that it computed all that is drawn, once PyTorch's is here.
 */

import { productsOf, readingOf } from "../numbers/reading.js"
import { BOUND } from "../shared/bound.js"
import { roughly } from "../shared/numbers.js"
import { unzipped } from "../shared/unzipped.js"

// Milliseconds of a frame that an answer may take, and the multiplications of a proof from which on it shows how long
// others take.
const SHARE = 8
const TELLS = 1e6

// What is drawn of an answer.
const COMPARED = ["stacks", "answers", "inputs", "labels", "series", "scores", "readout"]

/** The most multiplications of an answer that fits into a frame: as many as a proof did in that time on this machine;
 * until then as many as a laptop does. */
export const frame = { products: 4e6 }

/**
 * The largest difference of c and h over all texts, as in 1e-07. Throws an Error where it is more than rounding.
 *
 * @param {Model | null} model @param {Wire.Proved[]} texts
 */
export async function nearness(model, texts) {
    let far = 0
    // One by one: between two texts the page moves.
    for (const text of texts) {
        const own = await farthestIn(model, text)
        far = own > far || Number.isNaN(own) ? own : far
    }
    if (!(far <= BOUND)) throw new Error(`its h and c are ${roughly(far)} from PyTorch’s`)
    return roughly(far)
}

/**
 * The largest difference in a text, in proportion where a value is larger than 1; NaN where one is NaN.
 *
 * @param {Model | null} model @param {Wire.Proved} text
 */
async function farthestIn(model, { query, steps, values }) {
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

/** All of an answer that is not laid out. @param {Numbers} numbers */
export function wordsOf({ stacks: _, strips: __, answers: ___, inputs: ____, ...words }) {
    return words
}

/** The largest difference of what two answers draw, in proportion where a value is larger than 1; Infinity where they
 * draw something else. @param {any} own @param {any} theirs */
export const farthest = (own, theirs) => Math.max(...COMPARED.map(name => difference(own[name], theirs[name])))

/** @param {any} own @param {any} theirs @returns {number} */
function difference(own, theirs) {
    if (Object.is(own ?? null, theirs ?? null)) return 0
    if (typeof own === "number" && typeof theirs === "number") {
        const far = Math.abs(own - theirs) / Math.max(1, Math.abs(theirs))
        return Number.isNaN(far) ? Infinity : far
    }
    if (!own || !theirs || typeof own !== "object" || typeof theirs !== "object") return Infinity
    if (own.length !== theirs.length) return Infinity
    let far = 0
    if (own.length === undefined)
        for (const name of Object.keys({ ...own, ...theirs })) far = Math.max(far, difference(own[name], theirs[name]))
    else for (let k = 0; k < own.length; k++) far = Math.max(far, difference(own[k], theirs[k]))
    return far
}

/** @param {number} far */
export const saidOf = far =>
    `This browser drew another picture first${Number.isFinite(far) ? `, ${roughly(far)} from PyTorch’s` : ""}. ` +
    "This one is PyTorch’s."
