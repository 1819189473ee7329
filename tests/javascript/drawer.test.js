/** What is in the drawer below the picture, when is it asked for, and what may be done there? */

import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { element } from "../../assets/browser/shared/element.js"
import { texts, textsOf } from "./page.js"
import { kept, NAMES, pictureOf, stateOf, wholePicture } from "./pictures.js"

const { Questions } = await import("../../assets/browser/asking/questions.js")
const { Refused, Unreachable } = await import("../../assets/browser/asking/answerer.js")
const { Drawer } = await import("../../assets/browser/drawer/drawer.js")
const { drawerOf, eventOf, eventText, inLink, linkTo } = await import("../../assets/browser/state/link.js")
const { looked } = await import("../../assets/browser/state/state.js")
const { Store } = await import("../../assets/browser/state/store.js")

const CELL = { layer: 0, direction: 0, unit: 1, step: 2 }
const OPEN = { open: true, event: null, label: "" }
const EVENT = { step: 1, feature: null }
const LINES = [
    { layer: 0, step: 1, unit: 1, kept: 0.3, reread: -0.1 },
    { layer: 0, step: 2, unit: 0, kept: 0.01, reread: 0.4 },
    { layer: 0, step: 2, unit: 9, kept: 0.5, reread: 0 },
]
const PATH = { ...EVENT, effect: 0.5, lines: LINES, said: "“word 1” alone makes +0.50" }
const ANSWER = {
    ...{ target: "the lead of A over B", labels: ["A", "B"], baseline: "zero", effect: 1.5, features: [] },
    ...{ parts: [[0.5, 1.25, -0.25]], said: "It is +1.50.", path: null, no_path: "", agrees: true },
}
const SAID = /** @type {any} */ ({
    ...{ cell: CELL, still: { first: 0, shares: [0.25, -0.5, 0.0001], c: -0.15, said: "c is −0.15." } },
    ...{ answer: ANSWER, no_answer: "", no_without: "", no_turn: "" },
    without: [
        { step: 0, label: "A", share: 0.8, framed: false },
        { step: 1, label: "B", share: 0.6, framed: true },
    ],
    turn: {
        ...{ hold: "f.0.1.2_1", said: "Had unit 1", turns: true },
        ...{ was: { label: "A", share: 0.8 }, becomes: { label: "B", share: 0.6 } },
    },
})
const answering = change => ({ ...SAID, answer: { ...ANSWER, ...change } })

beforeEach(() => {
    document.body.replaceChildren()
    Object.assign(globalThis, { devicePixelRatio: 1 })
})

// Other colours than those of states, which are grey.
const GATES = [
    [0, "#00ff00"],
    [1, "#0000ff"],
]

/** A drawer below a picture whose columns are so wide, with what was said of its pinned cell. */
function drawn({
    said = SAID,
    drawer = /** @type {any} */ (OPEN),
    picture = wholePicture({}),
    wide = 100,
    ...change
} = {}) {
    const store = new Store(stateOf({ source: { model: "tagger" }, ...change }))
    const [stack] = picture.stacks
    for (const trace of stack.figure.data) if (!trace.zmin) trace.colorscale = GATES
    stack.figure.layout.width = wide * picture.columns.steps
    const area = element("div")
    const painted = { ...stack, ...stack.figure, columns: picture.columns, area, plot: element("div") }
    const made = new Drawer(store, /** @type {any} */ ({ stacks: [painted] }))
    store.set({ picture, pin: CELL, drawer, why: { of: picture, cell: "0.1.2", values: said, said: "" } })
    return { store, root: made.root, made, area }
}

test("whether it is open, whose path and which label stand in the link and come back", () => {
    for (const link of [{}, { why: "1" }, { why: "1", path: "3" }, { why: "1", path: "40.2", label: "NOUN" }]) {
        const said = Object.fromEntries(Object.entries(inLink(drawerOf(link))).filter(([, value]) => value))
        assert.deepEqual(said, link)
    }
    assert.deepEqual([eventOf("x"), eventOf(""), eventOf(undefined), eventOf("1.2.3")], [null, null, null, null])
    assert.equal(eventText(eventOf("40.0")), "40.0")
    const state = /** @type {any} */ (stateOf({ picture: pictureOf(), drawer: { ...OPEN, event: EVENT } }))
    assert.equal(`${linkTo(state, "")}`, "sentence=a+b+c+d&why=1&path=1")
    assert.equal(`${linkTo({ ...state, drawer: { ...state.drawer, open: false } }, "")}`, "sentence=a+b+c+d")
})

