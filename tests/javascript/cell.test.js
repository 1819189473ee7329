/** What does the panel say of a cell, whatever its kind, and what may a hand do there? */

import assert from "node:assert/strict"
import { test } from "node:test"
import { cellInWords, story } from "../../assets/browser/panel/cell_words.js"
import { fixed, signed } from "../../assets/browser/shared/numbers.js"
import { Columns } from "../../assets/browser/state/answer.js"
import { holding } from "../../assets/browser/state/holds.js"
import { Store } from "../../assets/browser/state/store.js"
import { onPage, texts, textsOf } from "./page.js"
import { cellValue, pictureOf, stateOf, wholePicture } from "./pictures.js"

const { CellPanel } = await import("../../assets/browser/panel/cell_panel.js")
const { ChangeIt, answersChanged, storyLine } = await import("../../assets/browser/panel/change_it.js")

const CELL = { layer: 0, direction: 0, unit: 1, step: 2 }

/** A panel beside a picture, of a pinned cell. */
function panelOf({ stack = {}, ...change } = /** @type {any} */ ({}), pin = /** @type {any} */ (CELL)) {
    const store = new Store(stateOf({ source: { model: "random" } }))
    const panel = new CellPanel(store, new ChangeIt(store))
    onPage(panel.root)
    const picture = wholePicture(change)
    Object.assign(picture.stacks[0] ?? {}, stack)
    store.set({ picture, pin })
    return { store, panel, picture }
}
const sumsIn = ({ panel }) => panel.root.querySelectorAll(".gs-bar").map(bar => textsOf(bar.children).filter(Boolean))
const toldIn = ({ panel }) => panel.root.querySelector("desc").textContent
const buttonsIn = ({ panel }) => panel.root.querySelectorAll(".gs-change button")
const press = (seen, name) => buttonsIn(seen).find(one => one.textContent === name)
/** What stands on the wires and in the gates of the drawing. */
const drawnIn = ({ panel }) =>
    panel.root
        .querySelectorAll(".gs-cell-pill, .gs-cell-gate")
        .filter(part => !part.closest(".gs-onward"))
        .map(part => texts(part, "text").join(" "))
const written = parts =>
    parts.map(part => (typeof part === "string" ? part : "b" in part ? `*${part.b}*` : `[${part.key}]`)).join("")
const storyIn = ({ store, panel }) => {
    const line = storyLine(store)
    store.set({ pin: { ...store.state.pin } })
    assert.ok(panel)
    return line.children[0].textContent
}

// The numbers of the cell, as the picture has them.
const [f, i, g, c, o, h] = [..."figcoh"].map(name => cellValue(name, 1, 2))
const [before, recalled] = [cellValue("c", 1, 1), cellValue("h", 1, 1)]
const [kept, added, passed] = [f * before, i * g, o * Math.tanh(c)]
const s = (value, places = 3) => signed(value, places)
const gate = value => fixed(value, 3)
const PROJECTED = "h is a projection of all units: h = W_hr (o · tanh c)."
const letters = { f: "z", i: "1 − z", g: "n", o: "r", c: "h" }

const memory = [
    ...[`c before ${s(before)}`, `× f (keep) ${gate(f)}`, `= kept ${s(kept)}`, `i (let in) ${gate(i)}`],
    ...[`× g (what) ${s(g)}`, `= added ${s(added)}`, `c = kept + added ${s(c)}`],
]
const wires = state => [
    ...[`${s(before, 2)} ${state} before`, `${s(kept, 2)} kept`, `${s(added, 2)} added`, `${s(c, 2)} ${state}`],
]
const gates = ["f", "i", "o"].map((name, k) => `${name} ${fixed([f, i, o][k], 2)} σ`)
const inGates = [gates[0], gates[1], `g ${s(g, 2)} tanh`, gates[2]]
const masked = [...memory.slice(0, 6), `= kept + added ${s(kept + added)}`, `= c after a mask ${s(c)}`]
const bare = gates.slice(0, 2).map(one => one.replace(" σ", " "))
const foundGates = [...bare, `g ${s(g, 2)} `]
const keeps = "“word 2”: unit 1 keeps 11.2% of +0.41 and adds +0.07"

