/**
 * How does the page open without a network? What it is made of comes from the network while there is one, so that it is
 * never old; weights come from here once they have been loaded. `dashboard/site/folder.py` lists the files: all else is
 * the browser's.
 */

const worker = /** @type {any} */ (self)
/** @type {{shell: string, models: string, files: string[]}} */
const { shell, models, files } = worker.site
/** @type {string} */
const scope = worker.registration.scope
// One origin may have several releases, each in its folder.
const names = { shell: `gatescope ${scope} ${shell}`, models: `gatescope ${scope} ${models}` }
const addresses = new Set(files.map(file => new URL(file, scope).href))
const isModel = (/** @type {string} */ address) => address.startsWith(`${scope}models/`)

worker.addEventListener("install", (/** @type {any} */ event) => {
    worker.skipWaiting()
    const own = [...addresses].filter(address => !isModel(address))
    event.waitUntil(caches.open(names.shell).then(cache => cache.addAll(own)))
})

worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(begin()))

async function begin() {
    const kept = Object.values(names)
    const old = (await caches.keys()).filter(name => name.startsWith(`gatescope ${scope} `) && !kept.includes(name))
    await Promise.all(old.map(name => caches.delete(name)))
    await worker.clients.claim()
}

worker.addEventListener("fetch", (/** @type {any} */ event) => {
    // A link is the same page, whatever it asks for.
    const address = event.request.url.split(/[?#]/)[0].replace(/\/index\.html$/, "/")
    if (event.request.method === "GET" && addresses.has(address)) event.respondWith(answer(event, address))
})

/** @param {any} event @param {string} address */
async function answer(event, address) {
    const name = isModel(address) ? names.models : names.shell
    const there = () => inCache(name, cache => cache.match(address))
    const kept = isModel(address) && (await there())
    if (kept) return kept
    try {
        const response = await fetch(event.request)
        const copy = response.ok && response.clone()
        if (copy) event.waitUntil(inCache(name, cache => cache.put(address, copy)))
        return response
    } catch (error) {
        const old = await there()
        if (old) return old
        throw error
    }
}

/**
 * What a cache says; nothing where the browser has no room for one, because the page opens without it.
 *
 * @param {string} name @param {(cache: Cache) => Promise<any>} ask
 */
const inCache = (name, ask) =>
    caches
        .open(name)
        .then(ask)
        .catch(() => {})
