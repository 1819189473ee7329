import assert from "node:assert/strict"
import { test } from "node:test"
import { drawn, Part } from "./page.js"

const { Frames, covers, newest, pace } = await import("../../assets/browser/film/frames.js")

const EACH = {
    number: 4,
    areas: [{ edges: [100, 200, 300, 400, 500], top: 10, words: 40, bottom: 200, direction: 0 }],
    story: null,
    paper: "#fff",
    ink: "#000",
}

test("what is not read is covered to the end, from the left or from the right", () => {
    const [{ values }] = covers(EACH, 1)
    assert.deepEqual(values, { left: 200, top: 40, width: 304, height: 160 })
    const fromTheRight = { ...EACH, areas: [{ ...EACH.areas[0], direction: 1 }] }
    assert.deepEqual(covers(fromTheRight, 1)[0].values, { left: 96, top: 40, width: 304, height: 160 })
    assert.deepEqual(newest(fromTheRight, 1)[0], { left: 400, top: 40, width: 100, height: 160 })
    assert.equal(covers(EACH, 4)[0].values.width, 0)
})

const AREA = { edges: [100, 300, 500], top: 10, words: 40, bottom: 200, direction: 0 }
const STORY = { lines: ["it reads a", "it reads b"], top: 36, letters: 20 }
const PLAYED = { number: 2, areas: [AREA], story: STORY, paper: "#fff", ink: "#000" }
const framesOf = played => new Frames(/** @type {any} */ (new Part("img")), { width: 600, height: 300 }, played)

test("a frame covers what is not read, marks the newest column and tells its step", () => {
    const film = framesOf(PLAYED)
    film.paint(0)
    const calls = film.canvas.pen.calls
    const [values, words, line] = calls.filter(([name]) => name === "fillRect")
    assert.deepEqual(values, ["fillRect", 300, 40, 204, 160, { fill: "#fff", alpha: 1 }])
    assert.deepEqual(words, ["fillRect", 300, 10, 280, 30, { fill: "#fff", alpha: 0.75 }])
    assert.deepEqual(line, ["fillRect", 0, 36, 600, 28, { fill: "#fff", alpha: 1 }])
    assert.deepEqual(drawn(film.canvas, "strokeRect"), [[100, 40, 200, 160]])
    assert.deepEqual(drawn(film.canvas, "fillText"), [["it reads a", 24, 50, 552]])
    assert.equal(calls.find(([name]) => name === "strokeRect").at(-1).alpha, 1)
})

test("the last frame is the whole picture, and stays longer than a step", () => {
    const film = framesOf(PLAYED)
    assert.equal(film.number, 3)
    film.paint(2)
    assert.deepEqual(
        ["fillRect", "strokeRect", "fillText"].map(name => drawn(film.canvas, name).length),
        [0, 0, 0],
    )
    assert.deepEqual(
        drawn(film.canvas, "drawImage").map(([, ...box]) => box),
        [[0, 0, 600, 300]],
    )
    assert.deepEqual(
        [0, 1, 2].map(frame => film.stays(frame)),
        [700, 700, 2500],
    )
    film.paint(1)
    assert.deepEqual(drawn(film.canvas, "strokeRect"), [[300, 40, 200, 160]])
    assert.deepEqual(
        drawn(film.canvas, "fillText").map(([said]) => said),
        ["it reads b"],
    )
})

test("a step stays 0.7 s, and less where the whole would last more than 40 s", () => {
    const steps = number => ({ number })
    assert.deepEqual(
        [1, 57, 80, 1000].map(number => pace(steps(number))),
        [700, 700, 500, 40],
    )
})
