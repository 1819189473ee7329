/** How is a question sent, and what is made of what comes? */

import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { Refused, Unreachable } from "../../assets/browser/asking/answerer.js"
import { Server, unpack } from "../../assets/browser/asking/server.js"
import { handed, recording } from "./told.js"

const HANDED = { nan: -1, visitor: "X-Visitor" }
const LONG = "a long text"

/** What was posted, {path, about, headers, content}, and what the server answers to it. */
const posted = []
let answers = {}
const json = content => new Response(JSON.stringify(content))
beforeEach(() => {
    posted.length = 0
    let files = 0
    answers = {
        steps: () => json({ c: 0.5 }),
        file: () => json({ file: `key ${++files}` }),
        "download/py": () => new Response("import torch"),
    }
    globalThis.fetch = /** @type {any} */ (
        async (address, { body, headers, signal }) => {
            signal?.throwIfAborted()
            const path = address.pathname.slice("/base/".length)
            posted.push({ path, about: Object.fromEntries(address.searchParams), headers, content: body })
            return answers[path]()
        }
    )
})
const serverOf = (about = HANDED) => new Server(new URL("http://here/base/"), /** @type {any} */ (about))
const signal = new AbortController().signal
const asks = (server, sentence) => server.steps({ sentence, seed: "1" })
const said = () => posted.map(({ path, content }) => [path, path === "file" ? content : JSON.parse(content)])

test("a question goes to its route, with the name of the view that asks", async () => {
    const server = serverOf()
    assert.deepEqual(await asks(server, "short"), { c: 0.5 })
    assert.equal(await server.code({ sentence: "short" }), "import torch")
    assert.deepEqual(said(), [
        ["steps", { query: { sentence: "short", seed: "1" } }],
        ["download/py", { query: { sentence: "short" } }],
    ])
    const names = new Set(posted.map(({ headers }) => headers["X-Visitor"]))
    assert.equal(names.size, 1)
    assert.match([...names][0], /^[0-9a-f]{24}$/)
    await asks(serverOf(), "short")
    assert.equal(names.has(posted.at(-1).headers["X-Visitor"]), false)
})

test("a picture is made of the recording that the server sends; a long text, which it does not repeat, is the question's", async () => {
    const server = serverOf({ ...handed, ...HANDED, nan: handed.nan })
    answers.recording = () => new Response(recording)
    const ask = sentence => server.picture(/** @type {any} */ ({ query: { sentence }, cell: null }), signal)
    const { view, labels, stacks } = await ask(LONG)
    assert.deepEqual([view.sentence, labels, stacks[0].values.length], ["a b", ["a", "b"], 6])
    const text = Buffer.from(recording).toString("latin1").replace('"sentence":"a b",', " ".repeat(17))
    answers.recording = () => new Response(Buffer.from(text, "latin1"))
    assert.equal((await ask(LONG)).view.sentence, LONG)
})

/** The recording, as if it had three steps in a column. */
function binned() {
    const text = Buffer.from(recording).toString("latin1")
    const columns = JSON.stringify({ first: 0, per: 1, number: 2, steps: 2 })
    assert.ok(text.includes(columns))
    return Buffer.from(text.replace(columns, JSON.stringify({ first: 0, per: 3, number: 2, steps: 6 })), "latin1")
}

test("a table of what is on screen is made of a recording with a step in each column, or says what else there is", async () => {
    const server = serverOf({ ...handed, ...HANDED, nan: handed.nan })
    const table = async (steps = null, rows = null) =>
        (await (await server.download("csv", { query: { sentence: "a b" }, steps, rows })).text()).trimEnd().split("\n")
    answers.recording = () => new Response(recording)
    const [head, ...lines] = await table()
    assert.equal(head, "batch,time,token,layer,direction,unit,i,f,g,o,c,h")
    assert.deepEqual(
        lines.map(line => line.split(",").slice(0, 6).join()),
        ["a", "b"].flatMap((token, step) => [0, 1, 2].map(unit => [0, step, token, 0, 0, unit].join())),
    )
    assert.deepEqual(await table([0.6, 1.4], [1, 1.3]), [head, lines[4]])
    answers.recording = () => new Response(binned())
    await assert.rejects(table(), /got more: 6 steps of all that is shown\. Zoom to fewer/)
})

