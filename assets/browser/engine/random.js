/**
 * Which random numbers does PyTorch draw? The weights of an untrained LSTM, to the bit, and the vectors of words.
 */

import { KINDS } from "../kinds.js"
import { utf8 } from "./tokens.js"

// Which numbers does torch draw from a seed? MT19937 of Matsumoto & Nishimura 1998, as `torch.Generator` on a CPU.

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

// Below which number does a share p of the normal distribution lie? As `torch.special.ndtri` says, to float32.

/** Newton's steps from a guess (Abramowitz & Stegun 26.2.22), on Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/15 + …) (Marsaglia 2004).
 * @param {number} p between 0 and 1 */
function normalBelow(p) {
    const tail = Math.min(p, 1 - p)
    const t = Math.sqrt(-2 * Math.log(tail))
    let x = (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t)) - t
    for (let step = 0; step < 3; step++) {
        let [sum, term] = [x, x]
        for (let k = 3; Math.abs(term) > 1e-17; k += 2) sum += term *= (x * x) / k
        const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
        x -= (0.5 + density * sum - tail) / density
    }
    return p < 0.5 ? x : -x
}

// Which bytes does SHAKE-256 give for a text? FIPS 202, with the permutation Keccak-f[1600]. A lane of 64 bits is two
// numbers of 32, the low one first: with the browser's own of 64 a new seed took most of a frame.

const RATE = 136
/** How far each lane is turned, in the order in which ρ and π visit the lanes. */
const TURNS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44]
const PLACES = visited()
const CONSTANTS = roundConstants()

/** @param {Uint8Array} message @param {number} count how many bytes @returns {Uint8Array} */
export function shake256(message, count) {
    const lanes = new Uint32Array(50)
    const padded = new Uint8Array(Math.ceil((message.length + 1) / RATE) * RATE)
    padded.set(message)
    padded[message.length] ^= 0x1f
    padded[padded.length - 1] ^= 0x80
    const halves = new Uint32Array(padded.buffer)
    for (let at = 0; at < halves.length; at += RATE / 4) {
        for (let half = 0; half < RATE / 4; half++) lanes[half] ^= halves[at + half]
        permute(lanes)
    }
    const digest = new Uint8Array(Math.ceil(count / RATE) * RATE)
    for (let at = 0; at < digest.length; at += RATE) {
        if (at) permute(lanes)
        digest.set(new Uint8Array(lanes.buffer, 0, RATE), at)
    }
    return digest.subarray(0, count)
}

/** A half of a lane that is turned: of the other half come the bits that leave it. No lane is turned by 32.
 * @param {number} half @param {number} other @param {number} by */
const turned = (half, other, by) =>
    by < 32 ? (half << by) | (other >>> (32 - by)) : (other << (by - 32)) | (half >>> (64 - by))

/** @param {Uint32Array} a (5 × 5 lanes, x first) */
function permute(a) {
    const column = new Uint32Array(10)
    const row = new Uint32Array(10)
    for (const constant of CONSTANTS) {
        for (let x = 0; x < 10; x++) column[x] = a[x] ^ a[x + 10] ^ a[x + 20] ^ a[x + 30] ^ a[x + 40]
        for (let at = 0; at < 50; at += 2) {
            const before = (at + 8) % 10
            const after = (at + 2) % 10
            a[at] ^= column[before] ^ turned(column[after], column[after + 1], 1)
            a[at + 1] ^= column[before + 1] ^ turned(column[after + 1], column[after], 1)
        }
        // ρ and π: each lane is turned and goes to the place of the next.
        let [low, high] = [a[2], a[3]]
        for (let k = 0; k < 24; k++) {
            const at = PLACES[k]
            const nextLow = a[at]
            const nextHigh = a[at + 1]
            a[at] = turned(low, high, TURNS[k])
            a[at + 1] = turned(high, low, TURNS[k])
            low = nextLow
            high = nextHigh
        }
        for (let y = 0; y < 50; y += 10) {
            for (let x = 0; x < 10; x++) row[x] = a[y + x]
            for (let x = 0; x < 10; x++) a[y + x] = row[x] ^ (~row[(x + 2) % 10] & row[(x + 4) % 10])
        }
        a[0] ^= constant[0]
        a[1] ^= constant[1]
    }
}

/** Where the lanes stand that ρ and π visit. */
function visited() {
    let [x, y] = [1, 0]
    return TURNS.map(() => {
        ;[x, y] = [y, (2 * x + 3 * y) % 5]
        return 2 * (x + 5 * y)
    })
}

/** The 24 constants of ι: a bit of the shift register x⁸ + x⁶ + x⁵ + x⁴ + 1 stands at each place 2ʲ − 1. */
function roundConstants() {
    let register = 1
    return Array.from({ length: 24 }, () => {
        const constant = new Uint32Array(2)
        for (let place = 1; place <= 64; place *= 2) {
            if (register & 1) constant[(place - 1) >> 5] |= 1 << (place - 1)
            register = (register << 1) ^ (register & 0x80 ? 0x171 : 0)
        }
        return constant
    })
}

// Which weights has an untrained LSTM? Those of `torch.manual_seed(seed); nn.LSTM(...)`, to the bit.

/**
 * @param {{kind?: string, inputSize: number, hiddenSize: number, numLayers?: number, bidirectional?: boolean}} sizes
 * @param {number} seed @param {() => number} draw its draws so far @returns {Recurrent}
 */
export function randomLstm(
    { kind = "LSTM", inputSize, hiddenSize, numLayers = 1, bidirectional = false },
    seed,
    draw = draws(seed),
) {
    const rows = KINDS[kind].blocks * hiddenSize
    /** @param {number} columns */
    const matrix = columns => ({ rows, columns, data: uniform(draw, hiddenSize ** -0.5, rows * columns) })
    /** @type {Object<string, Matrix>} */
    const weights = {}
    for (let layer = 0; layer < numLayers; layer++) {
        const read = layer ? hiddenSize * (bidirectional ? 2 : 1) : inputSize
        for (const suffix of bidirectional ? [`l${layer}`, `l${layer}_reverse`] : [`l${layer}`]) {
            const columns = { weight_ih: read, weight_hh: hiddenSize, bias_ih: 1, bias_hh: 1 }
            for (const [name, number] of Object.entries(columns)) weights[`${name}_${suffix}`] = matrix(number)
        }
    }
    return { kind, inputSize, hiddenSize, numLayers, bidirectional, bias: true, projSize: 0, weights }
}

// How does a word become numbers, before anything is trained? `lstm_core/inputs/tokens.py` draws the same numbers.

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