/** Kind by kind: the sums, which are also the drawing in words, its numbers, what may be held, and the sentence of the step. */
const KINDS = {
    "an LSTM": [
        {},
        [...memory, `tanh c ${s(Math.tanh(c))}`, `× o (show) ${gate(o)}`, `= h ${s(h)}`],
        [...wires("c"), `${s(recalled, 2)} h before`, `${s(h, 2)} h`, ...inGates],
        ["f → 0", "f → 1", "i → 0", "i → 1", "o → 0", "c → 0"],
        `${keeps}, so c ≈ +0.41.`,
    ],
    "an LSTM whose h is a projection": [
        { projects: true },
        [...memory, `tanh c ${s(Math.tanh(c))}`, `× o (show) ${gate(o)}`, `= o · tanh c ${s(passed)}`],
        [...wires("c"), `${s(passed, 2)} o · tanh c`, ...inGates],
        ["f → 0", "f → 1", "i → 0", "i → 1", "o → 0", "c → 0"],
        `${keeps}, so c ≈ +0.41.`,
    ],
    "a GRU": [
        { kind: "gru", found: "", letters },
        [
            ...[`h before ${s(before)}`, `× z (keep) ${gate(f)}`, `= kept ${s(kept)}`, `1 − z (let in) ${gate(i)}`],
            ...[`× n (what) ${s(g)}`, `= added ${s(added)}`, `h = kept + added ${s(c)}`],
        ],
        [...wires("h"), `z ${fixed(f, 2)} σ`, `r ${fixed(o, 2)} σ`, `n ${s(g, 2)} tanh`],
        ["z → 0", "z → 1", "r → 0", "r → 1", "h → 0"],
        `${keeps}, so h ≈ +0.41.`,
    ],
    ...Object.fromEntries(
        ["tanh", "relu"].map(bend => [
            `a plain RNN with ${bend}`,
            [
                { kind: "rnn", found: "", bend, letters: { c: "h" } },
                [`h before ${s(before)}`, `= h = ${bend}(W x + U h + b) ${s(c)}`],
                [`${s(before, 2)} h before`, `${s(c, 2)} h`, `h ${s(c, 2)} ${bend}`],
                ["h → 0"],
                "“word 2”: unit 1 goes from +0.41 to h = +0.41.",
            ],
        ]),
    ),
    ...Object.fromEntries(
        [
            ["", [], [], [...foundGates]],
            ["tanh(c)", [`h = tanh(c) ${s(h)}`], [`${s(h, 2)} h`], foundGates],
            ...["c", "div(c)", "softsign(c)"].map(inner => [
                `o ⊙ ${inner}`,
                [`${inner} ${s(h / o)}`, `× o (show) ${gate(o)}`, `= h ${s(h)}`],
                [`${s(h, 2)} h`],
                [...foundGates, `o ${fixed(o, 2)} `],
            ]),
        ].map(([shown, sums, onWires, inThem]) => [
            `a found cell that shows ${shown || "nothing"}`,
            [
                { found: shown },
                [...masked, .../** @type {string[]} */ (sums)],
                [...wires("c"), ...onWires, ...inThem],
                ["f → 0", "f → 1", "i → 0", "i → 1", "o → 0", "c → 0"],
                "“word 2”: unit 1 keeps 11.2% of +0.411 and adds +0.066; a mask makes it c = +0.412.",
            ],
        ]),
    ),
}
for (const [name, [change, sums, drawn, offered, sentence]] of Object.entries(KINDS))
    test(`${name} is summed, told, drawn and offered as what it is`, () => {
        const seen = panelOf(/** @type {object} */ (change))
        assert.deepEqual(
            sumsIn(seen).map(line => line.join(" ")),
            sums,
        )
        assert.equal(toldIn(seen), `${sums.join(", ")}.`)
        assert.deepEqual(drawnIn(seen), drawn)
        assert.deepEqual(textsOf(buttonsIn(seen)), [...offered, "without “word 2”", "everywhere"])
        assert.equal(storyIn(seen), sentence)
        const projected = texts(seen.panel.root, "p").includes(PROJECTED)
        assert.equal(projected, "projects" in /** @type {object} */ (change))
        press(seen, offered[0]).click()
        assert.equal(seen.store.state.holds.text, `${offered[0][0]}.0.1.2_0`)
    })