test("the rows show what was said, each step by its number, and the words again", () => {
    const { root } = drawn()
    assert.deepEqual(texts(root, ".gs-why-said"), ["c is −0.15."])
    assert.deepEqual(texts(root, ".gs-why-name").filter(Boolean), [
        ...["still in c", "why this answer", "answer without itfilled: changed by over 0.02", "what would change it"],
    ])
    const bars = root.querySelectorAll(".gs-why-bar").map(bar => `${bar.dataset.step} ${bar.textContent}`)
    assert.deepEqual(bars, ["0 +0.25", "1 −0.50", "2 0.00", "0 +0.50", "1 +1.25", "2 −0.25"])
    const right = { ...SAID, still: { ...SAID.still, first: 2, shares: [0.5, 0.1] } }
    const own = drawn({ said: right })
        .root.querySelector(".gs-why-bars")
        .children.map(bar => bar.dataset.step)
    assert.deepEqual(own, ["2", "3"], "read from the right")
    assert.deepEqual(textsOf(root.querySelectorAll(".gs-why-answers .gs-answer > span")), ["A0.80", "B0.60"])
    assert.deepEqual(texts(root, ".gs-why-answers .gs-framed > span"), ["B0.60"])
    assert.deepEqual(texts(root, ".gs-why-words span"), ["word 0", "word 1", "word 2", "word 3"])
    assert.deepEqual(texts(root, ".gs-why-words .gs-here"), ["word 2"])
    assert.deepEqual(texts(drawn({ wide: 23 }).root, ".gs-why-words span"), ["word 0", "word 2"], "as many as fit")
})

test("in any room a bar is as high as its share of the largest, up or down, in its step's column, and pressed there", () => {
    for (const wide of [1, 6, 13, 14, 40, 92, 200])
        for (const values of [[2, -1, 0.01, 0], [0, 0], [-4]]) {
            const { root, store } = drawn({ said: answering({ parts: [values] }), wide })
            const row = root.querySelectorAll(".gs-why-bars")[1]
            const bars = row.querySelectorAll(".gs-why-bar")
            assert.equal(bars.length, values.length)
            const largest = Math.max(...values.map(Math.abs)) || 1
            for (const [k, bar] of bars.entries()) {
                const [left, width] = [bar.style.left, bar.style.width].map(Number.parseFloat)
                assert.ok(left >= k * wide && left + width <= (k + 1) * wide && width > 0)
                const { style } = bar.querySelector("i")
                assert.ok(Math.abs(Number.parseFloat(style.height) - (15 * Math.abs(values[k])) / largest) < 1.01)
                assert.equal("top" in style, values[k] < 0)
                bar.click()
                assert.deepEqual(store.state.drawer.event, { step: k, feature: null })
                store.set({ drawer: OPEN })
            }
        }
})

test("a press on a word asks for its path, and another press for none; the largest are buttons where bars are thin", () => {
    const { store, root } = drawn()
    const button = () => root.querySelectorAll("button.gs-why-bar")[1]
    button().click()
    assert.deepEqual(store.state.drawer.event, EVENT)
    assert.equal(button().getAttribute("aria-pressed"), "true")
    button().click()
    assert.equal(store.state.drawer.event, null)
    assert.equal(root.querySelector(".gs-chip"), null)
    const thin = drawn({ wide: 10, drawer: { ...OPEN, event: EVENT } })
    const [chip] = thin.root.querySelectorAll(".gs-chip")
    assert.deepEqual(texts(thin.root, ".gs-chip"), ["word 1 +1.25", "word 0 +0.50", "word 2 −0.25"])
    assert.equal(chip.getAttribute("aria-pressed"), "true")
    chip.click()
    assert.equal(thin.store.state.drawer.event, null)
    assert.equal(drawn({ wide: 10, said: answering({ no_path: "Both ways." }) }).root.querySelector(".gs-chip"), null)
})

