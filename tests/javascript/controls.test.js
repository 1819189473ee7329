/** What can a visitor change, play, export and share, and what is said then? */

import assert from "node:assert/strict"
import { test } from "node:test"
import { notices, stillSaid } from "../../assets/browser/app/notices.js"
import { Store } from "../../assets/browser/state/store.js"
import { frame, onPage, texts, textsOf } from "./page.js"
import { COLOURS, later, modelOf, pictureOf, settled, stateOf, timeOf, wholePicture } from "./pictures.js"

const { seedBox, slider } = await import("../../assets/browser/controls/controls.js")
const { exportMenu, pythonCode } = await import("../../assets/browser/controls/export_menu.js")
const { choice, layerToggles, menu, quantityToggles } = await import("../../assets/browser/controls/menu.js")
const { Playback } = await import("../../assets/browser/controls/playback.js")
const { textBox } = await import("../../assets/browser/controls/text_box.js")
const { element } = await import("../../assets/browser/shared/element.js")
const { roving } = await import("../../assets/browser/shared/hands.js")

/** A control with a source; what it sets is kept. */
function control(make, source, model = {}) {
    const store = new Store(stateOf())
    const wanted = []
    const control = make(store, (...set) => wanted.push(set))
    onPage(control)
    store.set({ source })
    store.set({ picture: pictureOf({ model: modelOf(model) }) })
    const [range, number] = control.querySelectorAll("input")
    return { store, control, range, number, wanted, ticks: () => control.querySelectorAll(".gs-ticks span") }
}
const hiddenDim = (store, set) => slider(store, "hidden_dim", [1, 512], set)

test("a slider stands at the source's number and goes as far as the lesson's numbers", () => {
    const { range, number, ticks } = control(hiddenDim, { hidden_dim: 16 })
    assert.deepEqual([range.min, range.max, range.value, number.value], [1, 64, 16, "16"])
    assert.equal(range.getAttribute("step"), "1")
    assert.deepEqual(textsOf(ticks()), ["1", "type up to 512", "64"])
})

test("of a trained model each tick is a size, and the slider is at the nearest one", () => {
    const { range, ticks, wanted } = control(hiddenDim, { hidden_dim: 40 }, { sizes: { hidden_dim: [8, 16, 64] } })
    assert.deepEqual([range.min, range.max, range.value], [0, 2, 2])
    assert.equal(range.getAttribute("aria-valuetext"), "64")
    assert.deepEqual(textsOf(ticks()), ["8", "16", "64"])
    range.value = "1"
    range.told("input")
    assert.deepEqual(wanted, [["hidden_dim", "16"]])
})

test("a number that is typed is set once it is one, and is not changed meanwhile", () => {
    const { store, number, wanted } = control(hiddenDim, { hidden_dim: 16 })
    number.focus()
    for (const [value, valid] of [
        ["", true],
        ["900", false],
        ["90", true],
    ]) {
        number.value = value
        number.validity.valid = valid
        number.told("input")
    }
    assert.deepEqual(wanted, [["hidden_dim", "90"]])
    store.set({ source: { hidden_dim: 9 } })
    assert.equal(number.value, "90")
    number.told("change")
    assert.equal(number.value, "9", "once it is typed, the box shows what is drawn")
})

/** Types a number into a box that is left then, and answers what is said of it. */
function typed({ store, range, number = range }, value, valid) {
    const said = notices(store, {})
    number.focus()
    Object.assign(number, { value, validity: { valid } })
    number.told("input")
    number.told("change")
    return said.textContent
}

