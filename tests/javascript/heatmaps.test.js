import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { drawn, frame, onPage, Part, pixels, texts, textsOf } from "./page.js"
import { settled, stateOf, wholePicture } from "./pictures.js"

const { Heatmaps } = await import("../../assets/browser/picture/heatmaps.js")
const { drawLegend, legendOf } = await import("../../assets/browser/picture/names.js")
const { colourWords, markLeftOut } = await import("../../assets/browser/picture/cover.js")
const { zoomTools } = await import("../../assets/browser/picture/chosen_steps.js")
const { element } = await import("../../assets/browser/shared/element.js")

/** What Plotly was asked for, and what it is told by a hand: `byHand(plot, "plotly_relayout", change)`. */
const plotly = { drawn: [], purged: [], moved: [] }
globalThis.Plotly = /** @type {any} */ ({
    react: (plot, ...given) => plotly.drawn.push([plot, ...given]),
    purge: plot => plotly.purged.push(plot),
    relayout: (plot, change) => plotly.moved.push([plot, change]),
})
Part.prototype.on = function (name, call) {
    this.hears = [...(this.hears ?? []), { name, call }]
}
function byHand(plot, name, change) {
    for (const one of plot.hears) if (one.name === name) one.call(change)
}

/** Heatmaps on a page. */
function shown(change = {}, state = {}) {
    const waiting = []
    const store = new Store(stateOf(state), go => waiting.push(go))
    const heatmaps = new Heatmaps(store, () => {})
    const view = onPage(element("div", { class: "gatescope", "data-theme": "light" }, heatmaps.root))
    const show = more => {
        const picture = wholePicture({ ...change, ...more })
        store.set({ picture })
        return picture
    }
    const paint = () => waiting.splice(0).map(go => go())
    const picture = show({})
    // Plotly draws the first picture once the browser has painted ours.
    paint()
    return { store, heatmaps, view, show, paint, picture }
}
const TWO_LAYERS = [
    [0, 0],
    [1, 0],
]
const BOTH_WAYS = [
    [0, 0],
    [0, 1],
]

test("between the cells is the page's colour, or white where it has none", t => {
    for (const [paper, expected] of [
        ["#0b1020", "#0b1020"],
        ["", "#fff"],
    ]) {
        t.mock.method(globalThis, "getComputedStyle", () => ({ getPropertyValue: () => paper }))
        const [{ numbers }] = shown().heatmaps.stacks
        const gaps = numbers.pen.calls.filter(([name]) => name === "fillRect")
        assert.equal(gaps.at(-1).at(-1).fill, expected)
    }
})

test("one stack has no title, and the keyboard reaches it", () => {
    const { heatmaps } = shown()
    assert.deepEqual(texts(heatmaps.root, "h3"), [])
    assert.equal(heatmaps.stacks[0].plot.getAttribute("tabindex"), "0")
    const [names] = heatmaps.root.querySelectorAll(".gs-names")
    assert.equal(names.classList.contains("gs-below-title"), false)
    assert.deepEqual(texts(names, ".gs-title"), ["the f", "the i", "the g", "the c", "the o", "the h"])
    assert.match(heatmaps.stacks[0].plot.getAttribute("aria-label"), /^layer 0: 6 heatmaps of 3 units over 4 steps\. /)
})

test("as many stacks stand in a row as there is room for, with the names of the strips at its left", () => {
    const arranged = change => {
        const { root } = shown({ places: TWO_LAYERS, ...change }).heatmaps
        return root.querySelectorAll(".gs-row").map(row => [texts(row, "h3"), row.querySelectorAll(".gs-names").length])
    }
    assert.deepEqual(arranged({ across: 2 }), [[["layer 0", "layer 1"], 1]])
    assert.deepEqual(arranged({ across: 1 }), [
        [["layer 0"], 1],
        [["layer 1"], 1],
    ])
    const { heatmaps } = shown({ places: TWO_LAYERS, across: 2 })
    assert.equal(heatmaps.root.querySelector(".gs-names").classList.contains("gs-below-title"), true)
    assert.equal(heatmaps.stacks[1].names, null)
})

