/** Which number do 16 bits stand for? */

const WORD = new DataView(new ArrayBuffer(4))

/** The number whose float32 begins with these 16 bits. @param {number} bits */
export function widened(bits) {
    WORD.setUint32(0, bits << 16)
    return WORD.getFloat32(0)
}

/** The number of a float16. @param {number} bits */
export function half(bits) {
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
    const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : (fraction / 1024) * 2 ** -14
    const value = exponent === 31 ? (fraction ? NaN : Infinity) : size
    return bits & 0x8000 ? -value : value
}
