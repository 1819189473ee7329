/**
 * Is what the lesson shows what PyTorch computes, and is what it says true of that? Its parts are asked without a page;
 * then a page is moved by hand.
 */

import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { LAYOUTS } from "../../assets/browser/panel/cell_layout.js"
import { onPage, Part, texts } from "./page.js"
import { settled } from "./pictures.js"
import { told } from "./told.js"

Object.assign(globalThis, { HTMLElement: Part })
const { drawing } = await import("../../assets/browser/picture/rows.js")
const { lookOf } = await import("../../assets/browser/layout/picture.js")
const { PARTS, SHOWN } = await import("../../assets/browser/lesson/parts.js")
const runs = await import("../../assets/browser/lesson/runs.js")
const { mount } = await import("../../assets/browser/lesson.js")
const { LessonPage } = await import("../../assets/browser/lesson/page.js")
const { signed } = await import("../../assets/browser/shared/numbers.js")

/** What PyTorch computes with its own modules and its own loop, by name of a setting. */
const ASK = `
import json
import torch
from torch import nn
from lstm_core.inputs import token_vectors, words
from lstm_core.training import copying

def kinds(sentence, input_dim, hidden_dim, seed):
    x = token_vectors(words(sentence), input_dim, seed)
    other = x.clone()
    other[0] = 0
    for kind in (nn.LSTM, nn.GRU, nn.RNN):
        torch.manual_seed(seed)
        module = kind(input_dim, hidden_dim)
        h = module(x)[0]
        apart = (h - module(other)[0]).norm(dim=-1)[:, 0]
        yield dict(h=h[:, 0].tolist(), left=(apart / apart[0]).tolist(), parameters=sum(w.numel() for w in module.parameters()))

def ways(input_dim, hidden_dim, steps, seed):
    torch.manual_seed(seed)
    lstm = nn.LSTM(input_dim, hidden_dim)
    inputs = [torch.randn(1, input_dim) for _ in range(steps)]
    first = torch.randn(1, 1, hidden_dim), torch.randn(1, 1, hidden_dim)
    loop = [lstm(one.view(1, 1, -1), first)[1] for one in inputs]
    second = torch.randn(1, 1, hidden_dim), torch.randn(1, 1, hidden_dim)
    out, (h, c) = lstm(torch.cat(inputs).view(steps, 1, -1), second)
    return dict(h=[one[0].flatten().tolist() for one in loop], c=[one[1].flatten().tolist() for one in loop], out=out[:, 0].tolist(), last=c.flatten().tolist())

def learned(epochs, seed, text):
    for cell in ("lstm", "gru", "rnn"):
        [one] = [one for one in copying.shipped() if (one.cell, one.epochs, one.units) == (cell, epochs, 4)]
        model = one.models[seed]
        yield model.probabilities(model(model.vectors(list(text))))[-1, 0].tolist()

SENTENCES = {"The cat the dog chased ran away": (5, 4, 7), "a b a": (20, 18, 3), "No": (1, 1, 0)}
with torch.no_grad():
    print(json.dumps(dict(
        kinds={text: list(kinds(text, *sizes)) for text, sizes in SENTENCES.items()},
        ways={repr(list(sizes)): ways(*sizes) for sizes in ((4, 3, 5, 2), (5, 7, 4, 9), (20, 18, 3, 4), (16, 33, 2, 1))},
        learned={repr([epochs, seed, text]): list(learned(epochs, seed, text)) for epochs in (10, 50) for seed in (0, 3) for text in ("a" + "." * 20 + "?", "d.?")},
    )))
`
const ASKED = JSON.parse(execFileSync("python", ["-W", "ignore", "-c", ASK], { encoding: "utf8" }))
const SIZES = { "The cat the dog chased ran away": [5, 4, 7], "a b a": [20, 18, 3], No: [1, 1, 0] }
const near = (own, expected, what, bound = 2e-6) => {
    assert.equal(own.length, expected.length, what)
    own.forEach((value, k) => {
        assert.ok(Math.abs(value - expected[k]) <= bound, `${what} ${k}: ${value}, ${expected[k]}`)
    })
}
const sourceOf = ([input_dim, hidden_dim, seed], sentence = "") => ({ sentence, input_dim, hidden_dim, seed })
const { buffer, byteOffset, byteLength } = readFileSync(
    new URL("../../assets/models/copy/cells.safetensors", import.meta.url),
)
const CELLS = buffer.slice(byteOffset, byteOffset + byteLength)