test("places are made anew for other strips alone, and show nothing yet", async () => {
    const { heatmaps, show } = shown()
    const [{ plot }] = heatmaps.stacks
    show({})
    assert.equal(heatmaps.stacks[0].plot, plot)
    plotly.purged.length = 0
    show({ narrow: true })
    assert.notEqual(heatmaps.stacks[0].plot, plot)
    await settled()
    assert.deepEqual(plotly.purged, [plot])
    const stack = heatmaps.addStack(0, wholePicture())
    for (const name of ["cover", "now", "ribbon", "carried", "starts"]) assert.equal(stack[name].hidden, true, name)
    const { inputs } = stack
    assert.deepEqual([inputs.canvas.hidden, inputs.label.hidden], [true, true])
    assert.equal(heatmaps.root.hidden, false)
    show({ stacks: [] })
    assert.equal(heatmaps.root.hidden, true)
})

test("before Plotly is here we paint cells and words, and what comes then is Plotly's", () => {
    const { Plotly } = globalThis
    Reflect.deleteProperty(globalThis, "Plotly")
    plotly.drawn.length = 0
    const { heatmaps, store, show, paint } = shown()
    const [{ numbers, words, plot, layout }] = heatmaps.stacks
    assert.equal(drawn(numbers, "drawImage").length, 6)
    assert.deepEqual(texts(words, "text").slice(0, 2), ["word", "<b>"])
    assert.deepEqual(pixels(plot, "width", "height"), [layout.width, layout.height])
    store.set({ drag: "pan" })
    show({ units: 5 })
    paint()
    Object.assign(globalThis, { Plotly })
    assert.deepEqual(plotly.drawn, [])
    const { stacks } = show({ units: 5 })
    for (let k = 0; k < 2; k++) paint()
    assert.deepEqual(
        plotly.drawn.map(([, data]) => data),
        [stacks[0].figure.data],
    )
    assert.deepEqual(
        plot.hears.map(({ name }) => name),
        ["plotly_relayouting", "plotly_relayout", "plotly_doubleclick"],
    )
})

/** Heatmaps that a hand moves: pictures come while time stands still, until a test lets it go on. */
function moving({ mock }) {
    mock.timers.enable({ apis: ["setTimeout"] })
    // Node's own mock never comes to a timer without a time.
    const timer = globalThis.setTimeout
    globalThis.setTimeout = /** @type {any} */ ((call, wait = 0) => timer(call, wait))
    plotly.drawn.length = 0
    const { heatmaps, show, paint, store } = shown()
    const goOn = milliseconds => mock.timers.tick(milliseconds)
    const byPlotly = () => plotly.drawn.splice(0).map(([, data]) => data)
    // Plotly has followed the first picture, and our cells are gone.
    goOn(200)
    frame()
    goOn(1)
    byPlotly()
    const before = drawn(heatmaps.stacks[0].numbers, "drawImage").length
    const ours = () => drawn(heatmaps.stacks[0].numbers, "drawImage").length - before
    const move = change => {
        const { stacks } = show(change)
        paint()
        return stacks[0].figure.data
    }
    return { heatmaps, store, show, paint, move, goOn, byPlotly, ours }
}

test("under the same words we paint a picture at once, and Plotly follows", t => {
    const { heatmaps, store, show, paint, goOn, byPlotly, ours } = moving(t)
    assert.equal(ours(), 0)
    const { stacks } = show({ units: 5 })
    assert.deepEqual(byPlotly(), [])
    assert.equal(ours(), 6)
    store.set({ drag: "pan" })
    paint()
    assert.deepEqual(byPlotly(), [stacks[0].figure.data])
    assert.equal(heatmaps.stacks[0].layout.dragmode, "pan")
    // A frame later our cells are gone: what Plotly draws of a hand's zoom would be under them.
    frame()
    goOn(1)
    assert.equal(ours(), 6)
    assert.equal(drawn(heatmaps.stacks[0].numbers, "clearRect").length, 3)
})