test("of a number that is not possible it is said what is drawn, until something else is read", () => {
    const seeds = (store, set) => seedBox(store, [0, 999], set)
    for (const [make, name, most, least] of [
        [seeds, "seed", 999, 0],
        [hiddenDim, "hidden_dim", 512, 1],
    ]) {
        for (const [value, as] of [
            ["-5", "-5"],
            ["3.5", "3.5"],
            ["", "…"],
        ]) {
            const made = control(make, { [name]: 2 })
            const { store, wanted, range, number = range } = made
            const said = `${name}=${as} is not possible: it takes a whole number from ${least} to ${most}. ${name} is 2 instead.`
            assert.equal(typed(made, value, false), said)
            assert.deepEqual([wanted, number.value], [[], "2"])
            const now = notices(store, {})
            store.set({ picture: pictureOf() })
            assert.equal(now.textContent, said, "a late picture of what was read before takes nothing away")
            store.set({ source: { [name]: 2, sentence: "another" } })
            assert.equal(now.textContent, "")
        }
        const emptied = control(make, { [name]: 2 })
        assert.equal(typed(emptied, "", true), "")
        assert.deepEqual(emptied.wanted, [])
    }
})

test("several buttons take one Tab stop; the arrow keys go round among them", () => {
    const buttons = ["a", "b", "c"].map(name => onPage(element("button", {}, name)))
    roving(buttons)
    const stops = () => buttons.map(button => button.getAttribute("tabindex"))
    assert.deepEqual(stops(), ["0", "-1", "-1"])
    const press = key => document.activeElement.told("keydown", { key })
    buttons[0].focus()
    press("ArrowLeft")
    assert.deepEqual([document.activeElement, stops()], [buttons[2], ["-1", "-1", "0"]])
    press("ArrowRight")
    press("ArrowRight")
    press("Enter")
    assert.deepEqual([document.activeElement, stops()], [buttons[1], ["-1", "0", "-1"]])
})

/** An open menu with one button, and a button beside it. */
function openMenu() {
    const inside = element("button", {})
    const outside = onPage(element("button", {}))
    const details = onPage(menu("Export", inside))
    details.open = true
    return { inside, outside, details }
}

test("a menu closes at a press or with the focus elsewhere, and stays at one inside", () => {
    for (const [act, leaves] of [
        [({ inside }) => inside.told("pointerdown"), false],
        [({ outside }) => outside.told("pointerdown"), true],
        [({ details, inside }) => details.told("focusout", { relatedTarget: inside }), false],
        [({ details }) => details.told("focusout", { relatedTarget: null }), false],
        [({ details, outside }) => details.told("focusout", { relatedTarget: outside }), true],
    ]) {
        const all = openMenu()
        act(all)
        assert.equal(!all.details.open, leaves)
    }
})

test("Escape closes an open menu alone, and its button has the focus", () => {
    const { details, inside } = openMenu()
    let heard = 0
    document.body.addEventListener("keydown", () => {
        heard += 1
    })
    inside.told("keydown", { key: "a" })
    assert.deepEqual([details.open, heard], [true, 1])
    inside.told("keydown", { key: "Escape" })
    assert.deepEqual([details.open, heard], [false, 1])
    assert.equal(document.activeElement, details.firstChild)
    inside.told("keydown", { key: "Escape" })
    assert.equal(heard, 2)
})

test("a digit at the slider is typed into the number's box, any other key is the slider's", () => {
    const { range, number } = control(hiddenDim, { hidden_dim: 16 })
    range.focus()
    range.told("keydown", { key: "ArrowRight" })
    assert.equal(document.activeElement, range)
    range.told("keydown", { key: "9" })
    assert.equal(document.activeElement, number)
})

