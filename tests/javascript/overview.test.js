import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { drawn, onPage } from "./page.js"
import { pictureOf, stateOf } from "./pictures.js"

const { Overview } = await import("../../assets/browser/picture/chosen_steps.js")

/** An overview of 100 steps, 200 pixels wide from pixel 50 on. */
function overviewOf(change = {}) {
    const store = new Store(stateOf())
    const overview = new Overview(store)
    onPage(overview.root)
    overview.strip.box = { left: 50, width: 200 }
    store.set(change)
    store.set({
        picture: pictureOf({
            steps: 100,
            overview: [
                [-1, 0],
                [2, 1],
                [1, 2],
            ],
        }),
    })
    const told = (type, more) => overview.strip.told(type, more)
    const seen = () => store.state.zoom.steps
    return { store, overview, told, seen, key: name => told("keydown", { key: name }) }
}
const zoomTo = (...steps) => ({ zoom: { steps, units: null } })

test("the window says which steps are seen", () => {
    const { overview } = overviewOf(zoomTo(19.5, 39.5))
    const { left } = overview.window.style
    assert.equal(left, "20%")
    assert.equal(overview.strip.getAttribute("aria-valuetext"), "steps 20 to 39 of 100")
    assert.equal(overview.strip.getAttribute("aria-valuemax"), "99")
    for (const [seen, said] of [
        [[], "steps 0 to 99 of 100"],
        [[zoomTo(19.3, 39.3)], "steps 20 to 39 of 100"],
    ])
        assert.equal(overviewOf(...seen).overview.strip.getAttribute("aria-valuetext"), said)
})

test("the band goes from the least to the largest c, and the change stands below", () => {
    const { overview } = overviewOf()
    // 44 pixels for −2 to 2: from 2 at the top to −1; the larger of two changes has all of the height but 3.
    assert.deepEqual(drawn(overview.canvas, "fillRect"), [
        [0, 0, 1, 33],
        [0, 44 - 20.5, 1, 44],
        [1, 11, 1, 11],
        [1, 3, 1, 44],
    ])
    assert.equal(overview.canvas.width, 2)
})

test("a drag inside the window moves it, one elsewhere draws a new one, in either direction", () => {
    const inside = overviewOf(zoomTo(19.5, 39.5))
    inside.told("pointerdown", { clientX: 110, pointerId: 1 })
    inside.told("pointermove", { clientX: 130 })
    assert.deepEqual(inside.seen(), [29.5, 49.5])
    inside.told("pointerup", { clientX: 130 })
    inside.told("pointermove", { clientX: 150 })
    assert.deepEqual(inside.seen(), [29.5, 49.5])
    for (const [from, to, ...seen] of [
        [150, 190, 49.5, 69.5],
        [190, 150, 49.5, 69.5],
        // From its edges.
        [90, 110, 19.5, 29.5],
        [130, 150, 39.5, 49.5],
    ]) {
        const elsewhere = overviewOf(zoomTo(19.5, 39.5))
        elsewhere.told("pointerdown", { clientX: from, pointerId: 1 })
        elsewhere.told("pointermove", { clientX: to })
        assert.deepEqual(elsewhere.seen(), seen)
    }
    const whole = overviewOf()
    whole.told("pointerdown", { clientX: 150, pointerId: 1 })
    whole.told("pointermove", { clientX: 190 })
    assert.deepEqual(whole.seen(), [49.5, 69.5])
})

test("a short sequence has no overview", () => {
    const { store, overview } = overviewOf()
    assert.equal(overview.root.hidden, false)
    store.set({ picture: pictureOf() })
    assert.equal(overview.root.hidden, true)
})
