import assert from "node:assert/strict"
import { test } from "node:test"
import { onPage, Part } from "./page.js"
import { GREYS } from "./pictures.js"

const { draw } = await import("../../assets/browser/passages.js")

const SCALE = /** @type {any} */ ({ colorscale: GREYS, zmin: 0, zmax: 1 })
const ROW = { value: "+0.5", tokens: [..."abcde"], numbers: [0, 1, 0.25, 1, null], first: 1, last: 2, where: "line 3" }

/** The passage as it is drawn, and which one was opened. */
function drawn(between) {
    const opened = []
    const place = onPage(new Part("div"))
    draw(place, { name: "n", rows: [ROW, { ...ROW, value: "other" }], scale: SCALE, between }, row => opened.push(row))
    return { place, opened, row: place.querySelector("button") }
}

test("a passage has its number, what comes before, what is meant, what comes after and where it is", () => {
    const { row } = drawn("")
    const parts = [".gs-number", ".gs-before", "mark", ".gs-after", ".gs-faint"]
    assert.deepEqual(
        parts.map(part => row.querySelector(part).textContent),
        ["+0.5", "a", "bc", "de", "line 3"],
    )
})

test("between words is a blank, and none begins or ends a part but where the text goes on", () => {
    const { row, place } = drawn(" ")
    assert.deepEqual(
        [".gs-before", "mark", ".gs-after"].map(part => row.querySelector(part).textContent),
        ["a", "b c", " d e"],
    )
    assert.equal(place.firstChild.className, "gs-passages gs-of-words")
    assert.equal(drawn("").place.firstChild.className, "gs-passages")
})

test("a token has the colour of its number and an ink that is read on it; one without a number has neither", () => {
    const { row } = drawn("")
    const styles = row.querySelectorAll("span").map(part => part.getAttribute("style"))
    const coloured = styles.filter(Boolean)
    assert.deepEqual(coloured, [
        "background: rgb(0,0,0); color: #ffffff",
        "background: rgb(255,255,255); color: #000000",
        "background: rgb(64,64,64); color: #ffffff",
        "background: rgb(255,255,255); color: #000000",
    ])
})

test("a click opens the passage that was clicked", () => {
    const { place, opened } = drawn("")
    place.querySelectorAll("button")[1].click()
    assert.deepEqual(opened, [1])
})