test("Plotly waits while pictures come one upon another, but not for much longer than a second", t => {
    const { move, goOn, byPlotly } = moving(t)
    move({})
    byPlotly()
    for (let k = 0; k < 9; k++) {
        move({})
        goOn(100)
    }
    assert.deepEqual(byPlotly(), [])
    move({})
    goOn(100)
    assert.equal(byPlotly().length, 1)
    const last = move({})
    goOn(200)
    assert.deepEqual(byPlotly(), [last])
    goOn(5_000)
    assert.deepEqual(byPlotly(), [], "it is not behind any more")
})

test("other words, and a picture of another size, we paint in place of Plotly's until it follows", t => {
    const { heatmaps, show, move, goOn, byPlotly, ours } = moving(t)
    const [{ plot, words }] = heatmaps.stacks
    const unlike = () => [plot.classList.contains("gs-unlike"), words.children.length]
    move({ units: 5 })
    byPlotly()
    assert.deepEqual(unlike(), [false, 0], "Plotly's words are these")
    move({ steps: 5 })
    assert.deepEqual([byPlotly(), ours()], [[], 12])
    assert.deepEqual(unlike(), [true, 2])
    move({ steps: 5, held: { holds: "w.1" } })
    const struck = words.children.map(word => word.getAttribute("text-decoration"))
    assert.deepEqual(struck, [null, "line-through"])
    goOn(200)
    assert.equal(byPlotly().length, 1)
    assert.deepEqual(unlike(), [false, 0])
    show({ steps: 10, per: 2 })
    assert.deepEqual(byPlotly(), [])
    assert.equal(unlike()[0], true)
})

test("a hand on the picture zooms into steps or units and leaves the other as it is; a double-click shows all", () => {
    const { store, heatmaps, show } = shown()
    show({})
    const [{ plot }] = heatmaps.stacks
    const moved = change => {
        byHand(plot, "plotly_relayout", change)
        return store.state.zoom
    }
    assert.deepEqual(moved({ "xaxis.range[0]": 0.5, "xaxis.range[1]": 2.5 }), { steps: [0.5, 2.5], units: null })
    assert.deepEqual(moved({ "yaxis3.range[0]": 1.5, "yaxis3.range[1]": 0.5 }), {
        steps: [0.5, 2.5],
        units: [1.5, 0.5],
    })
    assert.deepEqual(moved({ "xaxis.range": [1.5, 3.5] }), { steps: [1.5, 3.5], units: [1.5, 0.5] })
    assert.deepEqual(moved({ dragmode: "pan" }), { steps: [1.5, 3.5], units: [1.5, 0.5] })
    byHand(plot, "plotly_doubleclick")
    assert.deepEqual(store.state.zoom, { steps: null, units: null })
    assert.equal(plot.hears.filter(({ name }) => name === "plotly_doubleclick").length, 1)
})

test("what is drawn on the cells is out of sight while they move", () => {
    const { heatmaps } = shown()
    const [{ plot, numbers }] = heatmaps.stacks
    byHand(plot, "plotly_relayouting", { dragmode: "pan" })
    assert.equal(numbers.hidden, false)
    byHand(plot, "plotly_relayouting", { "xaxis.range[0]": 1 })
    assert.equal(numbers.hidden, true)
    byHand(plot, "plotly_relayout", { dragmode: "pan" })
    assert.equal(numbers.hidden, true)
    byHand(plot, "plotly_relayout", { "xaxis.range[0]": 1, "xaxis.range[1]": 2 })
    assert.equal(numbers.hidden, false)
})

test("another way to drag is told to every stack that is there", () => {
    const { store, heatmaps } = shown({ places: TWO_LAYERS })
    plotly.moved.length = 0
    store.set({ drag: "pan" })
    assert.deepEqual(
        plotly.moved,
        heatmaps.stacks.map(({ plot }) => [plot, { dragmode: "pan" }]),
    )
})

const CELL = { layer: 0, direction: 1, unit: 2, step: 0 }

