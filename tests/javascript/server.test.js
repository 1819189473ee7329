import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { Busy, Refused, Unreachable } from "../../assets/browser/asking/answerer.js"
import { Server } from "../../assets/browser/asking/server.js"
import { settled } from "./pictures.js"
import { handed, recording } from "./told.js"

const HANDED = { said_back: 5, nan: -1, visitor: "X-Visitor" }
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
        progress: () => json({ share: 0.25 }),
        file: () => json({ file: `key ${++files}` }),
        "download/py": () => new Response("import torch"),
        "download/csv": () => new Response("step"),
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
    assert.equal(await server.progress({ sentence: "short" }, signal), 0.25)
    assert.equal(await server.code({ sentence: "short" }), "import torch")
    assert.equal(await (await server.download("csv", { query: {} })).text(), "step")
    assert.deepEqual(said(), [
        ["steps", { query: { sentence: "short", seed: "1" } }],
        ["progress", { query: { sentence: "short" } }],
        ["download/py", { query: { sentence: "short" } }],
        ["download/csv", { query: {} }],
    ])
    const names = new Set(posted.map(({ headers }) => headers["X-Visitor"]))
    assert.equal(names.size, 1)
    assert.match([...names][0], /^[0-9a-f]{24}$/)
    await asks(serverOf(), "short")
    assert.equal(names.has(posted.at(-1).headers["X-Visitor"]), false)
})

test("a picture is made of the recording that the server sends; a long text, which it does not repeat, is the question's", async () => {
    const server = serverOf({ ...handed, ...HANDED, nan: handed.nan, said_back: 5_000 })
    answers.recording = () => new Response(recording)
    const ask = sentence => server.picture(/** @type {any} */ ({ query: { sentence }, cell: null }), signal)
    const { view, labels, stacks } = await ask(LONG)
    assert.deepEqual([view.sentence, labels, stacks[0].values.length], ["a b", ["a", "b"], 6])
    const text = Buffer.from(recording).toString("latin1").replace('"sentence":"a b",', " ".repeat(17))
    answers.recording = () => new Response(Buffer.from(text, "latin1"))
    assert.equal((await ask(LONG)).view.sentence, LONG)
})

test("a long text is sent once and then named; blanks and a text of the limit's length are no long text", async () => {
    const server = serverOf()
    await Promise.all([asks(server, LONG), asks(server, LONG)])
    await asks(server, LONG)
    const named = ["steps", { query: { seed: "1" }, text: "key 1" }]
    assert.deepEqual(said(), [["file", LONG], named, named, named])
    assert.deepEqual(posted[0].about, { name: "text" })
    posted.length = 0
    await asks(server, "12345")
    await asks(server, " ".repeat(9))
    assert.deepEqual(
        posted.map(({ path }) => path),
        ["steps", "steps"],
    )
    await asks(server, "123456")
    assert.deepEqual(posted.at(-2).path, "file")
})

test("another long text takes the place of the one before the last", async () => {
    const server = serverOf()
    for (const number of [1, 2, 3]) await asks(server, `${LONG} ${number}`)
    const sent = posted.filter(({ path }) => path === "file")
    assert.deepEqual(
        sent.map(({ about }) => about.instead),
        [undefined, undefined, "key 1"],
    )
})

test("a text that the server has dropped is sent again; if that is gone too, it is said", async () => {
    const server = serverOf()
    await asks(server, LONG)
    const gone = () => new Response("It is gone.", { status: 410 })
    let left = 1
    answers.steps = () => (left-- > 0 ? gone() : json({ c: 1 }))
    assert.deepEqual(await asks(server, LONG), { c: 1 })
    assert.deepEqual(
        posted.map(({ path }) => path),
        ["file", "steps", "steps", "file", "steps"],
    )
    answers.steps = gone
    await assert.rejects(asks(server, LONG), error => error instanceof Refused && error.message === "It is gone.")
    answers.steps = () => new Response("No.", { status: 400 })
    posted.length = 0
    await assert.rejects(asks(server, LONG), Refused)
    assert.equal(posted.filter(({ path }) => path === "steps").length, 1)
})

test("a text that could not be sent is sent anew by the next question", async () => {
    const server = serverOf()
    const { file } = answers
    answers.file = () => new Response("Too large.", { status: 413 })
    await assert.rejects(asks(server, LONG), Refused)
    answers.file = file
    await settled()
    assert.deepEqual(await asks(server, LONG), { c: 0.5 })
})

test("a file goes by its name, and its key comes back", async () => {
    const file = new File(["x"], "a b.txt")
    assert.deepEqual(await serverOf().file(file), { file: "key 1" })
    assert.deepEqual([posted[0].about, posted[0].content], [{ name: "a b.txt" }, file])
})

test("an answer that is none says what to do: ask later, ask otherwise, or that it failed", async () => {
    const answered = async (status, text, headers = {}) => {
        answers.steps = () => new Response(text, { status, headers })
        const error = await asks(serverOf(), "").catch(error => error)
        return [error.constructor, error.message, error.after]
    }
    const busy = "The server is busy. Try again in a moment."
    assert.deepEqual(await answered(503, "busy", { "Retry-After": "1.5" }), [Busy, busy, 1500])
    for (const [said, after] of /** @type {[string, number | null][]} */ ([
        ["0", 0],
        ["-1", null],
        ["soon", null],
        ["Infinity", null],
    ]))
        assert.deepEqual(await answered(503, "busy", { "Retry-After": said }), [Busy, busy, after])
    assert.deepEqual(await answered(503, "busy"), [Busy, busy, null])
    assert.deepEqual(await answered(422, "No such cell."), [Refused, "No such cell.", undefined])
    assert.deepEqual(await answered(499, ""), [Refused, "The server answered 499.", undefined])
    assert.deepEqual(await answered(500, ""), [Error, "The server answered 500.", undefined])
    assert.deepEqual(await answered(504, "late"), [Error, "late", undefined])
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
    const wanted = serverOf().progress({}, over.signal)
    await assert.rejects(wanted, { name: "AbortError" })
})

test("a wait without a time doubles, up to eight seconds", () => {
    const busy = new Busy(null)
    assert.deepEqual(
        [0, 1, 3, 4, 5, 9].map(tries => busy.pause(tries)),
        [500, 1000, 4000, 8000, 8000, 8000],
    )
    assert.equal(new Busy(0).pause(3), 0)
})
