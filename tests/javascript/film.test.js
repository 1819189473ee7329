import assert from "node:assert/strict"
import { test } from "node:test"
import { drawn, Part } from "./page.js"

const { framesOf } = await import("../../assets/browser/slide/film.js")

const AREA = { edges: [100, 300, 500], top: 10, words: 40, bottom: 200, direction: 0 }
const STORY = { lines: ["it reads a", "it reads b"], top: 36, letters: 20 }
const filmOf = change =>
    framesOf(
        /** @type {any} */ (new Part("img")),
        { width: 600, height: 300 },
        { number: 2, areas: [AREA], story: STORY, paper: "#fff", ink: "#000", ...change },
    )

test("a frame covers what is not read, marks the newest column and tells its step; the last is the whole", () => {
    const film = filmOf({})
    const canvas = film.paint(0)
    const boxes = [
        [300, 40, 204, 160],
        [300, 10, 280, 30],
        [0, 36, 600, 28],
    ]
    assert.deepEqual(drawn(canvas, "fillRect"), boxes)
    assert.deepEqual(drawn(canvas, "strokeRect"), [[100, 40, 200, 160]])
    film.paint(1)
    film.paint(2)
    assert.deepEqual(drawn(canvas, "strokeRect")[1], [300, 40, 200, 160])
    assert.deepEqual(
        drawn(canvas, "fillText").map(([said]) => said),
        STORY.lines,
    )
    assert.deepEqual([film.number, drawn(canvas, "fillRect").length], [3, 4])
    const [values] = drawn(filmOf({ areas: [{ ...AREA, direction: 1 }], story: null }).paint(0), "fillRect")
    assert.deepEqual(values, [96, 40, 204, 160])
})

test("a step stays 0.7 s, and less where the whole would last more than 40 s; the whole stays longer", () => {
    const stays = number => [0, number - 1, number].map(filmOf({ number }).stays)
    assert.deepEqual(
        [stays(57), stays(80)],
        [
            [700, 700, 2500],
            [500, 500, 2500],
        ],
    )
})
