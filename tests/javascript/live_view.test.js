import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { Refused, Unreachable } from "../../assets/browser/asking/answerer.js"
import { atWindow, frame, observers, onPage, Part } from "./page.js"
import { COLOURS, kept, NAMES, RANGES, settled, tick, wholeAnswer } from "./pictures.js"

const { Address } = await import("../../assets/browser/app/address.js")
const { LiveView } = await import("../../assets/browser/app/live_view.js")
const { present } = await import("../../assets/browser/app/present.js")
const { element } = await import("../../assets/browser/shared/element.js")

const SCENES = [
    { name: "one", title: "One", page: "", query: { sentence: "x" }, says: "", asks: "", answer: "" },
    { name: "two", title: "Two", page: "why", query: { sentence: "y" }, says: "", asks: "", answer: "" },
]
const HANDED = /** @type {any} */ ({
    ...NAMES,
    ranges: RANGES,
    choices: { model: { random: "random" }, tokens: {}, top: {}, rows: {}, colours: {} },
    quantities: "figcoh",
    layers: "0123",
    closer: { why: "Why?" },
    trains: { counter: "counts" },
    pages: { "": "Memory", why: "Why?", units: "Where else?" },
    scenes: SCENES,
    colours: COLOURS,
})

beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] })
    // A page waits no time where none is said; the mocked clock would wait for ever.
    const { setTimeout: timer } = globalThis
    Object.assign(globalThis, { setTimeout: (call, after = 0) => timer(call, after) })
    location.href = "http://here/"
    document.activeElement = document.body
    document.documentElement.scrollTop = 0
    document.body.replaceChildren()
    observers.length = 0
    Object.assign(globalThis, { innerHeight: 800, getComputedStyle: styleOf("rgb(0, 0, 0)") })
})
afterEach(() => {
    present(false)
    mock.timers.reset()
})
const styleOf = color => () => ({ color, getPropertyValue: () => "" })

/** A live view on the page at an address, and all that it asked and where it led; nothing is answered yet. */
async function opened({ link = {} } = {}) {
    const pictures = []
    const answerer = /** @type {any} */ ({
        picture: kept(pictures),
        why: () => new Promise(() => {}),
        code: async () => "",
        files: ["csv"],
    })
    const [entered, went] = [[], []]
    const address = new Address()
    address.home = "/"
    const enter = query => entered.push(query)
    const codes = new URL("http://here/qr")
    const view = new LiveView({ codes, answerer, address, handed: HANDED, link, enter })
    const place = onPage(new Part("main"))
    view.show(place, to => went.push(to))
    view.body.picture.box = { left: 0, top: 100, width: 900, height: 500 }
    await settled()
    return { pictures, view, store: view.store, root: view.root, place, entered, went }
}

/** The same with its first picture. */
async function shown(change = {}, more = {}) {
    const made = await opened(more)
    await made.pictures[0].answer(wholeAnswer(change))
    return made
}
const key = (name, at = document.body) => at.told("keydown", { key: name })
const PIN = { layer: 0, direction: 0, unit: 1, step: 2 }

test("a picture of the text before is dimmed until an answer comes", async () => {
    const { root, store, pictures } = await shown()
    const [body] = root.querySelectorAll(".gs-body")
    const typed = sentence => store.set({ source: { ...store.state.source, sentence } })
    typed("1, x")
    store.set({ refused: { of: store.state.source, said: "Write a number." } })
    assert.equal(body.classList.contains("gs-old"), true)
    typed("1, 2")
    assert.equal(body.classList.contains("gs-old"), true)
    await pictures.at(-1).answer(wholeAnswer({ view: { ...wholeAnswer().view, sentence: "1, 2" } }))
    assert.equal(body.classList.contains("gs-old"), false)
})