/** What a part shows with a view: its text, its rows and drawn cells by name. */
async function shown(part, change = {}) {
    const found = { rows: {}, cells: {}, chosen: [] }
    const { colours } = told.handed
    const here = {
        ...{
            view: { ...told.lesson.view, part, ...change },
            message: told.lesson,
            look: lookOf(colours, "teal", "light"),
        },
        ...{ lines: told.lesson.lines.light, says: "as near as it is", around: { cells: async () => CELLS } },
        choose: one => found.chosen.push(one),
        rows(name, rows) {
            found.rows[name] = { ...rows, look: here.look, theme: "light" }
            return document.createElement("div")
        },
        cell(name, kind, values, about) {
            found.cells[name] = { kind, values, about }
            return document.createElement("svg")
        },
    }
    const made = await SHOWN[part - 1](here)
    return { ...found, ...made, text: made.nodes.map(node => node.textContent).join("\n") }
}

test("three untrained kinds of cell are PyTorch's, also what is left of the first word in each", () => {
    for (const [sentence, kinds] of Object.entries(ASKED.kinds)) {
        runs.untrainedKinds(sourceOf(SIZES[sentence], sentence)).forEach((own, k) => {
            near([...own.values.h], kinds[k].h.flat(), `h of ${own.name}`)
            near(own.left, kinds[k].left, `left in ${own.name}`, 1e-5)
            assert.equal(own.parameters, kinds[k].parameters)
        })
    }
})

test("the lesson's random inputs and states are those of its code, in its own loop and in one call", () => {
    for (const [sizes, expected] of Object.entries(ASKED.ways)) {
        const [input_dim, hidden_dim, steps, seed] = JSON.parse(sizes)
        const read = runs.lessonInputs(sourceOf([input_dim, hidden_dim, seed]), steps)
        const [loop, carried, atOnce] = runs.threeWays(read, read.first, read.second)
        for (const letter of ["h", "c"])
            near([...loop.values[letter]], expected[letter].flat(), `${letter} of the loop`)
        near([...atOnce.values.h], expected.out.flat(), "h of one call")
        near([...atOnce.values.c.slice(-hidden_dim)], expected.last, "c of one call")
        assert.ok(runs.farthest(carried, atOnce) < 1e-6)
    }
})

test("trained copies say what their models say", () => {
    for (const [asked, expected] of Object.entries(ASKED.learned)) {
        const [epochs, trained_seed, text] = JSON.parse(asked.replaceAll("'", '"'))
        const about = { cells: `${epochs}`, first: text[0], gap: text.length - 2, trained_seed }
        runs.trainedKinds(CELLS, about).forEach((own, k) => {
            near([...own.said], expected[k], own.name, 1e-5)
        })
    }
})

test("a page that does not compute as PyTorch did says so in place of its numbers", () => {
    assert.match(runs.nearness(told.lesson.proof), /^checked here: matches PyTorch to \de-\d\d on 4 stored runs$/)
    const [proof] = structuredClone(told.lesson.proof)
    proof.h[0][0] += 1e-4
    assert.throws(() => runs.nearness([proof]), /does not compute as PyTorch does/)
})

