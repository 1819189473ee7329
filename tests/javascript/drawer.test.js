import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { element } from "../../assets/browser/shared/element.js"
import { texts } from "./page.js"
import { kept, NAMES, pictureOf, stateOf, wholePicture } from "./pictures.js"

const { Questions } = await import("../../assets/browser/asking/questions.js")
const { Refused, Unreachable } = await import("../../assets/browser/asking/answerer.js")
const { Drawer } = await import("../../assets/browser/drawer/drawer.js")
const { drawerFile, tableOf } = await import("../../assets/browser/drawer/table.js")
const { drawerOf, eventOf, eventText, inLink } = await import("../../assets/browser/state/link.js")
const { looked } = await import("../../assets/browser/state/state.js")
const { linkTo } = await import("../../assets/browser/state/link.js")
const { Store } = await import("../../assets/browser/state/store.js")

const CELL = { layer: 0, direction: 0, unit: 1, step: 2 }
const OPEN = { open: true, event: null, label: "" }
const LINES = [
    { layer: 0, step: 1, unit: 1, kept: 0.3, reread: -0.1 },
    { layer: 0, step: 2, unit: 0, kept: 0.01, reread: 0.4 },
    { layer: 0, step: 2, unit: 9, kept: 0.5, reread: 0 },
]
const PATH = { step: 1, feature: null, effect: 0.5, error: 0, lines: LINES, said: "“word 1” alone makes +0.50" }
const SAID = /** @type {any} */ ({
    cell: CELL,
    still: { first: 0, shares: [0.25, -0.5, 0.0001], start: 0.1, earlier: 0, c: -0.15, said: "c is −0.15." },
    answer: {
        ...{ target: "the lead of A over B", labels: ["A", "B"], baseline: "zero", effect: 1.5, error: 0, direct: 0.5 },
        ...{ features: [], first: 0, parts: [[0.5, 1.25, -0.25]], said: "It is +1.50.", path: null, no_path: "" },
        agrees: true,
    },
    no_answer: "",
    without: [
        { step: 0, label: "A", share: 0.8, framed: false },
        { step: 1, label: "B", share: 0.6, framed: true },
    ],
    no_without: "",
    turn: {
        hold: "f.0.1.2_1",
        said: "Had unit 1",
        was: { label: "A", share: 0.8 },
        becomes: { label: "B", share: 0.6 },
        turns: true,
    },
    no_turn: "",
})

beforeEach(() => {
    document.body.replaceChildren()
    Object.assign(globalThis, { devicePixelRatio: 1 })
})

// Other colours than those of states, which are grey.
const GATES = [
    [0, "#00ff00"],
    [1, "#0000ff"],
]

/** A drawer below a picture, with what was said of its pinned cell. */
function drawn({ said = SAID, drawer = OPEN, picture = wholePicture({}), ...change } = {}) {
    const store = new Store(stateOf({ source: { model: "tagger" }, ...change }))
    const [stack] = picture.stacks
    for (const trace of stack.figure.data) if (!trace.zmin) trace.colorscale = GATES
    const area = element("div")
    const painted = { ...stack, ...stack.figure, columns: picture.columns, area, plot: element("div") }
    const heatmaps = /** @type {any} */ ({ stacks: [painted] })
    const resized = mock.fn()
    const made = new Drawer(store, heatmaps, resized)
    store.set({ picture, pin: CELL, drawer, why: { of: picture, cell: "0.1.2", values: said, said: "" } })
    return { store, root: made.root, area, resized }
}
const withPath = { ...SAID, answer: { ...SAID.answer, path: PATH } }

test("whether it is open, whose path and which label stand in the link and come back", () => {
    for (const link of [{}, { why: "1" }, { why: "1", path: "3" }, { why: "1", path: "40.2", label: "NOUN" }]) {
        const said = Object.fromEntries(Object.entries(inLink(drawerOf(link))).filter(([, value]) => value))
        assert.deepEqual(said, link)
    }
    assert.deepEqual([eventOf("x"), eventOf(""), eventOf(undefined), eventOf("1.2.3")], [null, null, null, null])
    assert.equal(eventText(eventOf("40.0")), "40.0")
    const state = /** @type {any} */ (
        stateOf({ picture: pictureOf(), drawer: { ...OPEN, event: { step: 2, feature: null } } })
    )
    assert.equal(`${linkTo(state, "")}`, "sentence=a+b+c+d&why=1&path=2")
    assert.equal(`${linkTo({ ...state, drawer: { ...state.drawer, open: false } }, "")}`, "sentence=a+b+c+d")
})

