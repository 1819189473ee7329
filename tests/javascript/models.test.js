/** Which model reads in a page without a server, how does its file come, and is it believed? */

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { Carried, Here, opened } from "../../assets/browser/asking/here.js"
import { readingOf } from "../../assets/browser/numbers/reading.js"
import { settled, shipped, VIEW } from "./pictures.js"
import { fileOf, provedOf, TABLE, zipped, zippedNumbers } from "./zipped.js"

await import("./page.js")
const { asked, load, Models, nearness } = await import("../../assets/browser/asking/models.js")

const bytesOf = name => readFileSync(new URL(`../../assets/models/${name}/model.safetensors`, import.meta.url))
const counted = { ...VIEW, sentence: "aaab" }
const COUNTED = provedOf(readingOf(shipped("counter"), counted, ""), counted, 3)
const twice = { ...VIEW, sentence: "a b c", n_layers: 2, directions: 2 }
const TWICE = provedOf(readingOf(null, twice, ""), twice, 2)
/** The same text, as if PyTorch had recorded other numbers. */
function other(proved, change) {
    const numbers = change([...proved.numbers])
    return { ...proved, numbers, values: zippedNumbers(numbers) }
}
const moved = (proved, at, by) => other(proved, all => all.with(at, all.at(at) + by))

test("the nearness is the largest difference of any c or h, in proportion where a value is large", async () => {
    const large = COUNTED.numbers.findIndex(value => Math.abs(value) > 2)
    const by = COUNTED.numbers[large]
    for (const [model, texts, near] of /** @type {[any, any[], string][]} */ ([
        [null, [TWICE], "0e+00"],
        [null, [moved(TWICE, 0, 1e-6)], "1e-06"],
        [null, [moved(TWICE, TWICE.numbers.length - 1, -1e-5)], "1e-05"],
        [null, [TWICE, moved(moved(TWICE, 20, 1e-5), 30, 1e-6), moved(TWICE, 2, 1e-6)], "1e-05"],
        [shipped("counter"), [moved(COUNTED, large, by * 1e-5)], "1e-05"],
    ]))
        assert.equal(await nearness(model, texts), near)
    for (const [model, text, far] of [
        [null, moved(TWICE, 5, 3e-5), /^its h and c are 3e-05 from PyTorch’s$/],
        [null, moved(TWICE, 5, NaN), /NaN/],
        [shipped("counter"), moved(COUNTED, large, by * 3e-5), / 3e-05 from/],
        [null, other(TWICE, all => all.slice(1)), /NaN/],
        [null, other(TWICE, all => [...all, 0]), /NaN/],
        [null, other(TWICE, all => all.slice(0, -1)), /NaN/],
    ])
        await assert.rejects(nearness(model, [TWICE, text].slice(model ? 1 : 0)), { message: far })
})

/** Models of which each file is loaded when the test says so. */
function modelsOf(files = {}, change = {}) {
    const loaded = []
    Object.assign(files, { "untrained/words": { file: zipped(new Uint8Array()), proved: [TWICE, TWICE] } })
    const load = async name => {
        loaded.push(name)
        if (!(name in files)) throw new Error(`models/${name}.js could not be loaded`)
        return files[name]
    }
    const about = { model: { trained: "by us", right: "", sizes: {} }, examples: { one: "a" } }
    const by = { counter: about, words: { ...about, examples: {} }, "tagger-sizes": about }
    const shipped = { by, trained: [], ...change }
    return { loaded, files, about, by, models: new Models(/** @type {any} */ (shipped), load) }
}

test("an untrained LSTM is proved once by texts of what it reads", async () => {
    const { models, loaded, by } = modelsOf()
    const found = await models.open({ model: "random", tokens: "words" })
    assert.deepEqual(found, {
        model: null,
        proof: "checked here: matches PyTorch to 0e+00 on 2 texts",
        ...{ about: by.words, sizes: {}, notices: [] },
    })
    await models.open({ model: "random", tokens: "words", seed: 3 })
    assert.deepEqual(loaded, ["untrained/words"])
})

test("a trained model is loaded once, also for two questions at once, and again after a failure", async () => {
    const { models, loaded, files, about } = modelsOf()
    const open = () => models.open({ model: "counter", tokens: "words" })
    await assert.rejects(open(), /counter.js could not be loaded/)
    await settled()
    files.counter = { file: zipped(bytesOf("counter")), proved: [COUNTED] }
    const [first, again] = await Promise.all([open(), open()])
    await open()
    assert.deepEqual(loaded, ["counter", "counter"])
    assert.equal(first.model, again.model)
    assert.deepEqual(
        [first.model?.name, first.proof, first.about, first.sizes, first.notices],
        ["counter", "checked here: matches PyTorch to 0e+00 on 1 texts", about, {}, []],
    )
})

