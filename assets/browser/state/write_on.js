/** Which of the things that may come next is written? The likeliest, or one drawn by its probability. */

/**
 * `sample`: draw, instead of taking the likeliest. `temperature`: at 1 as the model says, lower bolder, higher wilder.
 *
 * @typedef {{sample: boolean, temperature: number, seed: number}} Way
 */

/**
 * The next thing, or null if there is none. A seed draws the same things for the same text.
 *
 * @param {Next[]} coming the likeliest first @param {Way} way @param {number} step where it would stand
 */
export function chosen(coming, { sample, temperature, seed }, step) {
    if (!coming.length) return null
    if (!sample) return coming[0]
    const weights = coming.map(({ share }) => (share ?? 0) ** (1 / temperature))
    let left = chance(seed, step) * weights.reduce((sum, weight) => sum + weight, 0)
    const place = weights.findIndex(weight => {
        left -= weight
        return left < 0
    })
    return coming[Math.max(0, place)]
}

/**
 * A number from 0 to 1 that looks random, of a seed and a step: the mixing function of MurmurHash3.
 *
 * @param {number} seed @param {number} step
 */
export function chance(seed, step) {
    let mixed = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(step + 1, 0x85ebca6b)) >>> 0
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
}
