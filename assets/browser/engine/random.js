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

// Below which number does a share p of the normal distribution lie? The rational functions of `ndtri` in Cephes
// (Moshier 1984-2000), which `torch.special.ndtri` computes too.

const SQRT_2PI = 2.5066282746310007
const TAIL = 0.1353352832366127
const MIDDLE = [
    [-59.96335010141079, 98.00107541859997, -56.67628574690703, 13.931260938727968, -1.2391658386738125],
    [
        1, 1.9544885833814176, 4.676279128988815, 86.36024213908905, -225.46268785411937, 200.26021238006066,
        -82.03722561683334, 15.90562251262117, -1.1833162112133,
    ],
]
const NEAR = [
    [
        4.0554489230596245, 31.525109459989388, 57.16281922464213, 44.08050738932008, 14.684956192885803,
        2.1866330685079025, -0.1402560791713545, -0.03504246268278482, -0.0008574567851546854,
    ],
    [
        1, 15.779988325646675, 45.39076351288792, 41.3172038254672, 15.04253856929075, 2.504649462083094,
        -0.14218292285478779, -0.03808064076915783, -0.0009332594808954574,
    ],
]
const FAR = [
    [
        3.2377489177694603, 6.915228890689842, 3.9388102529247444, 1.3330346081580755, 0.20148538954917908,
        1.2371663481782003e-2, 0.00030158155350823543, 2.6580697468673755e-6, 6.2397453918498364e-9,
    ],
    [
        1, 6.02427039364742, 3.6798356385616087, 1.3770209948908132, 0.21623699359449663, 0.013420400608854318,
        0.00032801446468212774, 2.8924786474538068e-6, 6.790194080099813e-9,
    ],
]

/** @param {number} x @param {number[]} coefficients the highest power first */
const polynomial = (x, coefficients) => coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)

/** @param {number} x @param {number[][]} parts */
const ratio = (x, [above, below]) => polynomial(x, above) / polynomial(x, below)

/** @param {number} p between 0 and 1 */
export function normalBelow(p) {
    const upper = p > 1 - TAIL
    const tail = upper ? 1 - p : p
    if (tail > TAIL) {
        const y = tail - 0.5
        return (y + y * y * y * ratio(y * y, MIDDLE)) * SQRT_2PI
    }
    const x = Math.sqrt(-2 * Math.log(tail))
    const value = x - Math.log(x) / x - ratio(1 / x, x < 8 ? NEAR : FAR) / x
    return upper ? value : -value
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
            weights[`weight_ih_${suffix}`] = matrix(read)
            weights[`weight_hh_${suffix}`] = matrix(hiddenSize)
            weights[`bias_ih_${suffix}`] = matrix(1)
            weights[`bias_hh_${suffix}`] = matrix(1)
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
