/**
 * What does the page Compare say and draw of two readings? Python tells which steps belong together and what each swap
 * does; the pictures are the page's own. `compared.txt` has what is seen by link; after a change that is meant,
 * `node compare.test.js --write` writes it anew, and its diff is read.
 */

import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { argv } from "node:process"
import { test } from "node:test"
import { onPage, Part } from "./page.js"
import { settled } from "./pictures.js"
import { areAlike } from "./seen.js"
import { told } from "./told.js"
import { answererOf } from "./visitor.js"

const { draw, show } = await import("../../assets/browser/compare.js")
const { rowsOf, partOf } = await import("../../assets/browser/compare/drawn.js")
const { drawing, paint } = await import("../../assets/browser/picture/rows.js")
const { headOf, sameOf, saysOf } = await import("../../assets/browser/compare/sentences.js")
const { picturesOf, Two } = await import("../../assets/browser/compare/two.js")
const { lookOf } = await import("../../assets/browser/layout/picture.js")

const ASK = `
import json, sys
from gatescope.comparing.message import compared
from gatescope.comparing.rivals import Rivals
from gatescope.comparing.two_readings import two
from gatescope.comparing.view import read_pair
from gatescope.recording.wire_format import as_sent
from gatescope.reading.read import read

def message(link):
    sides = read_pair(link)[0]
    return compared(sides, two(read(sides.a.reads()), read(sides.b.reads())), Rivals([], 0, None))

print(json.dumps(as_sent([message(link) for link in json.loads(sys.argv[1])])))
`

