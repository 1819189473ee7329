/** Where does the live view begin? A page loads this module and calls `mount`. */

import { Address } from "./app/address.js"
import { LiveView } from "./app/live_view.js"
import { InApp } from "./asking/in_app.js"
import { Models } from "./asking/models.js"
import { Threads } from "./asking/threads.js"
import { beside } from "./beside.js"
import { plotly } from "./shared/plotly.js"

const address = new Address()
/**
 * The last view: whether it is still on the page or not, the data that it shows, and the other pages' last question.
 *
 * @type {{view: LiveView, of: string, asked: string} | null}
 */
let last = null
/** Opens the view of the address, if it has changed. */
let follow = () => {}
/** Where the page's first answer has begun the view, and to which page it is to lead; null once Streamlit shows it.
 *
 * @type {{place: Element, to: Object | null} | null} */
let early = null
// Back and Forward within the page; of another page Streamlit hears itself.
window.addEventListener("popstate", () => last?.view.root.isConnected && address.isHere && address.moved && follow())

/**
 * Begins the view before Streamlit does, in a place of its own; `mount` goes on with it.
 *
 * @param {Element} place @param {URL} base @param {Parameters<typeof mount>[2]} data
 */
export function begin(place, base, data) {
    if (last) return place.remove()
    const begun = { place, to: /** @type {Object | null} */ (null) }
    early = begun
    address.waits = true
    mount(place, base, data, to => {
        begun.to = to
    })
}

/**
 * `base`: the place of the server's routes; `handed`: the data from Python; `go({page, query})` opens another page.
 *
 * All pages share one view, which the server keeps. `go` sends the server the view on screen (`query`, with the pin and
 * the opened file), also when the visitor leaves by the menu. `asked` is the view after changes on other pages; it is
 * empty if the address has a view, and then the address counts.
 *
 * Streamlit builds its page again when its colours change, and asks for a second view without closing the first: then
 * the first view continues in its place, with its zoom, its time and its open parts.
 *
 * @param {Element} parent @param {URL} base
 * @param {Wire.Handed & {asked: Object<string, string>}} data
 * @param {(place: Object) => void} go
 */
export function mount(parent, base, { asked, ...handed }, go) {
    const of = JSON.stringify([base, handed])
    const enter = (/** @type {Record<string, string>} */ link) => {
        history.pushState(history.state, "", `${address.home}?${new URLSearchParams(link)}`)
        follow()
    }
    follow = () => mount(parent, base, { asked: {}, ...handed }, go)
    const elsewhere = JSON.stringify(asked)
    const news = Object.keys(asked).length > 0 && last?.asked !== elsewhere
    address.home = new URL("..", base).pathname
    if (last?.of !== of || (address.isHere && (address.moved || news))) {
        last?.view.close()
        last = { view: open(base, handed, asked, enter), of, asked: elsewhere }
    }
    address.read()
    const begun = early?.place === parent ? null : early
    if (begun) [early, address.waits] = [null, false]
    last.view.show(parent, go)
    begun?.place.remove()
    if (begun?.to) go(begun.to)
    // By then another view may stand here, of a scene.
    return () => last?.view.hide(parent)
}

/**
 * @param {URL} base @param {Wire.Handed} handed @param {Record<string, string>} asked
 * @param {(link: Record<string, string>) => void} enter
 */
function open(base, handed, asked, enter) {
    // What is said of the drawer, the time or a lecture is no part of a view.
    const link = { ...address.read(), ...asked }
    const codes = new URL("qr", base)
    const answerer = new InApp(base, handed, computing)
    const view = new LiveView({ codes, answerer, address, handed, link, enter })
    // Plotly takes the processor for longer than the first picture, which needs none: it comes while the page waits.
    /** @type {(go: () => void) => void} */
    const idle = globalThis.requestIdleCallback ?? (go => view.store.onFirst(go))
    idle(() => plotly().then(() => view.body.questions.layAgain()))
    return view
}

/** Who computes in the page, with the models that the server sends. @param {import("./asking/server.js").Server} server */
async function computing(server) {
    /** @type {Wire.Shipped} */
    const shipped = await server.model("shipped")
    const load = (/** @type {string} */ name, /** @type {any} */ query) =>
        query ? server.steps(query) : server.model(name)
    const begin = async () => new Worker(beside("computing.js"))
    const threads = new Threads(begin, server.handed, new Models(shipped, load, { isBeside: true }))
    // The server's picture stands there.
    threads.isSeen = true
    return threads
}
