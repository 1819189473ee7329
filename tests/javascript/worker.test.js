/** What does a page get while there is no network, and what is kept for that? A worker with made caches and network. */

import assert from "node:assert/strict"
import { test } from "node:test"

const SCOPE = "http://here/site/"
const heard = {}
const went = []
const worker = {
    site: { shell: "s2", models: "m1", files: ["./", "index.js", "new.js", "icon.png", "models/a.js"] },
    registration: { scope: SCOPE },
    clients: { claim: async () => went.push("claim") },
    skipWaiting: () => went.push("skip"),
    addEventListener: (type, call) => {
        heard[type] = call
    },
}
/** What is in each cache, by address. @type {Map<string, Map<string, string>>} */
const kept = new Map()
let isFull = false
const caches = {
    keys: async () => [...kept.keys()],
    delete: async name => kept.delete(name),
    open: async name => {
        if (!kept.has(name)) kept.set(name, new Map())
        const own = kept.get(name)
        return {
            addAll: async files => {
                for (const file of files) own.set(file, `first ${file.slice(SCOPE.length)}`)
            },
            put: async (address, response) => {
                if (isFull) throw new DOMException("", "QuotaExceededError")
                own.set(address, await response.text())
            },
            match: async address => (own.has(address) ? new Response(own.get(address)) : undefined),
        }
    },
}
let network = null
Object.assign(globalThis, { self: worker, caches, fetch: async request => network(request) })
await import("../../assets/browser/worker.js")

const [shell, models] = [`gatescope ${SCOPE} s2`, `gatescope ${SCOPE} m1`]
const inCache = (name, path) => kept.get(name)?.get(SCOPE + path)
const wait = type => new Promise(done => heard[type]({ waitUntil: coming => coming.then(done) }))
/** What the page gets for a path, once all is kept; undefined where the worker leaves it to the browser. */
async function got(path, { method = "GET", scope = SCOPE } = {}) {
    let answer
    const after = []
    const respondWith = coming => {
        answer = coming
    }
    const waitUntil = coming => after.push(coming)
    heard.fetch({ request: { url: scope + path, method }, respondWith, waitUntil })
    const text = await (await answer)?.text()
    await Promise.all(after)
    return text
}
const online = (ok = true) => {
    network = async ({ url }) => new Response(`net ${url.slice(SCOPE.length)}`, { status: ok ? 200 : 404 })
}
const offline = () => {
    network = async () => {
        throw new TypeError("offline")
    }
}

test("it keeps the page's files as it begins, and drops what older releases of this folder kept", async () => {
    await wait("install")
    assert.deepEqual([inCache(shell, ""), inCache(shell, "index.js")], ["first ", "first index.js"])
    const others = [`gatescope ${SCOPE}old/ s1`, "somebody's"]
    for (const name of [models, `gatescope ${SCOPE} s1`, `gatescope ${SCOPE} m0`, ...others]) kept.set(name, new Map())
    await wait("activate")
    assert.deepEqual([...kept.keys()].sort(), [shell, models, ...others].sort())
    assert.deepEqual(went, ["skip", "claim"])
})

test("the page comes from the network while there is one, and is kept for later under its bare address", async () => {
    online()
    assert.equal(await got("index.js"), "net index.js")
    assert.equal(await got("?seed=3"), "net ?seed=3")
    assert.equal(await got("new.js?v=1"), "net new.js?v=1")
    assert.equal(await got("icon.png"), "net icon.png", "a file that is opened alone")
    offline()
    assert.equal(await got("index.js"), "net index.js")
    for (const link of ["", "?other=4", "index.html?other=4", "#a"]) assert.equal(await got(link), "net ?seed=3", link)
    assert.equal(await got("new.js?v=2"), "net new.js?v=1")
    online(false)
    assert.equal(await got("index.js"), "net index.js")
    network = async () => new Response("broken", { status: 500 })
    assert.equal(await got("index.js"), "broken")
    offline()
    assert.equal(await got("index.js"), "net index.js", "an error is not kept")
})

test("weights that have come once come from here, and nothing else is kept of an error", async () => {
    online(false)
    assert.equal(await got("models/a.js"), "net models/a.js")
    offline()
    await assert.rejects(got("models/a.js"), /offline/)
    online()
    assert.equal(await got("models/a.js"), "net models/a.js")
    network = async () => new Response("newer")
    assert.equal(await got("models/a.js"), "net models/a.js")
    assert.deepEqual([inCache(models, "models/a.js"), inCache(shell, "models/a.js")], ["net models/a.js", undefined])
})

test("what is not one of the page's files is the browser's, and nothing of it is kept", async () => {
    online()
    const before = JSON.stringify([...kept].map(([name, files]) => [name, [...files]]))
    for (const path of ["other.html", "other/", "other/index.html", "models/b.js", "a/models/a.js", "gatescope"])
        assert.equal(await got(path), undefined, path)
    assert.equal(await got("index.js", { method: "POST" }), undefined)
    assert.equal(await got("index.js", { scope: "http://here/other/" }), undefined)
    assert.equal(await got("models/a.js", { method: "POST" }), undefined)
    assert.equal(JSON.stringify([...kept].map(([name, files]) => [name, [...files]])), before)
})

test("where the browser has no room to keep a file, the page gets what the network says", async () => {
    for (const files of kept.values()) files.delete(`${SCOPE}models/a.js`)
    const { open } = caches
    network = async () => new Response("now")
    for (const spoil of [() => (isFull = true), () => (caches.open = async () => Promise.reject(new DOMException()))]) {
        spoil()
        for (const path of ["", "index.js", "models/a.js"]) assert.equal(await got(path), "now")
    }
    Object.assign(caches, { open })
    isFull = false
})
