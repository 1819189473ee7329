/** Which bytes does SHAKE-256 give for a text? FIPS 202, with the permutation Keccak-f[1600]. */

const RATE = 136
const MASK = (1n << 64n) - 1n
/** How far each lane is turned, in the order in which ρ and π visit the lanes. */
const TURNS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44]
const CONSTANTS = roundConstants()

/** @param {Uint8Array} message @param {number} count how many bytes @returns {Uint8Array} */
export function shake256(message, count) {
    const lanes = new BigUint64Array(25)
    const padded = new Uint8Array(Math.ceil((message.length + 1) / RATE) * RATE)
    padded.set(message)
    padded[message.length] ^= 0x1f
    padded[padded.length - 1] ^= 0x80
    const words = new BigUint64Array(padded.buffer)
    for (let at = 0; at < words.length; at += RATE / 8) {
        for (let lane = 0; lane < RATE / 8; lane++) lanes[lane] ^= words[at + lane]
        permute(lanes)
    }
    const digest = new Uint8Array(Math.ceil(count / RATE) * RATE)
    for (let at = 0; at < digest.length; at += RATE) {
        if (at) permute(lanes)
        digest.set(new Uint8Array(lanes.buffer, 0, RATE), at)
    }
    return digest.subarray(0, count)
}

/** @param {bigint} lane @param {number} by */
const turned = (lane, by) => ((lane << BigInt(by)) | (lane >> BigInt(64 - by))) & MASK

/** @param {BigUint64Array} a (5 × 5 lanes, x first) */
function permute(a) {
    const column = new BigUint64Array(5)
    for (const constant of CONSTANTS) {
        for (let x = 0; x < 5; x++) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]
        for (let at = 0; at < 25; at++) a[at] ^= column[(at + 4) % 5] ^ turned(column[(at + 1) % 5], 1)
        // ρ and π: each lane is turned and goes to the place of the next.
        let [x, y, carried] = [1, 0, a[1]]
        for (const turn of TURNS) {
            ;[x, y] = [y, (2 * x + 3 * y) % 5]
            const next = a[x + 5 * y]
            a[x + 5 * y] = turned(carried, turn)
            carried = next
        }
        for (let row = 0; row < 25; row += 5) {
            const [b0, b1, b2, b3, b4] = a.slice(row, row + 5)
            a.set([b0 ^ (~b1 & b2), b1 ^ (~b2 & b3), b2 ^ (~b3 & b4), b3 ^ (~b4 & b0), b4 ^ (~b0 & b1)].map(big), row)
        }
        a[0] ^= constant
    }
}

/** @param {bigint} lane */
const big = lane => lane & MASK

/** The 24 constants of ι: a bit of the shift register x⁸ + x⁶ + x⁵ + x⁴ + 1 stands at each place 2ʲ − 1. */
function roundConstants() {
    let register = 1
    return Array.from({ length: 24 }, () => {
        let constant = 0n
        for (let j = 0; j < 7; j++) {
            if (register & 1) constant |= 1n << BigInt(2 ** j - 1)
            register = (register << 1) ^ (register & 0x80 ? 0x171 : 0)
        }
        return constant
    })
}