test("a mask is said of a found cell alone, where c is another than what was kept and added, beyond rounding", () => {
    const says = (off, change = { found: "" }) => {
        const seen = panelOf(change)
        const trace = seen.picture.stacks[0].figure.data.find(({ name }) => name === "c")
        trace.z[1] = Float32Array.from(trace.z[1], (value, step) => (step === 2 ? kept + added + off : value))
        seen.store.set({ picture: { ...seen.picture } })
        return / mask /.test(toldIn(seen))
    }
    assert.deepEqual([says(9e-5), says(2e-4), says(2e-4, {})], [false, true, false])
})

test("of a held gate or state the sums say what it would be and that it is held", () => {
    const of = (holds, change = {}) => {
        const held = { holds, before: [], after: [], sure_before: [], sure_after: [] }
        const seen = panelOf({ held, ...change })
        return sumsIn(seen).map(([name]) => name)
    }
    assert.equal(of("f.0.1.2_1")[1], "× f, held (keep)")
    assert.equal(of("c.0.0.2_0")[6], "c = kept + added", "another unit's hold is none of this cell")
    assert.deepEqual(of("c.0.1.2_0").slice(6, 8), ["= kept + added", "= c, held"])
    assert.equal(of("h.0.1.2_0").at(-1), "= h, held")
    const gru = { kind: "gru", found: "", letters }
    assert.deepEqual(of("h.0.1.2_0", gru).slice(-2), ["= kept + added", "= h, held"])
    assert.equal(of("z.0.1.2_1", gru)[1], "× z, held (keep)")
    assert.deepEqual(of("h.0.1.2_0", { kind: "rnn", found: "", letters: { c: "h" } }), ["h before", "= h, held"])
})

test("c before is that of the step read before, from either side; at a begin or a reset the one that was given", () => {
    const reset = { c: [Array(3).fill(9), [4, 5, 6]], h: [Array(3).fill(9), [1, 2, 3]] }
    const reads = (direction, step, change = {}) => {
        const about = { places: [[0, direction]], resets: direction ? [] : [1, 2], stack: { reset, ...change } }
        return sumsIn(panelOf(about, { ...CELL, direction, step }))[0][1]
    }
    const [start, at] = [{ start: { c: [0, 7, 0] } }, step => s(cellValue("c", 1, step))]
    assert.deepEqual([reads(0, 3), reads(1, 2), reads(0, 0), reads(1, 3)], [at(2), at(3), "0.000", "0.000"])
    assert.deepEqual([reads(0, 0, start), reads(1, 3, start), reads(0, 1), reads(0, 2)].map(parseFloat), [7, 7, 9, 5])
})

test("a step that is cut off, or a picture without all its quantities, has no numbers, and says so", () => {
    const cut = wholePicture({ steps: 6 })
    Object.assign(cut.columns, { first: 2, number: 4 })
    const seen = panelOf()
    const says = (picture, step) => {
        seen.store.set({ picture, pin: { ...CELL, step } })
        return /not in the picture/.test(toldIn(seen))
    }
    assert.deepEqual([says(cut, 2), says(cut, 3)], [true, false])
    const few = wholePicture()
    few.stacks[0].figure.data.splice(0, 1)
    assert.deepEqual([says(few, 2), says(wholePicture(), 2)], [true, false])
})

test("the panel is about what the picture shows: no cell in bins, and nothing without strips", () => {
    const seen = panelOf()
    const { store, panel } = seen
    assert.deepEqual(texts(panel.root, "h2"), ["Unit 1 at “word 2”"])
    assert.deepEqual(texts(panel.root, ".gs-says"), ["Step 2. Click a cell to keep it here."])
    const unpin = panel.root.querySelector("button")
    assert.equal(unpin.hidden, false)
    unpin.click()
    assert.deepEqual([store.state.pin, unpin.hidden], [null, true])
    store.set({ picture: wholePicture({ steps: 8, per: 2 }) })
    assert.equal(panel.root.hidden, true)
    store.set({ picture: wholePicture() })
    assert.equal(panel.root.hidden, false)
    store.set({ picture: wholePicture({ stacks: [] }) })
    assert.equal(panel.root.hidden, true)
    const two = {
        places: [
            [0, 0],
            [1, 1],
        ],
        model: { ...wholePicture().model, layers: 2 },
    }
    const above = panelOf(two, { ...CELL, layer: 1, direction: 1 })
    assert.match(texts(above.panel.root, ".gs-says")[0], /^Step 2, layer 1, read from the right\./)
    const reads = one => texts(one.panel.root, ".gs-cell-label")[0]
    assert.deepEqual([reads(seen), reads(above)], ["x “word 2”", "h of layer 0"])
})

