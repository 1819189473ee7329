/** Who answers in the app, the page or the server, and with what? */

import assert from "node:assert/strict"
import { afterEach, mock, test } from "node:test"
import { tokens, vectors } from "../../assets/browser/engine/model.js"
import { readingOf } from "../../assets/browser/numbers/reading.js"
import { readTable, standardised } from "../../assets/browser/numbers/table.js"
import { clockStands, modelOf, settled, shipped, tick, VIEW } from "./pictures.js"
import { fileOf, provedOf, TABLE, zippedNumbers } from "./zipped.js"

await import("./page.js")
const { Refused } = await import("../../assets/browser/asking/answerer.js")
const { InApp } = await import("../../assets/browser/asking/in_app.js")
const { Models } = await import("../../assets/browser/asking/models.js")
const { frame } = await import("../../assets/browser/asking/models.js")
const { Server } = await import("../../assets/browser/asking/server.js")
const { Threads } = await import("../../assets/browser/asking/threads.js")

const about = { model: modelOf({ trained: "by us", asks: true }), examples: { one: "a" }, foresees: false }
const usual = { ...VIEW, model: "random", file: "" }
const told = /** @type {any} */ ({
    usual,
    words: { strips: [..."figcoh"].map(quantity => ({ quantity })), own: {}, top: {}, names: {}, made_with: "" },
    links: { always: [], never: [], longest: 999 },
})
const none = new AbortController().signal
const cell = { layer: 0, direction: 0, unit: 1, step: 1 }
const asks = (change = {}) => ({ query: { ...usual, sentence: "a b c", ...change }, room: 99, zoom: null, cell: null })

/** The app: its server, what that was asked, and the page. `as`: how the server records; `files`: its models. */
function app({ as = query => readingOf(null, query, ""), model = modelOf({ asks: true }), files = {} } = {}) {
    const asked = []
    const server = {
        picture: async ({ query }) => {
            asked.push("picture")
            return { view: query, model, columns: {} }
        },
        model: async name => {
            asked.push(name)
            if (!(name in files)) throw new Refused(`too large: ${name}`)
            return files[name]
        },
        steps: async query => {
            asked.push(query.file || query.sentence)
            const { tokens, x, series } = as(query)
            const values = zippedNumbers([...(series?.values ?? [])])
            return { tokens, x: zippedNumbers([...x]), names: series?.names ?? [], values }
        },
    }
    for (const [name, answer] of Object.entries(server)) mock.method(Server.prototype, name, answer)
    const drawn = { ...usual, sentence: "a b" }
    const proofs = { words: [provedOf(readingOf(null, drawn, ""), drawn, 2)], numbers: [] }
    for (const [reads, proved] of Object.entries(proofs)) files[`untrained/${reads}`] = { file: "", proved }
    const by = { words: about, numbers: about, tagger: about, series: about }
    const load = (name, query) => (query ? server.steps(query) : server.model(name))
    const models = new Models(/** @type {any} */ ({ by, trained: [] }), load, { isBeside: true })
    let begun = 0
    const answerer = new InApp(new URL("http://here/"), /** @type {any} */ ({}), async () => {
        begun += 1
        const threads = new Threads(() => assert.fail("all fits into a frame"), told, models)
        // In this thread.
        threads.why = async question => Object.getPrototypeOf(Threads.prototype).why.call(threads, question)
        threads.isSeen = true
        return threads
    })
    return { answerer, asked, begun: () => begun, picture: change => answerer.picture(asks(change), none) }
}

/** Once a picture has been there for a moment, what the page computes with comes, and is proved. */
async function rested(page, change = {}) {
    await page.picture(change)
    await tick(500)
    for (let turn = 0; turn < 200 && !(await page.picture(change)).isComputed; turn++) await settled()
    page.asked.length = 0
}

clockStands()
afterEach(() => mock.restoreAll())

