import assert from "node:assert/strict"
import { test } from "node:test"
import { covers, newest } from "../../assets/browser/film/covers.js"
import { fewColours, nearestIn } from "../../assets/browser/film/few_colours.js"
import { compressed, Gif } from "../../assets/browser/film/gif.js"
import { uncompressed } from "./gif_reader.js"

const AREA = { edges: [100, 200, 300, 400, 500], top: 10, words: 40, bottom: 200, direction: 0 }
const PLAYED = { number: 4, areas: [AREA], story: null, paper: "#fff", ink: "#000" }

test("what is not read is covered to the end, from the left or from the right", () => {
    const [{ values }] = covers(PLAYED, 1)
    assert.deepEqual(values, { left: 200, top: 40, width: 300, height: 160 })
    const fromTheRight = { ...PLAYED, areas: [{ ...AREA, direction: 1 }] }
    assert.deepEqual(covers(fromTheRight, 1)[0].values, { left: 100, top: 40, width: 300, height: 160 })
    assert.deepEqual(newest(fromTheRight, 1)[0], { left: 400, top: 40, width: 100, height: 160 })
    assert.equal(covers(PLAYED, 4)[0].values.width, 0)
})

test("few colours stay as they are", () => {
    const pixels = Uint32Array.from({ length: 2_000 }, (_, at) => 0xff000000 | ((at % 200) * 70_001))
    const place = nearestIn(fewColours(pixels))
    const colours = fewColours(pixels)
    for (const pixel of pixels) assert.equal(colours[place(pixel)], pixel & 0xffffff)
})

test("of many colours each has one that is near", () => {
    const pixels = Uint32Array.from(
        { length: 4_096 },
        (_, at) => 0xff000000 | (at >> 4) | ((at >> 4) << 8) | ((at & 15) << 16),
    )
    const colours = fewColours(pixels)
    assert.ok(colours.length <= 256)
    const place = nearestIn(colours)
    const far = (one, other) =>
        Math.max(...[0, 8, 16].map(shift => Math.abs(((one >> shift) & 255) - ((other >> shift) & 255))))
    assert.ok(Math.max(...Array.from(pixels, pixel => far(pixel, colours[place(pixel)]))) <= 16)
})

test("of one colour too many the two that are least apart, in how much is painted with them, become their mean", () => {
    for (const channel of [0, 8, 16]) {
        const often = at => (at === 10 ? 1 : at === 11 ? 3 : 100)
        const shades = Array.from({ length: 256 }, (_, at) => Array(often(at)).fill(at << channel)).flat()
        const other = (255 << channel) | (200 << ((channel + 8) % 24))
        const colours = fewColours(Uint32Array.from([...shades, ...Array(100).fill(other)]))
        const sort = all => [...all].sort((a, b) => a - b)
        const wanted = Array.from({ length: 256 }, (_, at) => at << channel).filter(colour => colour !== 10 << channel)
        assert.deepEqual(sort(colours), sort([...wanted, other]))
    }
})

test("a colour has the place of the nearest one, of equals of the first", () => {
    const place = nearestIn([0x000000, 0x0000ff, 0x00ff00, 0xff0000, 0x404040])
    for (const [colour, nearest] of [
        [0xff0000f0, 1],
        [0x00f000, 2],
        [0xf00000, 3],
        [0x30f010, 2],
        [0x1030f0, 1],
        [0xf01030, 3],
        [0x101010, 0],
        [0x202020, 0],
        [0x212121, 4],
        [0x404000, 4],
        [0x400040, 4],
        [0x004040, 4],
        [0xff00ff00, 2],
    ])
        assert.equal(place(colour), nearest, colour.toString(16))
    assert.deepEqual([place(0xf00000), place(0x202020)], [3, 0])
})

test("what is compressed reads back", () => {
    let seed = 7
    const random = below => {
        seed = (seed * 16_807) % 2_147_483_647
        return seed % below
    }
    for (const length of [1, 2, 255, 256, 257, 300, 5_000, 60_000]) {
        for (const below of [1, 2, 256]) {
            const places = Uint8Array.from({ length }, () => random(below))
            assert.deepEqual(uncompressed(compressed(places)), [...places], `${length} of ${below}`)
        }
    }
})

const PART = { left: 1, top: 2, width: 300, height: 1 }
const bytesOf = async gif => [...new Uint8Array(await gif.file().arrayBuffer())]

test("a GIF begins with its size and 256 colours, plays for ever, and says how a frame stays", async () => {
    const gif = new Gif(700, 3, [0x112233])
    gif.add(PART, new Uint8Array(300), 26)
    const bytes = await bytesOf(gif)
    assert.deepEqual(bytes.slice(6, 19), [188, 2, 3, 0, 0xf7, 0, 0, 0x33, 0x22, 0x11, 0, 0, 0])
    // The Netscape extension: a block of 11 letters and one of 3 bytes, which say to play without end.
    const extension = 13 + 768
    assert.deepEqual(bytes.slice(extension, extension + 3), [0x21, 0xff, 11])
    assert.deepEqual(bytes.slice(extension + 14, extension + 19), [3, 1, 0, 0, 0])
    const frame = extension + 19
    // A control block: it stays when the next comes, 3 hundredths of a second, no colour is transparent.
    assert.deepEqual(bytes.slice(frame, frame + 8), [0x21, 0xf9, 4, 4, 3, 0, 0, 0])
    assert.deepEqual(bytes.slice(frame + 8, frame + 19), [0x2c, 1, 0, 2, 0, 44, 1, 1, 0, 0, 8])
    assert.deepEqual(bytes.slice(-2), [0, 0x3b])
})

test("data that fill a block to its last byte have no empty block behind it", async () => {
    let seed = 7
    const random = Uint8Array.from({ length: 400 }, () => {
        seed = (seed * 16_807) % 2_147_483_647
        return seed % 256
    })
    const full = [...random.keys()]
        .map(length => random.subarray(0, length + 1))
        .find(part => compressed(part).length === 255)
    const gif = new Gif(9, 9, [])
    gif.add(PART, full, 700)
    const bytes = await bytesOf(gif)
    const begin = 13 + 768 + 19 + 19
    assert.equal(bytes[begin], 255)
    assert.deepEqual(bytes.slice(begin + 256), [0, 0x3b])
    const longer = new Gif(9, 9, [])
    longer.add(PART, random, 700)
    const all = await bytesOf(longer)
    const second = all[begin + 256]
    assert.equal(255 + second, compressed(random).length)
    assert.deepEqual(all.slice(begin + 257 + second), [0, 0x3b])
})
