import assert from "node:assert/strict"
import { test } from "node:test"
import { looked } from "../../assets/browser/state/state.js"
import { to } from "../../assets/browser/state/time.js"
import { pictureOf, stateOf } from "./pictures.js"

const cell = (unit, step) => ({ layer: 0, direction: 0, unit, step })
/** A picture in which c of unit 1 changes most at step 2. */
function jumping(rest = {}) {
    const picture = pictureOf(rest)
    for (const { figure } of picture.stacks) {
        const [, row] = figure.data.find(({ name }) => name === "c").z
        for (let step = 2; step < row.length; step++) row[step] = -0.9
    }
    return picture
}

test("with nothing pinned the cell whose memory changes most is looked at", () => {
    assert.deepEqual(looked(stateOf({ picture: jumping() })), cell(1, 2))
})

test("of several layers it is in the last one", () => {
    const places = [
        [0, 0],
        [1, 0],
    ]
    assert.equal(looked(stateOf({ picture: jumping({ places }) }))?.layer, 1)
})

test("its unit is followed through time", () => {
    const picture = jumping()
    const time = to({ ...stateOf().time, from: 0, to: 3 }, 1)
    assert.deepEqual(looked(stateOf({ picture, time })), cell(1, 1))
})

test("the pinned cell comes before that under the pointer, and that before the most telling", () => {
    const picture = jumping()
    const hover = cell(0, 3)
    assert.equal(looked(stateOf({ picture, hover })), hover)
    assert.deepEqual(looked(stateOf({ picture, hover, pin: cell(2, 1) })), cell(2, 1))
    assert.deepEqual(looked(stateOf({ picture, hover: cell(7, 3) })), cell(1, 2))
})

test("of a part of a picture it is in that part, also where the same change is seen before it", () => {
    const picture = pictureOf({ steps: 9, units: 3 })
    // A text that repeats itself: the memory of all units changes as much at every third step.
    const { z } = picture.stacks[0].figure.data.find(({ name }) => name === "c")
    for (const row of z) row.set([1, 0, 0, 1, 0, 0, 1, 0, 0])
    for (const from of [0, 1, 2, 3, 4, 5, 6])
        for (const first of [0, 1, 2]) {
            const zoom = { steps: [from - 0.5, from + 1.5], units: [2.5, first - 0.5] }
            const { step, unit } = looked(stateOf({ picture, zoom }))
            assert.ok(from <= step && step < from + 2 && unit >= first, `${from}: step ${step} of unit ${unit}`)
        }
})

test("a picture of bins has no cell to look at", () => {
    assert.equal(looked(stateOf({ picture: pictureOf({ steps: 8, per: 2 }) })), null)
})

test("of a single step there is no change to tell, and its first unit is looked at", () => {
    assert.deepEqual(looked(stateOf({ picture: pictureOf({ steps: 1 }) })), cell(0, 0))
})
