/** Which answers of a page without a server come from a worker, are they what the page itself would say, and what of those that nobody waits for? */

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { beforeEach, test } from "node:test"
import { readingOf } from "../../assets/browser/numbers/reading.js"
import { settled, shipped, VIEW } from "./pictures.js"
import { provedOf, zipped } from "./zipped.js"

await import("./page.js")
const { Here } = await import("../../assets/browser/asking/here.js")
const { Models } = await import("../../assets/browser/asking/models.js")
const { Threads } = await import("../../assets/browser/asking/threads.js")

const short = { ...VIEW, sentence: "aaab" }
const file = zipped(readFileSync(new URL("../../assets/models/counter/model.safetensors", import.meta.url)))
const about = { model: { trained: "by us", right: "", sizes: {} }, examples: { one: "a" }, foresees: true }
const [counted, drawn] = [shipped("counter"), null].map(model => [provedOf(readingOf(model, short, ""), short, 3)])
const told = /** @type {any} */ ({
    usual: { ...VIEW, model: "random" },
    words: { strips: [{ quantity: "c" }], own: {}, top: {}, names: { random: "random" }, made_with: "Made so." },
    links: { always: [], never: [], longest: 999 },
    shipped: { by: { counter: about, words: about }, trained: [] },
})
const LARGE = { hidden_dim: 256, input_dim: 64 }
const WORDS = "one of so many words that all of them take longer than a frame and a bit more"
const large = change => ({ query: { ...LARGE, sentence: WORDS, ...change }, room: 99, zoom: null, cell: null })
const cell = { layer: 0, direction: 0, unit: 2, step: 3 }

/** A worker in this thread, which has only copies of what it is sent. */
class Beside {
    static begun = []
    static all = 0
    #sent = []
    constructor() {
        Beside.begun.push(this)
        Beside.all += 1
        const scope = { postMessage: data => this.isEnded || this.#told(structuredClone(data)) }
        Object.assign(globalThis, { self: scope })
        this.ready = import(`../../assets/browser/computing.js?${Beside.all}`).then(() => {
            this.scope = scope
            for (const data of this.#sent.splice(0)) scope.onmessage({ data })
        })
    }
    postMessage(message) {
        const data = structuredClone(message)
        if (this.isHeld || !this.scope) this.#sent.push(data)
        else this.scope.onmessage({ data })
    }
    #told(data) {
        if (data.load) this.loaded = [...(this.loaded ?? []), data.load]
        this.listen({ data })
        this.onmessage?.({ data })
    }
    addEventListener(_, listen) {
        this.listen = listen
    }
    terminate() {
        this.isEnded = true
    }
}

const answers = new Models(told.shipped, async name => ({ file, proved: name === "counter" ? counted : drawn }))
const begin = async () => {
    const worker = new Beside()
    await worker.ready
    return worker
}
const page = (how = begin) => new Threads(/** @type {any} */ (how), told, answers)
/** A page that shows a picture. */
async function moving(how = begin) {
    const made = page(how)
    await made.picture({ ...large({}), query: short })
    return made
}
const none = new AbortController().signal
beforeEach(() => {
    Beside.begun.length = 0
})

test("what takes longer than a frame comes from a worker, and is what the page itself says", async () => {
    const [here, threads] = [new Here(told, answers.open), await moving()]
    for (const change of [{}, { holds: "f.0.1.3_0" }, { rows: "similarity", top: "all" }])
        assert.deepEqual(await threads.picture(large(change), none), await here.picture(large(change)))
    assert.equal(Beside.begun.length, 1)
    const why = { query: large({}).query, cell, event: null, label: "" }
    assert.deepEqual(await threads.why(why, none), await here.why(why))
    assert.equal(Beside.begun.length, 2, "a drawer takes seconds, and no picture waits for it")
})

test("a worker gets the model that the page has loaded", async () => {
    const threads = await moving()
    const question = { query: { model: "counter", sentence: "aab" }, cell, event: null, label: "" }
    const drawer = await threads.why({ ...question, cell: { ...cell, step: 1 } }, none)
    assert.equal(drawer.cell.step, 1)
    assert.deepEqual(Beside.begun[0].loaded, ["counter"])
})

test("a short text is read at once, and so is the first picture, while nothing moves", async () => {
    const threads = await moving()
    assert.equal(Beside.begun.length, 0)
    await threads.picture({ ...large({}), query: { ...short, sentence: "a b" } }, none)
    assert.equal(Beside.begun.length, 0)
    const first = page(() => new Promise(() => {}))
    assert.equal((await first.picture(large({}), none)).units, 256)
})

test("a question that is given up is computed no further; one that waits beside it is answered by the next worker", async () => {
    const threads = await moving()
    await threads.picture(large({}), none)
    const [worker] = Beside.begun
    worker.isHeld = true
    const late = new AbortController()
    const given = threads.picture(large({ sentence: `${WORDS}, more` }), late.signal)
    const waits = threads.picture(large({}), none)
    await settled()
    late.abort(new Error("overtaken"))
    await assert.rejects(given, { message: "overtaken" })
    assert.ok(worker.isEnded)
    assert.ok(await waits)
    assert.equal(Beside.begun.length, 2)
})

test("a refusal of the worker is one, and a worker that does not begin is said and tried again", async () => {
    const threads = await moving()
    const { Refused } = await import("../../assets/browser/asking/answerer.js")
    const nobody = threads.picture(large({ model: "other" }), none)
    await assert.rejects(nobody, Refused)
    let tries = 0
    const without = await moving(async () => {
        if (tries++) return begin()
        throw new Error("computing.js could not be loaded")
    })
    await assert.rejects(without.picture(large({}), none), { message: "computing.js could not be loaded" })
    assert.equal((await without.picture(large({}), none)).units, 256)
})
