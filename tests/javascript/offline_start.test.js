/** Where does a page without a server have its scripts from? Its own, or those of another page in the same notebook. */

import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { Part } from "./page.js"
import { settled } from "./pictures.js"
import { zipped } from "./zipped.js"

const { ready } = await import("../../assets/browser/offline_start.js")
const SCRIPTS = zipped(Buffer.from(JSON.stringify(["a style", "one()", "two()"])))

/** A notebook's window around the page, and the frame in which the page stands. */
function inNotebook() {
    const notebook = Object.assign(new EventTarget(), {})
    const frame = new Part("iframe")
    Object.defineProperty(globalThis, "frameElement", { get: () => frame, configurable: true })
    Object.assign(globalThis, { parent: notebook })
    return { notebook: /** @type {any} */ (notebook), frame }
}
const put = () => document.head.querySelectorAll("*").map(({ localName, textContent }) => [localName, textContent])
const PUT = [
    ["style", "a style"],
    ["script", "one()"],
    ["script", "two()"],
]
function bring() {
    const script = document.createElement("script")
    script.id = "gs-scripts"
    script.textContent = SCRIPTS
    document.body.append(script)
}
async function rested() {
    for (let turn = 0; turn < 10; turn++) await settled()
}

beforeEach(() => {
    document.body.replaceChildren()
    document.head.replaceChildren()
    Object.defineProperty(globalThis, "frameElement", { get: () => null, configurable: true })
    Object.assign(globalThis, { parent: globalThis })
})

test("a page that brings its scripts begins with them, alone and in a page of another site", async () => {
    bring()
    await ready("k1")
    assert.deepEqual(put(), PUT)
    document.head.replaceChildren()
    Object.defineProperty(globalThis, "frameElement", { get: () => assert.fail("not allowed"), configurable: true })
    await ready("k1")
    assert.deepEqual(put(), PUT)
})

test("a page in a notebook gives its scripts to the others there, now and later", async () => {
    const { notebook, frame } = inNotebook()
    Object.defineProperty(Part.prototype, "offsetHeight", { value: 30, configurable: true })
    const waits = ready("k1")
    await rested()
    assert.match(document.body.textContent, /^To play this here, restart the notebook/)
    assert.equal(frame.style.height, "32px")
    assert.deepEqual(put(), [])
    bring()
    await ready("k1")
    await waits
    assert.deepEqual(put(), [...PUT, ...PUT])
    assert.equal(document.body.querySelector("p"), null)
    document.head.replaceChildren()
    document.body.replaceChildren()
    assert.equal(notebook["gatescope k1"], SCRIPTS)
    await ready("k1")
    assert.deepEqual(put(), PUT)
    assert.equal(document.body.firstChild, null)
})

test("a page without scripts that no notebook can give says what to do, and waits", async () => {
    let isReady = false
    ready("k2").then(() => {
        isReady = true
    })
    await rested()
    assert.match(document.body.textContent, /^To play this here, restart the notebook/)
    assert.equal(isReady, false)
})
