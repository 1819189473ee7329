import assert from "node:assert/strict"
import { test } from "node:test"
import { endsOf } from "../../assets/browser/controls/dimensions.js"
import { toggledLetter } from "../../assets/browser/controls/toggles.js"
import { takeFromPlotly } from "../../assets/browser/picture/cell_layer.js"
import { nearest } from "../../assets/browser/picture/cursor.js"
import { rowsOf } from "../../assets/browser/picture/numbers_table.js"
import { colourOf } from "../../assets/browser/shared/colour.js"
import { fixed, signed } from "../../assets/browser/shared/numbers.js"
import { inFull, linkTo } from "../../assets/browser/state/link.js"
import { cellOf, pinOf } from "../../assets/browser/state/pin.js"
import { around, columnsInSight, scaled } from "../../assets/browser/state/zoom.js"
import { pictureOf, stateOf } from "./pictures.js"

test("each half of a cell belongs to that cell and to no neighbour", () => {
    const range = [-0.5, 3.5]
    assert.deepEqual(
        [0.01, 0.24, 0.26, 0.49, 0.51, 0.99].map(share => nearest(range, share) + 0),
        [0, 0, 1, 1, 2, 3],
    )
})

test("a row of the table names its unit, also where the rows are sorted", () => {
    const picture = pictureOf({ steps: 1 })
    picture.stacks[0].units = [2, 0, 1]
    const { rows, all } = rowsOf(picture, 400)
    assert.deepEqual(
        rows.map(row => row.slice(0, 4)),
        [
            [0, "word 0", "0", 2],
            [0, "word 0", "0", 0],
            [0, "word 0", "0", 1],
        ],
    )
    assert.equal(all, 3)
})

test("the table ends after so many rows and says how many there are", () => {
    const { rows, all } = rowsOf(pictureOf({ steps: 4, units: 3 }), 5)
    assert.equal(rows.length, 5)
    assert.equal(all, 12)
})

test("there is one minus sign", () => {
    assert.equal(fixed(-0.5, 2), "−0.50")
    assert.equal(signed(-0.5), "−0.500")
    assert.equal(signed(0.5), "+0.500")
})

test("a pin is said in a link and read from it", () => {
    for (const pin of ["0.2.3", "1.0.7.1"]) assert.equal(pinOf(cellOf(pin)), pin)
    assert.deepEqual(cellOf("1.0.7.1"), { layer: 1, unit: 0, step: 7, direction: 1 })
    assert.equal(cellOf(""), null)
})

test("a link has the pin of now, keeps what embeds the page, and pins nothing in a text it can't take along", () => {
    const picture = pictureOf({ link: "sentence=x&pin=0.0.0" })
    const pin = cellOf("0.2.3")
    assert.equal(`${linkTo(stateOf({ picture, pin }), "?embed=true&a=b")}`, "sentence=x&pin=0.2.3&embed=true")
    assert.equal(`${linkTo(stateOf({ picture: { ...picture, pins: false }, pin }), "")}`, "sentence=x")
})

test("the other pages are told all that is on screen, each value as a text", () => {
    const picture = pictureOf()
    const said = inFull(stateOf({ picture, pin: cellOf("0.2.3") }))
    const view = Object.entries(picture.view).map(([name, value]) => [name, `${value}`])
    assert.deepEqual(said, { ...Object.fromEntries(view), pin: "0.2.3" })
    assert.equal(inFull(stateOf({ picture, pin: null })).pin, "")
})

test("a letter is switched on and off, and the last one stays on", () => {
    assert.equal(toggledLetter("figcoh", "i", "figcoh", 6, "figcoh"), "fgcoh")
    assert.equal(toggledLetter("fgcoh", "i", "figcoh", 6, "figcoh"), "figcoh")
    assert.equal(toggledLetter("c", "c", "figcoh", 6, "figcoh"), "c")
})

test("of the layers only those that are there count", () => {
    assert.equal(toggledLetter("", "0", "0123", 2, ""), "123")
    assert.equal(toggledLetter("123", "1", "0123", 2, ""), "123")
    assert.equal(toggledLetter("123", "0", "0123", 2, ""), "")
})

test("zooming in halves visible part around its middle, and out again is the whole", () => {
    const picture = pictureOf({ steps: 8, units: 4 })
    const near = scaled({ steps: null, units: null }, picture, 0.5)
    assert.deepEqual(near, { steps: [1.5, 5.5], units: [2.5, 0.5] })
    assert.deepEqual(scaled(near, picture, 2), { steps: null, units: null })
})

test("the columns in sight are those whose middle is", () => {
    const { columns } = pictureOf({ steps: 8 })
    assert.deepEqual(columnsInSight(columns, { steps: [1.4, 5.6], units: null }), [2, 5])
    assert.deepEqual(columnsInSight(columns, { steps: null, units: null }), [0, 7])
})

test("a bin opens with some steps to both sides", () => {
    const { columns } = pictureOf({ steps: 1_000, per: 4 })
    assert.deepEqual(around(columns, 50), [181.5, 221.5])
    assert.deepEqual(around(columns, 0), [-0.5, 21.5])
})

test("a colour lies between its neighbours on the scale", () => {
    const scale = {
        colorscale: [
            [0, "#000000"],
            [0.5, "#808080"],
            [1, "#ffffff"],
        ],
        zmin: -1,
        zmax: 1,
    }
    assert.equal(colourOf(-1, scale), "rgb(0,0,0)")
    assert.equal(colourOf(-0.5, scale), "rgb(64,64,64)")
    assert.equal(colourOf(9, scale), "rgb(255,255,255)")
})

test("Plotly gets no gaps and no numbers to draw, and what was asked for is kept", () => {
    const data = /** @type {any[]} */ ([
        { name: "c", xgap: 1, ygap: 1, texttemplate: "%{z:+.2f}", textfont: { size: 12 } },
        { name: "f", xgap: 0, ygap: 0 },
    ])
    assert.deepEqual(takeFromPlotly(data), [
        { numbers: true, gap: true, flat: false },
        { numbers: false, gap: false, flat: true },
    ])
    assert.deepEqual(data, [
        { name: "c", xgap: 0, ygap: 0 },
        { name: "f", xgap: 0, ygap: 0 },
    ])
})

test("a slider says where it ends, and that a larger number can be typed", () => {
    assert.deepEqual(endsOf([1, 512], 3), [1, "type up to 512", 64])
    assert.deepEqual(endsOf([1, 512], 256), [1, 512])
    assert.deepEqual(endsOf([1, 4], 2), [1, 4])
})
