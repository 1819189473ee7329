/** How does a file come along in a page? Compressed, in base64. */

import { readFileSync } from "node:fs"
import { gzipSync } from "node:zlib"

/** @param {ArrayBuffer | Uint8Array} bytes */
export const zipped = bytes => gzipSync(new Uint8Array(bytes)).toString("base64")

/** Numbers as float32. @param {number[]} numbers */
export const zippedNumbers = numbers => zipped(Float32Array.from(numbers).buffer)

/** What PyTorch would have recorded of a reading's first steps. */
export function provedOf(reading, query, steps) {
    const all = ["c", "h"].flatMap(letter =>
        reading.layers.flat().flatMap(one => {
            const size = one[letter].length / reading.tokens.length
            return [...one[letter].subarray(0, steps * size)]
        }),
    )
    return { query, steps, numbers: all, values: zippedNumbers(all) }
}

/** The table of a tagger's vectors of words. */
export const TABLE = "embedding.vectors.weight"

/** The file of a shipped model, with some of its tensors, as it comes along. */
export function fileOf(name, keeps) {
    const bytes = readFileSync(new URL(`../../assets/models/${name}/model.safetensors`, import.meta.url))
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
    const { __metadata__, ...tensors } = JSON.parse(`${bytes.subarray(8, 8 + length)}`)
    const [header, data] = [{ __metadata__ }, []]
    let at = 0
    for (const [own, { data_offsets, ...tensor }] of Object.entries(tensors)) {
        if (!keeps(own)) continue
        const part = bytes.subarray(...data_offsets.map(offset => 8 + length + offset))
        header[own] = { ...tensor, data_offsets: [at, at + part.length] }
        data.push(part)
        at += part.length
    }
    const said = Buffer.from(JSON.stringify(header))
    const size = Buffer.alloc(8)
    size.writeBigUInt64LE(BigInt(said.length))
    const whole = Buffer.concat([size, said, ...data])
    return zipped(whole)
}