const FILE = new URL("compared.txt", import.meta.url)
/** What was seen by the name and link of each pair. @type {[string, string[]][]} */
const SEEN = readFileSync(FILE, "utf8")
    .split(/^# /m)
    .slice(1)
    .map(pair => pair.trimEnd().split("\n"))
    .map(([link, ...lines]) => [link, lines])
const links = SEEN.map(([link]) => Object.fromEntries(new URLSearchParams(link.split(" ")[1])))
const messages = JSON.parse(
    execFileSync("python", ["-W", "ignore", "-c", ASK, JSON.stringify(links)], { encoding: "utf8" }),
)
/** @type {Object<string, any>} */
const MESSAGES = Object.fromEntries(SEEN.map(([link], k) => [link.split(" ")[0], messages[k]]))
const here = answererOf({})

/** Two readings, with the page's own pictures; `change`: what Python may tell otherwise. */
async function both(name, change = {}) {
    const message = { ...MESSAGES[name], ...change }
    return new Two(message, await picturesOf(message, [here, here], new AbortController().signal))
}

const { colours } = told.handed
const rows = two => rowsOf(two, lookOf(colours, "teal", "light"), "light")

function shown(two) {
    const place = onPage(new Part("div"), { width: 1300 })
    show(place, two, colours)
    return place
}

/** What is on the page in lines: sentences, a line for each row of numbers or labels, and links. */
function linesOf(two) {
    const place = shown(two)
    const { strips, tokens, labelled, curves } = rows(two)
    const numbers = values => Array.from(values, value => (Number.isNaN(value) ? "–" : value.toFixed(2))).join(" ")
    const label = one => (one ? `${one.label} ${one.share?.toFixed(2) ?? ""}${one.strong ? "!" : ""}` : "–")
    const texts = part => part.children.map(one => one.textContent).join(" | ")
    return [
        ...place.querySelectorAll("h1").map(head => head.textContent),
        ...place.querySelectorAll("p").map(line => `: ${line.textContent}`),
        tokens.join(" | "),
        ...labelled.map(({ name, labels }) => `${name}: ${labels.map(label).join(" | ")}`),
        ...(curves?.of ?? []).map(({ name, values }) => `${name}: ${numbers(values)}`),
        ...strips.flatMap(({ name, title, question = "", z, rows }) =>
            z.map((row, at) => `${name}, ${title} ${question} ${rows[at]}: ${numbers(row)}`),
        ),
        ...place.querySelectorAll("tr").map(row => `${row.className}: ${texts(row)}`),
        ...place.querySelectorAll("li").map(texts),
        ...place.querySelectorAll("a").map(link => `${link.textContent} ${decodeURIComponent(link.href)}`),
    ]
}

const written = []
for (const [link, lines] of SEEN)
    test(`two readings are drawn as they were: ${link}`, async () => {
        const now = linesOf(await both(link.split(" ")[0]))
        written.push(`# ${link}\n${now.join("\n")}\n`)
        if (argv.includes("--write")) return writeFileSync(FILE, written.join("\n"))
        for (const [k, line] of now.entries()) assert.ok(areAlike(line, lines[k]), `${lines[k]} is now ${line}`)
        assert.equal(now.length, lines.length)
    })

test("what is drawn are the pictures' numbers: the units that carry it, then those that differ most", async () => {
    for (const [link] of SEEN) {
        const two = await both(link.split(" ")[0])
        const { strips, tokens } = rows(two)
        const z = (which, letter, unit) => {
            const { stacks, columns } = two.pictures[which]
            const { values } = stacks.find(one => one.layer === two.sides[which].layer && !one.direction)
            const row = values.find(one => one.quantity === letter).z[unit]
            return two.shown.map(pair => row[(two.message.pairs[pair][which] ?? NaN) - columns.first] ?? NaN)
        }
        const isOfModels = two.message.kind === "models"
        const ofUnits = strips.filter(({ units }) => units)
        for (const [at, { quantity, units, z: drawn, reach }] of ofUnits.entries())
            for (const [row, unit] of units.entries()) {
                assert.deepEqual(drawn[row], z(isOfModels ? at : row, quantity, unit))
                for (const value of drawn[row]) assert.ok(!(Math.abs(value) > (reach ?? 1)))
            }
        if (isOfModels) continue
        const apart = (unit, of = x => x) => {
            const [a, b] = [z(0, "c", unit), z(1, "c", unit)]
            return tokens.map((_, k) => Math.abs(of(a[k]) - of(b[k])) || 0)
        }
        const most = unit => Math.max(...apart(unit, Math.tanh))
        const few = ofUnits.filter(({ quantity }) => quantity === "c").map(({ units: [unit] }) => unit)
        const carriers = two.message.carrier?.units ?? []
        assert.deepEqual(few.slice(0, carriers.length), carriers.slice(0, few.length))
        const [others] = strips.filter(({ title }) => /others/.test(title)).map(({ z: [row] }) => row)
        const least = Math.min(...few.filter(unit => !carriers.includes(unit)).map(most))
        for (const unit of two.units(0).filter(unit => !few.includes(unit))) {
            assert.ok(most(unit) <= least)
            apart(unit).forEach((far, k) => {
                assert.ok(far <= others[k])
            })
        }
    }
})

test("of a long text the steps around what differs are drawn, and those of which the page speaks", async () => {
    const part = async change => partOf(await both("long", change))
    assert.equal(await part({}), "steps 0 to 25 of 54")
    assert.equal(await part({ moves: 40 }), "steps 0 to 43 of 54")
    const turned = [2, 40, 41].map((pair, k) => [pair, [0.3, 0.9, 0.8][k]])
    assert.equal(await part({ kind: "models", differs: [], turned }), "steps 36 to 53 of 54")
})

test("a text with itself, and a change that turns nothing, are said to be that", async () => {
    const head = async (name, change) => headOf(await both(name, change))
    const tried = "None of the 1,234 changes of one word that were tried clearly turns a later answer."
    assert.equal(await head("quiet", { moves: 2, tried: 1234 }), tried)
    const untrained = "Untrained, so no answer can turn: here one word is changed."
    assert.equal(await head("has", { moves: 4, tried: 9 }), untrained)
    const { a } = MESSAGES.quiet
    assert.equal(
        sameOf({ ...MESSAGES.quiet, b: a, tried: 9 }),
        "Both texts are the same: change a word in one of them.",
    )
    const nothing = "There is nothing to change here: type a second text, or a text of two words and more."
    assert.equal(sameOf({ ...MESSAGES.quiet, b: a, tried: 0 }), nothing)
    assert.equal(sameOf(MESSAGES.quiet), "")
    const [A, B] = [1200, 0].map((epoch, k) => ({ ...[a, MESSAGES.quiet.b][k], epoch }))
    const epochs = await both("quiet", { kind: "epochs", a: A, b: B })
    assert.equal(saysOf(epochs), "A, after epoch 1,200 · B, untrained")
    assert.equal(rows(epochs).strips.filter(({ units }) => units).length, 4)
})

test("a step is named where the carrier keeps the difference and does not show it, and no other", async () => {
    const unseen = async ({ o = 0.05, c = 0.6, found = null, share = 0.5, layers = 1, ...change } = {}) => {
        const two = await both("carries", change)
        for (const [which, { values, units }] of two.stacks.entries())
            for (const { quantity, z } of values)
                if (quantity !== "f") z[units.indexOf(72)][1] = quantity === "o" ? o : which * c
        for (const [which, { answers }] of two.pictures.entries()) {
            Object.assign(answers[1], { label: "t", share: which ? share : 0.5 })
        }
        Object.assign(two.pictures[0], { found, model: { layers } })
        const place = shown(two)
        return place.querySelectorAll("p").find(part => part.textContent.startsWith("At “"))?.textContent
    }
    const said =
        "At “o” the output gate of unit 72 is shut (o is below 0.06): both texts answer “t”, while c differs by 0.60. " +
        "The memory passes under the character, unseen."
    assert.equal(await unseen(), said)
    const others = [{ o: 0.11 }, { c: 0.4 }, { share: 0.65 }, { found: "h" }, { layers: 2 }, { differs: [0, 1] }]
    for (const change of others) assert.equal(await unseen(change), undefined, JSON.stringify(change))
})

test("why there is no picture stands in its place, and a text with itself asks for none", async () => {
    let asked = 0
    globalThis.fetch = async () => {
        asked += 1
        return new Response("There is no such model.", { status: 400 })
    }
    globalThis.location = /** @type {any} */ ({ origin: "http://here" })
    const place = onPage(new Part("div"))
    const handed = { said_back: 10_000, nan: -1, visitor: "X-View" }
    draw(place, { base: "/answers", handed, colours, compared: { ...MESSAGES.quiet, b: MESSAGES.quiet.a, tried: 9 } })
    await settled()
    assert.deepEqual([place.textContent.slice(0, 19), asked], ["Both texts are the ", 0])
    draw(place, { base: "/answers", handed, colours, compared: MESSAGES.quiet })
    await settled()
    assert.deepEqual([place.textContent, asked], ["There is no such model.", 2])
})

test("what is drawn can be read in the console", async () => {
    const two = await both("carries")
    const [part] = shown(two).querySelectorAll(".gs-two-rows")
    part.box = { width: 900 }
    paint(part)
    const all = globalThis.gatescope.heatmaps().filter(({ words }) => words.join("") === "None")
    const names = ["c of unit 72", "f of unit 72", "o of unit 72", "c of unit 238", "c of unit 246", "c of unit 130"]
    assert.deepEqual(
        new Set(all.map(({ name, shape }) => [name, ...shape].join(" "))),
        new Set([...names.map(name => `${name} 2 4`), "B − A of c 4 4", "|B − A| of c 1 4"]),
    )
    assert.deepEqual(all.findLast(({ name }) => name === names[0]).z, rows(two).strips[0].z)
})

test("each number and each label stands in the picture while its column has room", async () => {
    const all = rows(await both("has"))
    const texts = width =>
        drawing(all, width)
            .querySelectorAll("text")
            .map(text => text.textContent)
    const cells = all.strips.flatMap(({ z }) => z.flatMap(row => Array.from(row)))
    const isNumber = text => /^[+−]?\d\.\d\d$/.test(text)
    assert.equal(texts(1300).filter(isNumber).length, cells.filter(Number.isFinite).length)
    assert.equal(texts(300).filter(isNumber).length, 0)
    const said = rows(await both("enough"))
    for (const width of [1300, 250]) {
        const drawn = drawing(said, width)
        const labels = said.labelled.flatMap(({ labels }) => labels.flatMap(one => one?.label ?? []))
        const written = drawn.querySelectorAll("text").map(text => text.textContent)
        for (const label of labels) assert.ok(written.some(text => text.split(" ")[0] === label))
        assert.equal(
            drawn.querySelectorAll(".gs-label").length,
            said.labelled.flatMap(({ labels }) => labels.filter(one => one?.strong)).length,
        )
        const upright = drawn
            .querySelectorAll("text")
            .filter(text => /^rotate\(90/.test(text.getAttribute("transform")))
        assert.equal(upright.length > 0, width < 600)
    }
})
