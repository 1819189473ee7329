import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { onPage } from "./page.js"
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
    return { overview, told, seen }
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
