import assert from "node:assert/strict"
import { test } from "node:test"
import { signed } from "../../assets/browser/shared/numbers.js"
import { Store } from "../../assets/browser/state/store.js"
import { onPage, texts, textsOf } from "./page.js"
import { cellValue, GREYS, pictureOf, stateOf } from "./pictures.js"

const { CellDrawing, Gate, short } = await import("../../assets/browser/panel/cell_drawing.js")
const { OnwardDrawing, onwardOf } = await import("../../assets/browser/panel/onward.js")
const { LSTM } = await import("../../assets/browser/panel/cell_layout.js")
const { ChangeIt } = await import("../../assets/browser/panel/change_it.js")
const { CellPanel } = await import("../../assets/browser/panel/cell_panel.js")

const SCALES = {
    gates: { colorscale: GREYS, zmin: 0, zmax: 1 },
    states: { colorscale: GREYS, zmin: -1, zmax: 1 },
    memory: { colorscale: GREYS, zmin: -2, zmax: 2 },
}
const VALUES = {
    before: 1,
    recalled: 0.5,
    f: 0.5,
    kept: 0.5,
    i: 1,
    g: -1,
    written: -1,
    c: -0.5,
    tanh: -0.46,
    o: 0,
    h: 0,
}

function drawingOf(values, rest = {}) {
    const drawing = new CellDrawing(LSTM, null)
    const about = {
        scales: SCALES,
        name: "n",
        reads: "“word”",
        told: "t",
        x: null,
        isHeld: gate => gate === "f",
        ...rest,
    }
    drawing.show(values, about)
    const wire = name => drawing.wires[LSTM.wires.findIndex(one => one.name === name)]
    return { drawing, wire }
}

test("a number stands on its wire and in its gate, and what is held is marked", () => {
    const { drawing } = drawingOf(VALUES)
    assert.deepEqual(
        drawing.pills.map(({ text }) => text.textContent),
        ["+1.00", "+0.50", "−1.00", "−0.50", "+0.50", "0.00"],
    )
    assert.deepEqual(
        drawing.gates.map(({ text }) => text.textContent),
        ["0.50", "1.00", "−1.00", "0.00"],
    )
    assert.deepEqual(
        [...drawing.gates, ...drawing.pills].map(({ root }) => root.classList.contains("gs-is-held")),
        [true, ...Array(9).fill(false)],
    )
    assert.deepEqual(
        drawingOf(null).drawing.pills.map(({ text }) => text.textContent),
        Array(6).fill(""),
    )
})

test("on the way to the answer stands h, below it each part, their sum, and what the sum says", () => {
    const parts = ["unit 1", "unit 0", "the bias"].map((name, n) => ({ name, part: n + 1, h: 0.5, weight: 2 }))
    const likeliest = [
        { label: "NOUN", score: 6, said: 0.7 },
        { label: "VERB", score: 1, said: 0.2 },
    ]
    const rest = { others: 3, rest: 0.1, scale: null }
    const drawing = new OnwardDrawing()
    drawing.show({ gives: "classes", label: "NOUN", parts, score: 6, likeliest, ...rest }, SCALES, { pills: [] })
    const places = drawing.root.querySelectorAll("text").map(text => [text.textContent, +text.getAttribute("y")])
    const names = ["On to the answer", "unit 1", "unit 0", "the bias", "score of NOUN", "softmax: as probabilities"]
    const rows = [...names, "NOUN", "VERB", "3 others"].map(name => places.find(([text]) => text === name)[1])
    for (const [n, y] of rows.entries()) if (n) assert.ok(y >= rows[n - 1] + 18, `${rows}`)
    assert.ok(drawing.height > rows.at(-1))
})