const term = (value, pre, k = 0) => ({
    ...{ weights_x: [k + 0.1, k + 0.2], weights_h: [k + 0.5], bias: 0.25, from_x: 0.5, from_h: -0.125, pre, value },
})
const TERMS = {
    ...{ layer: 0, direction: 0, unit: 0, x: [7, 8], h_before: [9], f: term(0.25, 0.625, 1), i: term(0.5, 0.625, 2) },
    ...{
        g: term(-0.5, 0.625, 3),
        o: term(0.75, 0.625, 4),
        c_before: 1,
        kept: 0.25,
        written: -0.25,
        c: 0,
        tanh_c: 0,
        h: 0,
    },
}

test("once its terms are there, a pinned cell has each gate's sum, and its weights while they are open", () => {
    const { store, panel, picture } = panelOf()
    const sums = () => textsOf(panel.root.querySelector(".gs-formula").children)
    const held = { holds: "f.0.1.2_1", before: [], after: [], sure_before: [], sure_after: [] }
    const terms = { ...TERMS, ...CELL, f: term(1, -5.449, 1) }
    const shown = (of, values) => store.set({ picture: of, terms: { of, pin: CELL, values } })
    shown(picture, TERMS)
    assert.equal(sums()[0], "f = σ(W x + U h + b) = σ(+0.500 −0.125 +0.250) = σ(+0.625) = 0.250")
    assert.equal(sums()[2], "g = tanh(W x + U h + b) = tanh(+0.500 −0.125 +0.250) = tanh(+0.625) = −0.500")
    shown({ ...picture, held }, terms)
    assert.ok(sums()[0].endsWith("= σ(−5.449) = 0.004, held at 1.000"))
    assert.ok(sums()[1].endsWith("= σ(+0.625) = 0.500"))
    const table = panel.root.querySelector(".gs-weights")
    assert.equal(table.querySelector("table"), null)
    Object.assign(table.parentNode, { open: true })
    table.parentNode.told("toggle")
    const rows = values => {
        shown({ ...picture }, values)
        return table.querySelectorAll("tbody tr").map(row => textsOf(row.children))
    }
    const numbers = ["+7.000", "+1.100", "+2.100", "+3.100", "+4.100"]
    assert.deepEqual(rows({ ...TERMS, step: 2 })[0], ["x 0", ...numbers])
    assert.deepEqual(rows(TERMS).slice(1), [
        ["x 1", "+8.000", "+1.200", "+2.200", "+3.200", "+4.200"],
        ["h[0], previous step", "+9.000", "+1.500", "+2.500", "+3.500", "+4.500"],
        ["b", "+1.000", ...Array(4).fill("+0.250")],
    ])
    const above = rows({ ...TERMS, layer: 2 }).map(([name]) => name)
    assert.deepEqual(above.slice(0, 2), ["h[0] of layer 1", "h[0] of layer 1, from the right"])
})

test("a gate in the drawing is moved by keys within its range, let go, and dragged from where it stands", () => {
    const seen = panelOf()
    const { store, panel } = seen
    const at = name => panel.root.querySelectorAll(".gs-cell-slider")["figo".indexOf(name)]
    const value = () => +store.state.holds.text.split("_")[1]
    const key = (name, ...keys) =>
        keys.map(one => {
            store.set(holding(store.state, ""))
            at(name).told("keydown", { key: one })
            return value()
        })
    const up = [f + 0.05, f + 0.05, f - 0.05, f - 0.05, f + 0.2, 0, 0, 1].map(one => +one.toFixed(2))
    const keys = ["ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft", "PageUp", "PageDown", "Home", "End"]
    assert.deepEqual(key("f", ...keys), up)
    assert.deepEqual(key("g", "Home", "End"), [-1, 1])
    for (const letGo of [() => at("f").told("keydown", { key: "Delete" }), () => at("f").told("dblclick")]) {
        key("f", "End")
        letGo()
        assert.equal(store.state.holds.text, "")
    }
    assert.equal(at("f").told("keydown", { key: "a" }).defaultPrevented, undefined)
    // A unit of the drawing is two pixels: a press that hardly moves is none.
    at("f").querySelector("rect").box = { left: 0, top: 0, width: 92, height: 80 }
    at("f").told("pointerdown", { clientX: 100, pointerId: 1 })
    at("f").told("pointermove", { clientX: 105 })
    assert.equal(store.state.holds.text, "")
    const drag = [136, 300].map(clientX => {
        at("f").told("pointermove", { clientX })
        return value()
    })
    assert.deepEqual(drag, [+(f + 0.5).toFixed(2), 1])
    // The candidate's whole range is twice as wide.
    store.set(holding(store.state, ""))
    at("g").querySelector("rect").box = { left: 0, top: 0, width: 92, height: 80 }
    at("g").told("pointerdown", { clientX: 100, pointerId: 1 })
    at("g").told("pointermove", { clientX: 109 })
    assert.equal(value(), +(g + 0.25).toFixed(2))
    store.set(holding(store.state, "f.0.1.2_1"))
    const heard = ["aria-valuemin", "aria-valuemax", "aria-valuetext"].map(name => at("g").getAttribute(name))
    assert.deepEqual(heard, ["-1", "1", s(g, 2)])
    assert.equal(at("f").getAttribute("aria-valuetext"), `${fixed(f, 2)}, held`)
})

