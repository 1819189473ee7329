import assert from "node:assert/strict"
import { test } from "node:test"
import { drawn, Part } from "./page.js"

const { framesOf } = await import("../../assets/browser/slide/film.js")

const AREA = { edges: [100, 300, 500], top: 10, words: 40, bottom: 200, direction: 0 }
const BESIDE = { x: 400, y: 60, width: 100, height: 80 }
const STORY = { lines: ["it reads a", "it reads b"], cells: [], beside: BESIDE, top: 36, letters: 20 }
const CELLS = [0, 1].map(() => new Part("canvas"))
const filmOf = change =>
    framesOf(
        /** @type {any} */ (new Part("img")),
        { width: 600, height: 300 },
        { number: 2, areas: [AREA], story: STORY, paper: "#fff", ink: "#000", ...change },
        async frame => /** @type {any} */ (CELLS[frame]),
    )

test("a frame covers what is not read, marks the newest column and tells its step and its cell; the last is the whole", async () => {
    const film = filmOf({})
    const canvas = await film.paint(0)
    const boxes = [
        [300, 36, 204, 164],
        [300, 10, 280, 30],
        [400, 60, 100, 80],
        [0, 36, 600, 28],
    ]
    assert.deepEqual(drawn(canvas, "fillRect"), boxes)
    assert.deepEqual(drawn(canvas, "strokeRect"), [[100, 40, 200, 160]])
    await film.paint(1)
    await film.paint(2)
    assert.deepEqual(drawn(canvas, "strokeRect")[1], [300, 40, 200, 160])
    assert.deepEqual(
        drawn(canvas, "fillText").map(([said]) => said),
        STORY.lines,
    )
    const painted = drawn(canvas, "drawImage").map(([picture]) => CELLS.indexOf(picture))
    assert.deepEqual(painted, [-1, 0, -1, 1, -1])
    assert.deepEqual([film.number, drawn(canvas, "fillRect").length], [3, 6])
    const [values] = drawn(await filmOf({ areas: [{ ...AREA, direction: 1 }], story: null }).paint(0), "fillRect")
    assert.deepEqual(values, [96, 36, 204, 164])
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
