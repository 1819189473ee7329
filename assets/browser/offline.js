/** Where does a page with the live view and no server begin? It has its numbers inside, and asks nobody. */

import { OfflineView } from "./app/offline_view.js"
import { unpackAll } from "./asking/unpack.js"
import { framed } from "./shared/framed.js"

/**
 * `numbers`: the pictures as `dashboard/offline/pictures.py` packs them, compressed, in base64; `nan` stands for NaN
 * among whole numbers.
 *
 * @param {HTMLElement} place @param {string} numbers
 * @param {import("./app/offline_view.js").Told & {nan: number}} about
 */
export async function mount(place, numbers, { nan, ...told }) {
    const view = new OfflineView(unpackAll(await bytesOf(numbers), nan), told)
    framed(view.root, theme => view.wear(theme))
    place.append(view.root)
    view.look()
}

async function bytesOf(numbers) {
    const packed = Uint8Array.from(atob(numbers), letter => letter.charCodeAt(0))
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()
}
