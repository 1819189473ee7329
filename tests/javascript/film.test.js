import assert from "node:assert/strict"
import { test } from "node:test"
import { covers, newest } from "../../assets/browser/film/covers.js"
import { fewColours, nearestIn } from "../../assets/browser/film/few_colours.js"
import { compressed } from "../../assets/browser/film/gif.js"
import { uncompressed } from "./gif_reader.js"

const AREA = { axis: "xaxis", left: 100, right: 500, top: 10, words: 40, bottom: 200, direction: 0 }
const PLAYED = { edges: [-0.5, 0.5, 1.5, 2.5, 3.5], names: [..."abcd"], areas: [AREA], paper: "#fff", ink: "#000" }
const whole = () => [-0.5, 3.5]

test("what is not read is covered to the end, from the left or from the right", () => {
    const [{ values }] = covers(PLAYED, 1, whole)
    assert.deepEqual(values, { left: 200, top: 40, width: 300, height: 160 })
    const fromTheRight = { ...PLAYED, areas: [{ ...AREA, direction: 1 }] }
    assert.deepEqual(covers(fromTheRight, 1, whole)[0].values, { left: 100, top: 40, width: 300, height: 160 })
    assert.deepEqual(newest(fromTheRight, 1, whole)[0], { left: 400, top: 40, width: 100, height: 160 })
    assert.equal(covers(PLAYED, 4, whole)[0].values.width, 0)
})

test("a zoomed picture is covered as far as it goes", () => {
    const [{ values }] = covers(PLAYED, 2, () => [0.5, 2.5])
    assert.deepEqual([values.left, values.width], [300, 200])
    assert.equal(covers(PLAYED, 3, () => [0.5, 2.5])[0].values.width, 0)
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

test("the nearest colour is the one of the least distance over all three channels", () => {
    const colours = [0x000000, 0x0000ff, 0x00ff00, 0xff0000, 0x808080]
    const place = nearestIn(colours)
    const far = (one, other) =>
        [0, 8, 16].reduce((sum, at) => sum + (((one >> at) & 255) - ((other >> at) & 255)) ** 2, 0)
    for (const pixel of [0x1000f0, 0x20e010, 0xe02010, 0x707f90, 0x050a03, 0xff00ff, 0x40c080]) {
        const least = Math.min(...colours.map(colour => far(colour, pixel)))
        assert.equal(far(colours[place(0xff000000 | pixel)], pixel), least, pixel.toString(16))
    }
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