test("the server shows the first picture, and the page each move after a rest", async () => {
    const page = app()
    assert.equal((await page.picture()).isComputed, undefined)
    await tick(499)
    assert.equal(page.begun(), 0)
    await page.picture({ hidden_dim: 4 })
    await rested(page)
    const moved = await page.picture({ hidden_dim: 5, sentence: "c d" })
    assert.deepEqual([moved.stacks[0].units.length, moved.proof], [5, "computed in this page"])
    assert.deepEqual(page.asked, [])
    assert.equal((await page.answerer.picture({ ...asks(), cell }, none, " cell")).cell.unit, 1)
    assert.equal((await page.answerer.why({ ...asks(), cell, event: null, label: "" }, none)).cell.unit, 1)
    assert.deepEqual(page.asked, [])
})

test("a picture that is too much for a moment, has columns of several steps or is refused is the server's", async () => {
    const page = app()
    await rested(page)
    const { products } = frame
    frame.products = 1
    await page.picture()
    frame.products = products
    await page.answerer.picture({ ...asks({ sentence: "a b c d e f" }), room: 2 }, none)
    await page.picture({ model: "gone" })
    assert.deepEqual(page.asked, ["picture", "picture", "picture"])
})

test("a large model comes only once somebody asks why, and what is too large is said", async () => {
    const fixed = { input_dim: 300, hidden_dim: 600, n_layers: 1, directions: 1 }
    const page = app({ model: modelOf({ asks: true, trained: "mine", fixed }) })
    await page.picture({ model: "own-1" })
    await tick(500)
    assert.deepEqual([page.begun(), page.asked], [0, ["picture"]])
    const query = { ...asks({ model: "own-1" }), cell }
    const why = page.answerer.why({ ...query, event: null, label: "" }, none)
    await assert.rejects(why, error => error instanceof Refused && error.message === "too large: own-1")
    await assert.rejects(page.answerer.why({ ...query, event: null, label: "" }, none), Refused)
    assert.equal(page.asked.filter(one => one === "own-1").length, 1, "it is asked for once")
    const { products } = frame
    const other = app()
    frame.products = 1e-3
    await assert.rejects(other.answerer.why({ ...asks(), cell, event: null, label: "" }, none), /too long for so large/)
    frame.products = products
})

test("vectors of words come from the server, each word once, and say what the whole model says", async () => {
    const whole = shipped("tagger")
    const reads = ({ sentence }) => {
        const words = tokens(whole, sentence)
        return { tokens: words, x: vectors(whole, words), series: null }
    }
    const short = { ...usual, model: "tagger", sentence: "a dog" }
    const proved = [provedOf(readingOf(whole, short, ""), short, 2)]
    const page = app({ as: reads, files: { tagger: { file: fileOf("tagger", name => name !== TABLE), proved } } })
    const question = sentence => ({ ...asks({ model: "tagger", sentence }), cell, event: null, label: "" })
    const said = await page.answerer.why(question("the dog ran"), none)
    assert.deepEqual(page.asked, ["tagger", "a dog", "the ran"])
    await page.answerer.why(question("ran the dog"), none)
    assert.equal(page.asked.length, 3)
    const { Here } = await import("../../assets/browser/asking/here.js")
    const here = new Here(told, async () => ({ model: whole, about, proof: "", sizes: {}, notices: [] }))
    assert.deepEqual(said, await here.why(question("the dog ran")))
})

test("a file and a table are read by the server, whole", async () => {
    const reads = () => {
        const series = readTable("1\n2\n4")
        return { tokens: ["monday", "tuesday", "friday"], x: standardised(series), series }
    }
    const page = app({ as: reads })
    const question = { ...asks({ tokens: "numbers", file: "key", input_dim: 1 }), cell, event: null, label: "" }
    assert.match((await page.answerer.why(question, none)).still.said, /^c of unit 1 at tuesday is/)
    assert.deepEqual(page.asked, ["untrained/numbers", "key"])
})