test("of the tagger's sizes the nearest is read, by ratios, and what differs is said", async () => {
    const trained = ["4-3-1", "8-3-1", "64-3-1", "16-3-1", "8-48-2"].map(name => [
        name.split("-").map(Number),
        `${name} right`,
    ])
    const own = { file: zipped(bytesOf("counter")), proved: [COUNTED] }
    const files = Object.fromEntries(trained.map(([sizes]) => [`sizes/${sizes.join("-")}`, own]))
    const { models, loaded } = modelsOf(files, { trained })
    const open = (input_dim, hidden_dim, n_layers) =>
        models.open({ model: "tagger-sizes", input_dim, hidden_dim, n_layers })
    const found = await open(8, 3, 1)
    assert.deepEqual(loaded, ["sizes/8-3-1"])
    assert.deepEqual([found.notices, found.about.model.right, found.about.model.trained], [[], "8-3-1 right", "by us"])
    // By their ratios 11 is nearer to 8 and 12 to 16; 32 is as near to 64, which stands first, as to 16.
    for (const [asked, sizes] of /** @type {[[number, number, number], string][]} */ ([
        [[11, 3, 1], "8-3-1"],
        [[12, 3, 1], "16-3-1"],
        [[32, 3, 1], "64-3-1"],
        [[8, 16, 2], "8-48-2"],
    ]))
        assert.equal(Object.values((await open(...asked)).sizes).join("-"), sizes)
    assert.deepEqual((await open(11, 3, 2)).notices, [
        "No tagger was trained with input_dim 11: this is the nearest, 8.",
        "No tagger was trained with n_layers 2: this is the nearest, 1.",
    ])
})

test("a page without a server has the words of a model's examples, and loads the others when a text has one", async () => {
    const { embedding } = shipped("tagger")
    const words = ["a", "dog", "ran"]
    const x = zippedNumbers(words.flatMap(word => [...embedding.vector(word)]))
    const reads = { ...VIEW, model: "tagger", sentence: "a dog ran" }
    const proved = [provedOf(readingOf(shipped("tagger"), reads, ""), reads, 3)]
    const tagger = { file: fileOf("tagger", name => name !== TABLE), proved, sent: { words, x } }
    const table = { file: fileOf("tagger", name => name === TABLE), proved: [] }
    const { models, loaded } = modelsOf({ tagger, "words/tagger": table })
    const open = async sentence => (await models.open({ model: "tagger", sentence })).model
    await open("ran a dog")
    assert.deepEqual(loaded, ["tagger"])
    const model = await open("the dogs ran")
    assert.deepEqual(loaded, ["tagger", "words/tagger"])
    assert.deepEqual(model.embedding.vector("dogs"), embedding.vector("dogs"))
    await Promise.all([open("cats"), models.complete()])
    assert.equal(loaded.length, 2)
})

test("a model's file comes as a script that hands it over; one that does not come is said, and asked for again", async () => {
    location.href = "http://here/"
    document.head.replaceChildren()
    const scripts = () => document.head.querySelectorAll("script")
    const coming = load("one")
    assert.equal(scripts()[0].getAttribute("src"), "models/one.js")
    globalThis.gatescope.model("one", { proved: [] })
    assert.deepEqual(await coming, { proved: [] })
    const failed = load("two")
    scripts()[1].told("error")
    await assert.rejects(failed, { message: "models/two.js could not be loaded" })
    assert.deepEqual([...asked], ["models/one.js", "models/two.js"])
})

const TOLD = /** @type {any} */ ({
    usual: { ...VIEW, model: "random", colours: "teal" },
    words: { strips: [{ quantity: "c" }], own: {}, top: {}, names: { random: "random" }, made_with: "Made so." },
    links: { always: [], never: [], longest: 99 },
})
const nothing = { about: { examples: { first: "aab", second: "b" }, model: {} }, sizes: {}, notices: [] }
const asks = (query, change = {}) => ({ query, room: 99, zoom: null, cell: null, ...change })

test("a page says with its first picture what its address could not say, and then what was read instead", async () => {
    const open = async () => ({ ...nothing, model: null, proof: "proved", notices: ["That is the nearest."] })
    const here = new Here(TOLD, /** @type {any} */ (open))
    here.notices = ["seed=x is not possible."]
    const { notices, proof, made, link } = await here.picture(asks({ holds: "f.9.0.0_1" }))
    assert.deepEqual(notices.slice(0, 2), ["seed=x is not possible.", "That is the nearest."])
    assert.match(notices[2], /^There is nothing to hold at f.9.0.0_1/)
    assert.deepEqual([proof, link], ["proved", ""])
    assert.match(made, /^nn.LSTM, random: input_dim=4, hidden_dim=3, n_layers=1, seed=2; proved. Made so.$/)
    const long = await here.picture(asks({ sentence: "word ".repeat(30) }))
    assert.deepEqual(long.notices, [
        "That is the nearest.",
        "This text is too long for a link: a reload or a shared link opens an example sentence.",
    ])
    const none = await here.picture(asks({ sentence: " " }))
    assert.deepEqual([none.proof, none.made], ["", ""])
})

