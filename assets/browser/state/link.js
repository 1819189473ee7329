/**
 * How is what is on screen written into a link, and for the other pages? The pinned cell, the drawer, and all the
 * rest.
 */

import { readAt } from "./time.js"
import { brushText, zoomText } from "./zoom.js"

// Which cell is pinned? "layer.unit.step" in a link, with ".1" behind it in direction 1.

/** @typedef {{layer: number, direction: number, unit: number, step: number}} Cell */

/** @param {string | undefined} pin @returns {Cell | null} */
export function cellOf(pin) {
    if (!pin) return null
    const [layer, unit, step, direction = 0] = pin.split(".").map(Number)
    return { layer, direction, unit, step }
}

/** @param {Cell} cell */
export function pinOf({ layer, direction, unit, step }) {
    return [layer, unit, step, ...(direction ? [1] : [])].join(".")
}

/** @param {Cell | null | undefined} one @param {Cell | null | undefined} other */
export function sameCell(one, other) {
    return !!one && !!other && pinOf(one) === pinOf(other)
}

// Is the drawer below the picture open, and whose path over c is shown? In a link "why=1&path=2", or "path=2.1" for
// one feature of a series at a step; "label=NOUN" asks about that label.

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

// How is the screen's state written into a link, and for the other pages?

/**
 * The query of a link to the screen. A text that is too long for a link is left out, and with it the pin, the zoom,
 * the selected words and the time, which belong to it.
 *
 * @param {Drawn} state @param {string} here the address's present question
 */
export function linkTo({ picture, pin, zoom, brush, time, drawer, presenting, scene }, here) {
    const query = new URLSearchParams(picture.link)
    query.delete("pin")
    const put = (/** @type {string} */ name, /** @type {unknown} */ value) => value && query.set(name, `${value}`)
    if (picture.pins) {
        put("pin", pin && pinOf(pin))
        put("zoom", zoomText(zoom))
        put("brush", brushText(brush))
        for (const [name, value] of Object.entries(inLink(drawer))) put(name, value)
        if (time.at !== null) put("at", `${picture.columns.step(time.from + readAt(time))}`)
    }
    put("present", presenting && "1")
    put("scene", scene)
    for (const [name, value] of new URLSearchParams(here)) {
        if (name.startsWith("embed")) query.append(name, value)
    }
    return query
}

/** Everything on screen, for the other pages: also a file and a pin that a link can't contain. @param {Drawn} state */
export function inFull({ picture, pin }) {
    const query = { ...picture.view, pin: pin ? pinOf(pin) : "" }
    return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, `${value}`]))
}

/** What is read, in at most 70 letters: a file by its name. @param {Drawn} state */
export function titleOf({ picture, source }) {
    const letters = [...(picture.file?.replace(/: [^:]*$/, "") ?? `${source.sentence}`)]
    return letters.length > 70 ? `${letters.slice(0, 69).join("")}…` : letters.join("")
}