test("a part's bar begins where the last one ended, and the score's is as long as all of them", () => {
    const parts = [2, -1, 3].map(part => ({ name: "a part", part, h: 0.5, weight: 2 }))
    const likeliest = [{ label: "A", score: 4, said: 0.25 }]
    const drawing = new OnwardDrawing()
    drawing.show({ gives: "set", label: "A", parts, score: 4, likeliest, others: 0, rest: 0, scale: null }, SCALES, {
        pills: [],
    })
    const bars = kind =>
        drawing.root
            .querySelectorAll(`.gs-onward-${kind}`)
            .map(bar => ["x", "width"].map(name => +bar.getAttribute(name)).join(" "))
    // 108 pixels for 0 to 4.
    assert.deepEqual(["more", "less", "sum"].flatMap(bars), ["156 54", "183 81", "183 27", "156 108"])
    assert.deepEqual(["track", "share"].flatMap(bars), ["112 94", "112 23.5"])
    assert.deepEqual(texts(drawing.root, ".gs-onward-part text").slice(0, 3), ["a part", "× +2.00", "+2.00"])
    const [zero] = drawing.root.querySelectorAll(".gs-onward-line")
    const [x1, x2, top, end] = ["x1", "x2", "y1", "y2"].map(name => +zero.getAttribute(name))
    const ys = drawing.root.querySelectorAll(".gs-onward-more, .gs-onward-sum").map(bar => +bar.getAttribute("y"))
    assert.deepEqual([x1, x2], [156, 156])
    assert.ok(top <= Math.min(...ys) && end >= Math.max(...ys) + 13, "from the first bar to the last")
})

test("a score is the sum of its parts: the cell's unit, the largest others, the rest and the bias", () => {
    const [h, w] = [
        [0.1, 0.2, 0.3, 0.4, 0.5],
        [5, -1, 2, 1, 0.5],
    ]
    const picture = pictureOf({ steps: 2, units: 5 })
    const [stack] = picture.stacks
    stack.weights = w.map(weight => Float32Array.of(9, weight))
    stack.figure.data.find(({ name }) => name === "h").z = h.map(value => Float32Array.of(value, 7))
    const at = values => values.map(value => [value, 0])
    const readout = {
        ...{ gives: "classes", labels: ["A", "B", "C"], of: 3, units: 5, bias: [9, 0.25], mean: [], deviation: [] },
        ...{ best: at([1, 0]), scores: at([1.8, 0.5]), said: at([0.7, 0.2]) },
    }
    const of = (change, holds = "") =>
        onwardOf({ ...picture, readout: { ...readout, ...change }, held: { holds } }, { ...PINNED, step: 0 }, h[1])
    const { label, parts, rest, others, scale } = of({})
    assert.deepEqual([label, rest.toFixed(2), others, scale], ["B", "0.10", 1, null])
    const close = parts.map(({ name, part }) => `${name} ${part.toFixed(2)}`)
    assert.deepEqual(close, ["unit 1 -0.20", "unit 2 0.60", "unit 0 0.50", "2 other units 0.65", "bias 0.25"])
    assert.deepEqual(of({ gives: "value", mean: [1, 2], deviation: [3, 4] }).scale, { mean: 2, deviation: 4 })
    assert.equal(of({}, "w.0"), null)
    assert.equal(onwardOf({ ...picture, readout: null }, PINNED, 0), null)
})

test("what a cell reads stands at its x, as much of it as has room; nothing where that is not known", () => {
    const said = reads => texts(drawingOf(VALUES, { reads }).drawing.root, "text").filter(text => /^x /.test(text))
    assert.deepEqual([said("x “word”"), said("")], [["x “word”"], []])
    const [long] = said(`x “${"a".repeat(99)}”`)
    assert.match(long, /^x “a+…$/)
    assert.deepEqual(said(long), [long], "which has room")
})

test("a cell on a page of its own says whose it is, the panel's has its unit above", () => {
    const unitOf = rest => drawingOf(VALUES, rest).drawing.root.querySelector(".gs-cell-unit").textContent
    assert.deepEqual([unitOf({ unit: "unit 2" }), unitOf({})], ["unit 2", ""])
})

test("another unit of the score leads to its cell, by a click or a key; the shown one and the bias lead nowhere", () => {
    const parts = [1, 0, undefined].map(unit => ({ name: "a part", part: 1, h: 0.5, weight: 2, unit }))
    const chose = []
    const drawing = new OnwardDrawing(unit => chose.push(unit))
    onPage(drawing.root)
    const scores = { gives: "classes", label: "A", score: 6, likeliest: [{ label: "A", score: 6, said: 1 }] }
    drawing.show({ ...scores, parts, others: 0, rest: 0, scale: null }, SCALES, { pills: [] })
    const [row, ...others] = drawing.root.querySelectorAll("[role=button]")
    assert.deepEqual([row.getAttribute("aria-label"), others.length], ["Look at unit 0", 0])
    row.told("click")
    for (const key of ["x", "Enter", " "]) row.told("keydown", { key })
    assert.deepEqual(chose, [0, 0, 0])
})

