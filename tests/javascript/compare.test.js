/** What does the page Compare say and draw of two readings? Python says which steps belong together and what a swap does;
 * the pictures are the page's own. */

import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import { observers, onPage, Part, texts } from "./page.js"
import { GREYS } from "./pictures.js"
import { answererOf } from "./visitor.js"

const { show } = await import("../../assets/browser/compare.js")
const { drawnOf, heatmapsOf } = await import("../../assets/browser/compare/drawn.js")
const { sameOf } = await import("../../assets/browser/compare/sentences.js")
const { picturesOf, Two } = await import("../../assets/browser/compare/two.js")
const { element } = await import("../../assets/browser/shared/element.js")

const ASK = `
import json, sys
from gatescope.comparing.message import compared
from gatescope.comparing.rivals import rivals
from gatescope.comparing.two_readings import two
from gatescope.comparing.view import read_pair
from gatescope.picture.wire_format import as_sent
from gatescope.reading.read import read
from lstm_core.plots.palette import look

def message(link):
    (a, b), sides = (one.reads() for one in vars(read_pair(link)[0]).values()), read_pair(link)[0]
    readings = read(a), read(b)
    both = two(sides.a, readings[0], sides.b, readings[1])
    return compared(sides, readings, both, rivals(a, readings[0]), look("teal", "light"))

print(json.dumps(as_sent([message(link) for link in json.loads(sys.argv[1])])))
`

const OLD = { model: "random", sentence: "The old man the boat" }
const PLOT = "the plot is a mess"
const MEETS = "52.8, 46.2, 40.0, 34.9, 31.4, 30.0, 30.8, 33.7, 38.4, 44.4, 51.0"
/** Two texts, what is said of them first, and how what is said below it begins. @type {Object<string, any[]>} */
const SAID = {
    carries: [
        { model: "python-chars", sentence: "None", sentence_b: "Fone" },
        "“N” or “F”: two characters later, after “n” most likely comes “e” or “t”.",
        "Unit 72 carries it. Its c is +0.74 after “N” and −0.88 after “F”; the character between keeps 100% of it.",
    ],
    enough: [
        { model: "tagger", sentence: "You first and only aim", sentence_b: "You last and only aim" },
        "“first” or “last”: three words later, “aim” is a verb or a noun.",
        "Unit 30 is enough: with its c from A, B answers as A. All the other units together are enough, too. Unit 30’s c " +
            "is −0.98 after “first” and −0.36 after “last”; the two words between keep 78% to 100% of it each.",
    ],
    stays: [
        { model: "python-chars", sentence: '"""Doc."""', sentence_b: '"""Doc\'"""' },
        '“.” or “\'”: three characters later, after “"” most likely comes “⏎” or “"”.',
        "Unit 48 is enough: with its c from A, B answers as A. With its c from B, A’s answer stays. Its c is −0.11",
    ],
    several: [
        { model: "tagger", sentence: PLOT, sentence_b: "the plot is may mess" },
        "“a” or “may”: one word later, “mess” is a noun or a verb.",
        "No unit carries it alone: three (51, 40 and 21) are enough. All the other units together are enough, too.",
    ],
    none: [
        { model: "series", sentence: MEETS, sentence_b: MEETS.replace("38.4", "41.5") },
        "38.4 or 41.5: one step later, after 44.4, the forecast is 40.5 or 49.8.",
        "No units of c carry it alone: with all of c taken from A into B, at 41.5, B’s answer stays 49.8.",
    ],
    set: [
        { model: "brackets", sentence: "((((()))))", sentence_b: ")(((()))))" },
        "“(” or “)”: eight symbols later, after “)” may come “( )” or “( end”.",
        "Unit 3 carries it. Its c is +0.34 after “(” and −0.96 after “)”; the seven symbols between keep 85% to 100%",
    ],
    left_out: [
        { model: "sentiment", sentence: "It is not good", sentence_b: "It is good" },
        "The two texts part: at “good” the answer is negative or positive.",
        "No unit carries it alone: five (9, 11, 50, 56 and 53) are enough.",
    ],
    quiet: [
        { model: "sentiment", sentence: "So be it", sentence_b: "So is it" },
        "No later word surely gets another answer.",
        "At “be” or “is” c differs by up to 0.75, and at “it” by up to 1.14.",
    ],
    longer: [
        { ...OLD, sentence_b: "The old man saw a very big boat yesterday" },
        "Two texts, read by an LSTM that gives no answers: its memory is compared.",
        "At “the” or “saw” c differs by up to 0.42, and at “boat” by up to 0.20.",
    ],
    has: [{ ...OLD, sentence_b: "The old man has the boat" }, "Two texts, ", "At “boat” c differs by up to 0.05."],
    again: [
        { ...OLD, sentence_b: "The old man the boat again" },
        "Two texts, read by an LSTM that gives no answers",
        "Where one text ends the other goes on: until there both read the same.",
    ],
    models: [
        { model: "tagger", sentence: PLOT, model_b: "tagger-bi", sentence_b: "a plot can mess" },
        "The two models differ at one word of 4: “mess” is a noun for A and a verb for B.",
        "",
    ],
    kinds: [
        { model: "tagger", sentence: PLOT, model_b: "sentiment" },
        "The two give different kinds of answers: their memories stand one below the other.",
        "",
    ],
    alike: [{ model: "tagger", sentence: "Dogs bark", model_b: "tagger-bi" }, "Both models give the same answers.", ""],
    long: [
        {
            model: "tagger",
            sentence: "the dog saw a cat . ".repeat(9),
            sentence_b: `the dog saw my cat . ${"the dog saw a cat . ".repeat(8)}`,
        },
        "No later word surely gets another answer.",
        "At “a” or “my” c differs by up to ",
    ],
}
const links = JSON.stringify(Object.values(SAID).map(([link]) => link))
const told = JSON.parse(execFileSync("python", ["-W", "ignore", "-c", ASK, links], { encoding: "utf8" }))
/** @type {Object<string, any>} */
const MESSAGES = Object.fromEntries(Object.keys(SAID).map((name, k) => [name, told[k]]))
const here = answererOf({})
/** Two readings of the page's own pictures; `change`: what Python may say otherwise. */
const both = async (name, change = {}) => {
    const message = { ...MESSAGES[name], ...change }
    return new Two(message, await picturesOf(message, [here, here], new AbortController().signal))
}

