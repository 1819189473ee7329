/** Where does a page with the live view and no server begin? It has its numbers inside, and asks nobody. */

import { OfflineView } from "./app/offline_view.js"
import { Carried, opened } from "./asking/here.js"
import { pictureOf, unpack } from "./asking/server.js"
import { expose } from "./shared/exposed.js"
import { framed } from "./shared/page.js"
import { unzipped } from "./shared/unzipped.js"

/**
 * `packed`: a recording as `dashboard/offline/page.py` packs it, compressed, in base64; `nan` stands for NaN among whole
 * numbers.
 *
 * @param {HTMLElement} place @param {string} packed
 * @param {Wire.Told} about
 */
export async function mount(place, packed, { nan, words, ...told }) {
    const [carried, refused] = await openedOr(told.carried)
    const numbers = drawn(unpack(await unzipped(packed).arrayBuffer(), nan), words)
    const says = told.says + numbers.made + refused
    const view = new OfflineView(new Carried(numbers, carried), { ...told, says })
    framed(view.root, theme => view.wear(theme))
    place.append(view.root)
    view.show()
}

/** What is drawn first; no link leads to it. @param {Wire.RecordedView} recording @param {Wire.Words} words */
function drawn(recording, words) {
    const links = { always: [], never: [], longest: 0 }
    const { view, ...numbers } = pictureOf(recording, { query: {}, cell: null }, { usual: {}, words, links })
    const { pin, holds, colours } = view
    return { ...numbers, link: "", lasts: "", notices: recording.notices, view: { pin, holds, colours } }
}

/** What this page carries; or nothing, and why. @param {Wire.CarriedModel | null} carried
 * @returns {Promise<[Awaited<ReturnType<typeof opened>> | null, string]>} */
async function openedOr(carried) {
    try {
        return [carried && (await opened(carried)), ""]
    } catch (error) {
        return [null, ` This page reads no other text: ${error.message}.`]
    }
}

expose({ mount })
