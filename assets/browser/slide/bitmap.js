/** How is a slide painted in pixels? */

import { HEIGHT, WIDTH } from "./slide.js"

// Pixels of the file for each of the slide.
const FINE = 2

/** A canvas with the slide of an SVG's text, twice as fine as the slide. @param {string} text */
export async function bitmap(text) {
    const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }))
    const picture = new Image()
    picture.src = address
    await picture.decode()
    URL.revokeObjectURL(address)
    const canvas = document.createElement("canvas")
    Object.assign(canvas, { width: FINE * WIDTH, height: FINE * HEIGHT })
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    return canvas
}

/** @param {HTMLCanvasElement} canvas @param {string} type @param {number} [quality] @returns {Promise<Blob>} */
export function blobOf(canvas, type, quality) {
    return new Promise((made, failed) =>
        canvas.toBlob(
            blob => (blob ? made(blob) : failed(new Error("The browser could not paint it."))),
            type,
            quality,
        ),
    )
}
