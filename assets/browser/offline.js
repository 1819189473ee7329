/** Where does a page with the live view and no server begin? It has its numbers inside, and asks nobody. */

import { OfflineView } from "./app/offline_view.js"
import { opened } from "./asking/carried.js"
import { unpack } from "./asking/unpack.js"
import { expose } from "./shared/exposed.js"
import { framed } from "./shared/page.js"
import { unzipped } from "./shared/unzipped.js"

/**
 * `numbers`: an answer as `dashboard/offline/numbers.py` packs it, compressed, in base64; `nan` stands for NaN
 * among whole numbers.
 *
 * @param {HTMLElement} place @param {string} numbers
 * @param {Wire.Told} about
 */
export async function mount(place, numbers, { nan, ...told }) {
    const [here, refused] = await openedOr(told.carried)
    const says = told.says + refused
    const view = new OfflineView(unpack(await unzipped(numbers).arrayBuffer(), nan), { ...told, says }, here)
    framed(view.root, theme => view.wear(theme))
    place.append(view.root)
    view.show()
}

/**
 * Who computes in this page; or nobody, and why.
 *
 * @param {Wire.CarriedModel | null} carried
 * @returns {Promise<[import("./asking/here.js").Here | null, string]>}
 */
async function openedOr(carried) {
    if (!carried) return [null, ""]
    try {
        return [await opened(carried), ""]
    } catch (error) {
        return [null, ` This page reads no other text: ${error.message}.`]
    }
}

expose({ mount })
