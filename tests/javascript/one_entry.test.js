/** Which entries does the history have after Streamlit's changes of the address? */

import assert from "node:assert/strict"
import test from "node:test"

const entries = ["http://here/lesson"]
const set = (at, to) => {
    entries[at] = new URL(to, entries.at(-1)).href
}
globalThis.location = /** @type {any} */ ({
    get href() {
        return entries.at(-1)
    },
    get pathname() {
        return new URL(entries.at(-1) ?? "").pathname
    },
    get search() {
        return new URL(entries.at(-1) ?? "").search
    },
})
globalThis.history = /** @type {any} */ ({
    state: null,
    pushState: (_state, _title, to) => set(entries.length, to),
    replaceState: (_state, _title, to) => set(entries.length - 1, to),
})
await import("../../assets/browser/app/one_entry.js")

/** The entries, from their paths on, after pushes onto `first`. */
function after(first, ...pushes) {
    entries.splice(0, entries.length, `http://here${first}`)
    for (const to of pushes) history.pushState(null, "", to)
    return entries.map(entry => entry.slice("http://here".length))
}

test("a page's own link takes the place of its bare address, and a changed link has an entry of its own", () => {
    assert.deepEqual(after("/lesson", "/lesson?part=1"), ["/lesson?part=1"])
    assert.deepEqual(after("/lesson?part=1", "/lesson?part=2"), ["/lesson?part=1", "/lesson?part=2"])
    assert.deepEqual(after("/?model=random", "/"), ["/"])
})

test("another page has an entry of its own, with or without a link", () => {
    assert.deepEqual(after("/lesson?part=1", "/open", "/open?task=copy"), ["/lesson?part=1", "/open?task=copy"])
    assert.deepEqual(after("/lesson?part=1", "/open?task=copy"), ["/lesson?part=1", "/open?task=copy"])
    assert.deepEqual(after("/lesson", "/open"), ["/lesson", "/open"])
})

test("a link that comes before its page's path does not stay with the page that is left", () => {
    const both = ["/lesson?task=copy", "/open?task=copy"]
    assert.deepEqual(after("/lesson?part=1", ...both), ["/lesson?part=1", "/open?task=copy"])
    assert.deepEqual(after("/lesson", ...both), ["/lesson", "/open?task=copy"])
})

test("a link that was there for a while stays, also if the next page has the same", t => {
    let now = 0
    t.mock.method(performance, "now", () => now)
    entries.splice(0, entries.length, "http://here/lesson?seed=1")
    history.pushState(null, "", "/lesson?seed=2")
    now = 5000
    history.pushState(null, "", "/why?seed=2")
    assert.equal(entries.length, 3)
})
