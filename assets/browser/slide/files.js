/** How do pictures on a page become a file? All are made in the browser, of what is on screen. */

import { bitmap, blobOf } from "./bitmap.js"
import { numbersOf } from "./numbers_of.js"
import { offlinePage } from "./offline_page.js"
import { pdf } from "./pdf.js"
import { aboutPage } from "./pictures.js"
import { slide } from "./slide.js"

const MAKE = {
    svg: svgFile,
    png: pngFile,
    pdf: pdfFile,
    html: offlinePage,
    csv: async (columns, says) => text(numbersOf(columns, says), "text/csv"),
}

/** A file of a kind. @param {string} kind @param {import("./pictures.js").Shown} shown @returns {Promise<Blob>} */
export function fileOf(kind, { columns, heading }) {
    return MAKE[kind](columns, { ...aboutPage(), title: heading }, colours())
}

const text = (content, type) => new Blob([content], { type })

async function svgFile(columns, says, look) {
    return text(await slide(columns, says, look), "image/svg+xml")
}

async function pngFile(columns, says, look) {
    return blobOf(await bitmap(await slide(columns, says, look)), "image/png")
}

async function pdfFile(columns, says, look) {
    const canvas = await bitmap(await slide(columns, says, look))
    return pdf(await blobOf(canvas, "image/jpeg", 0.95), canvas, says.title)
}

/** The page's colours. */
function colours() {
    const { color, backgroundColor } = getComputedStyle(document.querySelector(".stApp") ?? document.body)
    return { ink: color, paper: backgroundColor }
}