test("a number has three digits", () => {
    assert.deepEqual([0.123, -9.99, 9.995, 99.94, 99.96, Number.NaN].map(short), [
        "+0.12",
        "−9.99",
        "+10.0",
        "+99.9",
        "+100",
        "",
    ])
})

test("a cell reads its word, above the first layer h of the layer below", () => {
    const { store, panel } = panelOf({
        places: [
            [0, 0],
            [1, 0],
        ],
    })
    const read = layer => {
        store.set({ pin: { ...PINNED, layer } })
        return panel.drawing.root.querySelectorAll(".gs-cell-label").map(label => label.textContent)[0]
    }
    assert.deepEqual([read(0), read(1)], ["x “word 2”", "h of layer 0"])
})

/** A gate in the hand: what it holds and lets go is kept. A unit of the drawing is two pixels. */
function gateOf(name, value) {
    const did = []
    const hands = { hold: (...held) => did.push(held), letGo: gate => did.push([gate]) }
    const gate = new Gate(
        LSTM.gates.find(one => one.name === name),
        hands,
    )
    gate.back.box = { left: 0, top: 0, width: 92, height: 80 }
    onPage(gate.root)
    gate.show(value, SCALES[name === "g" ? "states" : "gates"], false)
    return { gate, did, key: key => gate.root.told("keydown", { key }) }
}

test("an arrow key moves a gate by 0.05, a page key by four of those, within its range", () => {
    const { did, key } = gateOf("f", 0.5)
    for (const name of ["ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft", "PageUp", "PageDown", "Home", "End"])
        key(name)
    assert.deepEqual(
        did.map(([, value]) => value),
        [0.55, 0.55, 0.45, 0.45, 0.7, 0.3, 0, 1],
    )
    const high = gateOf("f", 0.98)
    high.key("ArrowUp")
    assert.deepEqual(high.did, [["f", 1]])
    const candidate = gateOf("g", -0.98)
    candidate.key("ArrowDown")
    candidate.key("Home")
    assert.deepEqual(candidate.did, [
        ["g", -1],
        ["g", -1],
    ])
})

test("Delete lets a gate go, and another key is the page's", () => {
    const { did, key, gate } = gateOf("f", 0.5)
    assert.equal(key("Delete").defaultPrevented, true)
    key("Backspace")
    gate.root.told("dblclick")
    assert.deepEqual(did, [["f"], ["f"], ["f"]])
    assert.equal(key("a").defaultPrevented, undefined)
    assert.equal(did.length, 3)
})

test("a drag over a gate's way goes over its whole range from where it stood; a small move is none", () => {
    const { did, gate } = gateOf("f", 0.25)
    const move = clientX => gate.root.told("pointermove", { clientX })
    gate.root.told("pointerdown", { clientX: 100, pointerId: 1 })
    move(105)
    assert.deepEqual(did, [])
    move(106)
    move(136)
    move(300)
    gate.root.told("pointerup")
    move(100)
    assert.deepEqual(did, [
        ["f", 0.33],
        ["f", 0.75],
        ["f", 1],
    ])
    const candidate = gateOf("g", 0)
    candidate.gate.root.told("pointerdown", { clientX: 100, pointerId: 1 })
    candidate.gate.root.told("pointermove", { clientX: 118 })
    assert.deepEqual(candidate.did, [["g", 0.5]])
})

test("the knob stands on its way where the number is in its range, and a reader hears it", () => {
    const { gate } = gateOf("g", 0.5)
    const [from, to] = ["x1", "x2"].map(end => +gate.way.getAttribute(end))
    assert.equal(+gate.knob.getAttribute("cx"), from + 0.75 * (to - from))
    assert.ok(from < to)
    const [top, high, number, ...ways] = [
        ...[gate.back.getAttribute("y"), gate.back.getAttribute("height"), gate.text.getAttribute("y")],
        ...[gate.way.getAttribute("y1"), gate.way.getAttribute("y2"), gate.knob.getAttribute("cy")],
    ].map(Number)
    assert.deepEqual(ways, Array(3).fill(ways[0]))
    assert.ok(number < ways[0] && ways[0] < top + high, "below the number, in the gate")
    assert.equal(gate.root.getAttribute("aria-valuetext"), "+0.50")
    gate.show(0.5, SCALES.states, true)
    assert.equal(gate.root.getAttribute("aria-valuetext"), "+0.50, held")
    assert.deepEqual(
        ["aria-valuemin", "aria-valuemax", "aria-valuenow"].map(name => +gate.root.getAttribute(name)),
        [-1, 1, 0.5],
    )
    const shown = new Gate(LSTM.gates[0], null)
    shown.show(0.5, SCALES.gates, false)
    assert.equal(shown.root.getAttribute("aria-label"), "forget gate f 0.50")
})