test("the words of the pinned cell's stack wear its unit's colours, under all else that stands there", () => {
    const { store, heatmaps, show } = shown({ places: BOTH_WAYS })
    assert.deepEqual(
        heatmaps.stacks.map(({ ribbon }) => ribbon.hidden),
        [true, true],
    )
    for (const { data } of heatmaps.stacks) for (const trace of data) trace.z[2].set([-1, 0, 0.5, 1])
    store.set({ pin: CELL })
    const [left, right] = heatmaps.stacks.map(({ ribbon }) => ribbon)
    assert.deepEqual([left.hidden, right.hidden], [true, false])
    const painted = () => right.pen.calls.map(([, x, y, width, height, { fill }]) => [x, y, width, height, fill])
    assert.deepEqual(painted(), [
        [0, 0, 99, 5, "rgb(0,0,0)"],
        [100, 0, 99, 5, "rgb(128,128,128)"],
        [200, 0, 99, 5, "rgb(191,191,191)"],
        [300, 0, 99, 5, "rgb(255,255,255)"],
    ])
    assert.deepEqual([right.width, right.height, ...pixels(right, "top", "width")], [400, 5, 24, 400])
    const named = () => heatmaps.stacks.map(({ ribbonName }) => !ribbonName.hidden && ribbonName.textContent)
    assert.deepEqual(named(), [false, "c of unit 2"])
    store.set({ colouring: "f" })
    assert.equal(right.pen.calls.at(-3).at(-1).fill, "rgb(0,0,0)")
    assert.deepEqual(named(), [false, "f of unit 2"])
    store.set({ pin: { ...CELL, unit: 9 } })
    assert.equal(right.hidden, true)
    const topOf = change => {
        const picture = show(change)
        colourWords(picture, heatmaps.stacks, CELL, "c")
        return pixels(heatmaps.stacks[1].ribbon, "top")[0]
    }
    const place = { top: 20, height: 10 }
    const inputs = { z: [[0, 0, 0, 0]], reach: 1, place }
    assert.equal(topOf({ inputs }), 14)
    assert.equal(topOf({ inputs, answers: { said: [], place: { top: 12, height: 8 } } }), 6)
    colourWords(wholePicture(), heatmaps.stacks, { ...CELL, layer: 1 }, "c")
    assert.equal(heatmaps.stacks[1].ribbon.hidden, true)
})

/** A tick as Plotly draws one. */
function tick(x) {
    const made = element("g", { class: "xtick" }, element("text", {}))
    made.__data__ = { x }
    return made
}

test("a word that is left out is veiled in its column and struck through, until it is read again", () => {
    const { heatmaps } = shown()
    const { stacks } = heatmaps
    const [{ plot, leftOut, layout }] = stacks
    plot.append(...[0, 1, 2, 3].map(tick))
    const struck = () => plot.querySelectorAll("text").map(({ style }) => style.textDecoration || "")
    const marks = () => leftOut.children.map(part => [...pixels(part, "left", "width", "top", "height"), part.hidden])
    markLeftOut(stacks, wholePicture({ held: { holds: "w.0 w.2" } }))
    assert.deepEqual(marks(), [
        [0, 100, 30, 120, false],
        [200, 100, 30, 120, false],
    ])
    assert.deepEqual(struck(), ["line-through", "", "line-through", ""])
    layout.xaxis.range = [0.5, 2.5]
    markLeftOut(stacks, wholePicture({ held: { holds: "w.0 w.2 w.9" } }))
    assert.deepEqual(
        marks().map(mark => mark.at(-1)),
        [true, false],
    )
    markLeftOut(stacks, wholePicture({ held: null }))
    assert.deepEqual([marks(), struck()], [[], ["", "", "", ""]])
    markLeftOut(stacks, wholePicture({ held: { holds: "w.0" }, steps: 8, per: 2 }))
    assert.deepEqual(marks(), [])
})

test("the buttons zoom, move and show all, and are there for a picture with strips", () => {
    const store = new Store(stateOf())
    const { tools, whole } = zoomTools(store)
    const [near, far, mode] = tools.children
    assert.equal(mode.getAttribute("aria-pressed"), "false")
    store.set({ picture: wholePicture({ steps: 8, units: 4 }) })
    assert.deepEqual([tools.hidden, whole.hidden], [false, true])
    near.click()
    assert.equal(whole.hidden, false)
    assert.deepEqual(store.state.zoom, { steps: [1.5, 5.5], units: [2.5, 0.5] })
    far.click()
    assert.deepEqual(store.state.zoom, { steps: null, units: null })
    near.click()
    whole.click()
    assert.deepEqual(store.state.zoom, { steps: null, units: null })
    const modes = [1, 2].map(() => {
        assert.equal(mode.told("click").defaultPrevented, true)
        return [store.state.drag, mode.getAttribute("aria-pressed")]
    })
    assert.deepEqual(modes, [
        ["pan", "true"],
        ["zoom", "false"],
    ])
    store.set({ picture: wholePicture({ stacks: [] }) })
    assert.equal(tools.hidden, true)
})