test("every wire of a drawn cell has its number, and what is kept and added is the state", async () => {
    const { cells } = await shown(5)
    for (const [name, { kind, values }] of Object.entries(cells)) {
        const { wires, pills, gates } = LAYOUTS[kind.toLowerCase()]
        const numbers = [...wires.filter(({ scale }) => scale).map(({ of, name }) => of ?? name), ...pills, ...gates]
        for (const wanted of numbers)
            assert.ok(Number.isFinite(values[wanted.name ?? wanted]), `${name} ${wanted.name ?? wanted}`)
        if (kind !== "RNN") near([values.kept + values.written], [values.c ?? values.h], name)
        if (kind === "LSTM") near([values.o * values.tanh], [values.h], name)
        if (kind === "GRU") near([values.lets], [1 - values.z], name)
    }
    assert.deepEqual(Object.keys(cells), ["LSTM", "GRU", "RNN"])
})

/** The number that is written. */
const read = text => Number(text.replace("−", "-"))

test("a step's equations and sums have the numbers of its cell", async () => {
    for (let step = 0; step < 4; step++) {
        const { text, cells } = await shown(2, { step })
        const { values } = cells.cell
        for (const gate of "figo") {
            const [, ...parts] = new RegExp(
                `${gate} = .*?\\((\\S+) (\\S+) (\\S+)\\) = .*?\\(.*?\\) = (\\S\\.\\d{3}|.\\d\\.\\d{3})`,
            )
                .exec(text)
                .map(read)
            const pre = parts[0] + parts[1] + parts[2]
            near([parts[3]], [values[gate]], gate, 0.00051)
            near([gate === "g" ? Math.tanh(pre) : 1 / (1 + Math.exp(-pre))], [values[gate]], gate, 0.002)
        }
        assert.ok(text.includes(`c = kept + added${signed(values.c)}`), text)
        assert.ok(text.includes(`of tanh c: h = ${signed(values.h, 2)}.`), text)
    }
})

test("shapes and printed numbers are those of the run, also in the code that is copied", async () => {
    const sizes = { sentence: "one two three", input_dim: 5, hidden_dim: 4 }
    const first = await shown(1, sizes)
    assert.match(
        first.text,
        /Each of the 3 words becomes 5 numbers, .* = \(3, 1, 5\)\. .* = \(1, 1, 4\)\. .* every word: \(3, 1, 4\)\./,
    )
    assert.match(
        first.text,
        /nn\.LSTM\(5, 4, 1\)\n.*\nx\.shape +# \(3, 1, 5\)\nout\.shape +# \(3, 1, 4\)\nc\.shape +# \(1, 1, 4\)/,
    )
    const { text } = await shown(2, { ...sizes, step: 1 })
    const run = runs.untrained({ ...told.lesson.view, ...sizes })
    const row = letter => [...run.values[letter].slice(4, 8)].map(value => value.toFixed(4)).join(", ")
    for (const letter of "hc") assert.ok(text.includes(`${letter}  # [${row(letter)}]`))
    // The numbers that the lesson prints.
    const printed = (await shown(3, { inputs: "random" })).text
    for (const row of [
        "-0.4372, 0.2583, 0.2947",
        "-0.7344, 0.6209, 0.4191",
        "-0.2007, -0.1559, 0.2489",
        "-0.4429, -0.2975, 0.3252",
    ])
        assert.ok(printed.includes(`[${row}]`), row)
})

test("each reset of the memory is a dotted line, and another start is spoken of where there is one", async () => {
    const lines = ({ rows }) => Object.values(rows).map(way => drawing(way, 500).querySelectorAll(".gs-reset").length)
    const random = await shown(3, { inputs: "random" })
    const { text } = random
    assert.deepEqual(lines(random), [4, 0, 0])
    assert.match(text, /each dotted line is such a reset\. It also starts from another \(h0, c0\)/)
    assert.doesNotMatch((await shown(3, { inputs: "random", same_start: true })).text, /another \(h0, c0\)/)
    const long = await shown(3, { sentence: "a ".repeat(42) })
    assert.deepEqual(lines(long), [0, 0, 0])
    assert.doesNotMatch(long.text, /dotted|another/)
})