test("while a hand drags a slider the scale of c stays, and is what is there once it is let go", async () => {
    const { root, store, pictures } = await shown({ reach: 1.4 })
    const [slider] = root.querySelectorAll(".gs-slider input")
    const [legend] = root.querySelectorAll(".gs-legend")
    slider.value = "7"
    slider.told("input")
    await pictures.at(-1).answer(wholeAnswer({ reach: 2.8 }))
    await tick(200)
    assert.equal(store.state.picture.stacks[0].figure.data[3].zmax, 1.4)
    assert.match(legend.textContent, /−1\.4\+1\.4.*While you drag, the scale of c stays\./)
    slider.told("change")
    frame()
    await tick(200)
    assert.equal(store.state.picture.stacks[0].figure.data[3].zmax, 2.8)
    assert.match(legend.textContent, /−2\.8\+2\.8.*The scale of c was ±1\.4\./)
})

test("the page appears with its first picture, and with a word about why there is none", async () => {
    const drawn = await opened()
    assert.equal(drawn.root.style.visibility, "hidden")
    await drawn.pictures[0].answer(wholeAnswer())
    assert.equal(drawn.root.style.visibility, "")
    const refused = await opened()
    await refused.pictures[0].fail(new Refused("too long"))
    assert.equal(refused.root.style.visibility, "")
    const away = await opened()
    await away.pictures[0].fail(new Unreachable())
    assert.equal(away.root.style.visibility, "")
})

test("space plays and pauses, but in a box it is a letter", async () => {
    const { store, root } = await shown()
    assert.equal(key(" ").defaultPrevented, true)
    assert.equal(store.state.time.playing, true)
    assert.equal(key(" ", root.querySelector(".gs-heatmaps")).defaultPrevented, true)
    assert.equal(store.state.time.playing, false)
    for (const name of ["textarea", "input", "select", "button", "summary"]) {
        assert.equal(key(" ", root.querySelector(name)).defaultPrevented, undefined, name)
    }
    key("a")
    key(" ", onPage(new Part("div")))
    assert.equal(store.state.time.playing, false)
})

test("Streamlit's own menu leads on with what is on screen, and a click for another tab is the browser's", async () => {
    const { went, root, view, place } = await shown()
    let heard = 0
    const linked = (pathname, around = document.body) => {
        const link = element("a", { href: pathname, onclick: () => heard++ })
        around.append(link)
        link.pathname = pathname
        return link
    }
    const outside = linked("/base/why")
    const inner = element("span", {})
    outside.append(inner)
    assert.equal(inner.told("click").defaultPrevented, true)
    assert.deepEqual([went.length, went[0].page, went[0].query.sentence, heard], [1, "why", "a b c d", 0])
    for (const other of ["button", "ctrlKey", "metaKey", "shiftKey", "altKey"]) outside.told("click", { [other]: 1 })
    linked("/base/").click()
    linked("/base/whysoever").click()
    linked("/base/why", root).click()
    document.body.click()
    assert.deepEqual([went.length, heard], [1, 8])
    view.hide(place)
    outside.click()
    assert.equal(went.length, 1)
})

test("a text that is typed goes along before it is answered, and one that can't be read does not", async () => {
    const { went, store } = await shown()
    const link = onPage(element("a", { href: "/base/why" }))
    link.pathname = "/base/why"
    for (const [sentence, refused, leads] of [
        ["a b", null, "a b"],
        ["1, x", "Write a number.", "a b c d"],
    ]) {
        store.set({ source: { ...store.state.source, sentence } })
        store.set({ refused: refused && { of: store.state.source, said: refused } })
        link.told("click")
        assert.equal(went.pop().query.sentence, leads)
    }
})

test("the address follows the screen once it stands still", async () => {
    const { store, view, place } = await shown()
    const written = () => {
        mock.timers.tick(200)
        return location.search
    }
    mock.timers.tick(199)
    assert.equal(location.search, "")
    assert.equal(written(), "?sentence=a+b+c+d")
    store.set({ pin: PIN })
    assert.equal(written(), "?sentence=a+b+c+d&pin=0.1.2")
    store.set({ time: { ...store.state.time, playing: true } })
    store.set({ pin: { ...PIN, unit: 0 } })
    assert.equal(written(), "?sentence=a+b+c+d&pin=0.1.2")
    store.set({ time: { ...store.state.time, playing: false } })
    assert.equal(written(), "?sentence=a+b+c+d&pin=0.0.2")
    view.hide(place)
    store.set({ pin: null })
    assert.equal(written(), "?sentence=a+b+c+d&pin=0.0.2")
    view.show(place, () => {})
    assert.equal(view.share.link.value, "http://here/?sentence=a+b+c+d&pin=0.0.2")
})