test("a path is drawn over c: what was kept, what was read again, with the numbers, from a twentieth of the effect on", () => {
    const drawer = { ...OPEN, event: EVENT }
    const { area, root, store } = drawn({ said: answering({ path: PATH }), drawer })
    const lines = area.querySelectorAll("line").filter(line => line.getAttribute("data-step") !== null)
    const told = lines.map(line => ["unit", "step", "kept", "reread"].map(name => line.getAttribute(`data-${name}`)))
    assert.deepEqual(told, [
        ["1", "1", "0.3", null],
        ["1", "1", null, "-0.1"],
        ["0", "2", null, "0.4"],
    ])
    const seen = lines.map(line => [
        ...[/against/.test(line.getAttribute("class")), !!line.getAttribute("stroke-dasharray")],
        ...[line.getAttribute("x1"), line.getAttribute("x2")],
    ])
    // From the middle of its column to that of the next one.
    assert.deepEqual(seen, [
        [false, false, "150", "250"],
        [true, true, "150", "250"],
        [false, true, "250", "350"],
    ])
    const widths = lines.map(line => +line.getAttribute("stroke-width"))
    assert.ok(widths[1] < widths[0] && widths[0] < widths[2], `${widths}`)
    assert.ok(texts(root, "p").includes(PATH.said))
    store.set({ drawer: { ...OPEN, open: false } })
    assert.equal(area.querySelectorAll("line").length, 0)
})

test("features have a row of colours each, by name, and the largest parts are buttons", () => {
    const parts = [
        [1, 1, 0],
        [0, -2, 0],
    ]
    const { root, store } = drawn({ said: answering({ features: ["rain", "sun"], parts }) })
    const rows = root.querySelectorAll(".gs-why-feature .gs-why-bars")
    assert.deepEqual(
        rows.map(row => [row.getAttribute("aria-label"), row.children.length]),
        [
            ["rain: most at word 0, +1.00", 3],
            ["sun: most at word 1, −2.00", 3],
        ],
    )
    const cell = rows[1].children[2]
    assert.equal(cell.getAttribute("title"), "sun, word 2: 0.00")
    cell.click()
    assert.deepEqual(store.state.drawer.event, { step: 2, feature: 1 })
    const [button] = root.querySelectorAll(".gs-chip")
    assert.equal(button.textContent, "sun, word 1 −2.00")
    button.click()
    assert.deepEqual(store.state.drawer.event, { step: 1, feature: 1 })
    const one = drawn({ said: answering({ features: ["rain"], parts: [[0.5, 1]] }) }).root
    assert.deepEqual(texts(one, ".gs-chip"), ["word 1 +1.00", "word 0 +0.50"])
})

test("where no column has room for an answer, the nearest five that change are named", () => {
    const eight = Array.from({ length: 8 }, (_, step) => ({ step, label: `L${step}`, share: 0.5, framed: step > 0 }))
    const [picture, of] = [
        () => wholePicture({ steps: 8 }),
        (without, no_without = "") => ({ ...SAID, without, no_without }),
    ]
    const row = (wide, ...said) => {
        const { root } = drawn({ picture: picture(), wide, said: of(...said) })
        return root.querySelectorAll(".gs-why-row").find(one => /answer without it/.test(one.textContent))
    }
    assert.equal(row(42, eight).querySelectorAll(".gs-answer").length, 8)
    assert.deepEqual(
        [83, 84].map(wide => /0\.50/.test(row(wide, eight).textContent)),
        [false, true],
    )
    assert.deepEqual(
        [103, 104].map(wide => texts(row(wide, eight), ".gs-why-own").length),
        [0, 1],
    )
    const named = (...said) => texts(row(41, ...said), ".gs-why-chips, p").join(" | ")
    const five = [3, 4, 5, 6, 7].map(step => `without “word ${step}”: L${step} 0.50`).join("")
    assert.equal(named(eight), `of 7 that change, the nearest: ${five}`)
    assert.equal(named([{ ...eight[2], share: null }]), "without “word 2”: L2")
    assert.equal(named([eight[0]]), "Without any one of them it changes by less than 0.02.")
    assert.equal(named([], "Too many."), "Too many.")
})

