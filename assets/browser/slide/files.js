/** How does a sheet become a file? All are made in the browser, of what is on screen. */

import { svg } from "../shared/svg.js"
import { bitmap, png } from "./bitmap.js"
import { fontFace } from "./font.js"

/** @typedef {{root: SVGElement, size: import("./paper.js").Size, title: string}} Sheet */

// Pixels of a file for each of a sheet.
const FINE = 2

/** A sheet as a file. @param {"svg" | "png"} kind @param {Sheet} sheet @returns {Promise<Blob>} */
export async function sheetFile(kind, { root, size }) {
    const written = await textOf(root)
    if (kind === "svg") return text(written, "image/svg+xml")
    return png(await bitmap(written, size, FINE))
}

/** A sheet as the text of an SVG, with its letters. @param {SVGElement} root */
export async function textOf(root) {
    root.prepend(svg("style", {}, await fontFace()))
    return new XMLSerializer().serializeToString(root)
}

/** @param {string} content @param {string} type */
export const text = (content, type) => new Blob([content], { type })