test("a file goes by its name, and its key comes back", async () => {
    const file = new File(["x"], "a b.txt")
    assert.deepEqual(await serverOf().file(file), { file: "key 1" })
    assert.deepEqual([posted[0].about, posted[0].content], [{ name: "a b.txt" }, file])
})

test("a busy server is asked again each second, until nobody waits any more", async () => {
    mock.timers.enable({ apis: ["setTimeout"] })
    const settled = async () => {
        for (let turn = 0; turn < 9; turn++) await Promise.resolve()
    }
    const over = new AbortController()
    let tries = 0
    answers.recording = () => new Response("busy", { status: ++tries > 2 ? 400 : 503 })
    const ask = () => serverOf().picture(/** @type {any} */ ({}), over.signal)
    const asked = assert.rejects(ask(), Refused)
    for (const wanted of [1, 2, 3]) {
        await settled()
        assert.equal(tries, wanted)
        mock.timers.tick(1_000)
    }
    await asked
    tries = 0
    const ended = assert.rejects(ask(), { name: "AbortError" })
    await settled()
    over.abort()
    mock.timers.tick(1_000)
    await ended
    assert.equal(tries, 1)
    mock.timers.reset()
})

test("an answer that is none says to ask otherwise, or that it failed", async () => {
    const answered = async (status, text) => {
        answers.steps = () => new Response(text, { status })
        const error = await asks(serverOf(), "").catch(error => error)
        return [error.constructor, error.message]
    }
    assert.deepEqual(await answered(422, "No such cell."), [Refused, "No such cell."])
    assert.deepEqual(await answered(499, ""), [Refused, "The server answered 499."])
    assert.deepEqual(await answered(500, ""), [Error, "The server answered 500."])
    assert.deepEqual(await answered(504, "late"), [Error, "late"])
})

test("a connection that breaks is nobody's answer, and an end that was wanted stays one", async () => {
    answers.steps = () => {
        throw new TypeError("Failed to fetch")
    }
    await assert.rejects(asks(serverOf(), ""), Unreachable)
    answers.steps = () => ({ ok: true, json: () => Promise.reject(new TypeError("broken off")) })
    await assert.rejects(asks(serverOf(), ""), Unreachable)
    const over = new AbortController()
    over.abort()
    const wanted = serverOf().picture({}, over.signal)
    await assert.rejects(wanted, { name: "AbortError" })
})

test("numbers are unpacked row by row from where they lie, whole ones over their range and one of them as NaN", () => {
    const z = { at: 0, shape: [2, 3], step: 0 }
    const mean = { at: 24, shape: [1, 3], step: 0.5 }
    const text = new TextEncoder().encode(JSON.stringify({ stacks: [{ values: [{ z, mean }] }], overview: null }))
    const begin = 4 + text.length + (-text.length & 3)
    const bytes = new Uint8Array(begin + 30).fill(32)
    new DataView(bytes.buffer).setUint32(0, begin - 4, true)
    bytes.set(text, 4)
    bytes.set(new Uint8Array(Float32Array.of(0.1, -2, 3, 4, 5, 6).buffer), begin)
    bytes.set(new Uint8Array(Int16Array.of(-4, -32768, 3).buffer), begin + 24)
    const { stacks, overview } = unpack(bytes.buffer, -32768)
    const [{ values }] = stacks
    assert.deepEqual(values[0].z, [Float32Array.of(0.1, -2, 3), Float32Array.of(4, 5, 6)])
    assert.deepEqual([values[0].mean, overview], [[Float32Array.of(-2, NaN, 1.5)], null])
})
