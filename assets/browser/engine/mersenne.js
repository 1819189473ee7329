/**
 * Which numbers does torch draw from a seed? MT19937 of Matsumoto & Nishimura 1998, as `torch.Generator` on a CPU.
 */

const SIZE = 624
const SHIFT = 397

/** The 32-bit draws of a seed, one a call. @param {number} seed */
export function draws(seed) {
    const state = seeded(seed)
    let at = SIZE
    return () => {
        if (at === SIZE) {
            turn(state)
            at = 0
        }
        return tempered(state[at++])
    }
}

/**
 * What `Tensor.uniform_(-bound, bound)` writes into a float32 tensor of this many numbers.
 *
 * @param {() => number} draw @param {number} bound @param {number} count
 */
export function uniform(draw, bound, count) {
    const [numbers, most] = [new Float32Array(count), Math.fround(bound)]
    for (let k = 0; k < count; k++) numbers[k] = (draw() & 0xffffff) * 2 ** -24 * (2 * most) - most
    return numbers
}

/** @param {number} seed */
function seeded(seed) {
    const state = new Uint32Array(SIZE)
    state[0] = seed
    for (let k = 1; k < SIZE; k++) {
        const last = state[k - 1] ^ (state[k - 1] >>> 30)
        state[k] = Math.imul(1812433253, last) + k
    }
    return state
}

/** The next 624 words. @param {Uint32Array} state */
function turn(state) {
    for (let k = 0; k < SIZE; k++) {
        const word = (state[k] & 0x80000000) | (state[(k + 1) % SIZE] & 0x7fffffff)
        state[k] = state[(k + SHIFT) % SIZE] ^ (word >>> 1) ^ (word & 1 ? 0x9908b0df : 0)
    }
}

/** @param {number} word */
function tempered(word) {
    let y = word ^ (word >>> 11)
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
}