for (const [name, [, head, says]] of Object.entries(SAID))
    test(`the page says of two readings what is so: ${name}`, async () => {
        const drawn = drawnOf(await both(name))
        assert.equal(drawn.head.slice(0, head.length), head)
        assert.equal(says ? drawn.says.slice(0, says.length) : drawn.says, says)
    })

test("what is drawn are the pictures' numbers: the units that carry it first, then those that differ most", async () => {
    for (const name of Object.keys(SAID)) {
        const two = await both(name)
        const { units, others, models, words, answers, reach } = drawnOf(two)
        const [first, last] = [two.shown[0], two.shown.length]
        const z = (which, letter, unit, pair) => {
            const { stacks, columns } = two.pictures[which]
            const stack = stacks.find(one => one.layer === two.sides[which].layer && !one.direction)
            const step = two.message.pairs[pair][which]
            const [row] = stack.values.filter(({ quantity }) => quantity === letter)
            return step === null ? null : row.z[stack.units.indexOf(unit)][step - columns.first]
        }
        for (const unit of units)
            for (const letter of ["c", "f", "o"])
                for (const [which, row] of (unit[letter] ?? []).entries())
                    assert.deepEqual(
                        row,
                        Array.from({ length: last }, (_, k) => z(which, letter, unit.unit, first + k)),
                    )
        const apart = unit =>
            Array.from({ length: last }, (_, k) => {
                const [a, b] = [z(0, "c", unit, first + k), z(1, "c", unit, first + k)]
                return a === null || b === null ? 0 : Math.abs(Math.tanh(a) - Math.tanh(b))
            })
        const drawn = units.map(({ unit }) => unit)
        const rest = units.length ? two.units(0).filter(unit => !drawn.includes(unit)) : []
        const carriers = two.message.carrier?.units ?? []
        assert.deepEqual(drawn.slice(0, carriers.length), carriers.slice(0, drawn.length))
        const most = unit => Math.max(...apart(unit))
        const least = Math.min(...drawn.filter(unit => !carriers.includes(unit)).map(most))
        for (const unit of rest) assert.ok(most(unit) <= least)
        if (others)
            for (const [k, value] of others.values.entries())
                for (const unit of rest) assert.ok(two.apart(unit, first + k) <= value)
        for (const value of [...units, ...models].flatMap(({ c }) => c.flat())) assert.ok(Math.abs(value ?? 0) <= reach)
        assert.deepEqual([words.length, ...answers.map(row => row.length)], [last, last, last])
    }
})

