/**
 * How does the page open without a network? What it is made of comes from the network while there is one, so that it is
 * never old; weights come from here once they have been loaded. `dashboard/site/folder.py` writes the names.
 */

const worker = /** @type {any} */ (self)
/** @type {{shell: string, models: string, files: string[]}} */
const { shell, models, files } = worker.site
/** @type {string} */
const scope = worker.registration.scope
// One origin may have several releases, each in its folder.
const names = { shell: `gatescope ${scope} ${shell}`, models: `gatescope ${scope} ${models}` }

worker.addEventListener("install", (/** @type {any} */ event) => {
    worker.skipWaiting()
    event.waitUntil(caches.open(names.shell).then(cache => cache.addAll(files)))
})

worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(begin()))

async function begin() {
    const kept = Object.values(names)
    const old = (await caches.keys()).filter(name => name.startsWith(`gatescope ${scope} `) && !kept.includes(name))
    await Promise.all(old.map(name => caches.delete(name)))
    await worker.clients.claim()
}

worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const { url, method } = event.request
    if (method !== "GET" || !url.startsWith(scope)) return
    event.respondWith(url.startsWith(`${scope}models/`) ? fromHere(event.request) : fromNetwork(event.request))
})

/** @param {Request} request */
async function fromHere(request) {
    const cache = await caches.open(names.models)
    const there = await cache.match(request)
    if (there) return there
    const response = await fetch(request)
    if (response.ok) await cache.put(request, response.clone())
    return response
}

/** @param {Request} request */
async function fromNetwork(request) {
    const cache = await caches.open(names.shell)
    try {
        const response = await fetch(request)
        // A link is the same page, whatever it asks for.
        if (response.ok) await cache.put(request.mode === "navigate" ? scope : request, response.clone())
        return response
    } catch (error) {
        const there = await cache.match(request, { ignoreSearch: true })
        if (there) return there
        const page = request.mode === "navigate" && (await cache.match(scope))
        if (page) return page
        throw error
    }
}