/** A panel beside a picture of a word's six values; no unit is pinned. */
function panelOf(change = {}) {
    const store = new Store(stateOf())
    const panel = new CellPanel(store, new ChangeIt(store))
    const strips = [..."figcoh"].map(quantity => ({ quantity, title: `the ${quantity}`, meaning: `of ${quantity}` }))
    const picture = pictureOf({ reach: 1, strips, ...change })
    for (const { figure } of picture.stacks) for (const trace of figure.data) Object.assign(trace, SCALES.states)
    store.set({ picture })
    return { store, panel, picture }
}

const PINNED = { layer: 0, direction: 0, unit: 1, step: 2 }

test("the panel names the cell that is looked at and its numbers; only a pinned one has its weights", () => {
    const { store, panel, picture } = panelOf()
    assert.deepEqual(
        [panel.formula.hidden, panel.weights.root.hidden, panel.unpin.hidden, panel.how.hidden],
        [true, true, true, false],
    )
    store.set({ pin: PINNED })
    assert.equal(panel.title.textContent, "Unit 1 at “word 2”")
    assert.equal(panel.says.textContent, "Step 2.")
    assert.deepEqual(
        [panel.formula.hidden, panel.weights.root.hidden, panel.unpin.hidden, panel.how.hidden],
        [false, false, false, true],
    )
    assert.equal(panel.formula.classList.contains("gs-stale"), true)
    const bars = panel.bars.children.map(bar => textsOf(bar.children))
    assert.deepEqual(bars[1], ["× f (keep)", "", cellValue("f", 1, 2).toFixed(3)])
    assert.deepEqual(bars[9], ["= h", "", `+${cellValue("h", 1, 2).toFixed(3)}`])
    assert.equal(store.state.picture, picture)
    panel.unpin.click()
    assert.equal(store.state.pin, null)
})

const gate = (value, pre) => ({ weights_x: [1], weights_h: [2], bias: 0.25, from_x: 0.5, from_h: -0.125, pre, value })
const TERMS = {
    unit: 0,
    x: [0.5],
    h_before: [0.75],
    f: gate(0.25, 0.625),
    i: gate(0.5, 0.625),
    g: gate(-0.5, 0.625),
    o: gate(0.75, 0.625),
    c_before: 1,
    kept: 0.25,
    written: -0.25,
    c: 0,
    tanh_c: 0,
    h: 0,
}

test("once its terms are there, a pinned cell has each gate's sum, and its weights while they are open", () => {
    const { store, panel, picture } = panelOf()
    store.set({ pin: PINNED })
    store.set({ terms: { of: picture, pin: PINNED, values: TERMS } })
    assert.equal(panel.formula.classList.contains("gs-stale"), false)
    const [f, , g] = textsOf(panel.formula.children)
    assert.equal(f, "f = σ(W x + U h + b) = σ(+0.500 −0.125 +0.250) = σ(+0.625) = 0.250")
    assert.equal(g, "g = tanh(W x + U h + b) = tanh(+0.500 −0.125 +0.250) = tanh(+0.625) = −0.500")
    assert.equal(panel.weights.root.querySelector("table"), null)
    panel.weights.root.open = true
    panel.weights.root.told("toggle")
    assert.equal(panel.weights.root.querySelectorAll("tr").length, 4)
})

