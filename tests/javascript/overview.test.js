import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { to } from "../../assets/browser/state/time.js"
import { onPage } from "./page.js"
import { pictureOf, stateOf } from "./pictures.js"

const { followed, Overview, zoomTools } = await import("../../assets/browser/picture/chosen_steps.js")

/** An overview of 100 steps, 200 pixels wide from pixel 50 on. */
function overviewOf(change = {}, more = {}) {
    const store = new Store(stateOf())
    const overview = new Overview(store, () => {})
    followed(store)
    onPage(overview.root)
    overview.strip.box = { left: 50, width: 200 }
    store.set(change)
    store.set({
        picture: pictureOf({
            ...{ steps: 100, ...more },
            overview: [
                [-1, 0],
                [2, 1],
                [1, 2],
            ],
        }),
    })
    const told = (type, more) => overview.strip.told(type, more)
    const seen = () => store.state.zoom.steps
    return { overview, told, seen, store }
}
const zoomTo = (...steps) => ({ zoom: { steps, units: null } })

test("a drag in the window moves it, one elsewhere draws a new one; a click moves it, never past the ends", () => {
    const seenAfter = (from, to, steps = [19.5, 39.5]) => {
        const { told, seen } = overviewOf(steps.length ? zoomTo(...steps) : {})
        told("pointerdown", { clientX: from, pointerId: 1 })
        if (to !== from) told("pointermove", { clientX: to })
        told("pointerup", { clientX: to })
        told("pointermove", { clientX: 150 })
        return seen()
    }
    for (const [from, to, ...seen] of [
        [110, 130, 29.5, 49.5],
        [110, 10, -0.5, 19.5],
        [150, 190, 49.5, 69.5],
        [190, 150, 49.5, 69.5],
        // From its edges.
        [90, 110, 19.5, 29.5],
        [130, 150, 39.5, 49.5],
        // A click shows a tenth at most around it.
        [190, 190, 64.5, 74.5],
    ])
        assert.deepEqual(seenAfter(from, to), seen)
    assert.deepEqual(seenAfter(150, 190, []), [49.5, 69.5])
    const { overview } = overviewOf(zoomTo(19.5, 39.5))
    assert.equal(overview.strip.getAttribute("aria-valuetext"), "steps 20 to 39 of 100")
})

const WINDOW = { fits: false, range: [9.5, 29.5] }

test("a window that the page chose stays its own where it is moved, and shows the step that is played or looked at", () => {
    const { told, seen, store } = overviewOf({}, WINDOW)
    const first = change => {
        store.set(change)
        return store.state.first
    }
    for (const [type, clientX] of [
        ["pointerdown", 80],
        ["pointermove", 100],
        ["pointerup", 100],
    ])
        told(type, { clientX, pointerId: 1 })
    assert.deepEqual([seen(), store.state.first], [null, 20])
    assert.equal(first({ time: to(store.state.time, 40) }), 38)
    assert.equal(first({ time: to(store.state.time, 5) }), -12)
    assert.equal(first({ time: to(store.state.time, 20), first: 7 }), 7)
    assert.equal(first({ pin: { layer: 0, direction: 0, unit: 0, step: 60 } }), 58)
    assert.equal(overviewOf(zoomTo(19.5, 39.5), WINDOW).store.state.first, 0)
})

test("what is typed behind the text is in sight", () => {
    const { store } = overviewOf({}, { ...WINDOW })
    store.set({ picture: pictureOf({ steps: 101, ...WINDOW }) })
    assert.equal(store.state.first, 101)
    store.set({ first: 0, picture: pictureOf({ steps: 120, ...WINDOW, labels: ["a", "dog"] }) })
    assert.equal(store.state.first, 0)
})

test("one button leads from words in a window to the whole without them, and back", () => {
    const { store } = overviewOf()
    const { whole } = zoomTools(store)
    store.set({ picture: pictureOf({ steps: 100, ...WINDOW }) })
    const pressed = () => {
        whole.click()
        return [store.state.zoom.steps, whole.textContent]
    }
    assert.deepEqual([whole.hidden, whole.textContent], [false, "Whole picture"])
    assert.deepEqual(pressed(), [[-0.5, 99.5], "Read the words"])
    assert.deepEqual(pressed(), [null, "Whole picture"])
})
