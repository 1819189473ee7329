/**
 * Which bytes does SHAKE-256 give for a text? FIPS 202, with the permutation Keccak-f[1600]. A lane of 64 bits is two
 * numbers of 32, the low one first: with the browser's own of 64 a new seed took most of a frame.
 */

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