test("numbers of a question are numbers, whatever the address has; a model reads its first example", async () => {
    const asked = []
    const open = async source => {
        asked.push(source)
        const model = source.model === "counter" ? shipped("counter") : null
        return { ...nothing, model, proof: "", sizes: { hidden_dim: 2 } }
    }
    const here = new Here(TOLD, /** @type {any} */ (open))
    const { view } = await here.picture(asks({ hidden_dim: "5", seed: "7", tokens: "characters" }))
    assert.deepEqual([asked[0].hidden_dim, asked[0].seed, asked[0].tokens, asked[0].input_dim], [5, 7, "characters", 4])
    assert.deepEqual([view.hidden_dim, view.sentence], [2, "Giraffes in a field"])
    assert.equal((await here.picture(asks({ model: "counter" }))).view.sentence, "aab")
    assert.equal((await here.picture(asks({ model: "counter", sentence: "b" }))).view.sentence, "b")
})

test("a question about the same reading reads nothing again, and another reading does", async () => {
    let model = shipped("counter")
    const here = new Here(TOLD, /** @type {any} */ (async () => ({ ...nothing, model, proof: "" })))
    const c = async change => (await here.read({ sentence: "aab", ...change })).reading.layers
    const first = await c({})
    model = shipped("brackets")
    assert.equal(await c({ rows: "activity", pin: "0.1.1" }), first)
    for (const change of [{ sentence: "((" }, { holds: "w.1" }, { model: "brackets" }, { seed: 3 }])
        assert.notEqual(await c(change), first)
})

test("a file of one's own has no link, and a text is read as one", async () => {
    const taken = { model: "own-1", file: "" }
    const open = async () => ({ ...nothing, model: null, proof: "", isOwn: true })
    const take = async file => (file.name.endsWith("safetensors") ? taken : null)
    const here = new Here(TOLD, /** @type {any} */ (open), take)
    const { link, pins, lasts } = await here.picture(asks({}))
    assert.deepEqual([link, pins], ["", false])
    assert.match(lasts, /^This link opens the page as it begins. Your file stays/)
    assert.equal(await here.file(new File([], "a.safetensors")), taken)
    assert.deepEqual(await here.file(new File(["a\nb"], "a.txt")), { sentence: "a\nb", file: "" })
    const usual = new Here(TOLD, /** @type {any} */ (open))
    assert.deepEqual(await usual.file(new File(["a"], "a.safetensors")), { sentence: "a", file: "" })
})

test("a page with its model inside shows what it was made of, and computes what else is asked", async () => {
    const about = { ...TOLD, about: nothing.about, names: { source: ["sentence"], shown: [] } }
    const view = { seed: 2, sentence: "a b c", holds: "" }
    const packed = { ...about, view, file: zipped(bytesOf("counter")), proved: COUNTED }
    const numbers = /** @type {any} */ ({ view: { sentence: "a\nb", model: "m" }, drawn: true })
    const page = new Carried(numbers, /** @type {any} */ (await opened(packed)))
    assert.deepEqual([page.near, page.link], ["0e+00", { seed: 2, sentence: "a\nb", holds: "", model: "m" }])
    for (const [query, isMade] of /** @type {[any, boolean][]} */ ([
        [{ sentence: "a\r\nb", seed: "2" }, true],
        [{ sentence: "a b" }, false],
        [{ sentence: "a\nb", holds: "w.1" }, false],
    ])) {
        const { drawn, columns } = /** @type {any} */ (await page.picture(asks(query)))
        assert.deepEqual([drawn, !!columns], [isMade || undefined, !isMade])
    }
    const question = { query: { sentence: "aab" }, cell: { layer: 0, direction: 0, unit: 1, step: 1 } }
    assert.equal((await page.why({ ...question, event: null, label: "" })).still.shares.length, 2)
    const alone = new Carried(numbers, null)
    assert.equal(await alone.picture(asks({ seed: 3 })), alone.numbers)
    const untrained = { ...packed, file: zipped(new Uint8Array()), proved: TWICE }
    assert.equal((await (await opened(untrained)).open()).model, null)
    await assert.rejects(opened({ ...untrained, proved: moved(TWICE, 0, 1) }), /from PyTorch’s/)
})

test("a text is read, and another file is refused by its name, with what can be opened", async () => {
    const read = (...file) =>
        new Here(TOLD, /** @type {any} */ (null)).file(new File(.../** @type {[any, any]} */ (file)))
    assert.deepEqual(await read(["naïve 1, 2\n"], "a.txt"), { sentence: "naïve 1, 2\n", file: "" })
    const picture = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13)
    await assert.rejects(
        read([picture], "dog.png"),
        /^Error: Expected a text in UTF-8, got dog\.png, .* Open a text, or/,
    )
})