test("the rows show what was said, each step in its column", () => {
    const { root } = drawn()
    assert.deepEqual(texts(root, ".gs-why-said"), ["c is −0.15."])
    const names = texts(root, ".gs-why-name").filter(Boolean)
    assert.deepEqual(names, [
        "still in c",
        "why this answer",
        "answer without itfilled: changed by over 0.02",
        "what would change it",
    ])
    const bars = root.querySelectorAll(".gs-why-bar")
    assert.deepEqual(
        bars.map(bar => [bar.dataset.step, bar.dataset.share].map(Number)),
        [
            [0, 0.25],
            [1, -0.5],
            [2, 0.0001],
            [0, 0.5],
            [1, 1.25],
            [2, -0.25],
        ],
    )
    assert.match(bars[4].getAttribute("style"), /left: 100px; width: 100px/)
    assert.equal(root.querySelector(".gs-why-track").getAttribute("style"), "margin-left: 0px; width: 400px")
    const chips = root.querySelectorAll(".gs-why-answers .gs-answer")
    assert.deepEqual(
        chips.map(chip => [chip.dataset.answer, chip.classList.contains("gs-framed")]),
        [
            ["A", false],
            ["B", true],
        ],
    )
})

test("a press on a word asks for its path, and another press for none", () => {
    const { store, root } = drawn()
    root.querySelectorAll("button.gs-why-bar")[1].click()
    assert.deepEqual(store.state.drawer.event, { step: 1, feature: null })
    assert.deepEqual(texts(root, "button.gs-why-bar").length, 3)
    assert.equal(root.querySelectorAll("button.gs-why-bar")[1].getAttribute("aria-pressed"), "true")
    root.querySelectorAll("button.gs-why-bar")[1].click()
    assert.equal(store.state.drawer.event, null)
})

test("a path is drawn over c: a line for what was kept and one for what was read again, with the numbers", () => {
    const { area, root, store } = drawn({ said: withPath, drawer: { ...OPEN, event: { step: 1, feature: null } } })
    const lines = area.querySelectorAll("line").filter(line => line.getAttribute("data-step") !== null)
    const told = lines.map(line => ["unit", "step", "kept", "reread"].map(name => line.getAttribute(`data-${name}`)))
    assert.deepEqual(told, [
        ["1", "1", "0.3", null],
        ["1", "1", null, "-0.1"],
        ["0", "2", null, "0.4"],
    ])
    assert.ok(lines[1].getAttribute("class").includes("gs-against"))
    assert.equal(lines[0].getAttribute("stroke-dasharray"), null)
    assert.ok(lines[2].getAttribute("stroke-dasharray"))
    // From the middle of its column to that of the next one.
    assert.deepEqual(
        ["x1", "x2"].map(name => Number(lines[0].getAttribute(name))),
        [150, 250],
    )
    // Two fifths of a row's 6.7 pixels for all of the effect, and never less than 1.2; read again, below what is kept.
    assert.deepEqual(
        lines.map(line => ["y1", "stroke-width"].map(name => (+line.getAttribute(name)).toFixed(2)).join(" ")),
        ["100.00 1.60", "102.00 1.20", "95.33 2.13"],
    )
    assert.ok(texts(root, "p").some(text => text.includes("alone makes")))
    store.set({ drawer: { ...OPEN, open: false } })
    assert.equal(area.querySelectorAll("line").length, 0)
})

