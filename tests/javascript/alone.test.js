/**
 * Does a page without a server say what the server says? `tests/frozen/alone.py` kept what the server says of each of
 * these questions: a picture in short, the terms of a cell, its drawer, and a CSV.
 */

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { gunzipSync } from "node:zlib"
import { Here } from "../../assets/browser/asking/here.js"
import { openModel } from "../../assets/browser/engine/model.js"
import { characters, words } from "../../assets/browser/engine/tokens.js"
import { utf8 } from "../../assets/browser/engine/utf8.js"
import { features } from "../../assets/browser/engine/word_features.js"
import { wordVectors } from "../../assets/browser/engine/word_vectors.js"
import { fit } from "../../assets/browser/numbers/fit.js"
import { label, significant } from "../../assets/browser/numbers/label.js"
import { readingOf } from "../../assets/browser/numbers/reading.js"
import { signed } from "../../assets/browser/why/names.js"
import { compare } from "./kept_numbers.js"
import { shipped, VIEW } from "./pictures.js"

const { told, own, answers, computed } = JSON.parse(
    `${gunzipSync(readFileSync(new URL("../frozen/alone.json.gz", import.meta.url)))}`,
)

/** A model, and what is said of it. @param {any} source */
function opened({ model: name, tokens }) {
    const nothing = { proof: "", sizes: {}, notices: [] }
    if (name === "random") return { model: null, about: told.shipped.by[tokens], ...nothing }
    if (!(name in own)) return { model: shipped(name), about: told.shipped.by[name], ...nothing }
    const bytes = Buffer.from(own[name].file, "base64")
    return { model: openModel(Uint8Array.from(bytes).buffer), about: own[name].about, ...nothing }
}

// What depends on how a processor rounds, or on chance.
const ROUNDED = /error of \de-\d\d/
const BY_CHANCE = /the answer by [\d.]+/
// Whether a unit is named is decided by chance too, where patching takes some twice of what random units take.
const NAMED = /, carried past (\S+) by (.+): (\S+)\. Patching \S+ there takes (\S+);/
const UNNAMED = /\. No unit is named: (.+) seems? to carry (\S+) past (\S+), but patching takes (\S+), and/

const withoutChance = said =>
    said
        .replace(BY_CHANCE, "")
        .replace(NAMED, " $2 carry $3 past $1, patching takes $4:")
        .replace(UNNAMED, " $1 carry $2 past $3, patching takes $4:")

/** The drawer of a cell without its rounding errors, and without what random units do. */
function comparable(drawer) {
    if (typeof drawer === "string" || !drawer.answer) return drawer
    const { error, said, direct, path, ...answer } = drawer.answer
    assert.ok(error <= 2e-4 * Math.max(1, Math.abs(answer.effect)), `${error}`)
    const more = path && { ...path, error: 0, said: withoutChance(path.said) }
    // A share of a small difference has fewer digits.
    const through = direct && direct * answer.effect
    return { ...drawer, answer: { ...answer, said: said.replace(ROUNDED, ""), through, path: more } }
}

for (const [number, { link, cell, event, label, zoom, room, sight, ...said }] of answers.entries()) {
    const about = `${number}: ${new URLSearchParams(link)}`.slice(0, 100)
    const here = new Here(told, async source => opened(source))
    const refused = error => error.message

    test(`a page alone draws what the server draws: ${about}`, async () => {
        const { labels, ...found } = await here.picture({ query: link, room, zoom, cell: null })
        compare({ ...found, labels }, said.picture, "")
    })

    test(`a page alone takes a cell apart and explains it as the server does: ${about}`, async () => {
        const terms = await here.cell({ query: link, cell }).catch(refused)
        if (typeof said.terms === "string") assert.equal(terms, "There is no such cell.")
        else compare(terms, said.terms, "")
        const drawer = await here.why({ query: link, cell, event, label }).catch(refused)
        compare(comparable(drawer), comparable(said.drawer), "")
    })

    if (sight)
        test(`a page alone writes the rows that the server writes: ${about}`, async () => {
            const asked = { query: link, steps: sight.steps, rows: sight.rows }
            const text = await here.download("csv", asked).then(file => file.text(), refused)
            const cells = csv => csv.split(/[\n,]/).map(one => (one && Number.isFinite(+one) ? +one : one))
            compare(cells(text), cells(said.csv), "")
        })
}

