/** Where does a page begin that needs no server? It loads a model when it is asked for, and computes in itself. */

import { Address } from "./app/address.js"
import { LiveView } from "./app/live_view.js"
import { linkIn } from "./asking/link.js"
import { Loading } from "./asking/loading.js"
import { Models } from "./asking/models.js"
import { OwnFiles } from "./asking/own_files.js"
import { attended, Threads } from "./asking/threads.js"
import { mount as mountFrame } from "./frame.js"
import { LessonPage } from "./lesson/page.js"
import { element } from "./shared/element.js"
import { expose } from "./shared/exposed.js"
import { painted } from "./shared/page.js"
import { plotlyBy } from "./shared/plotly.js"
import { unzipped } from "./shared/unzipped.js"

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
    const computes = { ...told.handed, shipped: told.shipped }
    const begin = beginning(loading, models, { told: computes, files: own.files, isBeside: false })
    /** The page on screen. @type {LiveView | ReturnType<typeof lesson> | null} */
    let view = null
    /** The link of the page Memory, if it was open. @type {Record<string, string> | null} */
    let memory = null
    /** @type {Promise<any>} */
    let read = Promise.resolve()
    const open = () => {
        view?.close()
        const answerer = new Threads(begin, computes, opened, () => loading.share, own.take)
        const asked = address.read()
        if (asked.page === "lesson") {
            // Its figures are Plotly's.
            read = plotly()
            view = lesson(place, { told, address, enter, asked, memory, answerer, cells: () => loading.load("cells") })
            return show()
        }
        const { link, notices } = linkIn(asked, told)
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
    const go = (/** @type {any} */ { query }) => {
        memory = query
        enter({ page: "lesson", ...some(query, LESSON) })
    }
    const show = () => view?.show(place, go)
    window.addEventListener("popstate", open)
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show)
    const goOn = async () => {
        await plotly()
        if (view instanceof LiveView) view.body.questions.layAgain()
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

/** What the lesson reads too. */
const LESSON = ["sentence", "input_dim", "hidden_dim", "seed"]

/** @param {Object<string, any>} values @param {string[]} names */
const some = (values, names) => Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)))

/**
 * Shows the page Lesson; returns what ends it.
 *
 * @param {HTMLElement} place `asked`: its link; `memory`: that of the page Memory
 * @param {{told: Wire.ToldOfSite, address: Address, enter: (link: Record<string, string>) => void,
 *     asked: Record<string, string>, memory: Record<string, string> | null, answerer: Answerer, cells: () => Promise<Wire.ModelFile>}} around
 */
function lesson(place, { told, address, enter, asked, memory, answerer, cells }) {
    const { handed, lesson: message, lesson_rules: rules } = told
    const { link, notices } = linkIn(asked, { handed: { ...handed, source: ["page"] }, rules, opening: {} })
    const usual = message.view
    const typed = Object.entries(some(link, Object.keys(usual))).map(([name, text]) => {
        const kind = typeof usual[name]
        return [name, kind === "number" ? +text : kind === "boolean" ? text === "true" : text]
    })
    const linkOf = (/** @type {any} */ frame) => {
        const chosen = Object.entries(page.view).filter(([name, value]) => value !== usual[name])
        const shown = Object.entries(frame).filter(([, value]) => value)
        return `?${new URLSearchParams([["page", "lesson"], ...chosen, ...shown].map(pair => pair.map(String)))}`
    }
    const here = () => linkOf({ scene: asked.scene, present: asked.present })
    const write = () => address.write(here())
    // The address may not be written yet, and Back is to lead to what is shown.
    const goOn = (/** @type {any} */ link) => {
        history.replaceState(null, "", here())
        enter(link)
    }
    const around = {
        ...{ answerer, changed: write, toMemory: goOn },
        cells: async () => unzipped((await cells()).file).arrayBuffer(),
    }
    const page = new LessonPage(
        { ...message, view: { ...usual, ...Object.fromEntries(typed) }, notices },
        handed.colours,
        around,
    )
    // As Streamlit has it.
    const top = element("div", {})
    const block = element("div", { class: "stMainBlockContainer" }, top, page.root)
    place.replaceChildren(element("div", { class: "stMain" }, block))
    const { pages, scenes } = handed
    const begun = page.view
    const go = (/** @type {any} */ { page: to, link }) => {
        const changed = Object.fromEntries(
            LESSON.filter(name => page.view[name] !== begun[name]).map(name => [name, page.view[name]]),
        )
        const before = memory ?? { model: "random", ...some(begun, LESSON) }
        const same = Object.keys(changed).length ? { ...before, pin: "" } : before
        goOn(link ?? (to ? { page: "lesson" } : { ...same, ...changed }))
    }
    const says = (/** @type {any} */ frame) => {
        Object.assign(asked, frame)
        write()
        end()
        end = put()
    }
    const put = () =>
        mountFrame(
            top,
            null,
            { pages, scenes, here: "?page=lesson", scene: "", ...asked, present: !!asked.present },
            go,
            says,
        )
    let end = put()
    return { show: () => page.show(), close }

    function close() {
        address.leave()
        end()
    }
}

/** Evaluates Plotly, which the page has asked for from the beginning. */
const plotly = () =>
    plotlyBy(
        () =>
            new Promise((ready, failed) =>
                document.head.append(element("script", { src: "plotly.js", onload: ready, onerror: failed })),
            ),
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
