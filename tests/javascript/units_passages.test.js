import assert from "node:assert/strict"
import { test } from "node:test"
import { onPage, Part, texts } from "./page.js"
import { IN_GREY, moment } from "./units_shown.js"

const { draw } = await import("../../assets/browser/units/passages.js")

const ROW = moment({
    ...{ value: 0.5, tokens: [..."abcde"], numbers: [0, 1, 0.25, 1, null], begins: 6, first: 7, last: 8 },
    ...{ name: "a.py", line: 3 },
})

/** The passage as it is drawn, and which one was opened. */
function drawn(reads, change = {}) {
    const opened = []
    const place = onPage(new Part("div"))
    const what = {
        name: "Strongest moments",
        rows: [ROW, { ...ROW, value: 9 }],
        colours: IN_GREY,
        reach: 1,
        reads,
        ...change,
    }
    draw(place, /** @type {any} */ (what), row => opened.push(row))
    return { place, opened, row: place.querySelector("button") }
}

test("a passage has its number, what comes before, what is meant, what comes after and where it is", () => {
    const { row, place, opened } = drawn("characters")
    const parts = [".gs-number", ".gs-before", "mark", ".gs-after", ".gs-faint"]
    assert.deepEqual(
        parts.map(part => row.querySelector(part).textContent),
        ["+0.50", "a", "bc", "de", "a.py:3"],
    )
    place.querySelectorAll("button")[1].click()
    assert.deepEqual(opened, [1])
})

test("between words is a blank, and none begins or ends a part but where the text goes on", () => {
    const { row, place } = drawn("words")
    assert.deepEqual(
        [".gs-before", "mark", ".gs-after"].map(part => row.querySelector(part).textContent),
        ["a", "b c", " d e"],
    )
    assert.equal(place.querySelector("ol").className, "gs-passages gs-of-words")
    assert.equal(drawn("characters").place.querySelector("ol").className, "gs-passages")
})

test("a token has the colour of its number and an ink that is read on it; one without a number has neither", () => {
    const { row } = drawn("characters", { name: "Worst texts" })
    const styles = row.querySelectorAll("span").map(part => part.getAttribute("style"))
    const coloured = styles.filter(Boolean)
    assert.deepEqual(coloured, [
        "background: rgb(0,0,0); color: #ffffff",
        "background: rgb(255,255,255); color: #000000",
        "background: rgb(64,64,64); color: #ffffff",
        "background: rgb(255,255,255); color: #000000",
    ])
})

test("each kind of passages says what it shows, and writes its number", () => {
    const said = (name, change) => {
        const { place, row } = drawn("words", { name, texts: "a corpus", steps: 1200, step: "words", ...change })
        return [...texts(place, "p"), ...texts(place, "h5"), row?.querySelector(".gs-number").textContent]
    }
    const moments = [
        "Strongest moments in a corpus, first those of different words",
        "of 1,200 words read there",
        "+0.50",
    ]
    assert.deepEqual(said("Strongest moments"), moments)
    const best = "The best 2 places among 1,200 steps, by the units shared, then by how few others are on."
    assert.deepEqual(said("Hits", { rows: [{ ...ROW, value: 3 }, ROW] }), [best, "3"])
    assert.deepEqual(said("Hits", { rows: [] })[0], "At no two steps in a row of these 1,200 is one of them on.")
    const bits =
        "The mean loss of each text in bits, around the token that it expected least; the darker, the less expected."
    assert.deepEqual(said("Worst texts"), ["The texts that it predicts worst", bits, "0.50"])
    assert.match(said("Worst texts", { reads: "numbers" })[1], /standard deviations\.$/)
    const { row } = drawn("words", { rows: [{ ...ROW, says: "\n", line: null }] })
    assert.equal(row.querySelector(".gs-faint").textContent, "a.py · says ⏎")
})

test("up to six units of a pattern are named", () => {
    const said = units =>
        texts(drawn("words", { name: "Where else", rows: [], units, stretch: ["a", "b"] }).place, "h5")[0]
    const ends = [[3], [3, 5], [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 6]].map(units => said(units).replace(/.*: /, ""))
    const named = ["unit 3.", "units 3 and 5.", "units 0, 1, 2, 3, 4 and 5.", "units 0, 1, 2, 3, 4, 5 and 1 more."]
    assert.deepEqual(ends, named)
    assert.match(said([3]), /^Where else\? On throughout “a b”, and off just before it:/)
    assert.match(said([]), /^No unit is on throughout “a b” and off just before it\. Select/)
})