test("Try it holds what turns the answer beside what is held, and the pin stays", () => {
    const { store, root } = drawn({ holds: { text: "w.0", of: JSON.stringify(["model=tagger"]) } })
    root.querySelectorAll(".gs-try")[0].click()
    assert.equal(store.state.holds.text, "f.0.1.2_1 w.0")
    assert.deepEqual(store.state.pin, CELL)
    const word = drawn({ said: { ...SAID, turn: { ...SAID.turn, hold: "w.1" } } })
    word.root.querySelectorAll(".gs-try")[0].click()
    assert.equal(word.store.state.holds.text, "w.1")
})

test("what may not be said is one sentence, and nothing stands beside it", () => {
    const none = {
        ...SAID,
        answer: null,
        no_answer: "Nothing reads h.",
        without: [],
        no_without: "",
        turn: null,
        no_turn: "Nothing turns it.",
    }
    const { root } = drawn({ said: none })
    assert.ok(texts(root, "p").includes("Nothing reads h."))
    assert.ok(texts(root, "p").includes("Nothing turns it."))
    assert.equal(root.querySelectorAll("button").length, 0)
    const both = drawn({ said: { ...SAID, answer: { ...SAID.answer, no_path: "It reads in both directions." } } })
    assert.equal(both.root.querySelectorAll("button.gs-why-bar").length, 0)
    assert.ok(texts(both.root, "p").includes("It reads in both directions."))
})

test("features have a row of colours each, by name, and the largest parts are buttons", () => {
    const answer = {
        ...SAID.answer,
        features: ["rain", "sun"],
        parts: [
            [1, 1, 0],
            [0, -2, 0],
        ],
    }
    const { root, store } = drawn({ said: { ...SAID, answer } })
    assert.deepEqual(
        root.querySelectorAll("canvas").map(canvas => canvas.getAttribute("aria-label")),
        ["rain: most at word 0, +1.00", "sun: most at word 1, −2.00"],
    )
    const [, sun] = root.querySelectorAll("canvas")
    sun.box = { left: 10, width: 400 }
    sun.told("click", { clientX: 260 })
    assert.deepEqual(store.state.drawer.event, { step: 2, feature: 1 })
    const [button] = root.querySelectorAll(".gs-chip")
    assert.equal(button.textContent, "sun, word 1 −2.00")
    button.click()
    assert.deepEqual(store.state.drawer.event, { step: 1, feature: 1 })
})

test("opening and closing are the state's, and the picture is asked to make room", () => {
    const { store, root, resized } = drawn()
    const before = resized.mock.callCount()
    root.open = false
    root.told?.("toggle")
    root.dispatchEvent?.(new Event("toggle"))
    assert.equal(store.state.drawer.open, false)
    assert.ok(resized.mock.callCount() > before)
})

test("the table has every number, and no cell that a spreadsheet would run", () => {
    const word = step => (step === 1 ? "=1+1" : `word ${step}`)
    const rows = tableOf(withPath, word, "c").trim().split("\r\n")
    assert.equal(rows[0], "row,step,word,feature,layer,unit,answer,value")
    assert.ok(rows.includes("still in c,1,'=1+1,,0,1,,-0.5"))
    assert.ok(rows.includes("part,1,'=1+1,,,,the lead of A over B,1.25"))
    assert.ok(rows.includes("path: read again through h,2,word 2,,0,0,the lead of A over B,0.4"))
    assert.ok(rows.includes("without it,0,word 0,,,,A,0.8"))
    assert.ok(rows.includes('"what would change it: f.0.1.2_1, after",,,,,,B,0.6'))
})

test("what changes the answer most but does not turn it is not said to change it", () => {
    const said = { ...SAID, turn: { ...SAID.turn, turns: false } }
    assert.ok(texts(drawn({ said }).root, ".gs-why-name").includes("what changes it most"))
    assert.match(tableOf(said, String, "c"), /what changes it most: f/)
})

// What is asked.

function asking() {
    const asked = []
    const pictures = []
    const answerer = /** @type {any} */ ({
        picture: kept(pictures),
        cell: kept([]),
        why: kept(asked),
        progress: kept([]),
    })
    const store = new Store(stateOf())
    const questions = new Questions(store, answerer, () => ({ width: 900, theme: "light" }), NAMES)
    return { store, questions, asked, pictures }
}

