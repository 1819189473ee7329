/** How is the screen's state written into a link, and for the other pages? */

import { brushText } from "./brush.js"
import { inLink } from "./drawer.js"
import { pinOf } from "./pin.js"
import { readAt } from "./time.js"
import { zoomText } from "./zoom.js"

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
