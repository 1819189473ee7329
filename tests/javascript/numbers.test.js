/** Are the numbers that a page computes those that Python computed? The frozen pictures have a few of each array. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { numbersOf } from "../../assets/browser/numbers/picture.js"
import { readingOf } from "../../assets/browser/numbers/reading.js"
import { cases } from "./frozen.js"
import { modelOf, shipped, VIEW } from "./pictures.js"

/** An array as its shape, its mean, that of its sizes, its first number, its last, its least and its largest. */
function numbersIn(rows) {
    const seen = rows.flatMap(row => [...row]).filter(number => !Number.isNaN(number))
    const mean = all => all.reduce((sum, number) => sum + number, 0) / all.length
    const [least, most] = [Math.min, Math.max].map(choose => seen.reduce((a, b) => choose(a, b)))
    return [rows.length, rows[0].length, mean(seen), mean(seen.map(Math.abs)), seen[0], seen.at(-1), least, most]
}

/** Compares what is found with what was sent, as far as that was kept. */
function compare(found, sent, where) {
    if (sent?.shape) compare(numbersIn(found), [...sent.shape, ...sent.numbers], where)
    else if (typeof sent === "number")
        assert.ok(Math.abs(found - sent) <= 3e-4 * Math.max(1, Math.abs(sent)), `${where}: ${found}, not ${sent}`)
    else if (sent && typeof sent === "object") {
        assert.equal(found.length, sent.length, where)
        for (const name in sent) compare(found[name], sent[name], `${where}.${name}`)
    } else assert.equal(found, sent, where)
}

test("a page computes the numbers and answers of the frozen pictures", () => {
    // Those of the lesson's size are in files of a built site, and a page reads no such long text with so many units.
    const isHere = ({ link, sent: { columns } }) => link.model !== "tagger-sizes" && columns.steps <= 4000
    const here = cases().filter(one => isHere(one) && one.link.hidden_dim !== "512")
    // Most widths of one question have the same numbers.
    for (const [question, { link, sent, room }] of new Map(here.map(one => [JSON.stringify(one.link), one]))) {
        const view = { ...VIEW, ...link }
        const words = /** @type {any} */ ({ strips: sent.strips, top: { [view.top]: sent.few.split(": ")[1] } })
        const about = /** @type {any} */ ({ examples: {}, model: modelOf({}), foresees: sent.coming.length > 0 })
        const reading = readingOf(link.model === "random" ? null : shipped(link.model), view, view.holds)
        const columns = sent.columns.per > 1 ? sent.columns.number : 832
        const found = numbersOf(reading, { view, room: columns, zoom: room.steps, cell: null }, words, about)
        compare(found, sent, question)
    }
})