test("a view leaves from its own place alone, ends the lecture there, and takes the focus along", async () => {
    const { view, root, place } = await shown()
    const box = root.querySelector("textarea")
    box.told("focusin")
    view.store.set({ presenting: true })
    present(true)
    view.hide(new Part("main"))
    assert.equal(root.parentNode, place)
    view.hide(place)
    assert.deepEqual([root.parentNode, document.documentElement.hasAttribute("data-gs-present")], [null, false])
    const focused = []
    box.focus = how => focused.push(how)
    const button = onPage(new Part("button"))
    button.focus()
    view.show(place, () => {})
    assert.deepEqual(focused, [])
    assert.equal(document.documentElement.hasAttribute("data-gs-present"), true)
    document.activeElement = document.body
    view.show(place, () => {})
    assert.deepEqual(focused, [{ preventScroll: true }])
    view.close()
    assert.equal(root.parentNode, null)
})

test("when the network comes or goes, the server is looked for, by the view that is here", async () => {
    const { pictures, view, place } = await shown()
    atWindow.told("online")
    await settled()
    assert.equal(pictures.length, 2)
    await pictures[1].answer(wholeAnswer())
    view.hide(place)
    atWindow.told("offline")
    await settled()
    assert.equal(pictures.length, 2)
})

test("a scene's card leads to the scenes before and behind it, round and round, with the lecture, on this page or on another", async () => {
    const first = await shown({}, { link: { scene: "one" } })
    const press = (view, name) => {
        const cards = view.root.querySelectorAll(".gs-scene button")
        cards.find(button => button.title === name).click()
    }
    press(first, "Scene before")
    assert.deepEqual(first.went, [{ page: "why", link: { sentence: "y", scene: "two" } }])
    first.view.hide(first.place)
    const second = await shown({}, { link: { scene: "two", present: "1" } })
    press(second, "Next scene")
    assert.deepEqual(second.entered, [{ sentence: "x", scene: "one", present: "1" }])
    press(second, "Close the scene")
    assert.equal(second.root.querySelector(".gs-scene"), null)
    assert.equal((await shown()).root.querySelector(".gs-scene"), null)
})

test("what is chosen has an entry of its own in the history, and what is typed or pinned has none", async t => {
    const wrote = []
    for (const name of ["pushState", "replaceState"])
        t.mock.method(history, name, (_, __, link) =>
            wrote.push([name, new URL(link).searchParams.get("sentence")].join(" ")),
        )
    const { store, pictures } = await shown()
    const written = () => {
        // A picture in place of another is painted first.
        frame(0)
        for (const milliseconds of [0, 0, 200]) mock.timers.tick(milliseconds)
        return wrote.splice(0)
    }
    const read = async change => {
        store.set({ source: { ...store.state.source, ...change } })
        const { sentence, model } = store.state.source
        const link = `${new URLSearchParams({ sentence, model })}`
        await pictures.at(-1).answer(wholeAnswer({ view: { ...wholeAnswer().view, sentence, model }, link }))
        return written()
    }
    assert.deepEqual(written(), ["replaceState a b c d"])
    assert.deepEqual(await read({ sentence: "a b" }), ["replaceState a b"])
    assert.deepEqual(await read({ sentence: "an example" }), ["pushState an example"])
    store.set({ pin: PIN })
    assert.deepEqual(written(), ["replaceState an example"])
    assert.deepEqual(await read({ model: "other" }), ["pushState an example"])
    assert.deepEqual(await read({ seed: 3 }), ["replaceState an example"])
})
