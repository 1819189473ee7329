/** When does a page of Streamlit read a text that is typed? As soon as the typing rests. */

import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { onPage, Part } from "./page.js"
import { clockStands } from "./pictures.js"

const { followTyping } = await import("../../assets/browser/controls/export_menu.js")

class Box extends Part {
    ariaLabel = "Sentence to read"
    sent = []
    constructor() {
        super("textarea")
    }
    dispatchEvent(event) {
        this.sent.push(event)
    }
}
class Key {
    constructor(type, about) {
        Object.assign(this, { type, ...about })
    }
}
Object.assign(globalThis, { HTMLTextAreaElement: Box, KeyboardEvent: Key })
clockStands()
beforeEach(() => {
    document.body.replaceChildren()
    document.activeElement = document.body
})

test("a quarter of a second after the last key the box is told that the text is whole", () => {
    const over = new AbortController()
    followTyping(over.signal)
    const box = /** @type {any} */ (onPage(new Box()))
    box.told("input")
    mock.timers.tick(200)
    box.told("input")
    mock.timers.tick(249)
    assert.deepEqual(box.sent, [])
    mock.timers.tick(1)
    const enter = { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true, cancelable: true }
    assert.deepEqual(
        box.sent.map(event => ({ ...event })),
        [{ type: "keydown", ...enter }],
    )
    over.abort()
    box.told("input")
    mock.timers.tick(1_000)
    assert.equal(box.sent.length, 1)
})

test("another box is left alone, and one that was typed in before is followed at once", () => {
    const other = /** @type {any} */ (onPage(new Box()))
    const part = /** @type {any} */ (onPage(new Part("input")))
    Object.assign(part, { ariaLabel: "Sentence", dispatchEvent: () => assert.fail("no text of several lines") })
    const [first, none] = [new Box(), new Box()].map(box => /** @type {any} */ (onPage(box)))
    Object.assign(other, { ariaLabel: "A name" })
    Object.assign(none, { ariaLabel: undefined })
    document.activeElement = first
    const over = new AbortController()
    followTyping(over.signal)
    for (const box of [other, part, none]) box.told("input")
    mock.timers.tick(250)
    assert.deepEqual([other.sent.length, none.sent.length, first.sent.length], [0, 0, 1])
    over.abort()
})
