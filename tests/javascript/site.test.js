/** How does a page begin that needs no server? From its address. */

import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"
import { atWindow, onPage, Part } from "./page.js"
import { settled, VIEW } from "./pictures.js"
import { told } from "./told.js"
import { provedOf } from "./zipped.js"

const { readingOf } = await import("../../assets/browser/numbers/reading.js")
const { present } = await import("../../assets/browser/app/present.js")
const { mount } = await import("../../assets/browser/site.js")

const read = { ...VIEW, sentence: "a b" }
const UNTRAINED = { file: "", proved: [provedOf(readingOf(null, read, ""), read, 2)] }
beforeEach(() => {
    document.body.replaceChildren()
    document.activeElement = document.body
    document.head.append = /** @type {any} */ (
        script => {
            const path = script.getAttribute("src")
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
async function opened(query) {
    location.href = `http://here/site/${query}`
    const place = onPage(new Part("main"))
    mount(place, told)
    await drawn(place)
    return place
}
const said = place => place.querySelector(".gs-notices")?.textContent
const shapes = place => place.querySelector(".gs-shapes")?.textContent
const RANDOM = "?model=random&sentence=a+b+c&hidden_dim=5"

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