test("texts are taken apart, named and written as bytes as Python does it", () => {
    computed.texts.forEach(([text, ofIt, inWords, inCharacters, shown], k) => {
        const found = [features(text), words(text), characters(text), label(text), [...utf8(text)]]
        assert.deepEqual(found, [ofIt, inWords, inCharacters, shown, computed.bytes[k]], JSON.stringify(text))
    })
    compare(
        [
            ...wordVectors(
                computed.texts.slice(0, 8).map(([text]) => text),
                40,
                3,
            ),
        ],
        computed.vectors.flat(),
        "",
    )
    assert.deepEqual([...utf8("\ud800a\udfff")], [0xed, 0xa0, 0x80, 0x61, 0xed, 0xbf, 0xbf])
})

test("numbers are written as Python writes them", () => {
    for (const [number, ...written] of computed.numbers)
        assert.deepEqual([...[3, 6, 1].map(digits => significant(number, digits)), signed(number)], written)
    assert.deepEqual(
        [NaN, Infinity, -Infinity].map(number => significant(number, 3)),
        ["–", "inf", "-inf"],
    )
})

test("the steps of a picture's columns are those that Python chooses", () => {
    computed.asked.forEach((asked, k) => {
        const { first, per, number, steps } = fit(asked[0], asked[1], asked[2], asked[3])
        assert.deepEqual([first, per, number, steps], computed.fits[k], `${asked}`)
    })
})

test("of a text that is too long for a moment the first steps are read, with their numbers, and that is said", () => {
    const { model } = opened({ model: "table" })
    const { lstm, linear } = /** @type {any} */ (model)
    const there = [...Object.values(lstm.weights), linear.weight].reduce((sum, { data }) => sum + data.length, 0)
    // As many weights as let three steps be read, and as many more as let two.
    const read = (more, text = "1 2 3\n4 5 6\n7 8 9\n1 1 1") => {
        const weights = { ...lstm.weights, more: { data: { length: 1e8 - there + more } } }
        return readingOf({ ...model, lstm: { ...lstm, weights } }, { ...VIEW, sentence: text }, "")
    }
    const [three, two] = [read(0), read(1)]
    assert.deepEqual(three.notices, ["The text has 4 numbers; the first 3 are read and shown."])
    assert.deepEqual(
        [three.tokens, [...three.series.values]],
        [
            ["0", "1", "2"],
            [1, 2, 3, 4, 5, 6, 7, 8, 9],
        ],
    )
    assert.deepEqual([three.x.length, three.said.length, two.tokens.length, two.series.values.length], [9, 3, 2, 6])
    assert.deepEqual(read(0, "1 2 3\n4 5 6\n7 8 9").notices, [])
    assert.equal(read(9e9).tokens.length, 1)
})

test("of what a model does not know the first five are named, and half a text that it knows is read", () => {
    const read = sentence => readingOf(shipped("counter"), { ...VIEW, sentence }, "")
    const named = text => read(text).notices[0]?.match(/\((.*)\) and reads its vector/)?.[1]
    assert.deepEqual([named("qwertq"), named("qwertz"), named("aab")], ["q, w, e, r, t", "q, w, e, r, t, …", undefined])
    assert.deepEqual([read("ax").isReadable, read("axy").isReadable, read("").isReadable], [true, false, false])
    assert.match(read("aXYZB").notices[0], /^This model does not know 4 of these 5 .* It knows B in lower case\.$/)
})