test("of a held gate, c or h the sums say what it would be and that it is held", () => {
    const { store, panel, picture } = panelOf()
    const shown = (holds, change = {}) => {
        const held = { holds, before: [], after: [], sure_before: [], sure_after: [] }
        const of = { ...picture, ...change, held }
        store.set({ picture: of, pin: PINNED, terms: null })
        const cell = { ...TERMS, ...PINNED, f: gate(1, -5.449), kept: 1, h_before: [0, 0.75, 0] }
        if (!change.kind) store.set({ terms: { of, pin: PINNED, values: cell } })
        const sums = panel.bars.children.map(bar => textsOf(bar.children))
        return { names: sums.map(([name]) => name), numbers: sums.map(([, , number]) => number) }
    }
    assert.equal(shown("f.0.1.2_1").names[1], "× f, held (keep)")
    assert.ok(textsOf(panel.formula.children)[0].endsWith("= σ(−5.449) = 0.004, held at 1.000"))
    assert.ok(textsOf(panel.formula.children)[1].endsWith("= σ(+0.625) = 0.500"))
    // Another unit's hold is none of this cell.
    assert.equal(shown("c.0.0.2_0").names[6], "c = kept + added")
    const { names, numbers } = shown("c.0.1.2_0")
    assert.deepEqual(names.slice(6, 8), ["= kept + added", "= c, held"])
    assert.deepEqual(numbers.slice(6, 8), ["+0.750", "0.000"])
    assert.match(panel.drawing.told.textContent, /Together that is \+0\.750, but c is held at 0\.000\./)
    assert.equal(shown("h.0.1.2_0").names.at(-1), "= h, held")
    const letters = { f: "z", i: "1 − z", g: "n", o: "r", c: "h" }
    assert.deepEqual(shown("h.0.1.2_0", { kind: "gru", letters }).names.slice(-2), ["= kept + added", "= h, held"])
    assert.equal(shown("z.0.1.2_1", { kind: "gru", letters }).names[1], "× z, held (keep)")
    assert.deepEqual(shown("h.0.1.2_0", { kind: "rnn", letters: { c: "h" } }).names, ["h before", "= h, held"])
})

test("a cell has the colours of its gates also where their strips are hidden", () => {
    const { store, panel, picture } = panelOf()
    const [{ figure, ...stack }] = picture.stacks
    const onlyC = { ...figure, data: figure.data.filter(({ name }) => name === "c") }
    const of = { ...picture, stacks: [{ ...stack, figure: onlyC }] }
    store.set({ picture: of, pin: PINNED })
    store.set({ terms: { of, pin: PINNED, values: TERMS } })
    const colours = panel.drawing.gates.map(({ back }) => back.style.fill)
    assert.deepEqual(colours, ["rgb(64,64,64)", "rgb(128,128,128)", "rgb(64,64,64)", "rgb(191,191,191)"])
})

test("each letter has its meaning", () => {
    const { panel } = panelOf()
    assert.deepEqual(textsOf(panel.meanings.children.slice(0, 2)), ["the f f", "of f"])
    const arrow = panel => textsOf(panel.meanings.children.slice(-2))
    assert.match(arrow(panel)[0], /^orange arrow in c/)
    const [of, says] = arrow(panelOf({ kind: "rnn", found: "", letters: { c: "h" } }).panel)
    assert.equal(of, "orange arrow in h →")
    assert.equal(says, "where the cell that is looked at takes h before from: the step read before")
})

test("where h is a projection, a unit is drawn, summed and told up to what it passes on, and has no h", () => {
    const { store, panel, picture } = panelOf({ projects: true })
    picture.stacks[0].figure.data.find(({ name }) => name === "h").z.length = 1
    store.set({ picture: { ...picture }, pin: PINNED })
    const passed = cellValue("o", 1, 2) * Math.tanh(cellValue("c", 1, 2))
    const says = "h is a projection of all units: h = W_hr (o · tanh c)."
    const seen = passed => {
        const lines = textsOf(panel.bars.children).slice(-3)
        assert.match(lines[1], /^= o · tanh c/)
        assert.ok(lines[1].endsWith(signed(passed)), lines[1])
        assert.equal(lines[2], says)
        assert.ok(!panel.bars.textContent.includes("= h"))
        const { pills, layout } = panel.drawing
        const labels = layout.pills.map(({ label }) => label)
        assert.ok(!labels.includes("h") && !labels.includes("h before"))
        assert.equal(pills[labels.indexOf("o · tanh c")].text.textContent, signed(passed, 2))
        assert.ok(panel.drawing.told.textContent.endsWith(`is what the unit passes on, ${signed(passed)}. ${says}`))
    }
    seen(passed)
    store.set({ terms: { of: store.state.picture, pin: PINNED, values: { ...TERMS, unit: 1, h: 0.125 } } })
    seen(0.125)
    panel.units.root.open = true
    panel.units.root.told("toggle")
    const [head] = panel.units.root.querySelectorAll("tr").map(row => textsOf(row.children))
    assert.deepEqual(head, ["unit", ..."figco"])
    assert.ok(panel.units.root.querySelector("caption").textContent.endsWith(says))
})

