import assert from "node:assert/strict"
import { afterEach, mock, test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { onPage, Part, texts } from "./page.js"
import { COLOURS, later, modelOf, pictureOf, RANGES, settled, stateOf, wholeAnswer, wholePicture } from "./pictures.js"

const { notices } = await import("../../assets/browser/app/notices.js")
const { choice } = await import("../../assets/browser/controls/menu.js")
const { choosesSome, controls, fewUnits, right } = await import("../../assets/browser/controls/controls.js")
const { exportMenu, pythonCode } = await import("../../assets/browser/controls/export_menu.js")
const { pageExport } = await import("../../assets/browser/controls/export_menu.js")
const { queryOf, sceneCard, scenesMenu, shareMenu } = await import("../../assets/browser/controls/share_menu.js")
const { textBox } = await import("../../assets/browser/controls/text_box.js")
const { element } = await import("../../assets/browser/shared/element.js")
const { scrollHint } = await import("../../assets/browser/shared/page.js")
const { trueMinus } = await import("../../assets/browser/shared/numbers.js")
// What is loaded when it is needed is there at once, then.
for (const late of ["film/frames", "film/encoded", "slide/files", "slide/page_file"]) {
    await import(`../../assets/browser/${late}.js`)
}

afterEach(() => mock.timers.reset())
const named = (place, text) => place.querySelectorAll("button").find(button => button.textContent === text)
/** Everything that waits for a file to be loaded or for an answer has had its turn. */
async function loaded() {
    for (let n = 0; n < 60; n++) await settled()
}

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

test("the tokens of a trained model are its own and not offered; a random one reads any", () => {
    const store = new Store(stateOf({ source: { tokens: "words" } }))
    const options = { words: "words", characters: "characters" }
    const root = choice(store, "tokens", "Read as", options, () => {})
    const select = root.querySelector("select")
    const reads = model => {
        store.set({ picture: pictureOf({ model: modelOf(model) }) })
        return [select.value, root.hidden]
    }
    assert.deepEqual(reads({}), ["words", false])
    assert.deepEqual(reads({ trained: "It tags.", reads: "words" }), ["words", true])
    assert.deepEqual(reads({ trained: "It spells.", reads: "letters" }), ["characters", true])
    const other = new Store(stateOf({ source: { rows: "order" } }))
    const rows = choice(other, "rows", "Rows", { order: "order" }, () => {})
    other.set({ picture: pictureOf({ model: modelOf({ trained: "It tags.", reads: "words" }) }) })
    assert.deepEqual([rows.querySelector("select").value, !!rows.hidden], ["order", false])
})

test("what is chosen is read or shown; which units and which colours are asked where there is a choice", () => {
    const handed = /** @type {any} */ ({
        ranges: RANGES,
        choices: { model: { a: "A" }, tokens: { t: "T" }, top: { all: "all" }, rows: { r: "R" }, colours: { k: "K" } },
        quantities: "cfh",
        layers: "01",
    })
    const store = new Store(stateOf())
    const { model, view } = controls(store, handed, async () => "")
    const chosen = (place, label, value) => {
        const select = place.querySelectorAll("select").find(one => one.getAttribute("aria-label") === label)
        select.value = value
        select.told("change")
        const { source, shown, colouring } = store.state
        return { ...source, ...shown, colouring }
    }
    assert.deepEqual(chosen(model, "Model", "a"), { model: "a", colouring: "c" })
    for (const [label, value] of [
        ["Read as", "t"],
        ["Units", "all"],
        ["Order units by", "r"],
        ["Colours", "k"],
    ])
        chosen(view, label, value)
    assert.deepEqual(store.state.source, { model: "a", tokens: "t" })
    assert.deepEqual(store.state.shown, { top: "all", rows: "r", colours: "k" })
    const places = view.querySelectorAll(".gs-choice")
    const [units, colours] = ["Units", "Words coloured by"].map(name =>
        places.find(one => one.textContent.startsWith(name)),
    )
    assert.deepEqual(texts(colours, "option"), ["c", "f", "h"])
    assert.equal(colours.hidden, true)
    store.set({ picture: wholePicture() })
    assert.deepEqual([units.hidden, colours.hidden], [true, true])
    store.set({ picture: wholePicture({ few: "3 of 99" }), pin: { layer: 0, direction: 0, unit: 0, step: 0 } })
    assert.deepEqual([units.hidden, colours.hidden], [false, false])
    assert.equal(chosen(view, "Words coloured by", "f").colouring, "f")
})

test("it is said how often a trained model is right", () => {
    const store = new Store(stateOf())
    const said = right(store)
    store.set({ picture: wholePicture() })
    assert.equal(said.hidden, true)
    store.set({ picture: wholePicture({ model: modelOf({ right: "It is right at 97%." }) }) })
    assert.deepEqual([said.hidden, said.textContent], [false, "It is right at 97%."])
})

test("some are chosen where not all quantities or not all layers are shown", () => {
    const some = (quantities, layers) => choosesSome({ shown: { quantities, layers } }, "figcoh")
    assert.deepEqual([some("figcoh", ""), some("c", ""), some("figcoh", "0")], [false, true, true])
})

test("of many units it is said how few are shown, and a button shows the others", () => {
    const store = new Store(stateOf({ shown: { rows: "order" } }))
    const root = fewUnits(store)
    assert.equal(root.hidden, true)
    store.set({ picture: wholePicture() })
    assert.equal(root.hidden, true)
    const few = "3 of 99 units: the busiest"
    const inputs = top => ({ place: { top, height: 30 } })
    store.set({ picture: wholePicture({ few, inputs: inputs(34) }) })
    const button = root.querySelector("button")
    assert.deepEqual([root.hidden, root.textContent, root.title], [false, "3 of 99 units show all", few])
    store.set({ picture: wholePicture({ few, inputs: inputs(90) }) })
    assert.equal(root.textContent, `${few} show all`)
    button.click()
    assert.deepEqual(store.state.shown, { rows: "order", top: "all" })
    assert.equal(button.textContent, "show fewer")
    button.click()
    assert.deepEqual([store.state.shown.top, button.textContent], ["telling", "show all"])
})

test("the link to share is read as its menu opens, can be copied and not changed; its code is drawn meanwhile", async () => {
    const copied = []
    Object.defineProperty(navigator, "clipboard", {
        value: { writeText: async text => copied.push(text) },
        configurable: true,
    })
    const says = { link: "http://here/?a=1", opens: "It opens a." }
    const { root, renew } = shareMenu(new URL("http://here/qr"), () => says)
    const [link, frame] = root.querySelectorAll("input")
    const [code] = root.querySelectorAll("img")
    assert.ok(link.hasAttribute("readonly") && frame.hasAttribute("readonly"))
    root.firstChild.told("click")
    assert.deepEqual([link.value, code.src], [says.link, undefined])
    root.open = true
    root.told("toggle")
    assert.equal(code.src, "http://here/qr?link=http%3A%2F%2Fhere%2F%3Fa%3D1")
    const hidden = ["onload", "onerror"].map(name => {
        code[name]()
        return code.hidden
    })
    assert.deepEqual(hidden, [false, true])
    says.link = "http://here/?b=2"
    renew()
    assert.ok(code.src.endsWith("b%3D2") && frame.value.includes("?b=2&amp;embed=true"))
    for (const name of ["Copy link", "Copy code"]) {
        const button = named(root, name)
        button.click()
        await settled()
        assert.equal(button.textContent, "Copied")
    }
    assert.deepEqual(copied, [link.value, frame.value])
    root.told("toggle")
    assert.ok(named(root, "Copy link"))
})

test("of a link that only this computer can open there is no code", () => {
    const drawn = link => {
        location.href = link
        const { root } = shareMenu(new URL("qr", link), () => ({ link, opens: "" }))
        root.open = true
        root.firstChild.told("click")
        return !!root.querySelector("img").src
    }
    assert.deepEqual(["http://127.0.0.1/", "http://192.168.1.2/", "http://here/"].map(drawn), [false, true, true])
})

/** The panel with the code; `opens()` opens it. */
function coded() {
    const store = new Store(stateOf())
    const asked = []
    const code = query => {
        const { promise, answer, fail } = later()
        asked.push({ query, answer, fail })
        return promise
    }
    const root = pythonCode(store, code)
    const opens = async () => {
        root.open = true
        root.told("toggle")
        await settled()
    }
    return { store, asked, root, opens, text: () => root.querySelector("pre").textContent }
}

test("a long text's code is asked for while its panel is open, and that of a picture is there at once", async () => {
    const { store, asked, root, opens, text } = coded()
    await opens()
    assert.equal(root.querySelector("pre").getAttribute("tabindex"), "0")
    root.open = false
    store.set({ picture: wholePicture({ code: "import torch" }) })
    assert.deepEqual([text(), root.hidden, asked.length], ["import torch", false, 0])
    store.set({ picture: wholePicture({ code: null }) })
    assert.deepEqual([text(), asked.length], ["", 0])
    await opens()
    assert.deepEqual([asked.length, asked[0].query], [1, store.state.picture.view])
    await asked[0].answer("import numpy")
    assert.equal(text(), "import numpy")
    store.set({ picture: wholePicture({ code: null }) })
    store.set({ picture: wholePicture({ code: "newer" }) })
    await asked[1].answer("older")
    assert.equal(text(), "newer")
    store.set({ picture: wholePicture({ code: null }) })
    await asked[2].fail(new Error("too long"))
    assert.equal(text(), "too long")
    store.set({ picture: wholePicture({ stacks: [] }) })
    assert.equal(root.hidden, true)
})

const SCENES = ["one", "two", "three"].map(name => ({
    ...{ name, title: `The ${name}`, page: name === "one" ? "" : "why", query: { k: name } },
    ...{ says: `says ${name}`, asks: `asks ${name}`, answer: `answer ${name}` },
}))

test("a menu has a numbered link for each scene; a plain click opens it and closes the menu", () => {
    const opened = []
    const root = scenesMenu(SCENES, "/base/", scene => opened.push(scene.name))
    const links = root.querySelectorAll("a")
    assert.deepEqual(
        links.map(link => [link.textContent, link.href]),
        [
            ["1. The one", "/base/?k=one&scene=one"],
            ["2. The two", "/base/why?k=two&scene=two"],
            ["3. The three", "/base/why?k=three&scene=three"],
        ],
    )
    root.open = true
    for (const other of ["button", "ctrlKey", "metaKey", "shiftKey", "altKey"]) {
        assert.equal(links[0].told("click", { [other]: 1 }).defaultPrevented, undefined)
    }
    assert.deepEqual([opened, root.open], [[], true])
    assert.equal(links[1].told("click").defaultPrevented, true)
    assert.deepEqual([opened, root.open], [["two"], false])
    assert.deepEqual(queryOf(SCENES[2]), { k: "three", scene: "three" })
})

test("the card of a scene leads to the one before and the next, round and round", () => {
    const opened = []
    for (const name of ["one", "three"]) {
        const card = sceneCard(
            SCENES,
            name,
            scene => opened.push(scene.name),
            () => opened.push("closed"),
        )
        assert.match(card.textContent, /scene [13] of 3/)
        for (const turn of card.querySelectorAll("button")) turn.click()
    }
    assert.deepEqual(opened, ["three", "two", "closed", "two", "one", "closed"])
    assert.equal(
        sceneCard(
            SCENES,
            "none",
            () => {},
            () => {},
        ),
        null,
    )
})

/** The export menu over a state; what the server was asked for, and the files that the visitor got. */
function exporting({ partly = true, answers = {} } = {}) {
    const store = new Store(
        stateOf({
            source: { sentence: "x", top: "3" },
            shown: { quantities: "c", layers: "1" },
            picture: pictureOf(),
        }),
    )
    const asked = []
    const answered = (kind, question) => {
        asked.push([kind, question])
        if (!(kind in answers)) throw new Error(`no ${kind}`)
        return answers[kind]()
    }
    const download = async (kind, question) => answered(kind, question)
    const picture = async question => answered("picture", question)
    const root = exportMenu(
        store,
        /** @type {any} */ ({ download, picture, files: ["html", "csv", "npz", "py"] }),
        () => partly,
        () => ({ theme: "dark", cell: /** @type {any} */ (element("svg", {})) }),
        COLOURS,
    )
    const [extent, size] = root.querySelectorAll("select")
    Object.assign(extent, { value: "sight" })
    Object.assign(size, { value: "slide" })
    return { store, asked, root, extent, size, press: name => named(root, name).click() }
}
const given = []
const { createObjectURL } = URL
URL.createObjectURL = blob => {
    given.push(blob)
    return createObjectURL(blob)
}

test("a browser that makes no MP4 says why where its button is, which then does nothing", async () => {
    const opened = async () => {
        const { root } = exporting()
        assert.equal(root.querySelectorAll("p").at(-1).hidden, true)
        Object.assign(root, { open: true }).told("toggle")
        await loaded()
        const why = root.querySelectorAll("p").at(-1)
        const buttons = root.querySelectorAll("button").filter(button => button.disabled)
        return [buttons.map(button => button.textContent.includes("MP4")), why.hidden, why.textContent !== ""]
    }
    globalThis.isSecureContext = true
    assert.deepEqual(await opened(), [[true], false, true])
    const { VideoEncoder } = globalThis
    globalThis.VideoEncoder = /** @type {any} */ ({ isConfigSupported: async () => ({ supported: true }) })
    assert.deepEqual(await opened(), [[], true, false])
    globalThis.VideoEncoder = VideoEncoder
})

test("the part in sight is exported as it is seen, or the whole with all units, letters and layers", async () => {
    const { store, asked, extent, size, press } = exporting()
    store.set({ zoom: { steps: [0.5, 2.5], units: [3, 1] }, pin: { layer: 0, direction: 0, unit: 1, step: 2 } })
    press("Numbers (CSV)")
    await settled()
    const part = { query: { sentence: "x", top: "3", quantities: "c", layers: "1", pin: "0.1.2" } }
    assert.deepEqual(asked[0], ["csv", { ...part, steps: [0.5, 2.5], rows: [3, 1] }])
    assert.equal(store.state.said, "no csv")
    extent.value = "whole"
    size.value = "column"
    press("Python code")
    await settled()
    const whole = { query: { sentence: "x", top: "all", pin: "0.1.2" }, steps: null, rows: null }
    assert.deepEqual(asked[1], ["py", whole])
    store.set({ pin: null })
    const all = exporting({ partly: false })
    all.extent.value = "whole"
    all.press("Numbers (CSV)")
    await settled()
    assert.deepEqual(all.asked[0][1].query, { sentence: "x", top: "3", quantities: "c", layers: "1" })
})

test("a file that the server makes is given as it is, under a name that says what it is", async () => {
    mock.timers.enable({ apis: ["setTimeout"] })
    const { store, press, root } = exporting({ answers: { csv: () => new Response("step") } })
    const clicked = []
    const { click } = Part.prototype
    Part.prototype.click = function () {
        if (this.localName === "a") clicked.push(this.download)
        else click.call(this)
    }
    store.set({ said: "an error of before" })
    press("Numbers (CSV)")
    assert.deepEqual([named(root, "Numbers (CSV)").disabled, store.state.said], [true, ""])
    await loaded()
    assert.deepEqual([named(root, "Numbers (CSV)").disabled, clicked], [false, ["gatescope-x-c.csv"]])
    assert.equal(await given.at(-1).text(), "step")
    Part.prototype.click = click
    assert.equal(store.state.said, "")
})

test("a picture is made of an answer for its own room, an animation for a slide's, of nothing none", async () => {
    const { asked, size, press, store, root } = exporting({ answers: { picture: () => wholeAnswer({ stacks: [] }) } })
    const rooms = []
    for (const [value, name] of [
        ["column", "SVG figure"],
        ["column", "Animation (GIF)"],
        ["slide", "SVG figure"],
    ]) {
        // Of a pinned cell a paper's column has no drawing.
        store.set({ pin: value === "slide" ? null : { layer: 0, direction: 0, unit: 1, step: 2 } })
        size.value = value
        press(name)
        while (named(root, name).disabled) await settled()
        assert.equal(store.state.said, "There is nothing to export yet: type a sentence.")
        rooms.push(asked.at(-1)[1].room)
    }
    assert.ok(rooms[0] < rooms[1] && rooms[1] === rooms[2])
})

test("a page's pictures are looked for as the menu opens; without one there is nothing to export", async () => {
    const root = pageExport()
    onPage(root)
    const [label] = root.querySelectorAll("label")
    const said = root.querySelectorAll("p").at(-1)
    const buttons = () => root.querySelectorAll(".gs-panel button")
    const seen = () => [!label.hidden, ...new Set(buttons().map(button => !button.hidden)), said.textContent]
    assert.deepEqual(seen(), [false, false, ""])
    root.told("toggle")
    await loaded()
    assert.deepEqual(seen(), [false, false, ""])
    root.open = true
    root.told("toggle")
    await loaded()
    assert.deepEqual(seen(), [false, false, "This page shows no picture yet."])
    for (const title of ["First", "Second"]) {
        const plot = element("div", { class: "gs-drawn js-plotly-plot" })
        Object.assign(plot, { box: { width: 10, height: 10 }, _fullData: [], _fullLayout: {} })
        document.body.append(element("h2", {}, title), plot)
    }
    root.told("toggle")
    await loaded()
    assert.deepEqual(seen(), [true, true, ""])
    assert.deepEqual(
        root.querySelectorAll("option").map(option => [option.textContent, option.value]),
        [
            ["First", 0],
            ["Second", 1],
        ],
    )
    const csv = named(root, "Numbers (CSV)")
    root.querySelector("select").value = "1"
    mock.timers.enable({ apis: ["setTimeout"] })
    csv.click()
    assert.equal(csv.disabled, true)
    await loaded()
    assert.deepEqual([csv.disabled, await given.at(-1).text()], [false, "picture,series,x,y,value\r\n"])
    root.querySelector("select").value = "9"
    csv.click()
    await loaded()
    assert.notEqual(said.textContent, "")
    assert.equal(csv.disabled, false)
    document.body.replaceChildren()
})

test("examples are a menu, made again for another model's alone; the way to a file stays last in it", () => {
    const store = new Store(stateOf({ source: { sentence: "a", file: "key" } }))
    const root = textBox(store, async () => "")
    onPage(root)
    const menu = root.querySelector(".gs-examples")
    const shows = (examples, file = null) => {
        store.set({ picture: wholePicture({ examples, file }) })
        return texts(menu, "button, label")
    }
    const file = root.querySelector(".gs-file")
    const box = root.querySelector("textarea")
    assert.deepEqual([box.getAttribute("rows"), file.hidden, box.hidden], ["1", true, false])
    assert.deepEqual(shows({ one: "1", two: "2" }, "book.txt"), ["one", "two", "Open a file…"])
    assert.equal(file.firstChild.textContent, "book.txt")
    const [kept] = menu.querySelectorAll("button")
    shows({ one: "1", two: "2" })
    assert.deepEqual([menu.querySelector("button"), file.firstChild.textContent], [kept, ""])
    assert.deepEqual(shows({ three: "3" }), ["three", "Open a file…"])
    store.set({ source: { sentence: "b", file: "key" } })
    assert.deepEqual([file.hidden, box.hidden], [false, true])
    menu.open = true
    named(menu, "three").click()
    assert.equal(menu.open, false)
    assert.deepEqual([store.state.source, file.hidden, box.hidden], [{ sentence: "3", file: "" }, true, false])
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
    const choose = async files => {
        Object.assign(chooser, { files, value: "C:\\a.txt" })
        chooser.told("change")
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
    store.set({ connection: "busy" })
    assert.equal(said().at(-1)[0], "Busy, trying again…")
})

test("a hint leads to what it names, softly unless the visitor wants less motion", () => {
    const { matchMedia } = globalThis
    const went = []
    for (const matches of [false, true]) {
        globalThis.matchMedia = /** @type {any} */ (() => ({ matches, addEventListener() {} }))
        const part = onPage(new Part("div"))
        part.scrollIntoView = how => went.push(how.behavior)
        scrollHint(part, "below").click()
    }
    globalThis.matchMedia = matchMedia
    assert.deepEqual(went, ["smooth", "auto"])
})

test("a number of a heatmap has its true minus sign and a 0 none, also once it is drawn again", () => {
    const label = element("text", {}, "-0.5")
    const other = element("text", {}, "0.5")
    const plot = element("div", {}, element("g", { class: "heatmap-label" }, label, other))
    let again = () => {}
    plot.on = (name, call) => {
        assert.equal(name, "plotly_afterplot")
        again = call
    }
    trueMinus(plot)
    assert.deepEqual([label.textContent, other.textContent], ["−0.5", "0.5"])
    label.textContent = "-1"
    again()
    assert.equal(label.textContent, "−1")
    for (const zero of ["-0.00", "+0.00"]) {
        label.textContent = zero
        again()
        assert.equal(label.textContent, "0.00")
    }
})

test("a recording that nobody has in the list is called as its file once it is drawn", () => {
    const store = new Store(stateOf())
    const root = choice(store, "model", "Model", { a: "A" }, () => {})
    store.set({ source: { model: "own-trace-x" } })
    store.set({ picture: { model: { name: "gru.npz" } }, source: { model: "own-trace-x" } })
    assert.deepEqual(texts(root, "option"), ["A", "gru.npz"])
})