test("what may not be said is one sentence, and nothing stands beside it", () => {
    const none = { answer: null, no_answer: "Nothing reads h.", without: [], turn: null, no_turn: "Nothing turns it." }
    const { root } = drawn({ said: { ...SAID, ...none } })
    assert.ok(texts(root, "p").includes("Nothing reads h.") && texts(root, "p").includes("Nothing turns it."))
    assert.equal(root.querySelectorAll("button").length, 0)
    const both = drawn({ said: answering({ no_path: "It reads in both directions." }) })
    assert.equal(both.root.querySelectorAll("button.gs-why-bar").length, 0)
    assert.ok(texts(both.root, "p").includes("It reads in both directions."))
})

test("parts that single erasures contradict are drawn as no causes, and what does not turn the answer is not said to", () => {
    const no = drawn({ said: answering({ agrees: false }) }).root
    assert.ok(texts(no, ".gs-why-no-cause")[0].startsWith("parts, not causes"))
    assert.equal(drawn().root.querySelector(".gs-why-no-cause"), null)
    const said = { ...SAID, turn: { ...SAID.turn, turns: false } }
    assert.ok(texts(drawn({ said }).root, ".gs-why-name").includes("what changes it most"))
})

test("what is asked about is chosen among the labels, and the path's words are those of the path shown", () => {
    const { root, store } = drawn({ drawer: { ...OPEN, label: "B" } })
    const select = root.querySelector("select")
    assert.deepEqual(textsOf(select.children), ["the answer here", "A", "B"])
    assert.deepEqual(
        [0, 1, 2].map(at => select.children[at].hasAttribute("selected")),
        [false, false, true],
    )
    select.value = "A"
    select.told("change")
    assert.equal(store.state.drawer.label, "A")
    assert.equal(drawn({ said: answering({ labels: [] }) }).root.querySelector("select"), null)
    const last = (change, event = null) =>
        texts(drawn({ said: answering(change), drawer: { ...OPEN, event } }).root, "p").at(-1)
    assert.match(last({}), /^Press a word to see what it does alone, and its path over c: thick/)
    assert.match(last({ features: ["rain"] }), /^Press a number to see/)
    assert.match(last({ path: PATH }), /^Press a word/)
    assert.equal(last({ path: PATH }, EVENT), PATH.said)
    assert.equal(last({ path: PATH, no_path: "Both ways." }, EVENT), "Both ways.")
})

test("Try it holds what turns the answer beside what is held, and pins the cell that is held; without a word the pin stays", () => {
    const said = { ...SAID, turn: { ...SAID.turn, hold: "f.0.2.1_1" } }
    const { store, root } = drawn({ said, holds: { text: "w.0", of: JSON.stringify(["model=tagger"]) } })
    root.querySelector(".gs-try").click()
    assert.equal(store.state.holds.text, "f.0.2.1_1 w.0")
    assert.deepEqual(store.state.pin, { ...CELL, unit: 2, step: 1 })
    const word = drawn({ said: { ...SAID, turn: { ...SAID.turn, hold: "w.1" } } })
    word.root.querySelector(".gs-try").click()
    assert.deepEqual([word.store.state.holds.text, word.store.state.pin], ["w.1", CELL])
})

