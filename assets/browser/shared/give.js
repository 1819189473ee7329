/** How does a file that was made here reach the visitor? As a download whose name says what it is. */

import { element } from "./element.js"

/** What each kind of file is called on a button. @type {Object<string, string>} */
export const FILES = {
    svg: "SVG figure",
    png: "PNG figure",
    gif: "Animation (GIF)",
    html: "Web page (HTML)",
    csv: "Numbers (CSV)",
    npz: "Whole trace (npz)",
    py: "Python code",
}

// The letters of a part of a name.
const MOST = 40

/** @param {Blob} file @param {string[]} says what it is @param {string} kind the ending of its name */
export function give(file, says, kind) {
    const address = URL.createObjectURL(file)
    element("a", { href: address, download: nameOf(says, kind) }).click()
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** A name in letters that every disk takes: "gatescope-giraffes-in-a-field-c.svg". @param {string[]} says
 * @param {string} kind */
export function nameOf(says, kind) {
    const parts = says.map(part => {
        const dashed = part.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, "-")
        const letters = [...dashed.replace(/^-|-$/g, "")]
        const begin = letters.slice(0, MOST).join("")
        return letters.length > MOST ? begin.replace(/-[^-]*$/, "") : begin
    })
    return `${["gatescope", ...parts].filter(Boolean).join("-")}.${kind}`
}