test("who is right at the question mark is said, who is so by luck, and never more than all is left", async () => {
    for (const cells of ["10", "50"]) {
        for (let trained_seed = 0; trained_seed < 10; trained_seed++) {
            const about = { cells, first: "b", gap: 20, trained_seed }
            const { text } = await shown(5, about)
            const kinds = runs.trainedKinds(CELLS, about)
            const right = kinds.filter(({ said }) => "abcd"[said.indexOf(Math.max(...said))] === "b")
            const verdict = right.length
                ? right.length < 3
                    ? "only the"
                    : "all three are right"
                : "none of them is right"
            assert.ok(text.includes(verdict), text)
            assert.equal(
                /luck/.test(text.split("\n")[0]),
                right.some(({ left }) => left.at(-1) < 0.005),
            )
            for (const [, share] of text.split("\n")[0].matchAll(/(\d+)%/g)) assert.ok(+share < 100)
            const all = kinds.filter(({ left }) => left.at(-1) >= 0.995)
            assert.equal(
                /\ball (is left )?in/.test(text.replace("all three are", "")),
                all.length > 0 && all.length <= 3,
            )
            assert.match(text, /^After “b” and 20 dots, the LSTM says “[a-d]” \(\d\.\d\d\), the GRU says/)
        }
    }
    assert.match((await shown(5, { cells: "10", gap: 1 })).text, /^After “b” and 1 dot, /)
    assert.match((await shown(5, { sentence: "one" })).text, /one word: there is nothing to remember yet/)
})

test("how many learned it is said as it was measured, and drawn by gap", async () => {
    const { text, rows } = await shown(5, { cells: "50" })
    const of = (epochs, units) =>
        told.lesson.by_gap.filter(one => one.epochs === epochs && (one.units === 4) === (units === 4))
    const counts = of(10, 4).map(({ always, models }) => `${always} of ${models}`)
    assert.ok(
        text.includes(
            `after 10 epochs ${counts[0]} LSTMs, ${counts[1]} GRUs and ${counts[2]} plain RNNs; after 50 epochs`,
        ),
    )
    assert.ok(
        text.includes(
            `it has as many, and ${of(10, 10)[0].always} of 10 after 10 epochs and ${of(50, 10)[0].always} of 10 after 50`,
        ),
    )
    const measured = told.lesson.by_gap.filter(({ epochs }) => epochs === 50).map(({ right }) => right)
    const curves = rows.gap.curves.of.slice(0, -1)
    assert.deepEqual(
        curves.map(({ values }) => values),
        measured,
    )
})

test("a long text is read in part, which is said, and of no text is said that one is needed", async () => {
    for (const part of [1, 2]) {
        const { text, rows } = await shown(part, { sentence: "a ".repeat(1207) })
        assert.match(text, /The first 12 of 1,207 words can be chosen\./)
        if (part === 1) assert.equal(rows.inputs.tokens.length, 200)
        assert.doesNotMatch((await shown(part, { sentence: "a ".repeat(12) })).text, /can be chosen/)
    }
    const { text } = await shown(5, { sentence: "a ".repeat(207) })
    assert.match(text, /199 words later[\s\S]*The first 200 words are read\./)
    assert.doesNotMatch((await shown(5, { sentence: "a ".repeat(200) })).text, /words are read/)
    for (const part of [1, 2, 3, 5])
        assert.match((await shown(part, { sentence: " " })).text, /Type a sentence to start\./)
})

test("what a visitor types is text in every sentence, and each part leads to its cell", async () => {
    const typed = "<b>`x`</b> **is** it"
    for (const part of [1, 2, 3, 5]) {
        const { text, onMemory, cells, made } = await shown(part, { sentence: typed, step: 1 })
        assert.doesNotMatch(text, /undefined|NaN|[\ue000\ue001]/)
        const [{ about }] = Object.values(cells).slice(part === 3 ? -1 : 0)
        assert.ok(about.name.includes(`unit ${onMemory.pin.split(".")[1]} at `))
        assert.equal(onMemory.sentence, typed)
        assert.match(made, /Random \(untrained\): input_dim=4, hidden_dim=3, seed=2/)
    }
    assert.equal((await shown(3, { inputs: "random" })).onMemory, null)
    assert.equal((await shown(5, { cells: "10" })).onMemory, undefined)
})

