import assert from "node:assert/strict"
import { test } from "node:test"
import { linesOf, placeInWords, story, cellInWords as told } from "../../assets/browser/panel/cell_words.js"
import { element } from "../../assets/browser/shared/element.js"
import { Columns } from "../../assets/browser/state/answer.js"
import { holding } from "../../assets/browser/state/holds.js"
import { Store } from "../../assets/browser/state/store.js"
import { pictureOf, stateOf, wholePicture } from "./pictures.js"
import "./page.js"

const { ChangeIt, answersChanged, storyLine } = await import("../../assets/browser/panel/change_it.js")
const { foundCell } = await import("../../assets/browser/panel/cell_layout.js")
const { CellPanel } = await import("../../assets/browser/panel/cell_panel.js")
const { UnitCurve } = await import("../../assets/browser/panel/unit_curve.js")

const CELL = { layer: 0, direction: 0, unit: 1, step: 2 }
const VALUES = { before: -0.5, recalled: 0.1, f: 0.996, kept: -0.498, i: 0.5, g: -0.25, written: -0.125, c: -0.623 }
const ALL = { ...VALUES, tanh: -0.553, o: 0.75, h: -0.415 }
const written = parts =>
    parts.map(part => (typeof part === "string" ? part : "b" in part ? `*${part.b}*` : `[${part.key}]`)).join("")

test("a cell is at a step of a layer, and is said to be read from the right where it is", () => {
    assert.equal(placeInWords({ ...CELL, step: 1_234 }, 1), "Step 1,234.")
    assert.equal(placeInWords({ ...CELL, layer: 1, direction: 1 }, 2), "Step 2, layer 1, read from the right.")
})

test("a step's sentence says what is kept of what, what is added and what the model says then", () => {
    const picture = pictureOf({
        answers: {
            said: [
                { step: 1, label: "VERB" },
                { step: 2, label: "NOUN" },
            ],
        },
    })
    assert.equal(
        written(story(picture, CELL, ALL)),
        "“word 2”: unit 1 keeps *99.6%* of −0.500 and adds *−0.125*, so c = −0.623; the model now says *NOUN*.",
    )
    const told = { ...picture, model: { ...picture.model, means: { NOUN: "a naming word" } } }
    assert.match(written(story(told, CELL, ALL)), /the model now says \*NOUN\*, a naming word\.$/)
    assert.equal(
        written(story(pictureOf(), { ...CELL, step: 1 }, { ...ALL, f: 0.004, c: -0.127 })),
        "“word 1”: unit 1 keeps *0%* of −0.50 and adds *−0.13*, so c = −0.13.",
    )
    const forecast = pictureOf({ series: [{ read: true, foreseen: true }], readout: { said: [[1, 2, 20.449, 4]] } })
    assert.match(written(story(forecast, CELL, ALL)), /c = −0.623; it forecasts \*20[.]4\* for the next step[.]$/)
    assert.equal(written(story(pictureOf(), CELL, null)), "“word 2”: unit 1. Click its cell to see its numbers.")
})

