/** How is a GIF's compression read? With a list of all strings, as the GIF89a text tells it; no code of the writer. */

export function uncompressed(bytes) {
    let [at, held, number] = [0, 0, 0]
    const take = bits => {
        while (number < bits) {
            held += bytes[at++] * 2 ** number
            number += 8
        }
        const taken = held % 2 ** bits
        held = Math.floor(held / 2 ** bits)
        number -= bits
        return taken
    }
    const single = () => Array.from({ length: 258 }, (_, value) => [value])
    let [strings, bits, last] = [single(), 9, null]
    const out = []
    for (;;) {
        const code = take(bits)
        if (code === 257) return out
        if (code === 256) {
            ;[strings, bits, last] = [single(), 9, null]
            continue
        }
        const string = strings[code] ?? [...last, last[0]]
        out.push(...string)
        if (last && strings.length < 4096) strings.push([...last, string[0]])
        if (strings.length === 2 ** bits && bits < 12) bits += 1
        last = string
    }
}
