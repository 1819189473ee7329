import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { atWindow, onPage, Part } from "./page.js"
import { NAMES, RANGES, settled } from "./pictures.js"

const { present } = await import("../../assets/browser/app/present.js")
const frame = await import("../../assets/browser/frame.js")
const live = await import("../../assets/browser/live.js")

globalThis.HTMLTextAreaElement = /** @type {any} */ (class {})
const posted = []
globalThis.fetch = /** @type {any} */ (
    (_, { body }) => {
        posted.push(JSON.parse(body))
        return new Promise(() => {})
    }
)

const HANDED = {
    ...NAMES,
    ranges: RANGES,
    choices: { model: {}, tokens: {}, top: {}, rows: {}, colours: {} },
    ...{ quantities: "figcoh", layers: "0123", closer: {}, trains: {}, pages: { "": "Memory" }, nan: 0, visitor: "v" },
    scenes: [{ name: "one", title: "One", page: "", query: { seed: "5" }, says: "", asks: "", answer: "" }],
}
const BASE = new URL("http://here/api/")

beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] })
    document.body.replaceChildren()
    location.href = "http://here/"
    posted.length = 0
    Object.assign(globalThis, { getComputedStyle: () => ({ color: "rgb(0, 0, 0)", getPropertyValue: () => "" }) })
})
afterEach(() => {
    present(false)
    mock.timers.reset()
})

/** Mounts the view; answers its place, its root and how to hide it. */
function mounted({ asked = {}, ...change } = {}) {
    const place = onPage(new Part("main"))
    const hide = live.mount(place, BASE, /** @type {any} */ ({ ...HANDED, asked, ...change }), () => {})
    return { place, root: place.firstChild, hide }
}

test("a view that began before Streamlit goes on in Streamlit's place, and then leads to where a visitor went", async () => {
    const scenes = [{ ...HANDED.scenes[0], page: "why" }]
    const handed = /** @type {any} */ ({ ...HANDED, scenes, asked: { seed: "5" } })
    const [place, main] = ["div", "main"].map(name => onPage(new Part(name)))
    live.begin(place, BASE, handed)
    const root = place.firstChild
    await settled()
    assert.equal(posted.at(-1).query.seed, "5")
    root.querySelector(".gs-scenes a").click()
    const went = []
    live.mount(main, BASE, handed, to => went.push(to))
    assert.deepEqual([main.firstChild, place.parentNode], [root, null])
    assert.deepEqual(went, [{ page: "why", link: { seed: "5", scene: "one" } }])
    const late = onPage(new Part("div"))
    live.begin(late, BASE, handed)
    assert.deepEqual([main.firstChild, late.parentNode], [root, null])
})

test("the same data show the same view, wherever it is put; other data another one", () => {
    const first = mounted()
    const again = mounted()
    assert.equal(again.root, first.root)
    assert.equal(first.place.firstChild, null)
    first.hide()
    assert.equal(again.root.parentNode, again.place)
    again.hide()
    assert.equal(again.place.firstChild, null)
    assert.equal(mounted().root, first.root)
    assert.notEqual(mounted({ layers: "01" }).root, first.root)
})

test("another page's question opens a view that asks it, once", async () => {
    const first = mounted()
    const asking = mounted({ asked: { seed: "3" } })
    assert.notEqual(asking.root, first.root)
    await settled()
    assert.equal(posted.at(-1).query.seed, "3")
    assert.equal(mounted({ asked: { seed: "3" } }).root, asking.root)
    assert.notEqual(mounted({ asked: { seed: "4" } }).root, asking.root)
})

test("an address that somebody else has written opens what it says", async () => {
    const first = mounted()
    location.href = "http://here/?seed=9"
    const moved = mounted()
    assert.notEqual(moved.root, first.root)
    await settled()
    assert.equal(posted.at(-1).query.seed, "9")
    assert.equal(mounted().root, moved.root)
})

test("while the address is another page's, neither it nor a question opens a view", () => {
    const first = mounted()
    location.href = "http://here/why?seed=7"
    assert.equal(mounted().root, first.root)
    assert.equal(mounted({ asked: { seed: "8" } }).root, first.root)
})

const FRAME = {
    pages: { "": "Memory", why: "Why?" },
    here: "why",
    scenes: [
        { name: "one", title: "One", page: "why", query: { k: "1" }, says: "", asks: "", answer: "" },
        { name: "two", title: "Two", page: "", query: { k: "2" }, says: "", asks: "", answer: "" },
    ],
    scene: "one",
    present: false,
}

/** The frame of a page without the live view. */
function framed(change = {}) {
    const place = onPage(new Part("div"))
    const [went, said] = [[], []]
    const end = frame.mount(
        place,
        BASE,
        { ...FRAME, ...change },
        to => went.push(to),
        says => said.push(says),
    )
    const press = name =>
        place
            .querySelectorAll("button")
            .find(({ title }) => title?.startsWith(name))
            .click()
    return { place, went, said, end, press }
}
const key = name => document.body.told("keydown", { key: name })

test("a frame has the pages, and its scene's card", () => {
    const { place, went, said, press, end } = framed()
    place.querySelector(".gs-brand").click()
    press("Next scene")
    press("Close the scene")
    assert.deepEqual(went, [{ page: "" }, { page: "", link: { k: "2", scene: "two" } }])
    assert.deepEqual(said, [{ scene: "", present: "" }])
    end()
    assert.equal(place.firstChild, null)
    const none = framed({ scene: "" })
    assert.equal(none.place.querySelector(".gs-scene"), null)
    none.end()
})

test("a lecture begins and ends with the page's link, and takes its steps by the page's own buttons", () => {
    const { said, press, went, end } = framed()
    const pressed = []
    const buttons = onPage(new Part("div"))
    buttons.className = "stButton"
    for (const name of ["Back", "Next"]) {
        const button = new Part("button")
        button.textContent = name
        button.addEventListener("click", () => pressed.push(name))
        buttons.append(button)
    }
    key("ArrowRight")
    press("The picture alone")
    assert.equal(document.documentElement.hasAttribute("data-gs-present"), true)
    for (const name of ["ArrowRight", "ArrowLeft"]) key(name)
    assert.deepEqual(pressed, ["Next", "Back"])
    press("Next scene")
    assert.equal(went[0].link.present, "1")
    press("Close the scene")
    key("Escape")
    assert.deepEqual(said, [
        { scene: "one", present: "1" },
        { scene: "", present: "1" },
        { scene: "one", present: "" },
    ])
    end()
    key("p")
    assert.equal(said.length, 3)
})

test("Back and Forward open the view of the address, on this page alone", async () => {
    const first = mounted()
    const told = link => {
        location.href = `http://here/${link}`
        atWindow.told("popstate")
        return first.place.firstChild
    }
    assert.equal(told("why?seed=7"), first.root)
    const moved = told("?seed=7")
    assert.notEqual(moved, first.root)
    assert.equal(told("?seed=7"), moved)
    await settled()
    assert.equal(posted.at(-1).query.seed, "7")
    moved.remove()
    assert.equal(told("?seed=8"), null)
})