test("a pressed letter is shown; without layers to choose from there is nothing to press", () => {
    const store = new Store(stateOf({ shown: { quantities: "ch", layers: "" } }))
    const wanted = []
    const [quantities] = quantityToggles(store, "figcoh", (...set) => wanted.push(set))
    const layers = layerToggles(store, "0123", (...set) => wanted.push(set))
    const [toggles, ofLayers] = [quantities, layers].map(place => place.querySelectorAll(".gs-toggle"))
    const pressed = all => textsOf(all.filter(one => one.getAttribute("aria-pressed") === "true")).join("")
    const only = quantities.querySelector(".gs-shown button")
    store.set({ picture: pictureOf({ model: { layers: 2 } }), shown: { quantities: "fc", layers: "1" } })
    assert.deepEqual([only.getAttribute("aria-pressed"), pressed(toggles), pressed(ofLayers)], ["false", "fc", "1"])
    assert.deepEqual([layers.hidden, ...ofLayers.map(one => one.hidden)], [false, false, false, true, true])
    only.click()
    toggles[1].click()
    ofLayers[0].click()
    store.set({ shown: { quantities: "c", layers: "" }, picture: pictureOf({ model: { layers: 1 } }) })
    only.click()
    assert.deepEqual(wanted, [
        ["quantities", "c"],
        ["quantities", "fic"],
        ["layers", ""],
        ["quantities", "figcoh"],
    ])
    assert.deepEqual([layers.hidden, only.getAttribute("aria-pressed")], [true, "true"])
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

test("a list stands at what is read or shown, also at a model that somebody else has opened", () => {
    const store = new Store(stateOf())
    const wanted = []
    const root = choice(store, "model", "Model", { a: "A", b: "B" }, (...set) => wanted.push(set))
    const select = root.querySelector("select")
    const now = () => [select.value, texts(root, "option")]
    assert.equal(select.value, undefined)
    store.set({ source: { model: "b" } })
    assert.deepEqual(now(), ["b", ["A", "B"]])
    store.set({ source: { model: "of another" } })
    store.set({ source: { model: "b" } })
    store.set({ source: { model: "of another" } })
    assert.deepEqual(now(), ["of another", ["A", "B", "shared model"]])
    store.set({ source: {}, shown: { model: "a" } })
    assert.equal(select.value, "a")
    select.value = "b"
    select.told("change")
    assert.deepEqual(wanted, [["model", "b"]])
    const [label] = root.querySelectorAll("label")
    assert.deepEqual([label.getAttribute("for"), select.id], ["gs-model", "gs-model"])
})

test("the code of a picture is asked for while its panel is open", async () => {
    const store = new Store(stateOf())
    const asked = []
    const root = pythonCode(store, query => {
        const { promise, ...settles } = later()
        asked.push({ query, ...settles })
        return promise
    })
    const text = () => root.querySelector("pre").textContent
    store.set({ picture: wholePicture() })
    assert.deepEqual([text(), root.hidden, asked.length], ["", false, 0])
    root.open = true
    root.told("toggle")
    await asked[0].answer("import numpy")
    assert.deepEqual([asked[0].query, text()], [store.state.picture.view, "import numpy"])
    store.set({ picture: wholePicture() })
    store.set({ picture: wholePicture() })
    await asked[1].answer("older")
    assert.equal(text(), "")
    await asked[2].fail(new Error("too long"))
    assert.equal(text(), "too long")
})

test("what is in sight is asked for, with the pinned cell, and that it failed is said", async () => {
    const shown = { quantities: "c", layers: "1" }
    const store = new Store(stateOf({ source: { sentence: "x", top: "3" }, shown, picture: pictureOf() }))
    const asked = []
    const download = async (...question) => {
        asked.push(question)
        throw new Error(`no ${question[0]}`)
    }
    const answerer = /** @type {any} */ ({ download, files: ["csv", "py"] })
    const root = exportMenu(store, answerer, /** @type {any} */ (() => {}), COLOURS)
    const press = name => {
        const button = root.querySelectorAll("button").find(({ textContent }) => textContent === name)
        button.click()
    }
    store.set({ zoom: { steps: [0.5, 2.5], units: [3, 1] }, pin: { layer: 0, direction: 0, unit: 1, step: 2 } })
    press("Numbers (CSV)")
    await settled()
    const query = { ...store.state.source, ...shown }
    assert.deepEqual(asked[0], ["csv", { query: { ...query, pin: "0.1.2" }, steps: [0.5, 2.5], rows: [3, 1] }])
    assert.equal(store.state.said, "no csv")
    store.set({ pin: null })
    press("Python code")
    await settled()
    assert.deepEqual([asked[1][0], asked[1][1].query], ["py", query])
})

test("a file that is chosen is opened, and the same one can be chosen again; one that failed is not read", async () => {
    const store = new Store(stateOf({ source: { sentence: "a", file: "" } }))
    /** @type {any} */
    let change = { file: "key" }
    const sent = []
    const root = textBox(store, async file => {
        sent.push(file.name)
        return change
    })
    const chooser = root.querySelectorAll("input").find(one => one.getAttribute("type") === "file")
    const around = chooser.closest("details")
    const choose = async files => {
        Object.assign(chooser, { files, value: "C:\\a.txt" })
        around.open = true
        chooser.told("change")
        assert.equal(around.open, false, "what is said of the file stands under it")
        await settled()
        return [sent.length, store.state.source.file, chooser.value]
    }
    assert.deepEqual(await choose([]), [0, "", ""])
    assert.deepEqual(await choose([{ name: "a.txt" }]), [1, "key", ""])
    assert.equal(root.querySelector(".gs-file").firstChild.textContent, "a.txt")
    change = null
    assert.deepEqual(await choose([{ name: "b.txt" }]), [2, "key", ""])
    assert.equal(root.querySelector(".gs-file").firstChild.textContent, "a.txt")
    const over = root.told("dragover")
    assert.equal(over.defaultPrevented, true)
})

test("what is said of a picture, and of the server, is said once and in this order", () => {
    const store = new Store(stateOf())
    const root = notices(store)
    const said = () => root.children.map(part => [part.textContent, part.className])
    store.set({ picture: pictureOf({ notices: ["A link was mended."] }), said: "Too long." })
    assert.deepEqual(said(), [
        ["A link was mended.", ""],
        ["Too long.", ""],
    ])
    const [kept] = root.children
    store.set({ picture: pictureOf({ notices: ["A link was mended."] }) })
    assert.equal(root.children[0], kept)
    store.set({ connection: "away", said: "" })
    assert.deepEqual(said(), [
        ["A link was mended.", ""],
        ["The server does not answer; trying again…", "gs-connection"],
    ])
    store.set({ connection: "back" })
    assert.equal(said().at(-1)[0], "The server answers again.")
})

/** A playback on the page, over a picture of four words. */
function playing(change = {}) {
    const store = new Store(stateOf({ time: timeOf({ calm: false, ...change }) }))
    const playback = new Playback(store)
    onPage(playback.root)
    store.set({ picture: pictureOf() })
    return { store, playback, press: name => playback.root.querySelectorAll(`[aria-label=${name}]`)[0].click() }
}

test("nothing moves once it is paused or has left the page, and it goes on when it is back", () => {
    const { store, playback, press } = playing()
    press("Play")
    frame(0)
    frame(700)
    playback.root.remove()
    frame(1400)
    frame(2100)
    assert.equal(store.state.time.at, 0)
    onPage(playback.root)
    playback.goOn()
    frame(9000)
    frame(9700)
    assert.equal(store.state.time.at, 1)
    press("Pause")
    frame(9800)
    frame(20_000)
    assert.equal(Math.floor(store.state.time.at), 1)
})

const nothingSaid = { of: "", pin: "", notices: [] }

test("what is said about a link stays when the window asks again, and goes with the next view", () => {
    const linked = stillSaid(nothingSaid, { view: { seed: 2 }, notices: ["seed=-2 is not possible"] })
    const resized = stillSaid(linked, { view: { seed: 2 }, notices: [] })
    assert.deepEqual(resized.notices, ["seed=-2 is not possible"])
    assert.deepEqual(stillSaid(resized, { view: { seed: 3 }, notices: [] }).notices, [])
    assert.deepEqual(stillSaid(resized, { view: { seed: 2 }, notices: ["another"] }).notices, ["another"])
    assert.deepEqual(stillSaid(linked, null), linked)
})

test("a pin that is not there is still said once the page has dropped it, until another cell is pinned", () => {
    const linked = stillSaid(nothingSaid, { view: { pin: "0.9.0" }, notices: ["There is no cell 0.9.0"] })
    const resized = stillSaid(linked, { view: { pin: "" }, notices: [] })
    assert.deepEqual(resized.notices, ["There is no cell 0.9.0"])
    assert.deepEqual(stillSaid(resized, { view: { pin: "0.1.0" }, notices: [] }).notices, [])
})
