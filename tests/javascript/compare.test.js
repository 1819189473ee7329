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
import { observers, onPage, Part } from "./page.js"
import { settled } from "./pictures.js"
import { areAlike } from "./seen.js"
import { answererOf } from "./visitor.js"

const { draw, show } = await import("../../assets/browser/compare.js")
const { drawnOf, heatmapsOf } = await import("../../assets/browser/compare/drawn.js")
const { sameOf } = await import("../../assets/browser/compare/sentences.js")
const { picturesOf, Two } = await import("../../assets/browser/compare/two.js")
const { element } = await import("../../assets/browser/shared/element.js")

const ASK = `
import json, sys
from gatescope.comparing.message import compared
from gatescope.comparing.rivals import Rivals
from gatescope.comparing.two_readings import two
from gatescope.comparing.view import read_pair
from gatescope.recording.wire_format import as_sent
from gatescope.reading.read import read
from lstm_core.plots.palette import look

def message(link):
    (a, b), sides = (one.reads() for one in vars(read_pair(link)[0]).values()), read_pair(link)[0]
    readings = read(a), read(b)
    both = two(sides.a, readings[0], sides.b, readings[1])
    return compared(sides, readings, both, Rivals([], 0, None), look("teal", "light"))

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
const told = JSON.parse(
    execFileSync("python", ["-W", "ignore", "-c", ASK, JSON.stringify(links)], { encoding: "utf8" }),
)
/** @type {Object<string, any>} */
const MESSAGES = Object.fromEntries(SEEN.map(([link], k) => [link.split(" ")[0], told[k]]))
const here = answererOf({})

/** Two readings, with the page's own pictures; `change`: what Python may tell otherwise. */
async function both(name, change = {}) {
    const message = { ...MESSAGES[name], ...change }
    return new Two(message, await picturesOf(message, [here, here], new AbortController().signal))
}

function shown(two) {
    const place = onPage(new Part("div"))
    show(place, two)
    return place
}

/** What is on the page in lines: sentences, a line for each row of a table, how high bars are, curves, and links. */
function linesOf(place) {
    const cellsOf = row => row.children.map(cell => cell.textContent).join(" | ")
    const barsOf = row => row.querySelectorAll(".gs-two-bar div").map(bar => bar.style.height)
    const rounded = (/** @type {string} */ points) => points.replace(/(\.\d)\d*/g, "$1")
    return [
        ...place.querySelectorAll("h1").map(head => head.textContent),
        ...place.querySelectorAll("p").map(line => `: ${line.textContent}`),
        ...place
            .querySelectorAll("tr")
            .map(row => `${row.className}: ${cellsOf(row)} ${barsOf(row).join(" ")}`.trimEnd()),
        ...place.querySelectorAll("polyline").map(line => rounded(`${line.className}: ${line.getAttribute("points")}`)),
        ...place
            .querySelectorAll("li")
            .map(way => way.children.map(part => `${part.className} ${part.textContent}`).join(" ")),
        ...place.querySelectorAll("a").map(link => `${link.textContent} ${decodeURIComponent(link.href)}`),
    ]
}

const written = []
for (const [link, lines] of SEEN)
    test(`two readings are drawn as they were: ${link}`, async () => {
        const now = linesOf(shown(await both(link.split(" ")[0])))
        written.push(`# ${link}\n${now.join("\n")}\n`)
        if (argv.includes("--write")) return writeFileSync(FILE, written.join("\n"))
        for (const [k, line] of now.entries()) assert.ok(areAlike(line, lines[k]), `${lines[k]} is now ${line}`)
        assert.equal(now.length, lines.length)
    })

test("what is drawn are the pictures' numbers: the units that carry it, then those that differ most", async () => {
    for (const [link] of SEEN) {
        const two = await both(link.split(" ")[0])
        const { units, others, models, reach } = drawnOf(two)
        const z = (which, letter, unit, pair) => {
            const { stacks, columns } = two.pictures[which]
            const { values } = stacks.find(one => one.layer === two.sides[which].layer && !one.direction)
            const step = two.message.pairs[pair][which]
            return step === null ? null : values.find(one => one.quantity === letter).z[unit][step - columns.first]
        }
        for (const unit of units)
            for (const letter of ["c", "f", "o"])
                for (const [which, row] of (unit[letter] ?? []).entries())
                    assert.deepEqual(
                        row,
                        two.shown.map(pair => z(which, letter, unit.unit, pair)),
                    )
        const apart = (unit, pair, of = x => x) => {
            const [a, b] = [z(0, "c", unit, pair), z(1, "c", unit, pair)]
            return a === null || b === null ? 0 : Math.abs(of(a) - of(b))
        }
        const most = unit => Math.max(...two.shown.map(pair => apart(unit, pair, Math.tanh)))
        const drawn = units.map(({ unit }) => unit)
        const carriers = two.message.carrier?.units ?? []
        assert.deepEqual(drawn.slice(0, carriers.length), carriers.slice(0, drawn.length))
        const least = Math.min(...drawn.filter(unit => !carriers.includes(unit)).map(most))
        for (const unit of units.length ? two.units(0).filter(unit => !drawn.includes(unit)) : []) {
            assert.ok(most(unit) <= least)
            for (const [k, pair] of two.shown.entries()) assert.ok(apart(unit, pair) <= others.values[k])
        }
        for (const value of [...units, ...models].flatMap(({ c }) => c.flat())) assert.ok(Math.abs(value ?? 0) <= reach)
    }
})

