import assert from "node:assert/strict"
import { test } from "node:test"
import "./page.js"
import { toggledLetter } from "../../assets/browser/controls/menu.js"
import { numbersTable } from "../../assets/browser/picture/names.js"
import { colourOf, inkOn } from "../../assets/browser/shared/colour.js"
import { cellOf, inFull, linkTo, pinOf } from "../../assets/browser/state/link.js"
import { Store } from "../../assets/browser/state/store.js"
import { around, isZoomed, keptZoom, scaled, zoomWithin } from "../../assets/browser/state/zoom.js"
import { pictureOf, stateOf } from "./pictures.js"

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

test("the whole of a picture is a zoom that it has, and half a step more is not", () => {
    const picture = pictureOf({ steps: 4, units: 3 })
    const zoom = { steps: [-0.5, 3.5], units: [2.5, -0.5] }
    assert.equal(zoomWithin(zoom, picture), zoom)
    for (const other of [
        { ...zoom, steps: [0, 4] },
        { ...zoom, units: [3, 0] },
    ]) {
        assert.deepEqual(zoomWithin(other, picture), { steps: null, units: null })
    }
    assert.deepEqual(zoomWithin({ steps: null, units: [9, 0] }, picture), { steps: null, units: null })
})

test("a zoom stays in a picture of as many steps and units, part by part", () => {
    const zoom = { steps: [0.5, 1.5], units: [1.5, 0.5] }
    const last = pictureOf()
    assert.equal(keptZoom(zoom, last, pictureOf()), zoom)
    assert.deepEqual(keptZoom(zoom, last, pictureOf({ steps: 5 })), { steps: null, units: [1.5, 0.5] })
    assert.deepEqual(keptZoom(zoom, last, pictureOf({ units: 5 })), { steps: [0.5, 1.5], units: null })
    assert.equal(keptZoom(zoom, null, pictureOf({ steps: 5 })), zoom)
    const none = { steps: null, units: null }
    assert.equal(keptZoom(none, last, pictureOf({ steps: 5 })), none)
    assert.deepEqual([none, zoom, { ...none, steps: [0, 1] }, { ...none, units: [1, 0] }].map(isZoomed), [
        false,
        true,
        true,
        true,
    ])
})

test("of bins, or of a part of the text, all units stay in sight; a zoom is at least a step wide", () => {
    const units = [2.5, 0.5]
    const binned = pictureOf({ steps: 8, per: 2, units: 4 })
    assert.deepEqual(scaled({ steps: null, units }, binned, 0.5), { steps: [1.5, 5.5], units })
    const part = pictureOf({ steps: 8, units: 4 })
    Object.assign(part.columns, { number: 4 })
    assert.deepEqual(scaled({ steps: [0.5, 2.5], units }, part, 0.5), { steps: [1, 2], units })
    const narrow = scaled({ steps: [2, 3], units: [2, 1] }, pictureOf({ steps: 8, units: 4 }), 0.5)
    assert.deepEqual(narrow, { steps: [2, 3], units: [2, 1] })
    const wide = scaled({ steps: [0.5, 2.5], units: [2.5, 1.5] }, pictureOf({ steps: 8, units: 4 }), 2)
    assert.deepEqual(wide, { steps: [-0.5, 3.5], units: [3, 1] })
    const none = scaled({ steps: null, units: null }, pictureOf({ steps: 1, units: 1 }), 0.5)
    assert.deepEqual(none, { steps: null, units: null })
})

test("the table of numbers is scrolled by keys, has 400 rows, and is there for a picture with strips", () => {
    const store = new Store(stateOf())
    const root = numbersTable(store, "")
    store.set({ picture: pictureOf() })
    assert.deepEqual([root.hidden, root.querySelector(".gs-table").getAttribute("tabindex")], [false, "0"])
    root.open = true
    root.told("toggle")
    store.set({ picture: pictureOf({ steps: 400, units: 1 }) })
    assert.equal(root.querySelector("caption").textContent, "One row per step, layer and unit.", "all 400 are there")
    store.set({ picture: pictureOf({ stacks: [] }) })
    assert.equal(root.hidden, true)
})

const oneColour = colour => ({
    colorscale: [
        [0, colour],
        [1, colour],
    ],
    zmin: 0,
    zmax: 1,
})

test("the ink on a colour is the one that differs more from it: green counts most and blue least", () => {
    const inks = ["#ff0000", "#00ff00", "#0000ff", "#767676", "#757575", "#0a0a0a", "#ffff00", "#b40000", "#0082ff"]
    assert.deepEqual(
        inks.map(colour => inkOn(0.5, oneColour(colour)) === "#000000"),
        [true, true, false, true, false, false, true, false, true],
    )
})
