/** Where does a page begin that needs no server? It loads a model when it is asked for, and computes in itself. */

import { Address } from "./app/address.js"
import { LiveView } from "./app/live_view.js"
import { linkIn, ofLesson } from "./asking/link.js"
import { asked, bring, load, Models } from "./asking/models.js"
import { OwnFiles } from "./asking/own_files.js"
import { Threads } from "./asking/threads.js"
import { expose } from "./shared/exposed.js"
import { painted } from "./shared/page.js"
import { plotlyBy, scriptOf } from "./shared/plotly.js"

// Milliseconds between the first picture and what the page does for later visits.
const REST = 500

/** @param {HTMLElement} place @param {Wire.ToldOfSite} told */
export function mount(place, told) {
    const address = new Address()
    address.home = location.pathname
    const own = new OwnFiles(told.handed.choices.model, told.shipped)
    const models = new Models(told.shipped, load, { own })
    const begin = beginning()
    /** The page on screen. @type {LiveView | ReturnType<typeof import("./site_lesson.js").lesson> | null} */
    let view = null
    /** The link of the page Memory, if it was open. @type {Record<string, string> | null} */
    let memory = null
    let opening = 0
    const open = async () => {
        view?.close()
        view = null
        opening += 1
        const turn = opening
        const answerer = new Threads(begin, told.handed, models)
        const wanted = address.read()
        if (wanted.page === "lesson") {
            const { lesson } = await import("./site_lesson.js")
            // Meanwhile another page may have been opened.
            if (turn !== opening) return
            const cells = () => load("cells")
            view = lesson(place, { told, address, enter, asked: wanted, memory, answerer, cells })
            show()
            return goOn()
        }
        const { link, notices } = linkIn(wanted, told)
        answerer.notices = notices
        view = new LiveView({ codes: null, answerer, address, handed: told.handed, link, enter })
        view.store.onFirst(goOn)
        show()
    }
    const enter = (/** @type {Record<string, string>} */ link) => {
        history.pushState(null, "", `?${new URLSearchParams(link)}`)
        open()
    }
    const go = (/** @type {any} */ { query }) => {
        memory = query
        enter({ page: "lesson", ...ofLesson(query) })
    }
    const show = () => view?.show(place, go)
    window.addEventListener("popstate", open)
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show)
    let isComplete = false
    // What other texts and later visits need takes the line and the processor: the first picture goes before it.
    const goOn = () => {
        if (!isComplete) painted(() => models.complete().then(() => setTimeout(keep, REST)))
        isComplete = true
    }
    plotlyBy(() => scriptOf("plotly.js"))
    open()
}

/** Who begins a worker: from a text, because a page from a disk may begin none from a file. */
function beginning() {
    /** @type {Promise<string> | null} */
    let address = null
    const script = async () => {
        const { script } = await bring("computing", "computing.js")
        return URL.createObjectURL(new Blob([script], { type: "text/javascript" }))
    }
    return async () => {
        address ??= script()
        address.catch(() => {
            address = null
        })
        return new Worker(await address)
    }
}

/** Makes the page one that opens without a network. */
async function keep() {
    if (!navigator.serviceWorker || location.protocol === "file:") return
    const controlled = !!navigator.serviceWorker.controller
    await navigator.serviceWorker.register("worker.js")
    if (controlled) return
    await new Promise(ready =>
        navigator.serviceWorker.addEventListener("controllerchange", ready, {
            once: true,
        }),
    )
    // What was asked for before is asked for once more, so that it is kept; what failed, the view says.
    for (const path of asked) fetch(path).catch(() => {})
}

expose({ mount })