test("of a long text the steps around what differs are drawn, or around the surest answer of two models", async () => {
    const { words, shown } = drawnOf(await both("long"))
    assert.deepEqual([words.length, words[3], shown], [26, ["a", "my"], "steps 0 to 25 of 54"])
    const late = drawnOf(
        await both("long", {
            kind: "models",
            differs: [],
            turned: [
                [2, 0.3],
                [40, 0.9],
            ],
        }),
    )
    assert.equal(late.shown, "steps 36 to 53 of 54")
    const carried = drawnOf(await both("long", { moves: 40 }))
    assert.equal(carried.shown, "steps 0 to 43 of 54")
})

test("a change that turns nothing is said to be one of those that were tried", async () => {
    const head = async (name, change) => drawnOf(await both(name, change)).head
    const none = "None of the 1,234 changes of one word that were tried clearly turns a later answer."
    assert.equal(await head("quiet", { moves: 2, tried: 1234 }), none)
    assert.equal(
        await head("has", { moves: 4, tried: 9 }),
        "Untrained, so no answer can turn: here one word is changed.",
    )
    const { a } = MESSAGES.quiet
    assert.equal(sameOf({ ...MESSAGES.quiet, b: a }), "Both texts are the same: change a word in one of them.")
    assert.match(
        sameOf({ ...MESSAGES.quiet, b: a, tried: 0 }),
        /^There is nothing to change here: .* of two words and more.$/,
    )
    assert.equal(sameOf(MESSAGES.quiet), "")
})

test("two ways to read are named, and their units stand side by side", async () => {
    const [a, b] = ["a", "b"].map((side, k) => ({
        ...MESSAGES.quiet[side],
        epoch: [1200, 0][k],
        state: ["carried", "reset"][k],
    }))
    const { says, units, models } = drawnOf(await both("quiet", { kind: "ways", a, b: { ...b, answers: null } }))
    assert.equal(says, "A, after epoch 1,200 · B, untrained, each step from an empty memory")
    assert.deepEqual([units.length, models], [4, []])
})

test("the panel repeats what each swap did, and its links hold the swap on Memory", async () => {
    const { panel } = drawnOf(await both("set"))
    const { a, b, a_with, undone, alone } = MESSAGES.set.carrier
    assert.deepEqual(
        panel.rows.map(({ near }) => near),
        alone,
    )
    assert.deepEqual([panel.from, panel.to, panel.rest], [b.near, a.near, ""])
    assert.deepEqual(
        panel.ways.map(({ put }) => put),
        ["unit 3 from A", "unit 3 from B", "3 others from A"],
    )
    assert.deepEqual(
        panel.ways.map(({ was, becomes }) => [was.label, becomes.label, becomes.filled]),
        [
            ["no )", ")", true],
            [")", "no )", true],
            ["no )", "no )", false],
        ],
    )
    assert.ok(Math.abs(panel.ways[1].becomes.share - (1 - a_with.value)) < 1e-12)
    assert.deepEqual(
        panel.undo.rows.map(({ says }) => says),
        [`Undone at ${undone.filter(one => one.carriers.like_a).length} of 8.`, "Not undone."],
    )
    assert.deepEqual([panel.undo.at.length, panel.undo.at[0]], [8, "( | )"])
    const links = panel.links.map(({ query }) => Object.fromEntries(new URLSearchParams(query)))
    assert.deepEqual(
        links.map(({ sentence, pin }) => [sentence[0], pin]),
        [
            [")", "0.3.7"],
            ["(", "0.3.7"],
            [")", "0.3.7"],
        ],
    )
    assert.match(links[0].holds, /^c\.0\.3\.7_-?\d\.\d{1,6}$/)
    const { panel: out } = drawnOf(await both("left_out"))
    assert.match(
        out.asks,
        /^Take one unit’s c from A into B, from “not” to “is”. How sure is B then of “negative” at “good”\?$/,
    )
    assert.equal(out.rest.split(":")[0], "54 others")
})