test("only an open drawer asks, once for a cell of a picture, and again for a path", async () => {
    const { store, asked } = asking()
    const picture = pictureOf()
    store.set({ picture, pin: CELL })
    assert.equal(asked.length, 0)
    store.set({ drawer: OPEN })
    assert.deepEqual(asked[0].question, { query: picture.view, cell: CELL, event: null, label: "" })
    await asked[0].answer(SAID)
    assert.equal(store.state.why?.values, SAID)
    store.set({ pin: { ...CELL } })
    assert.equal(asked.length, 1)
    store.set({ drawer: { ...OPEN, event: { step: 1, feature: null } } })
    assert.deepEqual(asked[1].question.event, { step: 1, feature: null })
    await asked[1].answer(withPath)
    store.set({ picture: pictureOf() })
    assert.equal(asked.length, 3)
})

test("while it plays nothing is asked, and when it stands still the last cell is", async () => {
    const { store, asked } = asking()
    const { time } = store.state
    store.set({ picture: pictureOf(), pin: CELL, drawer: OPEN, time: { ...time, playing: true } })
    assert.equal(asked.length, 0)
    store.set({ time: { ...time, playing: false } })
    assert.equal(asked.length, 1)
})

test("without a pinned cell the one that the panel shows is pinned and asked about, once", async () => {
    const { store, asked } = asking()
    const picture = pictureOf()
    const c = picture.stacks[0].figure.data.find(({ name }) => name === "c")
    c.z[2] = Float32Array.from([0, 0.1, -0.8, -0.7])
    store.set({ picture })
    const shown = looked(store.drawn)
    assert.deepEqual(shown, { layer: 0, direction: 0, unit: 2, step: 2 })
    store.set({ drawer: OPEN })
    assert.deepEqual(store.state.pin, shown)
    assert.deepEqual(asked[0].question.cell, shown)
    await asked[0].answer({ ...SAID, cell: shown })
    assert.equal(store.state.why?.cell, "0.2.2")
    assert.equal(asked.length, 1)
})

test("of many steps in a column no cell is asked about, and the drawer says how to come to one", () => {
    const { store, asked } = asking()
    const { root } = new Drawer(store, /** @type {any} */ ({ stacks: [] }), () => {})
    store.set({ picture: pictureOf({ steps: 8, per: 4 }), drawer: OPEN })
    assert.deepEqual([store.state.pin, asked.length], [null, 0])
    assert.deepEqual(texts(root, ".gs-why-said"), ["Zoom in until each step has its own column, then click a cell."])
    assert.ok(!root.classList.contains("gs-stale"))
})

test("an answer to another picture is none, and a refusal is said in the drawer", async () => {
    const { store, asked } = asking()
    store.set({ picture: pictureOf(), pin: CELL, drawer: OPEN })
    store.set({ picture: pictureOf() })
    await asked[0].answer(SAID)
    assert.equal(store.state.why, null)
    await asked[1].fail(new Refused("There is no such cell."))
    assert.deepEqual([store.state.why?.values, store.state.why?.said], [null, "There is no such cell."])
    store.set({ pin: { ...CELL, unit: 0 } })
    await asked[2].fail(new Unreachable())
    assert.equal(store.state.connection, "away")
})

test("without a picture's strips there is no drawer, and what is old is faint until an answer comes", () => {
    const { store, root } = drawn()
    const { picture } = store.state
    assert.deepEqual([root.hidden, root.classList.contains("gs-stale")], [false, false])
    store.set({ pin: { ...CELL, unit: 0 } })
    assert.equal(root.classList.contains("gs-stale"), true)
    assert.deepEqual(texts(root, ".gs-why-said"), [""])
    assert.ok(root.querySelector(".gs-why-bar"), "what was said stays")
    store.set({ pin: null })
    assert.deepEqual([root.classList.contains("gs-stale"), root.querySelector(".gs-why-bar")], [false, null])
    assert.match(texts(root, ".gs-why-said")[0], /^Zoom in/)
    store.set({ drawer: { ...OPEN, open: false }, pin: CELL })
    assert.deepEqual([texts(root, ".gs-why-said"), root.classList.contains("gs-stale")], [[""], false])
    store.set({ pin: null })
    assert.deepEqual(texts(root, ".gs-why-said"), [""])
    store.set({ picture: { ...picture, stacks: [] } })
    assert.equal(root.hidden, true)
})

