/** How does a file that was made here reach the visitor? As a download. */

import { element } from "./element.js"

/** @param {string} address of the file @param {string} kind the ending of its name */
export function give(address, kind) {
    element("a", { href: address, download: `gatescope.${kind}` }).click()
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
