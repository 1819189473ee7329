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

// What does `torch.randn` draw? Pairs of normal numbers from pairs of uniform ones (Box & Muller 1958): from doubles one
// after the other for a small tensor, whose last number may leave one for the next; from floats in blocks of 16 for
// others.

const BLOCK = 16

/** What answers as `torch.randn(count)` with a generator that is drawn from nowhere else meanwhile.
 * @param {() => number} draw */
export function normals(draw) {
    const double = () => ((draw() & 0x1fffff) * 2 ** 32 + draw()) * 2 ** -53
    const float = () => (draw() & 0xffffff) * 2 ** -24
    let left = NaN
    const next = () => {
        const now = left
        left = NaN
        if (!Number.isNaN(now)) return now
        const turn = 2 * Math.PI * double()
        const radius = Math.sqrt(-2 * Math.log1p(-double()))
        left = radius * Math.sin(turn)
        return radius * Math.cos(turn)
    }
    return (/** @type {number} */ count) => {
        if (count < BLOCK) return Float32Array.from({ length: count }, next)
        const numbers = Float32Array.from({ length: count }, float)
        const whole = count - (count % BLOCK)
        for (let at = 0; at < whole; at += BLOCK) inPairs(numbers.subarray(at, at + BLOCK))
        // The last block lies over the one before, and is drawn anew.
        if (whole < count) inPairs(numbers.subarray(count - BLOCK).map(float), numbers.subarray(count - BLOCK))
        return numbers
    }
}

/** A block of uniform numbers as normal ones. @param {Float32Array} block @param {Float32Array} [into] */
function inPairs(block, into = block) {
    for (let k = 0; k < BLOCK / 2; k++) {
        const [radius, turn] = [Math.sqrt(-2 * Math.log(1 - block[k])), 2 * Math.PI * block[k + BLOCK / 2]]
        into[k] = radius * Math.cos(turn)
        into[k + BLOCK / 2] = radius * Math.sin(turn)
    }
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
