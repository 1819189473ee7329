import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { frame, observers, onPage, Part, textsOf } from "./page.js"
import { pictureOf, settled, stateOf } from "./pictures.js"

const { bar } = await import("../../assets/browser/app/bar.js")
const { fitPage, listenToLecturer, isPresenting, present } = await import("../../assets/browser/app/present.js")
const { textBox } = await import("../../assets/browser/controls/text_box.js")
const { layerToggles, quantityToggles } = await import("../../assets/browser/controls/menu.js")
const { scrollHint } = await import("../../assets/browser/shared/page.js")

test("the letters to press are those of the picture's own cell", () => {
    const store = new Store(stateOf({ shown: { quantities: "figcoh", layers: "" } }))
    const wanted = []
    const [quantities] = quantityToggles(store, "figcoh", (...set) => wanted.push(set))
    const letters = { f: "z", i: "1 − z", g: "n", o: "r", c: "h" }
    const there = () => quantities.querySelectorAll(".gs-toggle").filter(one => !one.hidden)
    store.set({ picture: pictureOf({ kind: "gru", letters }) })
    assert.deepEqual(
        there().map(one => [one.textContent, one.getAttribute("aria-label")]),
        ["z", "1 − z", "n", "h", "r"].map(letter => [letter, `quantity ${letter}`]),
    )
    assert.equal(quantities.querySelector(".gs-shown button").textContent, "h only")
    there()[0].click()
    assert.deepEqual(wanted, [["quantities", "igcoh"]])
    store.set({ picture: pictureOf() })
    assert.deepEqual(textsOf(there()).join(""), "figcoh")
})

test("a pressed letter is shown; without layers to choose from there is nothing to press", () => {
    const store = new Store(stateOf({ shown: { quantities: "ch", layers: "" } }))
    const wanted = []
    const [quantities] = quantityToggles(store, "figcoh", (...set) => wanted.push(set))
    const layers = layerToggles(store, "0123", (...set) => wanted.push(set))
    const pressed = place =>
        place.querySelectorAll(".gs-toggle").filter(one => one.getAttribute("aria-pressed") === "true")
    const only = quantities.querySelector(".gs-shown button")
    const toggles = quantities.querySelectorAll(".gs-toggle")
    assert.ok(toggles.length === 6 && toggles.every(one => one.hasAttribute("aria-pressed")))
    const said = [quantities, layers].map(one => one.querySelector(".gs-toggles").getAttribute("aria-label"))
    assert.deepEqual(said, ["quantities", "layers"])
    assert.equal(layers.hidden, true)
    store.set({ picture: pictureOf({ model: { layers: 2 } }), shown: { quantities: "fc", layers: "1" } })
    assert.equal(only.getAttribute("aria-pressed"), "false")
    assert.deepEqual(textsOf(pressed(quantities)), ["f", "c"])
    assert.deepEqual(textsOf(pressed(layers)), ["1"])
    assert.deepEqual(
        layers.querySelectorAll(".gs-toggle").map(one => one.hidden),
        [false, false, true, true],
    )
    assert.equal(layers.hidden, false)
    quantities.querySelector(".gs-shown button").click()
    quantities.querySelectorAll(".gs-toggle")[1].click()
    layers.querySelectorAll(".gs-toggle")[0].click()
    assert.deepEqual(wanted, [
        ["quantities", "c"],
        ["quantities", "fic"],
        ["layers", ""],
    ])
    store.set({ shown: { quantities: "c", layers: "" }, picture: pictureOf({ model: { layers: 1 } }) })
    quantities.querySelector(".gs-shown button").click()
    assert.deepEqual([wanted.at(-1), layers.hidden], [["quantities", "figcoh"], true])
    assert.equal(only.getAttribute("aria-pressed"), "true")
})

