import assert from "node:assert/strict"
import { test } from "node:test"
import { linkTo } from "../../assets/browser/state/link.js"
import { arrived } from "../../assets/browser/state/state.js"
import { brushOf, brushText, brushWithin, stretched, stretchOf } from "../../assets/browser/state/zoom.js"
import { NAMES, pictureOf, stateOf } from "./pictures.js"

test("a stretch is read from a link and written as it was", () => {
    assert.deepEqual(brushOf("8-12"), [8, 12])
    assert.deepEqual(brushOf("8-8"), [8, 8], "a single word")
    assert.equal(brushText([8, 12]), "8-12")
    assert.equal(brushText(null), "")
    for (const wrong of ["", "12-8", "a-b", "1", "1-2-3", "-1-2"]) assert.equal(brushOf(wrong), null)
})

test("a stretch between two steps has them in their order", () => {
    assert.deepEqual(stretchOf(5, 2), [2, 5])
})

test("a walk moves the end at which it stands, and begins a stretch elsewhere", () => {
    assert.deepEqual(stretched(null, 3, 4), [3, 4])
    assert.deepEqual(stretched([3, 4], 4, 5), [3, 5])
    assert.deepEqual(stretched([3, 4], 3, 2), [2, 4])
    assert.deepEqual(stretched([3, 4], 4, 3), [3, 3])
    assert.deepEqual(stretched([3, 3], 3, 2), [2, 3])
    assert.deepEqual(stretched([3, 4], 8, 7), [7, 8])
})

test("a stretch is there only in a picture that has its steps, one a column", () => {
    assert.deepEqual(brushWithin([1, 3], pictureOf({ steps: 4 })), [1, 3])
    assert.equal(brushWithin([1, 4], pictureOf({ steps: 4 })), null)
    assert.equal(brushWithin([1, 3], pictureOf({ steps: 8, per: 2 })), null)
    assert.equal(brushWithin(null, pictureOf()), null)
})

test("a link's stretch is selected in the first picture and written into the next link", () => {
    const picture = pictureOf()
    const state = { ...stateOf({ brush: brushOf("1-2") }) }
    const drawn = { ...state, ...arrived(state, picture, NAMES) }
    assert.deepEqual(drawn.brush, [1, 2])
    assert.equal(linkTo(drawn, "").get("brush"), "1-2")
    assert.equal(linkTo({ ...drawn, brush: null }, "").get("brush"), null)
})

test("selected words go with their text", () => {
    const state = stateOf({ brush: [1, 2] })
    const drawn = { ...state, ...arrived(state, pictureOf(), NAMES) }
    assert.deepEqual(arrived(drawn, pictureOf(), NAMES).brush, [1, 2])
    assert.equal(arrived(drawn, pictureOf({ steps: 7 }), NAMES).brush, null)
})
