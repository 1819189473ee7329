/** Which model does a page carry, and does it compute as PyTorch did? `dashboard/offline/carried.py` packs it. */

import { openModel } from "../engine/model.js"
import { unzipped } from "../shared/unzipped.js"
import { Here } from "./here.js"
import { nearness } from "./proof.js"

/** Who answers in the page; compared with PyTorch. Throws an Error where the page could prove nothing. */
export async function opened(/** @type {Wire.CarriedModel} */ { about, file, proved, ...told }) {
    const data = await unzipped(file).arrayBuffer()
    const model = data.byteLength ? openModel(data) : null
    const near = await nearness(model, [proved])
    const here = new Here(told, async () => ({ model, about, proof: "computed in this page", sizes: {}, notices: [] }))
    here.near = near
    return here
}
