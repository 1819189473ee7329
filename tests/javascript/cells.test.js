/** Which shapes are drawn of a stack, and do a canvas and a file show the same? */

import assert from "node:assert/strict"
import { test } from "node:test"
import { laidOut } from "../../assets/browser/layout/picture.js"
import { shapesOf, wordsOver } from "../../assets/browser/picture/cells.js"
import { colourOf, shadesOf } from "../../assets/browser/shared/colour.js"
import { answerOf, LINKS } from "./links.js"
import { drawn } from "./page.js"
import { COLOURS, GREYS, wholePicture } from "./pictures.js"

const { toCanvas, toSvg } = await import("../../assets/browser/picture/sinks.js")
const { element } = await import("../../assets/browser/shared/element.js")

const HOW = { pin: null, theme: /** @type {const} */ ("light") }
const stackOf = (picture, n = 0) => {
    const stack = picture.stacks[n]
    return /** @type {any} */ ({ ...stack, ...stack.figure, columns: picture.columns })
}
const shapes = (picture, how = {}, n = 0) => shapesOf(stackOf(picture, n), picture, { ...HOW, ...how })
const isCell = shape => shape.kind === "cells"
const partsOf = all => all.filter(({ kind }) => kind === "part")
const textsOf = all => all.filter(({ kind }) => kind === "text")

test("each strip of each link has a cell for each number, in its colour, inside the stack and over the next", async () => {
    for (const { query } of LINKS) {
        const room = { width: 900, height: 600, theme: /** @type {const} */ ("dark"), steps: null, sheet: true }
        const picture = laidOut(await answerOf(query), room, COLOURS)
        picture.stacks.forEach(({ figure, layer, direction }, n) => {
            const strips = partsOf(shapes(picture, {}, n)).filter(({ about }) => "data-quantity" in about)
            assert.deepEqual(
                strips.map(({ about }) => Object.values(about)),
                figure.data.map(({ name }) => [name, layer, direction]),
            )
            strips.forEach((part, row) => {
                const { z, across, down, shade } = part.shapes.find(isCell)
                assert.equal(z, figure.data[row].z)
                assert.deepEqual([across.length - 1, down.length - 1], [picture.columns.number, z.length])
                assert.ok(part.y + part.height < (strips[row + 1]?.y ?? figure.layout.height))
                assert.ok(Math.abs(across[0]) < 0.01 && Math.abs(across.at(-1) - part.width) <= 1)
                assert.ok(Math.abs(down[0] - part.y) < 0.01 && Math.abs(down.at(-1) - part.y - part.height) < 0.01)
                const [near, exact] = [shade(z[0][0]).colour, colourOf(z[0][0], figure.data[row])].map(channels)
                assert.ok(near.every((value, k) => Math.abs(value - exact[k]) <= 2))
            })
        })
    }
})
const channels = colour => colour.match(/\d+/g).map(Number)

test("a file has a rectangle for each cell that has a number, and a canvas a pixel, of one colour", () => {
    const z = [Float32Array.of(-1, 0.25, Number.NaN), Float32Array.of(1, -0.5, 7)]
    const shade = shadesOf({ colorscale: /** @type {any} */ (GREYS), zmin: -1, zmax: 1 })
    const gaps = [1, 2]
    const cells = /** @type {any} */ ({ kind: "cells", z, across: [0, 50, 100, 150], down: [10, 30, 50], gaps, shade })
    const canvas = element("canvas")
    toCanvas(canvas, [cells], { left: -5, top: 0, width: 160, height: 60 })
    const [[image, ...place]] = drawn(canvas, "drawImage")
    assert.deepEqual(place, [0, 10, 150, 40])
    const [[{ data, width }]] = drawn(image, "putImageData")
    const found = new Map()
    for (const path of /** @type {any[]} */ (toSvg([cells])))
        for (const [, x, y, wide, high] of path.getAttribute("d").matchAll(/M(\S+) (\S+?)h(\S+?)v(\S+?)h/g)) {
            assert.deepEqual([wide, high].map(Number), [49, 18])
            found.set(`${Math.floor(y / 20 - 0.5)} ${x / 50}`, path.getAttribute("fill"))
        }
    const part = toSvg([cells], { x: 50, y: 30, width: 50, height: 20 })
    const [only] = part.map(path => path.getAttribute("d"))
    assert.deepEqual([part.length, only.match(/M/g).length], [1, 1], "of a part those in sight")
    for (const [line, row] of z.entries())
        row.forEach((value, column) => {
            const at = 4 * (line * width + column)
            const pixel = `rgb(${[...data.slice(at, at + 3)].join()})`
            assert.equal(found.get(`${line} ${column}`), Number.isNaN(value) ? undefined : pixel)
            assert.equal(data[at + 3], Number.isNaN(value) ? 0 : 255)
        })
})

