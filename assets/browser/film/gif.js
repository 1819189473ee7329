/** How is a GIF written? Frames of at most 256 colours, each only as large as what has changed (GIF89a). */

/** @typedef {{left: number, top: number, width: number, height: number}} Part */

// A code of the compression has at most so many bits.
const BITS = 12

export class Gif {
    /** @type {Uint8Array<ArrayBuffer>[]} */
    #parts = []

    /** @param {number} width @param {number} height @param {number[]} colours at most 256, 0xbbggrr */
    constructor(width, height, colours) {
        const table = Array.from({ length: 256 }, (_, at) => colours[at] ?? 0)
        this.#write([...text("GIF89a"), ...short(width), ...short(height), 0xf7, 0, 0])
        this.#write(table.flatMap(colour => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255]))
        // It plays again and again.
        this.#write([0x21, 0xff, 11, ...text("NETSCAPE2.0"), 3, 1, ...short(0), 0])
    }

    /**
     * Adds a frame: this part of the picture becomes these colours, by their places, and stays for a while; the rest
     * stays as it is.
     *
     * @param {Part} part @param {Uint8Array} places @param {number} milliseconds
     */
    add({ left, top, width, height }, places, milliseconds) {
        const delay = Math.max(2, Math.round(milliseconds / 10))
        this.#write([0x21, 0xf9, 4, 0x04, ...short(delay), 0, 0])
        this.#write([0x2c, ...short(left), ...short(top), ...short(width), ...short(height), 0])
        this.#write([8])
        const packed = compressed(places)
        for (let at = 0; at < packed.length; at += 255) {
            const block = packed.subarray(at, at + 255)
            this.#write([block.length])
            this.#parts.push(block)
        }
        this.#write([0])
    }

    /** The whole file. */
    file() {
        return new Blob([...this.#parts, new Uint8Array([0x3b])], { type: "image/gif" })
    }

    /** @param {number[]} bytes */
    #write(bytes) {
        this.#parts.push(new Uint8Array(bytes))
    }
}

/** @param {string} letters */
const text = letters => Array.from(letters, letter => letter.charCodeAt(0))
/** @param {number} number */
const short = number => [number & 255, number >> 8]

/** Numbers below 256, compressed as a GIF has them (LZW with codes of 9 to 12 bits). @param {Uint8Array} places */
export function compressed(places) {
    const [clear, end] = [256, 257]
    const out = new Bits(places.length)
    let known = new Map()
    let next = end + 1
    let width = 9
    out.put(clear, width)
    let code = places[0]
    for (let at = 1; at < places.length; at += 1) {
        const longer = (code << 8) | places[at]
        const found = known.get(longer)
        if (found !== undefined) {
            code = found
            continue
        }
        out.put(code, width)
        known.set(longer, next)
        if (next === 1 << width) width += 1
        next += 1
        if (next === 1 << BITS) {
            out.put(clear, width)
            known = new Map()
            next = end + 1
            width = 9
        }
        code = places[at]
    }
    out.put(code, width)
    // The reader counts this last code too.
    out.put(end, next === 1 << width && width < BITS ? width + 1 : width)
    return out.bytes()
}

/** Numbers of some bits each, one after the other, the lowest bit first. */
class Bits {
    #bytes
    #number = 0
    #held = 0
    #waiting = 0

    /** @param {number} room */
    constructor(room) {
        this.#bytes = new Uint8Array(2 * room + 16)
    }

    /** @param {number} number @param {number} bits */
    put(number, bits) {
        this.#held |= number << this.#waiting
        this.#waiting += bits
        while (this.#waiting >= 8) {
            this.#bytes[this.#number++] = this.#held & 255
            this.#held >>>= 8
            this.#waiting -= 8
        }
    }

    bytes() {
        if (this.#waiting > 0) this.#bytes[this.#number++] = this.#held & 255
        return this.#bytes.slice(0, this.#number)
    }
}