test("what is old is faint until an answer comes, a refusal is said, and without strips there is no drawer", () => {
    const { store, root } = drawn()
    const { picture } = store.state
    const seen = () => [
        root.classList.contains("gs-stale"),
        texts(root, ".gs-why-said")[0],
        !!root.querySelector(".gs-why-bar"),
    ]
    store.set({ pin: { ...CELL, unit: 0 } })
    assert.deepEqual(seen(), [true, "", true], "what was said stays")
    store.set({ pin: CELL, why: { of: picture, cell: "0.1.2", values: null, said: "No such cell." } })
    assert.deepEqual(seen(), [false, "No such cell.", false])
    store.set({ pin: null })
    assert.deepEqual(seen(), [false, "Zoom in until each step has its own column, then click a cell.", false])
    store.set({ drawer: { ...OPEN, open: false } })
    assert.deepEqual(seen(), [false, "", false])
    store.set({ picture: { ...picture, stacks: [] } })
    assert.equal(root.hidden, true)
    const elsewhere = drawn({ picture: wholePicture({ places: [[1, 0]] }) })
    assert.equal(elsewhere.root.querySelector(".gs-why-row"), null, "its strips are not on screen")
})

test("opening is the state's; the picture has the height that it had, and a drawer below the window is brought into it", () => {
    const { store, root, made } = drawn()
    Object.assign(window, { innerHeight: 800 })
    let scrolled = 0
    root.scrollIntoView = () => {
        scrolled += 1
    }
    const at = top => {
        root.box = { top }
        made.show()
        return scrolled
    }
    assert.deepEqual([at(100), at(781)], [0, 1])
    const open = made.height
    root.open = false
    root.told("toggle")
    assert.equal(store.state.drawer.open, false)
    assert.equal(made.height, open)
    store.set({ presenting: true })
    assert.equal(made.height, 0)
})

// What is asked.

function asking() {
    const [asked, pictures] = [[], []]
    const answerer = { picture: kept(pictures), why: kept(asked) }
    const store = new Store(stateOf())
    const questions = new Questions(store, /** @type {any} */ (answerer), () => ({ width: 900, theme: "light" }), NAMES)
    return { store, questions, asked, pictures }
}

test("only an open drawer asks, once for a cell of a picture, and again for a path; not while it plays", async () => {
    const { store, asked } = asking()
    const picture = pictureOf()
    store.set({ picture, pin: CELL })
    assert.equal(asked.length, 0)
    const { time } = store.state
    store.set({ time: { ...time, playing: true }, drawer: OPEN })
    assert.equal(asked.length, 0)
    store.set({ time: { ...time, playing: false } })
    assert.deepEqual(asked[0].question, { query: picture.view, cell: CELL, event: null, label: "" })
    await asked[0].answer(SAID)
    assert.equal(store.state.why?.values, SAID)
    store.set({ pin: { ...CELL } })
    assert.equal(asked.length, 1)
    store.set({ drawer: { ...OPEN, event: EVENT } })
    assert.deepEqual(asked[1].question.event, EVENT)
    await asked[1].answer(SAID)
    store.set({ picture: pictureOf() })
    assert.equal(asked.length, 3)
})

test("without a pinned cell the one that the panel shows is pinned and asked about; of many steps in a column none", async () => {
    const { store, asked } = asking()
    const picture = pictureOf()
    const c = picture.stacks[0].figure.data.find(({ name }) => name === "c")
    c.z[2] = Float32Array.from([0, 0.1, -0.8, -0.7])
    store.set({ picture })
    const shown = looked(store.drawn)
    assert.deepEqual(shown, { layer: 0, direction: 0, unit: 2, step: 2 })
    store.set({ drawer: OPEN })
    assert.deepEqual(store.state.pin, shown)
    await asked[0].answer({ ...SAID, cell: shown })
    // Of this cell no hold turns the answer; of the one that is pinned now one does.
    assert.deepEqual([store.state.pin, store.state.why, asked.length], [CELL, null, 2])
    await asked[1].answer({ ...SAID, cell: CELL })
    assert.deepEqual([store.state.why?.cell, asked.length], ["0.1.2", 2])
    // A cell that a hand has pinned stays.
    store.set({ pin: shown })
    await asked[2].answer({ ...SAID, cell: shown })
    assert.deepEqual([store.state.pin, store.state.why?.cell], [shown, "0.2.2"])
    const binned = asking()
    binned.store.set({ picture: pictureOf({ steps: 8, per: 4 }), drawer: OPEN })
    assert.deepEqual([binned.store.state.pin, binned.asked.length], [null, 0])
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
