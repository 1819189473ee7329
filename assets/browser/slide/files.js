/** How does a sheet become a file? All are made in the browser, of what is on screen. */

import { svg } from "../shared/svg.js"
import { bitmap, png } from "./bitmap.js"
import { fontFace } from "./font.js"
import { numbersOf } from "./numbers_of.js"
import { offlinePage } from "./offline_page.js"
import { SIZES } from "./paper.js"
import { pdf } from "./pdf.js"
import { aboutPage } from "./pictures.js"
import { slide } from "./slide.js"

/** @typedef {{root: any, size: import("./paper.js").Size, title: string}} Sheet */

// Pixels of a file for each of a sheet.
const FINE = 2

/** A sheet as a file. @param {"svg" | "png" | "pdf"} kind @param {Sheet} sheet @returns {Promise<Blob>} */
export async function sheetFile(kind, { root, size, title }) {
    const written = await textOf(root)
    if (kind === "svg") return text(written, "image/svg+xml")
    const canvas = await bitmap(written, size, FINE)
    return kind === "png" ? png(canvas) : pdf(canvas, size, title)
}

/** A sheet as the text of an SVG, with its letters. */
export async function textOf(root) {
    root.prepend(svg("style", {}, await fontFace()))
    return new XMLSerializer().serializeToString(root)
}

/** A page's pictures as a file of a kind. @param {string} kind @param {import("./pictures.js").Shown} shown
 * @returns {Promise<Blob>} */
export async function fileOf(kind, { columns, heading }) {
    const says = { ...aboutPage(), title: heading }
    if (kind === "csv") return text(numbersOf(columns, says), "text/csv")
    if (kind === "html") return offlinePage(columns, says, colours())
    const root = await slide(columns, says, colours())
    return sheetFile(/** @type {"svg"} */ (kind), { root, size: SIZES.slide, title: heading })
}

const text = (content, type) => new Blob([content], { type })

/** The page's colours. */
function colours() {
    const { color, backgroundColor } = getComputedStyle(document.querySelector(".stApp") ?? document.body)
    return { ink: color, paper: backgroundColor }
}
