import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Ahead, farthest, saidOf } from "../../assets/browser/asking/ahead.js"
import { clockStands, pictureOf, tick } from "./pictures.js"

const query = (change = {}) => ({
    sentence: "a b",
    model: "random",
    tokens: "words",
    hidden_dim: 3,
    file: "",
    ...change,
})

/** Who is ahead, what it opened, and what answers there. */
function made(picture = async () => pictureOf()) {
    const opened = []
    const open = async view => {
        opened.push(view)
        return /** @type {any} */ ({ picture })
    }
    return { ahead: new Ahead(open), opened }
}

async function rested(ahead, view = query()) {
    ahead.prepare(view)
    await tick(500)
}

const answers = async (ahead, change = {}) =>
    (await ahead.picture({ query: query(change), room: 9, zoom: null, cell: null })) !== null

clockStands()

test("it opens what computes a picture once, also while a hand moves", async () => {
    const { ahead, opened } = made()
    assert.equal(await answers(ahead), false)
    ahead.prepare(query())
    mock.timers.tick(499)
    assert.equal(opened.length, 0)
    ahead.prepare(query({ hidden_dim: 4 }))
    await tick(1)
    assert.deepEqual(opened, [query()])
    await rested(ahead, query({ hidden_dim: 5, sentence: "c" }))
    assert.equal(opened.length, 1)
    assert.equal(await answers(ahead, { hidden_dim: 9 }), true)
})

test("a model that another one follows soon is not opened, until it is shown again", async () => {
    const { ahead, opened } = made()
    const [one, other] = [query({ model: "counter" }), query({ model: "brackets" })]
    await rested(ahead, other)
    ahead.prepare(one)
    mock.timers.tick(499)
    ahead.prepare(other)
    await tick(500)
    assert.deepEqual(opened, [other])
    await rested(ahead, one)
    assert.deepEqual(opened, [other, one])
})

test("each model has its own, and so has each size of the tagger", async () => {
    const { ahead } = made()
    const tagger = { model: "tagger-sizes", hidden_dim: 4 }
    await rested(ahead, query(tagger))
    assert.equal(await answers(ahead, tagger), true)
    for (const other of [{}, { model: "tagger-sizes", hidden_dim: 8 }, { ...tagger, file: "one" }])
        assert.equal(await answers(ahead, other), false)
})

test("a long text, columns of several steps, what can't be read and what was wrong are the server's", async () => {
    const { ahead, opened } = made()
    const long = "a".repeat(501)
    await rested(ahead, query({ sentence: long }))
    assert.equal(opened.length, 0)
    await rested(ahead)
    assert.equal(await answers(ahead, { sentence: long }), false)
    assert.equal(await answers(ahead, { sentence: long.slice(1) }), true)
    ahead.distrust(query())
    assert.equal(await answers(ahead), false)
    const refuses = async () => {
        throw new Error("no such cell")
    }
    for (const picture of [async () => pictureOf({ steps: 8, per: 4 }), refuses]) {
        const other = made(/** @type {any} */ (picture)).ahead
        await rested(other)
        assert.equal(await answers(other), false)
    }
})

test("where nothing can be opened the server shows every picture", async () => {
    const fails = async () => {
        throw new Error("its h and c are 1e-01 from PyTorch’s")
    }
    for (const open of [fails, async () => null]) {
        const ahead = new Ahead(open)
        await rested(ahead)
        assert.equal(await answers(ahead), false)
    }
})

test("two answers are as far apart as the farthest of what they draw, in proportion where that is large", () => {
    const far = (own, theirs) => farthest({ readout: own }, { readout: theirs })
    for (const [own, theirs, wanted] of /** @type {[any, any, number][]} */ ([
        [1, 1, 0],
        [0.5, 0.25, 0.25],
        [12, 8, 0.5],
        [8, 12, 4 / 12],
        [-12, -8, 0.5],
        [NaN, NaN, 0],
        [NaN, 1, Infinity],
        [null, undefined, 0],
        [null, 0, Infinity],
        [0, null, Infinity],
        ["a", "a", 0],
        ["a", "b", Infinity],
        [{ a: 1 }, "b", Infinity],
        ["b", { a: 1 }, Infinity],
        [3, { a: 1 }, Infinity],
        [[1, 2], [1, 2.5], 0.2],
        [[1.5, 2], [1, 2.5], 0.5 / 1],
        [[1], [1, 2], Infinity],
        [{ a: 1, b: 2 }, { a: 1 }, Infinity],
        [{ a: 1 }, { a: 1, b: 2 }, Infinity],
        [{ a: 1.5, b: 0.75 }, { a: 1, b: 1 }, 0.5],
        [[{ z: Float32Array.of(1, 0) }], [{ z: Float32Array.of(0.5, 0) }], 0.5],
        [[], [], 0],
        [[], {}, Infinity],
    ]))
        assert.ok(Object.is(far(own, theirs), wanted), JSON.stringify([own, theirs, far(own, theirs)]))
    const names = ["stacks", "answers", "inputs", "labels", "series", "scores", "readout"]
    for (const name of names) assert.equal(farthest({ [name]: 1 }, { [name]: 2 }), 0.5)
    assert.equal(farthest({ notices: 1, a: 3 }, { notices: 2 }), 0)
    assert.equal(saidOf(Infinity), "This browser drew another picture first. This one is PyTorch’s.")
    assert.equal(saidOf(0.001), "This browser drew another picture first, 1e-03 from PyTorch’s. This one is PyTorch’s.")
})

test("no second model is opened for a moment, and after another one the first has to rest again", async () => {
    const { ahead, opened } = made()
    ahead.prepare(query())
    await tick(400)
    ahead.prepare(query({ model: "other" }))
    await tick(400)
    ahead.prepare(query())
    await tick(499)
    assert.deepEqual(opened, [])
    await tick(1)
    assert.deepEqual(opened, [query()])
    await rested(ahead, query({ model: "tagger", tokens: "words" }))
    await rested(ahead, query({ model: "tagger", tokens: "characters" }))
    await rested(ahead, query({ tokens: "characters" }))
    assert.deepEqual(
        opened.slice(1).map(({ model, tokens }) => [model, tokens]),
        [
            ["tagger", "words"],
            ["random", "characters"],
        ],
    )
    const empty = made(async () => pictureOf({ steps: 0 })).ahead
    await rested(empty)
    assert.equal(await answers(empty), false)
    assert.equal(await answers(made().ahead, { sentence: undefined }), false)
})