/** Two readings by hand, of one unit and four steps. */
function byHand({
    c = [
        [1, 1, 1, 1],
        [-1, -1, -1, -1],
    ],
    o = 0.05,
    moved = 0,
    found = null,
    ...change
} = {}) {
    const pictures = [0, 1].map(which => ({
        ...{
            columns: { first: 0, per: 1 },
            labels: [which ? "z" : "a", "b", "c", "d"],
            series: [],
            found,
            model: {},
            view: { sentence: "a  b" },
        },
        ...{
            answers: [0, 1, 2, 3].map(step => ({ step, label: "X", share: 1 })),
            proof: `checked ${which}`,
            made: "by it. Made.",
        },
        stacks: [
            {
                layer: 0,
                direction: 0,
                units: [0],
                values: [
                    ["c", c[which]],
                    ["f", [1, 1, 0.5, 1]],
                    ["o", Array(4).fill(o)],
                ].map(([quantity, row]) => ({ quantity, z: [row] })),
            },
        ],
    }))
    const turned = { label: "Y", value: 0.5, near: 0.5, like_a: false }
    const undone = [{ steps: [2, 2], carriers: { ...turned, like_a: true }, others: turned }]
    const carrier = {
        steps: [2, 2],
        turned: 3,
        layer: 0,
        order: [0],
        units: [0],
        alone: [1],
        a: turned,
        b: turned,
        a_with: turned,
        undone,
    }
    const side = { query: {}, layer: 0, state: "carried", epoch: null, answers: null }
    const message = {
        ...MESSAGES.quiet,
        a: side,
        b: side,
        pairs: [0, 1, 2, 3].map(step => [step, step]),
        differs: [0],
        moved: [1, moved, 1, 1],
    }
    return drawnOf(
        new Two(
            /** @type {any} */ ({ ...message, turned: [[3, 1]], carried: 3, carrier, layers: 1, ...change }),
            /** @type {any} */ (pictures),
        ),
    )
}

test("a step is named where the carrier keeps the difference and does not show it, and no other", () => {
    const unseen = (change = {}) => byHand(change).panel.unseen
    assert.equal(
        unseen(),
        "At “b” the output gate of unit 0 is shut (o is below 0.06): both texts answer “X”, while c differs by 2.00. The memory passes under the word, unseen.",
    )
    for (const change of [
        { o: 0.11 },
        { moved: 0.11 },
        { found: "h" },
        { layers: 2 },
        { differs: [0, 1] },
        {
            c: [
                [1, 0.3, 1, 1],
                [-1, 0, 1, 1],
            ],
        },
    ])
        assert.equal(unseen(change), "", JSON.stringify(change))
    assert.match(
        byHand({ layers: 2 }).says,
        /^Unit 0 of layer 0 carries it\. .*the two words between keep 50% to 100% of it each\.$/,
    )
    assert.match(
        byHand({
            c: [
                [0.034, 1, 1, 1],
                [-0.5, 1, 1, 1],
            ],
        }).says,
        /Its c is \+0\.034 after “a” and −0\.50 after “z”/,
    )
})

test("how both were checked and made is told, and what is drawn can be read in the console", () => {
    const drawn = byHand()
    assert.deepEqual(
        [drawn.proof, drawn.made],
        ["A checked 0 · B checked 1", "A: “a b”, by it. B: “a b”, by it. Made."],
    )
    const [c, f, o] = heatmapsOf(drawn)
    assert.deepEqual(
        [c, f.name, o.name],
        [
            {
                name: "c of A",
                layer: 0,
                direction: 0,
                units: [0],
                words: ["a", "b", "c", "d"],
                shape: [1, 4],
                z: [[1, 1, 1, 1]],
            },
            "f of A",
            "o of A",
        ],
    )
    assert.deepEqual(
        heatmapsOf(drawn)
            .slice(3)
            .map(({ words }) => words[0]),
        ["z", "z", "z"],
    )
})

const ANSWERS = [
    { label: "NOUN", share: 0.9 },
    { label: "VERB", share: 0.75 },
]
const TWO = {
    head: "“a” or “b”",
    says: "Unit 2 carries it.",
    words: [
        ["a", "b"],
        ["c", "c"],
    ],
    answers: [
        [ANSWERS[0], ANSWERS[0]],
        [ANSWERS[0], ANSWERS[1]],
    ],
    turned: [1],
    proof: "both are checked",
    shown: "",
    series: null,
    scales: { states: { colorscale: GREYS, zmin: -1, zmax: 1 }, gates: { colorscale: GREYS, zmin: 0, zmax: 1 } },
    reach: 2,
    units: [
        {
            name: "unit 2",
            unit: 2,
            role: "carries it",
            c: [
                [-2, 1],
                [2, 0],
            ],
            f: [
                [0, 1],
                [1, 0.5],
            ],
            o: [
                [0, 1],
                [1, null],
            ],
        },
    ],
    others: { name: "largest of 3 others", values: [1, 0] },
    models: [],
    panel: null,
    layers: [0, 0],
    made: "",
}

function drawn(changed = {}) {
    const place = onPage(new Part("div"))
    show(place, /** @type {any} */ ({ ...TWO, ...changed }))
    return place
}

