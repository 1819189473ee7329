/** Where does a page begin that needs no server? It loads a model when it is asked for, and computes in itself. */

import { Address } from "./app/address.js"
import { LiveView } from "./app/live_view.js"
import { linkIn } from "./asking/link.js"
import { Loading } from "./asking/loading.js"
import { Models } from "./asking/models.js"
import { OwnFiles } from "./asking/own_files.js"
import { attended, Threads } from "./asking/threads.js"
import { element } from "./shared/element.js"
import { expose } from "./shared/exposed.js"
import { painted } from "./shared/page.js"

// Milliseconds between the first picture and what the page does for later visits.
const REST = 500

/** @param {HTMLElement} place @param {Wire.ToldOfSite} told */
export function mount(place, told) {
    const address = new Address()
    address.home = location.pathname
    const loading = new Loading(told.bytes)
    const models = new Models(told.shipped, loading.load)
    const own = new OwnFiles(told.handed.choices.model, told.shipped)
    const opened = async (/** @type {any} */ source) => (own.has(source.model) ? own.open(source) : models.open(source))
    const begin = beginning(loading, models, { told, files: own.files, isBeside: false })
    /** @type {LiveView | null} */
    let view = null
    /** @type {Promise<any>} */
    let read = Promise.resolve()
    const open = () => {
        view?.close()
        const { link, notices } = linkIn(address.read(), told)
        const answerer = new Threads(begin, told, opened, () => loading.share, own.take)
        answerer.notices = notices
        view = new LiveView({ codes: null, answerer, address, handed: told.handed, styled, link, enter })
        show()
        // What the view asks is read once; a refusal it says.
        read = answerer.read(link).catch(() => {})
    }
    const enter = (/** @type {Record<string, string>} */ link) => {
        history.pushState(null, "", `?${new URLSearchParams(link)}`)
        open()
    }
    const show = () => view?.show(place, () => {})
    window.addEventListener("popstate", open)
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show)
    const goOn = async () => {
        await plotly()
        view?.body.questions.layAgain()
        setTimeout(() => keep(loading), REST)
    }
    open()
    // Plotly and keeping take the processor: the first picture goes before them.
    read.then(() => painted(goOn))
}

/**
 * Who begins a worker, and gives it the models that the page has loaded. It begins from a text, because a page from a
 * disk may begin none from a file.
 *
 * @param {Loading} loading @param {Models} models @param {Parameters<typeof attended>[2]} page
 */
function beginning(loading, models, page) {
    /** @type {Promise<string> | null} */
    let address = null
    const script = async () => {
        const { script } = await loading.bring("computing", "computing.js")
        return URL.createObjectURL(new Blob([script], { type: "text/javascript" }))
    }
    return async () => {
        address ??= script()
        address.catch(() => {
            address = null
        })
        return attended(new Worker(await address), models, page)
    }
}

// The styles stand before the script.
const styled = Promise.resolve()

/** Evaluates Plotly, which the page has asked for from the beginning. */
const plotly = () =>
    new Promise((ready, failed) =>
        document.head.append(element("script", { src: "plotly.js", onload: ready, onerror: failed })),
    )

/** Makes the page one that opens without a network. */
async function keep(/** @type {Loading} */ loading) {
    if (!navigator.serviceWorker || location.protocol === "file:") return
    const controlled = !!navigator.serviceWorker.controller
    await navigator.serviceWorker.register("worker.js")
    if (controlled) return
    await new Promise(ready =>
        navigator.serviceWorker.addEventListener("controllerchange", ready, {
            once: true,
        }),
    )
    // What was asked for before is asked for once more when it is here, so that it is kept; what failed, the view says.
    for (const [path, coming] of loading.asked)
        coming.then(
            () => fetch(path),
            () => {},
        )
}

expose({ mount })