test("an RNN is drawn and summed with the relu that it has, and an h beyond 1 on its own scale", () => {
    const rnn = { kind: "rnn", found: "", letters: { c: "h" }, reach: 5 }
    const gateOf = change => {
        const { panel, picture } = panelOf({ ...rnn, ...change })
        const [h] = panel.drawing.gates
        return {
            picture,
            letter: h.letter.textContent,
            bend: h.root.querySelector(".gs-cell-label").textContent,
            sums: panel.bars.children[1].textContent,
            scale: panel.drawing.layout.gates[0].scale,
        }
    }
    const [tanh, relu] = ["tanh", "relu"].map(bend => gateOf({ bend }))
    // The number is h: nothing before its letter.
    assert.deepEqual([tanh.letter, relu.letter], ["h", "h"])
    assert.deepEqual([tanh.bend, relu.bend], ["tanh", "relu"])
    assert.match(tanh.sums, /h = tanh\(W x/)
    assert.match(relu.sums, /h = relu\(W x/)
    assert.equal(relu.scale, "memory")
})

test("a gate is held from the panel in one unit at one step, or in all of them, and let go again", () => {
    const { store, panel } = panelOf()
    store.set({ pin: PINNED })
    const press = name => panel.change.root.querySelectorAll("button").find(one => one.textContent === name)
    press("f → 0").click()
    assert.equal(store.state.holds.text, "f.0.1.2_0")
    assert.equal(press("f → 0").getAttribute("aria-pressed"), "true")
    assert.equal(press("f → 1").getAttribute("aria-pressed"), "false")
    press("f → 0").click()
    assert.equal(store.state.holds.text, "")
    store.set({ scope: { everyStep: true, everyUnit: false } })
    press("i → 1").click()
    assert.equal(store.state.holds.text, "i.0.1.all_1")
    press("without “word 2”").click()
    assert.equal(store.state.holds.text, "i.0.1.all_1 w.2")
    assert.equal(press("without “word 2”").getAttribute("aria-pressed"), "true")
})

test("what is offered to be held is what can be shut or opened in the cell's kind", () => {
    for (const [kind, offered] of [
        [undefined, ["f → 0", "f → 1", "i → 0", "i → 1", "o → 0", "c → 0"]],
        ["gru", ["z → 0", "z → 1", "r → 0", "r → 1", "h → 0"]],
        ["rnn", ["h → 0"]],
    ]) {
        const { store, panel } = panelOf({ kind, letters: {}, found: "" })
        store.set({ pin: PINNED })
        const buttons = textsOf(panel.change.offered.querySelectorAll("button"))
        assert.deepEqual(buttons, [...offered, "without “word 2”"])
        panel.change.gates[0].button.click()
        assert.equal(store.state.holds.text, `${offered[0][0]}.0.1.2_0`)
    }
})

test("a wire is as thick as what flows through it, for its scale, and grey where nothing is known", () => {
    const { wire } = drawingOf(VALUES)
    const thick = name => +(+wire(name).style.strokeWidth).toFixed(2)
    assert.deepEqual(["i", "f", "o", "before", "g"].map(thick), [6, 3.7, 1.4, 3.7, 6])
    // 1 is three quarters of the memory's scale up; −1 is the lowest of the states'.
    assert.deepEqual(
        ["before", "g"].map(name => wire(name).style.stroke),
        ["rgb(191,191,191)", "rgb(0,0,0)"],
    )
    // A small number is drawn in the colour of 0.3 of its scale.
    assert.equal(wire("o").style.stroke, "rgb(77,77,77)")
    const unknown = drawingOf(null).wire("i")
    assert.deepEqual([unknown.style.strokeWidth, unknown.style.stroke], ["1.4", ""])
})