/** The page itself, and what it told of changes. */
async function page(change = {}) {
    const changes = []
    const around = {
        ...{ answerer: null, cells: async () => CELLS, toMemory: link => changes.push(link) },
        changed: view => changes.push(view),
    }
    const message = { ...told.lesson, view: { ...told.lesson.view, ...change } }
    const lesson = new LessonPage(message, told.handed.colours, around)
    onPage(lesson.root)
    Object.assign(globalThis, { getComputedStyle: () => ({ color: "rgb(0, 0, 0)" }) })
    await lesson.show()
    const input = name => lesson.root.querySelectorAll("input").find(one => one.getAttribute("aria-label") === name)
    return { lesson, changes, input, heading: () => texts(lesson.root, "h1")[0] }
}

test("the parts are chosen by name or one after the other, from the first to the last", async () => {
    const { lesson, changes, heading } = await page()
    const { back, next, parts } = lesson.rail
    assert.deepEqual([back.disabled, next.disabled], [true, false])
    next.told("click")
    await settled()
    assert.equal(heading(), "One step at a time")
    parts[4].input.told("change")
    await settled()
    assert.deepEqual([heading(), back.disabled, next.disabled], [PARTS[4][0], false, true])
    assert.deepEqual(
        changes.map(({ part }) => part),
        [2, 5],
    )
})

test("a control changes its own value, and another's that its slider does not reach stays", async () => {
    const { lesson, changes, input } = await page({ hidden_dim: 100 })
    assert.equal(input("hidden_dim").value, "100")
    Object.assign(input("input_dim"), { value: "7" }).told("input")
    await settled()
    assert.deepEqual([changes.at(-1).input_dim, changes.at(-1).hidden_dim], [7, 100])
    Object.assign(input("Sentence"), { value: "so it goes" }).told("input")
    await settled()
    assert.match(lesson.root.textContent, /Each of the 3 words becomes 7 numbers/)
    lesson.take({ ...lesson.view, sentence: "back again" }, ["x=9 is not possible."])
    await settled()
    assert.equal(input("Sentence").value, "back again")
    assert.match(lesson.root.textContent, /x=9 is not possible\./)
    lesson.rail.memory.told("click")
    assert.equal(changes.at(-1).sentence, "back again")
})

test("the server hears of a change when the hand rests, and its answer undoes no later one", async t => {
    t.mock.timers.enable({ apis: ["setTimeout"] })
    Object.assign(globalThis, { getComputedStyle: () => ({ color: "rgb(0, 0, 0)" }) })
    const [place, said] = [onPage(new Part("div")), []]
    const told_ = view => ({ ...told.lesson, ...told.handed, view: { ...told.lesson.view, ...view } })
    const answered = view =>
        mount(
            place,
            new URL("http://here/gatescope/"),
            told_(view),
            () => {},
            view => said.push(view),
        )
    answered({})
    await settled()
    const slider = place.querySelectorAll("input").find(one => one.getAttribute("aria-label") === "hidden_dim")
    const drag = async value => {
        Object.assign(slider, { value }).told("input")
        await settled()
    }
    await drag("4")
    await drag("5")
    assert.deepEqual(said, [])
    t.mock.timers.tick(150)
    assert.deepEqual(
        said.map(({ hidden_dim }) => hidden_dim),
        ["5"],
    )
    await drag("6")
    t.mock.timers.tick(150)
    for (const late of [{}, { hidden_dim: 5 }]) {
        answered(late)
        await settled()
        assert.equal(slider.value, "6")
    }
    answered({ hidden_dim: 6 })
    // Back leads to what was before.
    answered({ hidden_dim: 3 })
    await settled()
    assert.equal(slider.value, "3")
})