/** The box with the text that is read, and the files that were sent. */
function boxOf(source) {
    const store = new Store(stateOf())
    const sent = []
    const root = textBox(store, async file => {
        sent.push(file)
        return { file: "key" }
    })
    onPage(root)
    store.set({ source })
    store.set({ picture: pictureOf({ examples: { one: "text 1", two: "text 2" }, file: "book.txt" }) })
    const [box] = root.querySelectorAll("textarea")
    return { store, root, box, sent }
}

test("what is typed is read, Enter ends no line, and an example takes its place", () => {
    const { store, root, box } = boxOf({ sentence: "a b", file: "" })
    box.scrollHeight = 300
    frame(0)
    assert.deepEqual([box.value, box.style.height], ["a b", "104px"])
    box.value = "a b c"
    box.scrollHeight = 40
    box.told("input")
    assert.deepEqual([store.state.source.sentence, box.style.height], ["a b c", "42px"])
    const key = (name, shiftKey) => box.told("keydown", { key: name, shiftKey }).defaultPrevented
    assert.deepEqual([key("Enter", false), key("Enter", true), key("a", false)], [true, undefined, undefined])
    const examples = root.querySelectorAll(".gs-examples button")
    assert.deepEqual(textsOf(examples), ["one", "two"])
    examples[1].click()
    assert.deepEqual(store.state.source, { sentence: "text 2", file: "" })
})

test("a long pasted text and a dropped file are read as files, and closed again", async () => {
    const { store, root, box, sent } = boxOf({ sentence: "a b", file: "" })
    const paste = length => box.told("paste", { clipboardData: { getData: () => "x".repeat(length) } }).defaultPrevented
    assert.deepEqual([paste(20_000), sent.length], [undefined, 0])
    assert.deepEqual([paste(20_001), sent.length], [true, 1])
    await settled()
    assert.equal(store.state.source.file, "key")
    const file = root.querySelector(".gs-file")
    assert.deepEqual([file.hidden, box.hidden, file.firstChild.textContent], [false, true, "pasted text"])
    file.querySelector("button").click()
    assert.deepEqual([store.state.source.file, file.hidden, box.hidden], ["", true, false])
    const drop = files => root.told("drop", { dataTransfer: { files } }).defaultPrevented
    assert.deepEqual([drop([]), drop([new File(["x"], "dropped.txt")])], [undefined, true])
    await settled()
    assert.equal(file.firstChild.textContent, "dropped.txt")
})

test("a lecturer's keys begin and end and go from step to step, and letters that are typed do neither", () => {
    const [steps, turns] = [[], []]
    const told = { step: by => steps.push(by), changed: on => turns.push(on), isHere: () => true }
    const over = new AbortController()
    const { addEventListener } = globalThis
    globalThis.addEventListener = () => {}
    listenToLecturer(told, over.signal)
    globalThis.addEventListener = addEventListener
    const box = onPage(new Part("textarea"))
    const key = (name, more = {}, at = document.body) => at.told("keydown", { key: name, ...more })
    key("ArrowRight")
    key("p", { ctrlKey: true })
    key("p", {}, box)
    assert.deepEqual([steps, turns], [[], []])
    assert.equal(key("p").defaultPrevented, true)
    assert.equal(document.documentElement.style.getPropertyValue("--gs-stage"), `${Math.min(1200 / 760, 800 / 590)}`)
    for (const name of ["ArrowRight", "PageDown", "ArrowLeft", "PageUp", "ArrowUp"]) key(name)
    assert.deepEqual([steps, turns, isPresenting()], [[1, 1, -1, -1], [true], true])
    key("Escape")
    key("Escape")
    assert.deepEqual([turns, isPresenting()], [[true, false], false])
    over.abort()
})