test("each scale has its name, its low end, its colours and its high end", () => {
    const place = element("div", {})
    const legend = [{ name: "gates", low: "shut", high: "open", colours: ["#000", "#fff"] }]
    drawLegend(place, { legend, stacks: [] })
    assert.deepEqual(textsOf(place.firstChild.childNodes), ["gates", "shut", "", "open"])
    assert.equal(place.querySelector(".gs-ramp").style.background, "linear-gradient(to right, #000,#fff)")
    const close = /** @type {any[]} */ ([{ unread: true }])
    drawLegend(place, { legend, stacks: close })
    assert.match(place.textContent, /Zoom in to read each step\.$/)
})

test("a scale of c that a text changed is said, until something else is asked", () => {
    const store = new Store(stateOf(), go => go())
    const legend = legendOf(store)
    const says = (reach, model = "tagger", sentence = "") => {
        store.set({ picture: wholePicture({ reach, view: { model, sentence } }) })
        return texts(legend, ".gs-legend-note")
    }
    assert.deepEqual([says(1), says(1)], [[], []])
    assert.deepEqual([says(2), says(2)], [["The scale of c was ±1."], ["The scale of c was ±1."]])
    assert.deepEqual(says(5), ["The scale of c was ±2."])
    assert.deepEqual(says(5, "tagger", "a text"), [])
    assert.deepEqual(says(10, "counter"), [])
    assert.deepEqual(says(1, "counter"), ["The scale of c was ±10."])
})

test("a picture with the cells that are there is not painted anew", () => {
    const { heatmaps, picture, show, store } = shown()
    const { plot } = heatmaps.stacks[0]
    plot.setAttribute("aria-label", "as it was")
    store.set({ picture: { ...picture, proof: "checked" } })
    assert.equal(plot.getAttribute("aria-label"), "as it was")
    show({})
    assert.notEqual(plot.getAttribute("aria-label"), "as it was")
})

test("the numbers of units stand beside what a text starts from, which is at the right where it is read from there", () => {
    const lefts = change => shown({ places: BOTH_WAYS, ...change }).heatmaps.stacks.map(({ rows }) => rows.style.left)
    assert.deepEqual(
        [lefts({ given: true }), lefts({})],
        [
            ["-51px", "-30px"],
            ["-30px", "-30px"],
        ],
    )
})

test("what is painted is as sharp as the screen, the numbers of units half as sharp again", t => {
    const { devicePixelRatio } = globalThis
    t.after(() => Object.assign(globalThis, { devicePixelRatio }))
    Object.assign(globalThis, { devicePixelRatio: 1.9 })
    const inputs = { z: [Float32Array.of(1, 0, 0, 1, 0)], reach: 1, place: { top: 3, height: 21.4 } }
    const { heatmaps, show, paint } = shown({ inputs })
    show({ steps: 5, inputs })
    paint()
    for (const [name, scale] of /** @type {[string, number][]} */ ([
        ["gs-numbers", 1.9],
        ["gs-inputs", 1.9],
        ["gs-rows", 1.9 * 1.5],
    ])) {
        const canvas = heatmaps.root.querySelector(`.${name}`)
        const sizes = pixels(canvas, "width", "height").map(size => Math.round(scale * size))
        assert.deepEqual([canvas.width, canvas.height], sizes, name)
        if (name !== "gs-rows") assert.equal(sizes[0], 1.9 * 500, "as wide as five columns")
        assert.deepEqual(drawn(canvas, "setTransform").at(-1), [scale, 0, 0, scale, 0, 0], name)
    }
})
