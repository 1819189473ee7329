/** Which model does a page carry, and does it compute as PyTorch did? `dashboard/offline/carried.py` packs it. */

import { openModel } from "../engine/model.js"
import { unzipped } from "../shared/unzipped.js"
import { Here } from "./here.js"

// The largest difference that rounding explains, in proportion where a value is larger than 1.
const BOUND = 2e-5

/** Who answers in the page; compared with PyTorch. Throws an Error where the page could prove nothing. */
export async function opened(/** @type {Wire.CarriedModel} */ { usual, words, about, file, proved }) {
    const data = await unzipped(file).arrayBuffer()
    const model = data.byteLength ? openModel(data) : null
    const here = new Here({ usual, words }, async () => ({ model, about, sizes: {}, notices: [] }))
    const far = await farthest(here, proved)
    if (!(far <= BOUND)) throw new Error(`its h and c are ${written(far)} from PyTorch’s`)
    here.near = written(far)
    return here
}

/** The largest difference of c and h, in proportion where a value is larger than 1; NaN where one is NaN. */
async function farthest(/** @type {Here} */ here, /** @type {Wire.Proved} */ { query, steps, values }) {
    const { reading } = await here.read(query)
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

/** As in 1e-07. @param {number} number */
const written = number => number.toExponential(0).replace(/e([+-])(\d)$/, "e$10$2")
