/** How do a page's pictures become a file? As a slide, as their numbers, or as a page that works offline. */

import { sheetFile, text } from "./files.js"
import { numbersOf } from "./numbers_of.js"
import { offlinePage } from "./offline_page.js"
import { SIZES } from "./paper.js"
import { aboutPage } from "./pictures.js"
import { slide } from "./slide.js"

/** A page's pictures as a file of a kind. @param {string} kind @param {import("./pictures.js").Shown} shown
 * @returns {Promise<Blob>} */
export async function fileOf(kind, { columns, heading }) {
    const says = { ...aboutPage(), title: heading }
    if (kind === "csv") return text(numbersOf(columns, says), "text/csv")
    if (kind === "html") return offlinePage(columns, says, colours())
    const root = await slide(columns, says, colours())
    return sheetFile(/** @type {"svg"} */ (kind), { root, size: SIZES.slide, title: heading })
}

/** The page's colours. */
function colours() {
    const { color, backgroundColor } = getComputedStyle(document.querySelector(".stApp") ?? document.body)
    return { ink: color, paper: backgroundColor }
}
