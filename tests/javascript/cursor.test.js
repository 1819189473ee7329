import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { onPage } from "./page.js"
import { pictureOf, stateOf } from "./pictures.js"

const { Cursor } = await import("../../assets/browser/picture/cursor.js")
const { element } = await import("../../assets/browser/shared/element.js")

const STRIPS = [..."figcoh"].map(quantity => ({
    quantity,
    title: `the ${quantity}`,
    scale: "gco".includes(quantity) ? "states" : "gates",
}))

/** A cursor over stacks of 100 pixels a word and 20 a strip of two units, the second stack 1000 pixels lower. */
function cursorOver(change = {}) {
    const store = new Store(stateOf())
    const picture = pictureOf({ units: 2, strips: STRIPS, ...change })
    store.set({ picture })
    const root = onPage(element("div", {}), { left: 0, top: 0, width: 1000, height: 800 })
    const did = { pins: [], bins: [], drags: [] }
    const pin = cell => {
        did.pins.push(cell)
        store.set({ pin: cell })
    }
    const cursor = new Cursor(
        ...[root, store, pin],
        column => did.bins.push(column),
        (from, to) => did.drags.push([from, to]),
    )
    const xaxis = { range: [-0.5, picture.columns.steps - 0.5] }
    const stacks = picture.stacks.map((stack, n) => {
        const plot = element("div", {})
        plot.box = { left: 10, top: 5 + 1000 * n, width: 100 * picture.columns.number, height: 120 }
        const layout = { width: plot.box.width, xaxis }
        for (let row = 0; row < 6; row++) layout[row ? `yaxis${row + 1}` : "yaxis"] = { range: [1.5, -0.5] }
        const area = element("div", {}, plot)
        root.append(area)
        return { ...stack, n, plot, area, layout, data: stack.figure.data, columns: picture.columns }
    })
    cursor.follow(stacks)
    /** The pointer at a word, strip and unit of a stack. */
    const at = (step, row, unit, n = 0) => ({
        clientX: 60 + 100 * step,
        clientY: 5 + 1000 * n + 20 * row + 5 + 10 * unit,
    })
    const told = (type, place, n = 0) => stacks[n].plot.told(type, place)
    const click = place => {
        told("pointerdown", place)
        document.told("pointerup", place)
    }
    const key = (name, more = {}) => stacks[0].plot.told("keydown", { key: name, ...more })
    return { store, cursor, stacks, did, at, told, click, key }
}

const cell = (unit, step, rest = {}) => ({ layer: 0, direction: 0, unit, step, ...rest })

test("a projection's h is told by itself: it belongs to no unit, and none is pinned by it", () => {
    const { store, cursor, did, at, told, click } = cursorOver({ projects: true })
    told("pointermove", at(2, 5, 1))
    assert.equal(store.state.hover, null)
    assert.deepEqual(
        cursor.marks.map(({ hidden }) => hidden),
        [true, true, true, true, true, false],
    )
    assert.match(cursor.tip.textContent, /number 1 of h, a projection of all units/)
    assert.deepEqual(
        cursor.tip.querySelectorAll("tr").map(row => row.firstChild.textContent),
        ["the h"],
    )
    click(at(2, 5, 1))
    assert.deepEqual(did.pins, [])
    told("pointermove", at(2, 3, 1))
    assert.deepEqual(store.state.hover, cell(1, 2))
    assert.equal(cursor.marks[5].hidden, true)
    assert.ok(!cursor.tip.textContent.includes("the h"))
})

test("a click pins a cell, a later one on it unpins it, a double-click leaves the pin of before; a drag before Plotly is here tells its columns", t => {
    Reflect.deleteProperty(globalThis, "Plotly")
    const { did, at, click, cursor, told } = cursorOver()
    let clock = 0
    t.mock.method(performance, "now", () => clock)
    const clicks = (place, after) => {
        clock += after
        click(place)
    }
    clicks(at(2, 3, 1), 0)
    clicks(at(2, 0, 1), 1000)
    clicks(at(0, 0, 0), 1000)
    clicks(at(3, 3, 1), 1000)
    clicks(at(3, 3, 1), 100)
    assert.deepEqual(did.pins, [cell(1, 2), null, cell(0, 0), cell(1, 3), cell(0, 0)])
    const place = at(1, 0, 0)
    told("pointerdown", place)
    document.told("pointerup", { ...place, clientX: place.clientX + 4 })
    assert.equal(did.pins.length, 5)
    assert.deepEqual(did.drags, [[1, 1]])
    assert.equal(document.activeElement, cursor.stacks[0].plot)
})

test("an arrow key begins outside the first cell, in the strip c, and walks to the border and no farther", () => {
    const { store, stacks, key, cursor } = cursorOver()
    stacks[0].plot.focus()
    const walked = name => {
        assert.equal(key(name).defaultPrevented, true)
        assert.equal(cursor.tip.querySelector(".gs-here").firstChild.textContent, "the c")
        return [store.state.hover.unit, store.state.hover.step]
    }
    const names = ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp", "ArrowLeft"]
    assert.deepEqual(names.map(walked), [
        [0, 0],
        [0, 1],
        [1, 1],
        [1, 1],
        [1, 0],
        [0, 0],
        [0, 0],
        [0, 0],
    ])
    for (const _ of "12345") walked("ArrowRight")
    assert.equal(store.state.hover.step, 3)
    store.set({ zoom: { steps: [0.5, 2.5], units: null } })
    assert.equal(["ArrowRight", "ArrowLeft", "ArrowLeft"].map(name => walked(name)[1]).join(), "2,1,1")
})

test("a walk begins at the pinned cell, takes its pin along and is spoken", () => {
    const { store, stacks, key, cursor, did } = cursorOver()
    store.set({ pin: cell(1, 2) })
    stacks[0].plot.focus()
    key("ArrowLeft")
    assert.deepEqual(did.pins, [cell(1, 1)])
    assert.match(cursor.spoken.textContent, /^word 1, step 1 · layer 0 · unit 1. the f 0.1110, the i/)
    key("a")
    assert.deepEqual(did.pins.length, 1)
})

test("a walk from the last cell under the pointer pins nothing until Enter does", () => {
    const { stacks, key, did, at, told, store } = cursorOver()
    told("pointermove", at(2, 0, 1))
    told("pointerleave", {})
    stacks[0].plot.focus()
    key("ArrowRight")
    assert.deepEqual([store.state.hover, did.pins], [cell(1, 3), []])
    key("Enter")
    assert.deepEqual(did.pins, [cell(1, 3)])
})

test("the tip closes with Escape, when playback starts and when Present opens, and not while it plays", () => {
    const { store, stacks, cursor, key, did } = cursorOver()
    stacks[0].plot.focus()
    const { time } = store.state
    const closers = [
        () => key("Escape"),
        () => store.set({ time: { ...time, playing: true } }),
        () => store.set({ presenting: true }),
        () => store.set({ presenting: false }),
    ]
    for (const close of closers) {
        key("ArrowRight")
        assert.equal(cursor.tip.hidden, false)
        close()
        assert.equal(cursor.tip.hidden, true)
        assert.equal(store.state.hover, null)
        assert.ok(cursor.marks.every(({ hidden }) => hidden))
    }
    key("ArrowRight")
    store.set({ time: { ...time, playing: true, at: 1 } })
    assert.equal(cursor.tip.hidden, false)
    assert.deepEqual(did.pins, [])
})
