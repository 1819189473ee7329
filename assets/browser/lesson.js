/** Where does the page Lesson begin in the app? A page loads this module and calls `mount`. */

import { Server } from "./asking/server.js"
import { LessonPage } from "./lesson/page.js"
import { unzipped } from "./shared/unzipped.js"

// Milliseconds without a change before the server, which writes the link, hears of it.
const REST = 150

/**
 * A place's page; what the server was told of its view and has not said back yet, and what it last said.
 *
 * @typedef {{page: LessonPage, told: string[], last: string, resting: number}} Mounted
 * @type {WeakMap<Element, Mounted>}
 */
const mounted = new WeakMap()

/**
 * `go({page, link})` opens another page; `says(view)` tells the server what is chosen.
 *
 * @param {Element} parent @param {URL} base
 * @param {Wire.LessonMessage & Pick<Wire.Handed, "nan" | "visitor" | "colours" | keyof Wire.ToldOfAll>} message
 * @param {(place: Object) => void} go @param {(view: Object<string, string>) => void} says
 */
export function mount(parent, base, message, go, says) {
    const now = JSON.stringify(message.view)
    const there = mounted.get(parent)
    if (there) {
        const heard = there.told.indexOf(now)
        if (heard >= 0) there.told.splice(0, heard + 1)
        else if (now !== there.last) there.page.take(message.view, message.notices)
        // The theme may be another.
        else there.page.show()
        there.last = now
        return
    }
    const tell = () => {
        one.told.push(JSON.stringify(one.page.view))
        says(Object.fromEntries(Object.entries(one.page.view).map(([name, value]) => [name, `${value}`])))
    }
    const changed = () => {
        clearTimeout(one.resting)
        one.resting = setTimeout(tell, REST)
    }
    const server = new Server(base, message)
    const cells = async () => unzipped((await server.model("cells")).file).arrayBuffer()
    const toMemory = (/** @type {Object} */ link) => go({ page: "", link })
    const page = new LessonPage(message, message.colours, {
        answerer: server,
        cells,
        changed,
        toMemory,
    })
    const one = { page, told: /** @type {string[]} */ ([]), last: now, resting: 0 }
    mounted.set(parent, one)
    parent.replaceChildren(page.root)
    page.show()
}
