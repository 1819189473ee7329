/**
 * Is the drawer below the picture open, and whose path over c is shown? In a link "why=1&path=2", or "path=2.1" for one
 * feature of a series at a step; "label=NOUN" asks about that label.
 */

import { pinOf } from "./pin.js"

/** @typedef {{step: number, feature: number | null}} Event A word, or a feature at a step. */
/** @typedef {{open: boolean, event: Event | null, label: string}} Drawer */
/** @typedef {{of: Picture, cell: string, values: Says.Drawer | null, said: string}} Why What was
 * said of a picture's cell; or, in a sentence, why nothing was. */

/** @param {Object<string, string>} link @returns {Drawer} */
export function drawerOf({ why, path, label }) {
    return { open: why === "1", event: eventOf(path), label: label ?? "" }
}

/** @param {string | undefined} path @returns {Event | null} */
export function eventOf(path) {
    if (!/^\d{1,6}(\.\d{1,4})?$/.test(path ?? "")) return null
    const [step, feature = null] = `${path}`.split(".").map(Number)
    return { step, feature }
}

/** An event as in a link. @param {Event | null | undefined} event */
export const eventText = event => (event ? [event.step, event.feature ?? []].flat().join(".") : "")

/** The drawer in a link, by name. @param {Drawer} drawer */
export function inLink({ open, event, label }) {
    return open ? { why: "1", path: eventText(event), label } : {}
}

/** What is said of the pinned cell in the picture on screen; null while it is not known. @param {State} state */
export function whyOf({ why, picture, pin }) {
    return why && why.of === picture && pin && why.cell === pinOf(pin) ? why : null
}
