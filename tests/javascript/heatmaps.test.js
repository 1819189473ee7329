import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { drawn, onPage, Part, pixels, texts } from "./page.js"
import { stateOf, wholePicture } from "./pictures.js"

const { Heatmaps } = await import("../../assets/browser/picture/heatmaps.js")
const { legendOf } = await import("../../assets/browser/picture/names.js")
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

test("we paint cells and words at once; Plotly, once it is here, draws what the page has, when a hand rests", t => {
    t.mock.timers.enable({ apis: ["setTimeout"] })
    const { Plotly } = globalThis
    Reflect.deleteProperty(globalThis, "Plotly")
    plotly.drawn.length = 0
    const { heatmaps, store, show, paint } = shown()
    const [{ canvas, words, plot, layout }] = heatmaps.stacks
    assert.equal(drawn(canvas, "drawImage").length, 6)
    assert.deepEqual(texts(words, "text").slice(0, 2), ["word", "<b>"])
    assert.deepEqual(pixels(plot, "width", "height"), [layout.width, layout.height])
    store.set({ drag: "pan" })
    show({ units: 5 })
    paint()
    Object.assign(globalThis, { Plotly })
    assert.deepEqual(plotly.drawn, [])
    const moves = [4, 5, 6].map(units => {
        const { stacks } = show({ units })
        paint()
        return stacks[0].figure
    })
    assert.equal(drawn(canvas, "drawImage").length, 30)
    assert.deepEqual(plotly.drawn, [])
    t.mock.timers.tick(200)
    assert.deepEqual(plotly.drawn, [[plot, moves[2].data, moves[2].layout, plotly.drawn[0][3]]])
    assert.equal(moves[2].layout.dragmode, "pan")
    t.mock.timers.tick(5_000)
    show({ units: 7 })
    paint()
    assert.equal(plotly.drawn.length, 2, "a single picture it follows at once")
})

test("a hand zooms into steps or units and leaves the other as it is, cells follow it; a double-click shows all", () => {
    const { store, heatmaps, show } = shown()
    show({})
    const [{ plot, canvas, words }] = heatmaps.stacks
    const moved = (change, name = "plotly_relayout") => {
        byHand(plot, name, change)
        return store.state.zoom
    }
    const steps = [0.5, 2.5]
    assert.deepEqual(moved({ "xaxis.range[0]": 0.5, "xaxis.range[1]": 2.5 }), { steps, units: null })
    assert.deepEqual(moved({ "yaxis3.range[0]": 1.5, "yaxis3.range[1]": 0.5 }), { steps, units: [1.5, 0.5] })
    assert.deepEqual(moved({ "xaxis.range": [1.5, 3.5] }), { steps: [1.5, 3.5], units: [1.5, 0.5] })
    assert.deepEqual(moved({ dragmode: "pan" }), { steps: [1.5, 3.5], units: [1.5, 0.5] })
    moved({ "xaxis.range[0]": 0.5, "xaxis.range[1]": 1.5 }, "plotly_relayouting")
    assert.deepEqual([store.state.zoom.steps, texts(words, "text")], [[1.5, 3.5], ["<b>"]])
    const painted = drawn(canvas, "drawImage").length
    plot.append(element("path", { class: "zoombox" }))
    moved({ "xaxis.range[0]": 1.5, "xaxis.range[1]": 2.5 }, "plotly_relayouting")
    assert.equal(drawn(canvas, "drawImage").length, painted, "while a box is drawn nothing moves")
    byHand(plot, "plotly_doubleclick")
    assert.deepEqual(store.state.zoom, { steps: null, units: null })
    assert.equal(plot.hears.filter(({ name }) => name === "plotly_doubleclick").length, 1)
})

test("a word that is left out is veiled in its column and struck through, until it is read again", () => {
    const { heatmaps, show, paint } = shown()
    const seen = holds => {
        show({ held: holds && { holds, before: [] } })
        paint()
        const [{ leftOut, words }] = heatmaps.stacks
        const struck = words.children.map(word => word.getAttribute("text-decoration"))
        return [leftOut.children.map(part => pixels(part, "left", "width", "top", "height")), struck]
    }
    assert.deepEqual(seen("w.0 w.2"), [
        [
            [0, 100, 30, 120],
            [200, 100, 30, 120],
        ],
        ["line-through", null],
    ])
    assert.deepEqual(seen(null), [[], [null, null]])
})

test("the button that moves says whether it is pressed, and the buttons are there for a picture with strips", () => {
    const store = new Store(stateOf())
    const { tools } = zoomTools(store)
    const mode = tools.children[2]
    store.set({ picture: wholePicture() })
    const pressed = () => mode.getAttribute("aria-pressed")
    assert.deepEqual([tools.hidden, pressed()], [false, "false"])
    for (const [drag, is] of Object.entries({ pan: "true", zoom: "false" })) {
        assert.equal(mode.told("click").defaultPrevented, true)
        assert.deepEqual([store.state.drag, pressed()], [drag, is])
    }
    store.set({ picture: wholePicture({ stacks: [] }) })
    assert.equal(tools.hidden, true)
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

test("the strips' names stand once in a row, below the titles of its stacks", () => {
    const namesIn = change => shown(change).heatmaps.root.querySelectorAll(".gs-names")
    const are = [namesIn({}), namesIn({ places: TWO_LAYERS, across: 2 })]
    assert.deepEqual(
        are.map(all => all.map(names => names.classList.contains("gs-below-title"))),
        [[false], [true]],
    )
})