test("in a lecture a pointer that moves shows the way out for some seconds, and nothing else does", () => {
    mock.timers.enable({ apis: ["setTimeout"] })
    const turns = []
    const over = new AbortController()
    const told = { step: () => {}, changed: on => turns.push(on), isHere: () => true }
    const { addEventListener } = globalThis
    globalThis.addEventListener = () => {}
    const turn = listenToLecturer(told, over.signal)
    globalThis.addEventListener = addEventListener
    const out = () => document.querySelectorAll(".gs-leave").filter(one => !one.hidden)
    document.body.told("pointermove")
    turn(true)
    assert.equal(out().length, 0)
    for (const moved of ["pointermove", "pointerdown"]) {
        document.body.told(moved)
        mock.timers.tick(2_000)
        document.body.told(moved)
        mock.timers.tick(2_000)
        assert.deepEqual(
            out().map(one => one.textContent),
            ["Leave (Esc)"],
        )
        mock.timers.tick(2_000)
        assert.equal(out().length, 0)
    }
    document.body.told("pointermove")
    out()[0].click()
    assert.deepEqual([turns, isPresenting()], [[true, false], false])
    over.abort()
    assert.equal(out().length, 0)
    mock.timers.reset()
})

test("a plain click on a page's name opens it here; one for another tab is the browser's", () => {
    const went = []
    const root = bar({ pages: { "": "Memory", why: "Why?" }, home: "/", here: "why" }, page => went.push(page))
    const links = root.querySelectorAll("nav a")
    assert.deepEqual(
        links.map(link => link.getAttribute("aria-current")),
        [null, "page"],
    )
    assert.equal(links[1].told("click", { button: 0 }).defaultPrevented, true)
    for (const other of [{ button: 1 }, { ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }]) {
        assert.equal(links[1].told("click", { button: 0, ...other }).defaultPrevented, undefined)
    }
    assert.deepEqual(went, ["why"])
})

test("what is below the window is pointed at until it is seen", () => {
    const part = onPage(new Part("div"))
    const hint = scrollHint(part, "below")
    assert.equal(hint.hidden, true)
    const hiddenAt = box => {
        part.box = box
        observers.at(-1).call()
        return hint.hidden
    }
    assert.equal(hiddenAt({ top: 900, height: 50 }), false)
    assert.deepEqual(
        [739, 740].map(top => hiddenAt({ top, height: 50 })),
        [true, false],
    )
    assert.equal(hiddenAt({ top: 900, height: 0 }), true)
})

test("on a narrow screen the row of pages is scrolled until the page on screen is in its middle", () => {
    const made = bar({ pages: { "": "Memory", why: "Why?" }, home: "/", here: "why" }, () => {})
    onPage(made)
    const row = made.querySelector("nav")
    const [, current] = row.children
    row.scrollLeft = 5
    const { call } = observers.findLast(({ part }) => part === row)
    call()
    assert.equal(row.scrollLeft, 5)
    Object.assign(row, { box: { left: 10, width: 100 } })
    current.box = { left: 130, width: 40 }
    call()
    // Its middle, 150, goes to that of the row, 60.
    assert.equal(row.scrollLeft, 95)
    const other = bar({ pages: { "": "Memory", why: "Why?" }, home: "/", here: "units" }, () => {})
    const none = other.querySelector("nav")
    none.box = { left: 0, width: 100 }
    none.scrollLeft = 7
    observers.findLast(({ part }) => part === none).call()
    assert.equal(none.scrollLeft, 7)
    assert.equal(bar({ pages: { "": "Memory" }, home: "/", here: "" }, () => {}).querySelector("nav"), null)
})

test("a page of texts is magnified in a lecture as far as all of it is in the window, and a little less if need be", t => {
    const by = (height, block = { scrollHeight: height }) => {
        const found = t.mock.method(document, "querySelector", () => block)
        fitPage()
        found.mock.restore()
        return +document.documentElement.style["--gs-page"]
    }
    Object.assign(window, { innerHeight: 900 })
    assert.equal(by(100), 1)
    present(true)
    assert.deepEqual(
        [by(100), by(600), by(601), by(818), by(1000), by(1125), by(5000)],
        [1.5, 1.5, 1.45, 1.1, 0.9, 0.8, 0.8],
    )
    assert.equal(by(100, null), 1)
    present(false)
    assert.equal(by(5000), 1)
    Object.assign(window, { innerHeight: 800 })
})