test("where a hold holds is chosen, what is let go is let go, and a hand stops the play", () => {
    const seen = panelOf()
    const { store, panel } = seen
    const [units, steps] = panel.root.querySelectorAll(".gs-change select")
    const choose = (select, place) => {
        select.selectedIndex = place
        select.told("change")
    }
    const pressed = name => {
        press(seen, name).click()
        return [store.state.holds.text, press(seen, name).getAttribute("aria-pressed")]
    }
    store.set({ time: { ...store.state.time, at: 2.4, playing: true, from: 0, to: 3 } })
    assert.deepEqual(pressed("f → 0"), ["f.0.1.2_0", "true"])
    assert.equal(store.state.time.playing, false)
    assert.equal(press(seen, "f → 1").getAttribute("aria-pressed"), "false")
    assert.deepEqual(pressed("f → 0"), ["", "false"])
    choose(steps, 1)
    assert.equal(pressed("i → 1")[0], "i.0.1.all_1")
    choose(units, 1)
    assert.equal(pressed("o → 0")[0], "i.0.1.all_1 o.0.all.all_0")
    assert.equal(pressed("without “word 2”")[0], "i.0.1.all_1 o.0.all.all_0 w.2")
    const options = [units, steps].flatMap(select => textsOf(select.options))
    assert.deepEqual(options, ["unit 1", "all units", "“word 2”", "every step"])
    // The shown cell is pinned then: the next hold is in it too.
    const shown = panelOf({}, null)
    for (const [unit, name] of [
        [1, "f → 0"],
        [0, "without “word 2”"],
    ]) {
        shown.store.set({ hover: { ...CELL, unit } })
        press(shown, name).click()
        assert.deepEqual(shown.store.state.pin, CELL)
    }
})

