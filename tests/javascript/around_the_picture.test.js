import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { to } from "../../assets/browser/state/time.js"
import { Part, textsOf } from "./page.js"
import { pictureOf, stateOf, timeOf } from "./pictures.js"

const { Brush } = await import("../../assets/browser/picture/chosen_steps.js")
const { ModelOutput } = await import("../../assets/browser/picture/read_and_said.js")
const { NextStep } = await import("../../assets/browser/picture/answers.js")
const { storyLine } = await import("../../assets/browser/panel/change_it.js")

/** A stack as it is painted from pixel 20 on, 100 pixels a word and 20 a strip. */
function stackOf(picture, n = 0) {
    const font = { color: "#000", family: "sans-serif" }
    const layout = { font, width: 100 * picture.columns.number, xaxis: { range: [-0.5, picture.columns.steps - 0.5] } }
    const parts = { plot: new Part("div"), area: new Part("div") }
    parts.area.append(parts.plot)
    parts.plot.box = { left: 20, top: 0, width: layout.width, height: 120 }
    parts.area.box = parts.plot.box
    const stack = picture.stacks[n]
    return { ...stack, ...parts, n, layout, columns: picture.columns, data: stack.figure.data }
}

/** What may come after a text, over a store whose source is that text. */
function nextOf(coming) {
    const store = new Store(stateOf({ source: { sentence: "a b c d" } }))
    const next = new NextStep(store)
    store.set({ picture: pictureOf({ coming }) })
    return { store, next, offers: () => next.offers.children }
}
const coming = (...labels) => labels.map((label, n) => ({ label, text: ` ${label}`, share: 0.5 / (n + 1) }))

test("five things are offered at most, as strong as they are likely, and a click writes one behind the text", () => {
    const { store, next, offers } = nextOf(coming(..."abcdefg"))
    assert.deepEqual(textsOf(offers()), ["a0.50", "b0.25", "c0.17", "d0.13", "e0.10"])
    assert.equal(offers()[1].getAttribute("style"), "--strength: 25%")
    assert.equal(offers()[0].getAttribute("data-step"), "4")
    offers()[1].click()
    assert.equal(store.state.source.sentence, "a b c d b")
    assert.equal(next.root.hidden, false)
    // It belongs to the last step.
    for (const column of [0, 2, 3]) {
        store.set({ time: to(store.state.time, column) })
        assert.equal(next.root.classList.contains("gs-not-yet"), column < 3)
    }
    assert.equal(nextOf([]).next.root.hidden, true)
    const [end] = nextOf([{ label: "end", text: null, share: null }]).offers()
    assert.deepEqual([end.getAttribute("disabled"), end.textContent], ["", "end"])
})

test("a click on a word pins the shown unit there; a finger that scrolls, and a drag, pin nothing", () => {
    const store = new Store(stateOf())
    const picture = pictureOf()
    const brush = new Brush(store, /** @type {any} */ ({ stacks: [stackOf(picture)] }), () => {})
    store.set({ picture, hover: { layer: 0, direction: 0, unit: 2, step: 3 } })
    const { words } = brush.parts[0]
    const press = (from, ends = "pointerup") => {
        words.told("pointerdown", { clientX: from, pointerId: 1, currentTarget: words })
        words.told(ends)
        return store.state.pin
    }
    assert.equal(press(170, "pointercancel"), null)
    assert.deepEqual(press(170), { layer: 0, direction: 0, unit: 2, step: 1 })
    store.set({ brush: [0, 1] })
    assert.equal(press(375).step, 1)
    assert.equal(store.state.brush, null)
    assert.deepEqual(press(375), { layer: 0, direction: 0, unit: 2, step: 3 })
})

test("a curve is drawn as far as it is read, tells its numbers, and zooms; its labels have its colours", () => {
    const store = new Store(stateOf())
    const output = new ModelOutput(store)
    const layout = { height: 30, width: 400, faint: "#888888", xaxis: { range: [-0.5, 3.5] } }
    const axes = [{ top: 0, height: 30, range: [0, 4], ticks: [2] }]
    const line = { name: "load", axis: 0, values: Float32Array.of(1, 2, 3, 4), late: 0, stroke: "#123456" }
    const lines = [line, { ...line, name: "load, forecast", late: 1, dash: [1, 2] }]
    const labels = [
        { text: "load", colour: "#123456" },
        { text: "wind", colour: "#654321" },
    ]
    const shown = { title: "the series", question: "", labels, layout, axes, lines, above: true }
    store.set({ picture: pictureOf({ extras: [shown], narrow: false }) })
    const [{ drawn, plot, names }] = output.shown
    assert.equal(drawn.getAttribute("aria-label"), "the series: load, wind")
    const clipped = at => {
        store.set({ time: timeOf({ at }) })
        return plot.style.clipPath || ""
    }
    assert.deepEqual([0.5, 2.5, 3.5, null].map(clipped), ["inset(0 340px 0 0)", "inset(0 140px 0 0)", "", ""])
    drawn.box = { left: 20, top: 0, width: 400, height: 30 }
    drawn.told("pointermove", { clientX: 270 })
    assert.deepEqual(drawn.title.split("\n").slice(1), ["load: 3", "load, forecast: 2"])
    const press = to => {
        drawn.told("pointerdown", { clientX: 170, pointerId: 1 })
        drawn.told("pointermove", { clientX: to })
        drawn.told("pointerup", { clientX: to })
        return store.state.zoom.steps
    }
    assert.deepEqual([press(175), press(270)], [null, [0.5, 2.5]])
    drawn.told("dblclick")
    assert.equal(store.state.zoom.steps, null)
    const signs = names.querySelectorAll(".gs-lines div").map(part => part.querySelectorAll(".gs-line-sign").length)
    assert.deepEqual(signs, [1, 1])
})

test("a pinned cell whose gates are not all shown is told from its terms; another one can be clicked", () => {
    const store = new Store(stateOf())
    const line = storyLine(store)
    const picture = pictureOf()
    for (const stack of picture.stacks) stack.figure.data = stack.figure.data.filter(({ name }) => "fc".includes(name))
    store.set({ picture, hover: { layer: 0, direction: 0, unit: 1, step: 2 } })
    const [now] = line.children
    assert.equal(now.textContent, "“word 2”: unit 1. Click its cell to see its numbers.")
    const pin = { layer: 0, direction: 0, unit: 1, step: 3 }
    const one = { f: { value: 0.25 }, i: { value: 1 }, g: { value: 0.5 }, o: { value: 1 } }
    const values = {
        unit: 1,
        h_before: [0, 0, 0],
        c_before: 2,
        kept: 0.5,
        written: 0.5,
        c: 1,
        tanh_c: 0.76,
        h: 0.76,
        ...one,
    }
    store.set({ pin, terms: /** @type {any} */ ({ of: picture, pin, values }) })
    assert.equal(now.textContent, "“word 3”: unit 1 keeps 25% of +2.00 and adds +0.50, so c = +1.00.")
})
