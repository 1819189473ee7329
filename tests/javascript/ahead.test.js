import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Ahead } from "../../assets/browser/asking/ahead.js"
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