test("a step's sentence says what the model says then: its answer, its meaning, its forecast; a symbol as a key", () => {
    const values = { ...CELL, before: -0.5, f: 0.996, kept: -0.498, i: 0.5, g: -0.25, written: -0.125, c: -0.623 }
    const told = change => written(story(/** @type {any} */ (change), CELL, /** @type {any} */ (values)))
    const picture = pictureOf({ answers: { said: [{ step: 2, label: "NOUN" }] } })
    const sum = "“word 2”: unit 1 keeps *99.6%* of −0.500 and adds *−0.125*, so c = −0.623"
    assert.equal(told(picture), `${sum}; the model now says *NOUN*.`)
    const means = { ...picture, model: { ...picture.model, means: { NOUN: "a naming word" } } }
    assert.equal(told(means), `${sum}; the model now says *NOUN*, a naming word.`)
    const forecast = pictureOf({ series: [{ read: true, foreseen: true }], readout: { said: [[1, 2, 20.449, 4]] } })
    assert.equal(told(forecast), `${sum}; it forecasts *20.4* for the next step.`)
    const symbol = (labels, label, gives = "classes") => {
        const of = { ...pictureOf(), answers: { said: [{ step: 2, label }] }, readout: { gives } }
        return told({ ...of, columns: new Columns({ ...of, labels }) })
    }
    assert.match(symbol(["", "", "'"], ","), /^\['\]: unit 1 keeps .*; the model now says \[,\]$/)
    assert.match(symbol(["", "", "c"], "( )", "set"), /^“c”: unit 1 .*; next may come \[\(\] or \[\)\]$/)
    assert.equal(told(pictureOf({ held: { holds: "w.2" } })), "“word 2” is left out: every unit keeps all.")
    assert.equal(written(story(pictureOf(), CELL, null)), "“word 2”: unit 1. Click its cell to see its numbers.")
    const starts = (step, direction, first) =>
        written(story(pictureOf(), { ...CELL, step, direction }, /** @type {any} */ ({ ...values, before: first })))
    assert.match(starts(0, 0, 0), / starts at 0 and adds /)
    assert.match(starts(3, 1, 0), / starts at 0 and adds /)
    for (const other of [starts(1, 0, 0), starts(0, 1, 0), starts(0, 0, 2)]) assert.match(other, / keeps /)
    assert.equal(cellInWords(null), "The numbers of this cell are not in the picture.")
})

test("the numbers of a step's sentence add up as they are written, or it says “≈”", () => {
    for (let k = 1; k < 500; k++) {
        const [f, before, written_] = [(k * 0.377) % 1, ((k * 0.713) % 4) - 2, ((k * 0.591) % 2) - 1]
        const values = { f, before, kept: f * before, written: written_, c: f * before + written_ }
        const told = written(story(pictureOf(), CELL, /** @type {any} */ (values)))
        const said = told.replaceAll("−", "-").replaceAll("*", "")
        const [share, of, adds, is, c] = /keeps (.*)% of (.*) and adds (.*), so c (.) (.*)[.]$/.exec(said).slice(1)
        const far = Math.abs((+share / 100) * +of + +adds - +c)
        assert.ok(is === "≈" || far <= 0.5000001 / 10 ** c.split(".")[1].length, said)
        assert.ok(far < 0.02, said)
    }
})

const changed = change =>
    answersChanged(pictureOf({ held: { sure_before: [], sure_after: [], ...change } }))
        .map(part => part.textContent ?? part)
        .join("")

test("up to four answers that change are named, and how many more; else the one that moves most", () => {
    const all = Array.from({ length: 8 }, (_, step) => `A${step}`)
    const of = (number, holds = "f.0.0.0_1") => {
        const after = all.map((said, step) => (step < number ? `B${step}` : said))
        return answersChanged(
            pictureOf({ steps: 8, held: { holds, before: all, after, sure_before: [], sure_after: [] } }),
        )
            .map(part => part.textContent ?? part)
            .join("")
    }
    assert.equal(of(0), "No answer changes.")
    assert.equal(of(2), "“word 0” A0 B0, “word 1” A1 B1.")
    assert.match(of(5), /, “word 3” A3 B3 and 1 more\.$/)
    // A word that is left out loses its answer, and has no other one.
    assert.equal(of(2, "w.0"), "“word 0” A0, “word 1” A1 B1.")
    assert.equal(of(1, "w.0"), "“word 0” A0; no other answer changes.")
    assert.equal(changed({ holds: "w.1", before: ["", "x"], after: ["y", ""] }), "“word 0” nothing y, “word 1” x.")
    assert.equal(changed({ holds: "w.1", before: [], after: [] }), "")
    const gate = { holds: "o.0.1.1_0", before: ["A", "B"], after: ["A", "B"], sure_before: [0.8, 0.65] }
    assert.equal(changed({ ...gate, sure_after: [0.8, 0.57] }), "No answer changes (“word 1” B 0.65 → 0.57).")
    assert.equal(changed({ ...gate, sure_after: [0.81, 0.64] }), "No answer changes.")
})

test("a hold takes the sentence's place, here and beside the buttons, and Undo lets it go", () => {
    const seen = panelOf()
    const { store, panel } = seen
    const line = storyLine(store)
    const help = texts(panel.root, ".gs-changed")[0]
    assert.match(help, /drag a gate/)
    const held = { holds: "f.0.1.2_0", before: ["A", "A", "A", "A"], after: ["A", "A", "B", "A"], sure_before: [] }
    store.set(holding(store.state, held.holds))
    store.set({ picture: wholePicture({ held }) })
    const [now, says, undo] = line.children
    const shown = () => [now, says, undo].map(part => !part.hidden)
    assert.deepEqual(shown(), [false, true, true])
    assert.equal(says.textContent, "f of unit 1 at “word 2” is held at 0. “word 2” A B.")
    assert.deepEqual(texts(panel.root, ".gs-changed"), [says.textContent])
    assert.equal(panel.root.querySelector(".gs-is-held").getAttribute("aria-label"), "forget gate f")
    undo.click()
    assert.deepEqual([store.state.holds.text, ...shown()], ["", true, false, false])
    assert.deepEqual(texts(panel.root, ".gs-changed"), [help])
    store.set({ picture: wholePicture({ stacks: [] }), pin: null })
    assert.equal(line.hidden, true, "without strips there is no sentence")
})

test("below the cell stands its way to the answer: its unit, the largest others, the rest and the bias add up", () => {
    const [hs, w] = [
        [0.1, 0.2, 0.3, 0.4, 0.5],
        [5, -1, 2, 1, 0.5],
    ]
    const picture = wholePicture({ units: 5 })
    const [stack] = picture.stacks
    stack.weights = w.map(weight => Float32Array.of(9, weight))
    const h = hs.map(value => Float32Array.of(7, 7, value, 7))
    stack.figure.data.find(({ name }) => name === "h").z = h
    stack.values = [{ quantity: "h", z: h }]
    const at = values => values.map(value => Array(4).fill(value))
    const readout = {
        ...{ gives: "classes", labels: ["A", "B", "C"], of: 3, units: 5, bias: [9, 0.25], mean: [], deviation: [] },
        ...{ best: at([1, 0]), scores: at([1.8, 0.5]), said: at([0.7, 0.2]) },
    }
    const { store, panel } = panelOf()
    const rows = change => {
        store.set({ picture: { ...picture, readout: { ...readout, ...change.readout }, ...change }, pin: CELL })
        return panel.root.querySelectorAll(".gs-onward-row").map(row => textsOf(row.children).filter(Boolean).join(" "))
    }
    assert.deepEqual(rows({ readout }), [
        ...["unit 1 +0.20 × −1.00 −0.20", "unit 2 +0.30 × +2.00 +0.60", "unit 0 +0.10 × +5.00 +0.50"],
        ...["2 other units +0.65", "bias +0.25", "score of B +1.80", "B +1.80 0.70", "A +0.50 0.20", "1 other 0.10"],
    ])
    const other = panel.root.querySelector(".gs-onward button")
    assert.equal(other.getAttribute("aria-label"), "Look at unit 2")
    other.click()
    assert.deepEqual(store.state.pin, { ...CELL, unit: 2 })
    assert.deepEqual(rows({ readout, held: { holds: "w.2" } }), [])
    assert.deepEqual(rows({ readout: null }), [])
})

test("each letter has its meaning, and a unit's curve has no h where h is a projection", () => {
    for (const [change, names] of /** @type {[object, string][]} */ ([
        [{}, "figcoh"],
        [{ projects: true }, "figco"],
    ])) {
        const { panel, store } = panelOf(change)
        const part = panel.root.querySelector(".gs-chart").closest("details")
        part.open = true
        part.told("toggle")
        store.set({ pin: { ...CELL, step: 1 } })
        const titles = texts(panel.root, ".gs-chart title").filter((_, at) => at % 4 === 1)
        assert.deepEqual(
            titles,
            [...names].map(name => `${name}: ${s(cellValue(name, 1, 1))}`),
        )
        assert.deepEqual(texts(panel.root, ".gs-meanings dt").slice(0, 1), ["the f f"])
        assert.match(texts(panel.root, ".gs-meanings dd").at(-1), /takes its memory from: the step read before$/)
    }
})

test("a unit's curve says what it covers, and is drawn once it is open", () => {
    const titleOf = (change, about = {}) => {
        const seen = panelOf()
        const picture = wholePicture(change)
        Object.assign(picture.columns, about)
        seen.store.set({ picture, pin: { ...CELL, step: 4 } })
        return texts(seen.panel.root, "summary").find(text => /^Unit/.test(text))
    }
    assert.equal(titleOf({ steps: 9 }), "Unit 1 over the sentence")
    assert.equal(titleOf({ steps: 9 }, { first: 2, number: 4 }), "Unit 1 over the visible part")
    const { panel } = panelOf()
    const chart = panel.root.querySelector(".gs-chart")
    assert.equal(chart.querySelector("svg"), null)
    chart.closest("details").open = true
    chart.closest("details").told("toggle")
    assert.equal(chart.querySelectorAll("polyline").length, 6)
    assert.equal(chart.querySelectorAll(".gs-curve-now").length, 1)
})
