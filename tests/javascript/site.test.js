/** How does a page begin that needs no server? From its address, with its picture first, and then what later visits need. */

import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"
import { atWindow, frame, onPage, Part } from "./page.js"
import { settled, VIEW } from "./pictures.js"
import { told } from "./told.js"
import { provedOf } from "./zipped.js"

const { readingOf } = await import("../../assets/browser/numbers/reading.js")
const { present } = await import("../../assets/browser/app/present.js")
const { mount } = await import("../../assets/browser/site.js")

/** What waits for its time, on a clock that stands still but for `tick`; it outlives a test, as a page's views do. */
const clock = { now: 0, last: 0, timers: new Map() }
Object.assign(globalThis, {
    setTimeout: (call, after = 0) => {
        clock.timers.set(++clock.last, { call, at: clock.now + after })
        return clock.last
    },
    clearTimeout: timer => clock.timers.delete(timer),
})
async function tick(milliseconds) {
    clock.now += milliseconds
    for (const [timer, { call, at }] of [...clock.timers]) if (at <= clock.now && clock.timers.delete(timer)) call()
    await rested()
}

const read = { ...VIEW, sentence: "a b" }
const UNTRAINED = { file: "", proved: [provedOf(readingOf(null, read, ""), read, 2)] }
/** The scripts that were loaded. @type {string[]} */
const scripts = []
let registered = []
/** What the page knows of its worker. */
const workers = {
    controller: null,
    register: async name => registered.push(name),
    addEventListener: (type, call, { once }) => registered.push(type, call, once),
}
beforeEach(() => {
    document.body.replaceChildren()
    document.activeElement = document.body
    scripts.length = 0
    registered = []
    workers.controller = null
    Object.defineProperty(navigator, "serviceWorker", { value: workers, configurable: true })
    document.head.append = /** @type {any} */ (
        script => {
            const path = script.getAttribute("src")
            scripts.push(path)
            if (path.includes("untrained")) globalThis.gatescope.model("untrained/words", UNTRAINED)
            else script.told("error")
        }
    )
    Object.assign(globalThis, { getComputedStyle: () => ({ color: "rgb(0, 0, 0)", getPropertyValue: () => "" }) })
})
afterEach(async () => {
    // What a view that failed would ask again, the next one does not.
    location.href = `http://here/site/${RANDOM}`
    atWindow.told("popstate")
    await rested()
    clock.timers.clear()
    present(false)
})

/** All that waits for no time has had its turn. */
async function rested() {
    for (let turn = 0; turn < 30; turn++) await settled()
}
/** There is a picture, or a word about why there is none; a file is unpacked in its own time. */
async function drawn(place) {
    for (let turn = 0; turn < 5_000 && !shapes(place) && !said(place); turn++) await settled()
    await rested()
}
/** The page at an address, with its first picture on the screen. */
async function opened(query, before = () => {}) {
    location.href = `http://here/site/${query}`
    before()
    const place = onPage(new Part("main"))
    mount(place, told)
    await drawn(place)
    return place
}
/** The picture is painted. */
async function painted() {
    frame(0)
    await tick(0)
    await tick(0)
    await tick(0)
}
const said = place => place.querySelector(".gs-notices")?.textContent
const shapes = place => place.querySelector(".gs-shapes")?.textContent
const RANDOM = "?model=random&sentence=a+b+c&hidden_dim=5"

test("the picture of the address goes first, and after a rest what a later visit needs", async () => {
    const place = await opened(RANDOM)
    assert.match(shapes(place), /^input \(seq_len, batch, input_size\) = \(3, 1, 4\)/)
    await painted()
    await tick(499)
    assert.deepEqual(registered, [])
    await tick(1)
    assert.deepEqual([registered[0], registered[1], registered[3]], ["worker.js", "controllerchange", true])
    assert.deepEqual(scripts, ["models/untrained/words.js"])
})

test("a page that its worker serves already, and one on a disk, keeps nothing", async () => {
    await opened(RANDOM, () => Object.assign(workers, { controller: {} }))
    await painted()
    await tick(500)
    assert.deepEqual(registered, ["worker.js"])
    workers.controller = null
    await opened(RANDOM)
    location.href = "file:///site/index.html"
    await painted()
    await tick(500)
    assert.deepEqual(registered, ["worker.js"])
})

test("what is impossible in the address is said, and Back opens the view of the address then", async () => {
    const place = await opened(`${RANDOM}&seed=x`)
    assert.match(said(place), /^seed=x is not possible/)
    const first = place.firstChild
    location.href = "http://here/site/?model=random&sentence=a+b"
    atWindow.told("popstate")
    await drawn(place)
    assert.notEqual(place.firstChild, first)
    assert.equal(place.childNodes.length, 1)
    assert.match(shapes(place), /= \(2, 1, 4\)/)
    assert.equal(said(place), "")
})
