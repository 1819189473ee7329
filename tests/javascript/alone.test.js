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
import { compare } from "./kept_numbers.js"
import { shipped } from "./pictures.js"

const { told, own, answers } = JSON.parse(
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

// Which part of an answer only the app has, or what depends on how a processor rounds.
const ROUNDED = /error of \de-\d\d/
const UNITS = /(, carried past .*|\. No unit is named: .*)?\.$/

/** The drawer of a cell without its rounding errors, and without what only the app says. */
function comparable(drawer) {
    if (typeof drawer === "string" || !drawer.answer) return drawer
    const { error, said, direct, path, ...answer } = drawer.answer
    assert.ok(error <= 2e-4 * Math.max(1, Math.abs(answer.effect)), `${error}`)
    const more = path && { ...path, error: 0, said: path.said.replace(UNITS, "") }
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
        // That of a GRU and of an RNN, only the app explains.
        if (drawer.no_answer?.includes("lstm_core.explain"))
            said.drawer = { ...said.drawer, no_answer: drawer.no_answer, answer: null }
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
