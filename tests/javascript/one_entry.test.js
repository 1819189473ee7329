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
/** What the window hears. @type {Record<string, () => void>} */
const hears = {}
/** Whether it hears so before the page does. @type {Record<string, boolean>} */
const isFirst = {}
globalThis.addEventListener = /** @type {any} */ (
    (name, call, capture) => {
        hears[name] = call
        isFirst[name] = capture
    }
)
await import("../../assets/browser/app/one_entry.js")

/** The entries, from their paths on. */
const paths = () => entries.map(entry => entry.slice("http://here".length))

/** The entries after the visitor has done something at `first`, and after pushes. */
function after(first, ...pushes) {
    entries.splice(0, entries.length, `http://here${first}`)
    hears.pointerdown()
    for (const to of pushes) history.pushState(null, "", to)
    return paths()
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

test("half a link is made whole without an entry, until the visitor changes something", () => {
    const [half, whole, changed] = ["/units?brush=0-2", "/units?brush=0-2&seed=2", "/units?seed=2"]
    assert.deepEqual(after("/?seed=2", half, whole), ["/?seed=2", whole])
    hears.keydown()
    history.pushState(null, "", changed)
    assert.deepEqual(paths(), ["/?seed=2", whole, changed])
})

test("after Back each address is dropped until the run that answers it has begun", () => {
    after("/lesson?part=1&seed=2")
    hears.popstate()
    history.pushState(null, "", "/lesson?part=3")
    history.replaceState(null, "", "/lesson?part=3&begun=1")
    history.pushState(null, "", "/open?task=copy")
    assert.deepEqual(paths(), ["/lesson?part=1&seed=2"])
    history.replaceState(null, "", "/lesson?seed=2&part=1&begun=1")
    assert.deepEqual(paths(), ["/lesson?part=1&seed=2"])
    history.pushState(null, "", "/lesson?part=1&seed=2&step=0")
    assert.deepEqual(paths(), ["/lesson?part=1&seed=2&step=0"])
})

test("what the visitor does after Back is newer than it", () => {
    after("/lesson?part=1")
    hears.popstate()
    hears.pointerdown()
    history.pushState(null, "", "/open?task=copy")
    assert.deepEqual(paths(), ["/lesson?part=1", "/open?task=copy"])
})

test("a link that comes before its page's path does not stay with the page that is left", t => {
    const both = ["/lesson?task=copy", "/open?task=copy"]
    assert.deepEqual(after("/lesson?part=1", ...both), ["/lesson?part=1", "/open?task=copy"])
    assert.deepEqual(after("/lesson", ...both), ["/lesson", "/open?task=copy"])
    // Who opens a page later, that has the same link, leaves this one as it is.
    after("/lesson?part=1", both[0])
    const later = performance.now() + 2000
    t.mock.method(performance, "now", () => later)
    history.pushState(null, "", both[1])
    assert.deepEqual(paths(), ["/lesson?part=1", ...both])
})

test("a page that is opened makes no entry until the visitor does something there", () => {
    after("/lesson?a=1")
    history.pushState(null, "", "/open?b=1")
    history.pushState(null, "", "/open?b=2")
    assert.deepEqual(paths(), ["/lesson?a=1", "/open?b=2"])
    hears.input()
    history.pushState(null, "", "/open?b=3")
    assert.deepEqual(paths(), ["/lesson?a=1", "/open?b=2", "/open?b=3"])
    hears.popstate()
    hears.input()
    hears.popstate()
    history.replaceState(null, "", "/open?b=3&begun=1")
    history.pushState(null, "", "/open?b=4")
    assert.deepEqual(paths(), ["/lesson?a=1", "/open?b=2", "/open?b=4"], "Back is no act of the page")
})
