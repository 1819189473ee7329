import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { pictureOf, stateOf } from "./pictures.js"

test("a view hears of its own parts of the state alone", () => {
    const store = new Store(stateOf())
    const heard = []
    store.on(["pin"], () => heard.push("pin"))
    store.on(["zoom", "said"], () => heard.push("zoom or said"))
    store.set({ said: "hello", zoom: { steps: [0, 1], units: null } })
    assert.deepEqual(heard, ["zoom or said"])
})

test("what a view sets while it renders is heard after this round, by all", () => {
    const store = new Store(stateOf())
    const heard = []
    store.on(["said"], ({ said }) => {
        heard.push(said)
        store.set({ colouring: "f" })
        heard.push("round")
    })
    store.on(["colouring"], ({ colouring }) => heard.push(colouring))
    store.set({ said: "hello" })
    assert.deepEqual(heard, ["hello", "round", "f"])
})

test("a view that fails leaves the store fit for the next change", () => {
    const store = new Store(stateOf())
    const heard = []
    store.on(["said"], ({ said }) => {
        if (said === "bad") throw new Error("a view failed")
        heard.push(said)
    })
    assert.throws(() => store.set({ said: "bad" }), /a view failed/)
    store.set({ said: "good" })
    assert.deepEqual(heard, ["good"])
})

test("what is drawn is heard from the first picture on", () => {
    const store = new Store(stateOf())
    const heard = []
    store.onDrawn(["pin"], ({ picture }) => heard.push(picture.columns.steps))
    store.set({ pin: { layer: 0, direction: 0, unit: 0, step: 0 } })
    store.set({ picture: pictureOf({ steps: 5 }) })
    store.set({ pin: null })
    assert.deepEqual(heard, [5, 5])
})

/** A store with a picture, what it has told its views, and what waits until the browser has painted or paints. Time
 * goes on when a test lets it. */
function painting({ mock }) {
    mock.timers.enable({ apis: ["setTimeout"] })
    const heard = []
    const waiting = []
    const soon = []
    const store = new Store(
        stateOf({ picture: null }),
        go => waiting.push(go),
        go => soon.push(go),
    )
    store.afterDrawn(["pin"], ({ picture, pin }) => heard.push(`around ${picture.columns.steps} ${!!pin}`))
    store.onDrawn([], ({ picture }) => heard.push(`heatmaps ${picture.columns.steps}`))
    store.onRest(() => heard.push("rest"))
    store.set({ picture: pictureOf({ steps: 1 }) })
    const goOn = milliseconds => mock.timers.tick(milliseconds)
    const paint = (calls = waiting) => calls.splice(0).map(go => go())
    return { store, heard: () => heard.splice(0), waiting, soon, goOn, paint }
}

test("what is around the first picture comes with it", t => {
    const { heard, waiting } = painting(t)
    assert.deepEqual(heard(), ["around 1 false", "heatmaps 1"])
    assert.equal(waiting.length, 0)
})

test("the next picture is painted before what is around it", t => {
    const { store, heard, paint, goOn } = painting(t)
    goOn(200)
    heard()
    store.set({ picture: pictureOf({ steps: 2 }) })
    assert.deepEqual(heard(), ["heatmaps 2"])
    paint()
    assert.deepEqual(heard(), ["around 2 false"])
})

test("while a hand moves a picture and what is around it are painted in one frame, until it rests", t => {
    const { store, heard, waiting, soon, paint, goOn } = painting(t)
    goOn(200)
    store.set({ picture: pictureOf({ steps: 2 }) })
    paint()
    heard()
    goOn(100)
    store.set({ picture: pictureOf({ steps: 3 }) })
    assert.deepEqual([store.moving, heard(), waiting.length], [true, ["heatmaps 3"], 0])
    paint(soon)
    assert.deepEqual(heard(), ["around 3 false"])
    goOn(100)
    assert.deepEqual([store.moving, heard()], [true, []])
    goOn(30)
    assert.deepEqual([store.moving, heard()], [false, ["rest"]])
})

test("of pictures that come before the browser paints only the last has anything around it", t => {
    const { store, heard, waiting, paint, goOn } = painting(t)
    goOn(200)
    heard()
    for (const steps of [2, 3, 4]) store.set({ picture: pictureOf({ steps }) })
    assert.deepEqual(heard(), ["heatmaps 2", "heatmaps 3", "heatmaps 4"])
    assert.equal(waiting.length, 1)
    paint()
    assert.deepEqual(heard(), ["around 4 false"])
})

test("a new pin is not kept waiting by a picture", t => {
    const { store, heard, paint, goOn } = painting(t)
    goOn(200)
    heard()
    store.set({ picture: pictureOf({ steps: 2 }) })
    store.set({ pin: { layer: 0, direction: 0, unit: 0, step: 0 } })
    assert.deepEqual(heard(), ["heatmaps 2", "around 2 true"])
    paint()
    assert.deepEqual(heard(), ["around 2 true"])
})