const rows = place => place.querySelectorAll("tr").map(row => texts(row, "td"))

test("words fork where they differ, and the answers that differ are framed", () => {
    const place = drawn()
    assert.deepEqual(texts(place, ".gs-two-fork span"), ["a", "b"])
    assert.deepEqual(texts(place, ".gs-turned"), ["NOUN 0.90", "VERB 0.75"])
})

test("c of A, c of B and B − A stand one below the other, then what is kept and shown", () => {
    const [, , , a, b, difference, kept, shown, others] = rows(drawn())
    assert.deepEqual(
        [a, b, difference],
        [
            ["−2.00", "+1.00"],
            ["+2.00", "0"],
            ["+4.00", "−1.00"],
        ],
    )
    assert.deepEqual(
        [kept, shown],
        [
            ["0.001.00", "1.000.50"],
            ["0.001.00", "1.00"],
        ],
    )
    assert.deepEqual(others, ["1.00", ""])
})

test("all bars have the scale of the largest difference on the page, and a negative one points down", () => {
    const bars = (/** @type {any} */ changed) =>
        drawn(changed)
            .querySelectorAll(".gs-two-bar")
            .map(bar => [bar.querySelector("div").getAttribute("style"), bar.getAttribute("class").includes("gs-down")])
    assert.deepEqual(bars({}), [
        ["height: 50.0%", false],
        ["height: 12.5%", true],
        ["height: 12.5%", false],
        ["height: 0.0%", false],
    ])
    // Another unit may differ more than those that have rows.
    assert.deepEqual(bars({ others: { name: "largest of 3 others", values: [8, 0] } }).slice(0, 3), [
        ["height: 25.0%", false],
        ["height: 6.3%", true],
        ["height: 50.0%", false],
    ])
})

test("numbers that are read are curves from the least to the most, and a forecast stands at the step that it is for", () => {
    const series = {
        read: [
            [0, 10],
            [5, null],
        ],
        forecast: [
            [2.5, 99],
            [7.5, 99],
        ],
    }
    const cell = drawn({ series }).querySelector(".gs-two-curves td")
    assert.deepEqual(
        cell.querySelectorAll("polyline").map(line => `${line.className}: ${line.getAttribute("points").trim()}`),
        ["gs-forecast: 1.5,69", "gs-forecast gs-of-b: 1.5,27", "gs-read: 0.5,90 1.5,6", "gs-read gs-of-b: 0.5,48"],
    )
    assert.equal(cell.querySelector(".gs-two-axis").textContent, "10.0 … 0.00")
})

test("what a column has no room for is left out: numbers, two of them, how sure an answer is", () => {
    const place = drawn()
    const [root] = place.querySelectorAll(".gs-two-picture")
    const left = [37, 38, 59, 60, 91, 92].map(each => {
        root.querySelector("table").box = { width: 118 + 2 * each }
        observers.findLast(({ part }) => part === root).call()
        return ["thin", "close", "narrow"].filter(name => root.classList.contains(`gs-${name}`)).length
    })
    assert.deepEqual(left, [3, 2, 2, 1, 1, 0])
})

test("a step without a partner is left empty", () => {
    const place = drawn({
        words: [
            ["a", null],
            ["c", "c"],
        ],
        answers: [],
        units: [
            {
                name: "unit 0",
                role: "",
                c: [
                    [1, 1],
                    [null, 2],
                ],
            },
        ],
        others: null,
        models: [],
    })
    const [, a, b, difference] = rows(place)
    assert.deepEqual(
        [a, b, difference],
        [
            ["+1.00", "+1.00"],
            ["", "+2.00"],
            ["", "+1.00"],
        ],
    )
})

/** How large two readings are in a lecture: so high at a size, in a window with so much room; the last word so wide. */
function presentedIn({ room = 650, high = () => 500, word = 95, left = 600, table = 600 }) {
    const stage = onPage(element("div", { class: "stMainBlockContainer" }, element("div", {})), { top: 40 })
    Object.assign(stage, { clientHeight: room + 30 + 10, currentCSSZoom: 2 })
    document.documentElement.setAttribute("data-gs-present", "")
    show(stage.firstChild, /** @type {any} */ (TWO))
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

test("in a lecture two readings are as large as the window and their words allow", () => {
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
        assert.equal(presentedIn(room), size, JSON.stringify([size, room]))
    const outside = drawn().querySelector(".gs-two")
    observers.findLast(({ part }) => part === outside).call()
    assert.equal(outside.style["--gs-fit"], "1")
})