test("a symbol stands in a sentence as a key, not in quotes, and no full stop follows it", () => {
    const told = (labels, label, gives = "classes") => {
        const picture = { ...pictureOf(), answers: { said: [{ step: 2, label }] }, readout: { gives } }
        return written(story({ ...picture, columns: new Columns({ ...picture, labels }) }, CELL, ALL))
    }
    assert.match(told(["", "", "'"], ","), /^\['\]: unit 1 keeps .*; the model now says \[,\]$/)
    assert.match(told(["", "", "c"], "( )", "set"), /^“c”: unit 1 .*; next may come \[\(\] or \[\)\]$/)
})

test("the numbers of a step's sentence add up as they are written", () => {
    const told = (f, before, adds) =>
        written(story(pictureOf(), CELL, { ...ALL, f, before, kept: f * before, written: adds, c: f * before + adds }))
    assert.match(told(0.5, 0.5, 0.5), /keeps \*50%\* of \+0.50 and adds \*\+0.50\*, so c = \+0.75[.]$/)
    assert.match(told(0.004, -0.752, 0.9959), /keeps \*0.4%\* of −0.752 and adds \*\+0.996\*, so c = \+0.993[.]$/)
    assert.match(told(0.9964, 1.8355, 0.0004), /keeps \*99.6%\* of \+1.84 and adds \*0.00\*, so c = \+1.83[.]$/)
    // A count of 9.98 of which nearly all is forgotten: 3% of it would be 0.30.
    assert.match(told(0.02535, 9.976, -0.022), /keeps \*2.5%\* of \+9.98 and adds \*−0.02\*, so c = \+0.23[.]$/)
    // Of many steps, the sentences that say "=" are right.
    for (let k = 1; k < 500; k++) {
        const [f, before, written] = [(k * 0.377) % 1, ((k * 0.713) % 4) - 2, ((k * 0.591) % 2) - 1]
        const said = told(f, before, written).replaceAll("−", "-").replaceAll("*", "")
        const [share, of, adds, is, c] = /keeps (.*)% of (.*) and adds (.*), so c (.) (.*)[.]$/.exec(said).slice(1)
        const far = Math.abs((+share / 100) * +of + +adds - +c)
        assert.ok(is === "≈" || far <= 0.5000001 / 10 ** c.split(".")[1].length, said)
        assert.ok(far < 0.02, said)
    }
})

test("the first step that is read starts at 0, from either side", () => {
    const picture = pictureOf()
    const told = (cell, before = 0) =>
        written(story(picture, { ...CELL, ...cell }, { ...ALL, before, c: 0.996 * before - 0.125 }))
    const starts = cell => told(cell).includes(" starts at 0 and adds ")
    assert.deepEqual(
        [0, 1, 3].map(step => starts({ step })),
        [true, false, false],
    )
    assert.deepEqual(
        [0, 2, 3].map(step => starts({ step, direction: 1 })),
        [false, false, true],
    )
    assert.ok(told({ step: 0 }, 2).includes(" keeps *100%* of +2.00 and adds "), "it was given a state")
})

test("at a word that is left out every unit keeps all", () => {
    const picture = pictureOf({ held: { holds: "w.2", before: [], after: [] } })
    assert.equal(written(story(picture, CELL, ALL)), "“word 2” is left out: every unit keeps all.")
    assert.match(written(story(picture, { ...CELL, step: 1 }, ALL)), /^“word 1”: unit 1 keeps/)
})

test("the whole drawing is told, number by number", () => {
    assert.equal(
        told(ALL),
        "c before is −0.500. The forget gate f, 0.996, keeps −0.498 of it. The input gate i, 0.500, times the " +
            "candidate g, −0.250, adds −0.125. Together that is the new c, −0.623. Its tanh, −0.553, times the " +
            "output gate o, 0.750, is the new h, −0.415.",
    )
    assert.match(told(null), /not in the picture/)
})

test("the sentence of a step whose c is held says so, and no false sum", () => {
    assert.match(written(story(pictureOf(), CELL, { ...ALL, c: 0, held: "c" })), /\*, but is held at c = 0\.000\.$/)
})

test("a found cell is told and summed as it was found, with a mask if there was one", () => {
    const { tanh: _, o: __, h: ___, ...memory } = ALL
    const bare = { ...memory, found: "" }
    const start = "c before is −0.500. f, +0.996, keeps −0.498 of it. i, +0.500, times g, −0.250, adds −0.125. "
    assert.equal(told(bare), `${start}Together that is the new c, −0.623.`)
    assert.equal(linesOf(bare).length, 7)
    const shown = { ...ALL, found: "o ⊙ div(c)" }
    assert.equal(told(shown).slice(start.length + 35), " div(c), −0.553, times o, +0.750, is h, −0.415.")
    assert.deepEqual(linesOf(shown).slice(7), [
        ["div(c)", -0.553],
        ["× o (show)", 0.75, true],
        ["= h", -0.415],
    ])
    const alone = { ...memory, h: -0.55, tanh: -0.55, found: "tanh(c)" }
    assert.ok(told(alone).endsWith(" h is tanh(c), −0.550."))
    assert.deepEqual(linesOf(alone).slice(7), [["h = tanh(c)", -0.55]])
    const masked = { ...bare, c: -0.2 }
    assert.ok(told(masked).endsWith("Together that is −0.623, and a mask makes the new c of it, −0.200."))
    assert.deepEqual(linesOf(masked).slice(6), [
        ["= kept + added", -0.623],
        ["= c after a mask", -0.2],
    ])
    assert.match(written(story(pictureOf(), CELL, masked)), /adds \*−0\.125\*; a mask makes it c = −0\.200\.$/)
    assert.match(written(story(pictureOf(), CELL, bare)), /adds \*−0\.125\*, so c = −0\.623\.$/)
})

test("a found cell is drawn with what was found of it", () => {
    const names = parts => parts.map(({ name }) => name)
    const signs = shown => foundCell(shown).marks.map(({ sign }) => sign)
    assert.deepEqual(names(foundCell("").gates), ["f", "i", "g"])
    assert.deepEqual(names(foundCell("").pills), ["before", "kept", "written", "c"])
    assert.deepEqual(signs(""), ["×", "+", "×"])
    assert.deepEqual(signs("tanh(c)"), ["×", "+", "×", "tanh"])
    assert.deepEqual(names(foundCell("tanh(c)").wires).slice(-1), ["h"])
    assert.deepEqual(signs("o ⊙ c"), ["×", "+", "×", "×"])
    assert.deepEqual(signs("o ⊙ div(c)"), ["×", "+", "×", "div", "×"])
    assert.deepEqual(signs("o ⊙ tanh(layer_norm(c))"), ["×", "+", "×", "tanh…", "×"])
    assert.deepEqual(signs("o ⊙ softsign(c)"), ["×", "+", "×", "soft…", "×"])
    for (const shown of ["", "tanh(c)", "o ⊙ c", "o ⊙ div(c)"]) {
        const { wires, pills, gates } = foundCell(shown)
        assert.ok(!names(wires).some(name => ["reads", "x"].includes(name)), "what it reads is not known")
        assert.ok(gates.every(({ bend }) => bend === ""))
        assert.equal(names(pills).includes("h"), shown !== "")
        assert.equal(names(wires).includes("o"), shown.startsWith("o"))
    }
})

test("a GRU and a plain RNN are told and summed in their own letters", () => {
    const gru = { before: 0.2, f: 0.72, kept: 0.144, i: 0.28, g: 0.89, written: 0.249, o: 0.44, c: 0.393, h: 0.393 }
    const own = { ...gru, found: "", kind: "gru" }
    assert.equal(
        told(own),
        "h before is +0.200. The update gate z, 0.720, keeps +0.144 of it. 1 − z, 0.280, times the candidate n, " +
            "+0.890, adds +0.249. Together that is the new h, +0.393. The reset gate r is 0.440.",
    )
    const names = linesOf(own).map(([name]) => name)
    const expected = ["h before", "× z (keep)", "= kept", "1 − z (let in)", "× n (what)", "= added"]
    assert.deepEqual(names, [...expected, "h = kept + added"])
    assert.match(
        written(story(pictureOf(), CELL, own)),
        /keeps \*72%\* of \+0\.20 and adds \*\+0\.25\*, so h = \+0\.39\.$/,
    )
    const rnn = { before: 0.81, c: -0.78, h: -0.78, found: "", kind: "rnn" }
    assert.equal(told(rnn), "h before is +0.810. The new h is −0.780.")
    assert.deepEqual(
        [{}, { bend: "tanh" }, { bend: "relu" }].map(said => linesOf({ ...rnn, ...said })[1][0]),
        ["tanh", "tanh", "relu"].map(bend => `= h = ${bend}(W x + U h + b)`),
    )
    assert.match(written(story(pictureOf(), CELL, rnn)), /goes from \+0\.81 to h = −0\.78\.$/)
})

/** A picture in which a hold changes the first answers, one each step. */
function heldPicture(number, holds = "f.0.0.0_1") {
    const before = Array.from({ length: 8 }, (_, step) => `A${step}`)
    const after = before.map((said, step) => (step < number ? `B${step}` : said))
    return pictureOf({ steps: 8, held: { holds, before, after, ...sure(8) } })
}
/** Answers of the same probability before and after. */
const sure = number => ({ sure_before: Array(number).fill(0.5), sure_after: Array(number).fill(0.5) })
const changed = picture =>
    answersChanged(picture)
        .map(part => part.textContent ?? part)
        .join("")

test("up to four answers that change are named, and how many more do", () => {
    assert.equal(changed(heldPicture(0)), "No answer changes.")
    assert.equal(changed(heldPicture(2)), "“word 0” A0 B0, “word 1” A1 B1.")
    assert.equal(changed(heldPicture(4)), "“word 0” A0 B0, “word 1” A1 B1, “word 2” A2 B2, “word 3” A3 B3.")
    assert.match(changed(heldPicture(5)), /“word 3” A3 B3 and 1 more\.$/)
    // A word that is left out loses its answer, and has no other one.
    assert.equal(changed(heldPicture(2, "w.0")), "“word 0” A0, “word 1” A1 B1.")
    assert.equal(changed(heldPicture(1, "w.0")), "“word 0” A0; no other answer changes.")
    const [, , was, , is] = answersChanged(heldPicture(1))
    assert.deepEqual([was.localName, is.localName], ["s", "b"])
    const none = pictureOf({ held: { holds: "w.1", before: ["", "x"], after: ["y", ""] } })
    assert.equal(changed(none), "“word 0” nothing y, “word 1” x.")
    assert.equal(
        changed(pictureOf({ held: { holds: "f.0.0.0_1", before: ["x"], after: [""] } })),
        "“word 0” x nothing.",
    )
    assert.deepEqual(answersChanged(pictureOf({ held: { holds: "w.1", before: [], after: [] } })), [])
    assert.deepEqual(answersChanged(pictureOf()), [])
})

test("where no other answer changes, the one that moves most is said", () => {
    const held = { holds: "w.1", before: ["A", "B", "C"], after: ["A", "", "C"] }
    const moved = { sure_before: [0.8, 0.6, 0.83], sure_after: [0.79, null, 0.71] }
    const said = "“word 1” B; no other answer changes (“word 2” C 0.83 → 0.71)."
    assert.equal(changed(pictureOf({ held: { ...held, ...moved } })), said)
    const gate = { holds: "o.0.1.1_0", before: ["A", "B"], after: ["A", "B"], sure_before: [0.8, 0.65] }
    const by = sureAfter => changed(pictureOf({ held: { ...gate, sure_after: sureAfter } }))
    assert.equal(by([0.8, 0.57]), "No answer changes (“word 1” B 0.65 → 0.57).")
    assert.equal(by([0.81, 0.64]), "No answer changes.")
})

test("a hold takes the sentence's place, with what it changes, and Undo lets it go", () => {
    const store = new Store(stateOf({ source: { model: "random" } }))
    const line = storyLine(store)
    const held = { holds: "f.0.1.2_0", before: ["A", "A", "A", "A"], after: ["A", "A", "B", "A"] }
    store.set({ picture: pictureOf({ held }) })
    const [now, says, undo] = line.children
    const seen = () => [now, says, undo].map(part => !part.hidden)
    assert.deepEqual(seen(), [true, false, false])
    store.set(holding(store.state, held.holds))
    assert.deepEqual(seen(), [false, true, true])
    assert.equal(says.textContent, "f of unit 1 at “word 2” is held at 0. “word 2” A B.")
    assert.equal(line.classList.contains("gs-holds-now"), true)
    undo.click()
    assert.deepEqual([store.state.holds.text, ...seen()], ["", true, false, false])
    assert.equal(line.classList.contains("gs-holds-now"), false)
    store.set(holding(store.state, "f.0.1.2_0"))
    store.set({ picture: pictureOf() })
    assert.deepEqual(seen(), [true, false, false])
})

/** What may be changed at a cell. */
function changing(scope = {}, picture = pictureOf()) {
    const store = new Store(stateOf({ picture, pin: CELL, scope: { everyStep: false, everyUnit: false, ...scope } }))
    const change = new ChangeIt(store)
    change.show(store.drawn, CELL)
    return { store, change }
}

test("where a hold holds is chosen: here, at every step, in all units", () => {
    const { store, change } = changing()
    const chosen = ({ options, selectedIndex }) => options.map(({ textContent }) => textContent)[selectedIndex]
    assert.deepEqual([chosen(change.step), chosen(change.unit)], ["“word 2”", "unit 1"])
    assert.equal(change.root.hidden, false)
    const choose = (select, place) => {
        select.selectedIndex = place
        select.told("change")
        return store.state.scope
    }
    assert.deepEqual(choose(change.step, 1), { everyStep: true, everyUnit: false })
    change.hold("f", 0.25)
    assert.equal(store.state.holds.text, "f.0.1.all_0.25")
    assert.deepEqual(choose(change.unit, 1), { everyStep: true, everyUnit: true })
    assert.deepEqual(choose(change.step, 0), { everyStep: false, everyUnit: true })
    change.hold("i", 1)
    change.letGo("i")
    assert.equal(store.state.holds.text, "f.0.1.all_0.25")
    const wide = changing({ everyStep: true, everyUnit: true }).change
    assert.deepEqual([chosen(wide.step), chosen(wide.unit)], ["every step", "all units"])
})

test("what a hold changes stands beside the buttons, in the words of the line under the words", () => {
    const { store, change } = changing()
    const line = storyLine(store)
    const help = change.said.textContent
    assert.match(help, /drag a gate/)
    change.hold("f", 1)
    const held = { holds: "f.0.1.2_1", before: ["A", "B", "A", "A"], after: ["A", "B", "C", "A"] }
    store.set({ picture: pictureOf({ held: { ...held, sure_before: [], sure_after: [] } }) })
    change.show(store.drawn, CELL)
    assert.equal(change.said.textContent, "f of unit 1 at “word 2” is held at 1. “word 2” A C.")
    assert.equal(line.querySelector("[role=status]").textContent, change.said.textContent)
    change.letGo("f")
    change.show(store.drawn, CELL)
    assert.equal(change.said.textContent, help)
})

test("what is held, let go or left out is the shown cell's, which is pinned then: the next hold is in it too", () => {
    const seen = []
    for (const move of [
        change => change.hold("i", 0),
        change => change.letGo("i"),
        change => change.gates[0].button.click(),
        change => change.word.click(),
    ]) {
        const store = new Store(stateOf({ picture: wholePicture() }))
        const panel = new CellPanel(store, new ChangeIt(store))
        store.set({ hover: CELL })
        move(panel.change)
        store.set({ hover: { ...CELL, unit: 0 } })
        panel.change.hold("o", 0)
        seen.push([store.state.pin, store.state.holds.text])
    }
    assert.deepEqual(seen, [
        [CELL, "i.0.1.2_0 o.0.1.2_0"],
        [CELL, "o.0.1.2_0"],
        [CELL, "f.0.1.2_0 o.0.1.2_0"],
        [CELL, "o.0.1.2_0 w.2"],
    ])
})

test("a hand on a gate stops the play at the step that it holds", () => {
    const { store, change } = changing()
    store.set({ time: { ...store.state.time, at: 2.4, playing: true, from: 0, to: 3 } })
    change.hold("f", 0)
    assert.equal(store.state.time.playing, false)
    assert.deepEqual(store.state.pin, CELL)
})

test("nothing is changed at a bin, nor before there is a cell", () => {
    assert.equal(changing({}, pictureOf({ steps: 8, per: 2 })).change.root.hidden, true)
    const store = new Store(stateOf())
    const change = new ChangeIt(store)
    change.hold("f", 1)
    change.letGo("f")
    assert.equal(store.state.holds.text, "")
    const buttons = change.root.querySelectorAll("button")
    assert.ok(buttons.length === 7 && buttons.every(button => !button.hasAttribute("aria-pressed")))
})

const drawn = { charts: [], purged: 0 }
globalThis.Plotly = /** @type {any} */ ({
    react: (_, lines, layout, config) => drawn.charts.push({ lines, layout, config }),
    purge: () => {
        drawn.purged += 1
    },
})

/** The curve of a unit of a picture; what Plotly drew of it is the last of `drawn.charts`. */
function curveOf(picture, cell) {
    const curve = new UnitCurve()
    curve.root.open = true
    const [stack] = picture.stacks
    const { xaxis = { tickvals: [0], ticktext: ["a"] } } = stack.figure.layout
    stack.figure.layout = { xaxis, font: {} }
    curve.show(picture, stack, cell)
    return { curve, ...drawn.charts.at(-1) }
}

test("a unit's curve has no h where h is a projection of all units", () => {
    const names = change => curveOf(wholePicture(change), CELL).lines.map(({ name }) => name)
    assert.deepEqual([names({}), names({ projects: true })], [[..."figcoh"], [..."figco"]])
})

test("a curve says what it covers, and has no line at a step that is cut off", () => {
    const titleOf = (change, about = {}) => {
        const picture = wholePicture(change)
        Object.assign(picture.columns, about)
        return curveOf(picture, CELL).curve.title.textContent
    }
    assert.equal(titleOf({}), "Unit 1 over the sentence")
    assert.equal(titleOf({ steps: 9 }, { first: 2, number: 4 }), "Unit 1 over the visible part")
    assert.equal(titleOf({ steps: 8, per: 2 }), "Unit 1 over the sentence, the extreme of each column")
    const cut = wholePicture({ steps: 9 })
    Object.assign(cut.columns, { first: 2, number: 4 })
    const hiddenAt = step => curveOf(cut, { ...CELL, step }).curve.now.hidden
    assert.deepEqual([1, 2, 5, 6].map(hiddenAt), [true, false, false, true])
})

test("the panel is about what the picture shows: nothing without strips, no cell in bins", () => {
    const store = new Store(stateOf())
    const panel = new CellPanel(store, null, element("div"))
    store.set({ picture: wholePicture() })
    const seen = () => [!panel.root.hidden, !panel.pinned.hidden]
    assert.deepEqual(seen(), [true, true])
    assert.equal(panel.weights.root.lastElementChild.getAttribute("tabindex"), "0")
    store.set({ picture: wholePicture({ steps: 8, per: 2 }) })
    assert.deepEqual(seen(), [true, false])
    store.set({ picture: wholePicture({ stacks: [] }) })
    assert.deepEqual(seen(), [false, false])
    const alone = new CellPanel(store, null)
    store.set({ picture: wholePicture() })
    assert.equal(alone.root.hidden, false)
    store.set({ picture: wholePicture({ steps: 8, per: 2 }) })
    assert.deepEqual([alone.root.hidden, panel.root.hidden], [true, false], "with nothing below it is not seen")
})

test("a gate is held in the drawing where it is held in the LSTM", () => {
    const store = new Store(stateOf({ source: { model: "random" } }))
    const panel = new CellPanel(store, new ChangeIt(store))
    store.set({ picture: wholePicture(), pin: CELL })
    const held = () => panel.drawing.gates.map(({ root }) => root.classList.contains("gs-is-held"))
    assert.deepEqual(held(), [false, false, false, false])
    store.set(holding(store.state, "g.0.1.2_1"))
    assert.deepEqual(held(), [false, false, true, false])
})