test("a number is written in the ink of its cell, a state's with its sign", () => {
    const picture = wholePicture({ steps: 2, units: 1 })
    for (const stack of picture.stacks) stack.onCells = stack.onCells.map(has => ({ ...has, numbers: true }))
    for (const { z } of picture.stacks[0].figure.data) z[0].set([0.25, 0.75])
    const said = partsOf(shapes(picture)).map(({ shapes }) =>
        textsOf(shapes).map(({ text, fill }) => `${text} ${fill}`),
    )
    assert.deepEqual(said[0], ["0.25 #ffffff", "0.75 #000000"])
    assert.deepEqual(said[3], ["+0.25 #000000", "+0.75 #000000"])
})

test("x stands above the first layer, the starting values beside their strips: right of them from the right", () => {
    const inputs = { z: [[1, Number.NaN, -1, 0]], reach: 2, place: { top: 5, height: 20 } }
    const places = [[0, 0], [0, 1], [1, 0]] // biome-ignore format: a pair a stack
    const picture = wholePicture({ places, inputs, given: true })
    for (const stack of picture.stacks) stack.start = { c: [0, 0.5, 0] }
    const x = n => partsOf(shapes(picture, {}, n)).filter(({ y }) => y === 5).length
    assert.deepEqual([x(0), x(1), x(2)], [1, 1, 0])
    const starts = n => shapes(picture, {}, n).filter(isCell)[0]
    assert.deepEqual([starts(0).across[0], starts(1).across[0]], [-21, 404])
    const numbers = n => textsOf(shapes(picture, {}, n)).map(({ x }) => x)
    assert.deepEqual([Math.max(...numbers(0)), Math.max(...numbers(1))], [-27, -6])
    for (const stack of picture.stacks) stack.start = { c: [0, 0, 0] }
    assert.equal(shapes(picture).filter(isCell).length, 0)
})

test("of rows that are too low some are named, the pinned one among them with room around it; a zoom names those in sight", () => {
    const names = (units, how = {}, change = {}) => {
        const picture = wholePicture({ units, ...change })
        if (how.range)
            for (const n of "123456") picture.stacks[0].figure.layout[`yaxis${n}`.replace("1", "")].range = how.range
        return textsOf(shapes(picture, how))
    }
    assert.deepEqual([...new Set(names(1).map(({ text }) => text))], ["0"])
    assert.equal(names(1).filter(({ weight }) => weight === 600).length, 1, "strong in c alone")
    const some = how => names(40, how).map(({ text }) => +text)
    assert.deepEqual(some({}), [0])
    const pin = { layer: 0, direction: 0, unit: 21, step: 0 }
    assert.deepEqual(some({ pin }), [21])
    assert.ok(names(40, { pin }).every(({ fill }) => fill === "#10181f"))
    assert.deepEqual(some({ range: [21.5, 20.5] }), Array(6).fill(21))
})

test("words stand over their columns while they are in sight, struck through where they are left out", () => {
    const picture = wholePicture()
    const words = out => wordsOver(stackOf(picture), out).map(({ text, x, struck }) => `${text} ${x} ${struck}`)
    assert.deepEqual(words([1]), ["word 50 false", "<b> 150 true"])
    picture.stacks[0].figure.layout.xaxis.range = [0.5, 2.5]
    assert.deepEqual(words([]), ["<b> 100 false"])
})