test("of a long text the steps around what differs are drawn, and those of which the page speaks", async () => {
    const part = async change => drawnOf(await both("long", change)).shown
    assert.equal(await part({}), "steps 0 to 25 of 54")
    assert.equal(await part({ moves: 40 }), "steps 0 to 43 of 54")
    const turned = [2, 40, 41].map((pair, k) => [pair, [0.3, 0.9, 0.8][k]])
    assert.equal(await part({ kind: "models", differs: [], turned }), "steps 36 to 53 of 54")
})

test("a text with itself, and a change that turns nothing, are said to be that", async () => {
    const head = async (name, change) => drawnOf(await both(name, change)).head
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
    const [A, B] = [
        { ...a, epoch: 1200 },
        { ...MESSAGES.quiet.b, epoch: 0, state: "reset" },
    ]
    const { says, units } = drawnOf(await both("quiet", { kind: "ways", a: A, b: B }))
    assert.equal(says, "A, after epoch 1,200 · B, untrained, each step from an empty memory")
    assert.equal(units.length, 4)
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
    draw(place, { base: "/answers", handed, compared: { ...MESSAGES.quiet, b: MESSAGES.quiet.a, tried: 9 } })
    await settled()
    assert.deepEqual([place.textContent.slice(0, 19), asked], ["Both texts are the ", 0])
    draw(place, { base: "/answers", handed, compared: MESSAGES.quiet })
    await settled()
    assert.deepEqual([place.textContent, asked], ["There is no such model.", 2])
})

test("what is drawn can be read in the console", async () => {
    const drawn = drawnOf(await both("carries"))
    const all = heatmapsOf(drawn)
    assert.deepEqual(
        all.map(({ name, shape }) => [name, ...shape].join(" ")),
        [...["c of A 4 4", "f of A 1 4", "o of A 1 4", "c of B 4 4", "f of B 1 4", "o of B 1 4"]],
    )
    assert.deepEqual([all[3].words[0], all[3].units[0], all[3].z[0]], ["F", 72, drawn.units[0].c[1]])
    const models = heatmapsOf(drawnOf(await both("models")))
    assert.deepEqual(
        models.map(({ name, units }) => [name, units.length]),
        [
            ["c of A", 8],
            ["c of B", 8],
        ],
    )
})

test("what a column has no room for is left out: numbers, two of them, how sure an answer is", async () => {
    const place = shown(await both("has"))
    const [root] = place.querySelectorAll(".gs-two-picture")
    const left = [37, 38, 59, 60, 91, 92].map(each => {
        root.querySelector("table").box = { width: 118 + 6 * each }
        observers.findLast(({ part }) => part === root).call()
        return ["thin", "close", "narrow"].filter(name => root.classList.contains(`gs-${name}`)).length
    })
    assert.deepEqual(left, [3, 2, 2, 1, 1, 0])
})

/** How large two readings are in a lecture: so high at a size, in a window with so much room; the last word so wide. */
function presentedIn(two, { room = 650, high = () => 500, word = 95, left = 600, table = 600 }) {
    const stage = onPage(element("div", { class: "stMainBlockContainer" }, element("div", {})), { top: 40 })
    Object.assign(stage, { clientHeight: room + 30 + 10, currentCSSZoom: 2 })
    document.documentElement.setAttribute("data-gs-present", "")
    show(stage.firstChild, two)
    const root = stage.querySelector(".gs-two")
    root.box = { top: 100 }
    Object.defineProperties(root, {
        offsetHeight: { get: () => high(+root.style["--gs-fit"]) },
        offsetWidth: { value: 1000 },
    })
    root.querySelector(".gs-two-left").box = { width: left }
    root.querySelector(".gs-two-table").box = { width: table }
    root.querySelectorAll("thead th").at(-1).box = { width: word }
    observers.findLast(({ part }) => part === stage).call()
    document.documentElement.removeAttribute("data-gs-present")
    return +root.style["--gs-fit"].slice(0, 6)
}

test("in a lecture two readings are as large as the window and their words allow", async () => {
    const two = await both("has")
    for (const [size, room] of /** @type {[number, any][]} */ ([
        [1.3, {}],
        [1.2, { room: 649.9 }],
        [1.2, { room: 600 }],
        [1.1, { room: 599.9 }],
        [1, { room: 549.9 }],
        [1, { word: 94 }],
        [0.5, { room: 250 }],
        [0.5, { room: 500, high: size => (size > 1 ? 900 : 1000) }],
        [1, { word: 94, table: 500 }],
        [0.8, { word: 94, table: 850 }],
        [0.5, { room: 250, table: 850 }],
        // What is smaller has fewer lines.
        [0.65, { high: size => (size < 1 ? 1000 : 1300) }],
        [0.628, { high: size => (size < 0.635 ? 1000 : size < 1 ? 1010 : 1300), room: 638 }],
        [0.5, { high: size => (size <= 0.5 ? 1200 : 1300) }],
    ]))
        assert.equal(presentedIn(two, room), size, JSON.stringify([size, room]))
    const outside = shown(two).querySelector(".gs-two")
    observers.findLast(({ part }) => part === outside).call()
    assert.equal(outside.style["--gs-fit"], "1")
})