test("a refusal is said in the drawer, without rows", () => {
    const { store, root } = drawn()
    const { picture } = store.state
    store.set({ why: { of: picture, cell: "0.1.2", values: null, said: "No such cell." } })
    assert.deepEqual([texts(root, ".gs-why-said"), root.querySelector(".gs-why-row")], [["No such cell."], null])
    const elsewhere = drawn({ picture: wholePicture({ places: [[1, 0]] }) })
    assert.equal(elsewhere.root.querySelector(".gs-why-row"), null, "its strips are not on screen")
})

test("the picture leaves room for the drawer, more where it is open, and none in a lecture", () => {
    const height = change => {
        const { store, root } = drawn()
        const made = new Drawer(store, /** @type {any} */ ({ stacks: [] }), () => {})
        store.set(change)
        assert.ok(root)
        return made.height
    }
    assert.deepEqual(
        [height({}), height({ drawer: { ...OPEN, open: false } }), height({ presenting: true })],
        [220, 40, 0],
    )
})

test("a drawer that is below the window is brought into it, and one that is seen stays where it is", () => {
    const { store } = drawn()
    const made = new Drawer(store, /** @type {any} */ ({ stacks: [] }), () => {})
    let scrolled = 0
    made.root.scrollIntoView = () => {
        scrolled += 1
    }
    Object.assign(window, { innerHeight: 800 })
    const at = top => {
        made.root.box = { top }
        made.show()
        return scrolled
    }
    assert.deepEqual([at(100), at(760), at(761)], [0, 0, 1])
})

test("a line of a path is drawn from a twentieth of the effect on, with an edge, and against it by its class", () => {
    const lines = [
        { layer: 0, step: 0, unit: 0, kept: 0.1, reread: -0.1 },
        { layer: 0, step: 1, unit: 1, kept: 0.099, reread: 4 },
        { layer: 0, step: 3, unit: 2, kept: -1, reread: 0.05 },
        { layer: 1, step: 1, unit: 1, kept: 2, reread: 2 },
    ]
    const path = { ...PATH, effect: -2, lines }
    const { area } = drawn({ said: { ...SAID, answer: { ...SAID.answer, path } } })
    const seen = area.querySelectorAll("line").map(line => {
        const [x1, x2, width, kind] = ["x1", "x2", "stroke-width", "class"].map(name => line.getAttribute(name))
        return [x1, x2, (+width).toFixed(2), kind, line.getAttribute("stroke-dasharray")].join(" ")
    })
    // Of a row of 6.7 pixels two fifths are the whole effect; the last step has no next one.
    assert.deepEqual(seen, [
        "50 150 3.70 gs-path-edge ",
        "50 150 1.20 gs-path-kept gs-against ",
        "50 150 3.70 gs-path-edge 0 2.6",
        "50 150 1.20 gs-path-reread 0 2.6",
        "150 250 5.17 gs-path-edge 0 5.9",
        "150 250 2.67 gs-path-reread gs-against 0 5.9",
        "350 400 3.83 gs-path-edge ",
        "350 400 1.33 gs-path-kept ",
    ])
})

test("the drawer's table is a file while there is something said, by the name of what is read", t => {
    const given = []
    Object.assign(globalThis.URL, { createObjectURL: blob => given.push(blob) && "blob:1", revokeObjectURL() {} })
    t.mock.timers.enable({ apis: ["setTimeout"] })
    const { store } = drawn()
    const made = drawerFile(store)
    assert.equal(made.hidden, true)
    store.set({ drawer: { ...OPEN, label: "A" } })
    assert.equal(made.hidden, false)
    made.click()
    assert.deepEqual([given.length, given[0]?.type], [1, "text/csv"])
    store.set({ drawer: { ...OPEN, open: false } })
    assert.equal(made.hidden, true)
    made.click()
    assert.equal(given.length, 1)
})
