/** How is a sheet painted in pixels? */

/**
 * A canvas with an SVG of a size, so many times as fine.
 *
 * @param {string} text @param {{width: number, height: number}} size @param {number} fine
 */
export async function bitmap(text, { width, height }, fine) {
    const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }))
    const picture = new Image()
    picture.src = address
    await picture.decode()
    URL.revokeObjectURL(address)
    const canvas = document.createElement("canvas")
    Object.assign(canvas, { width: fine * width, height: fine * height })
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    return canvas
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
export function png(canvas) {
    return new Promise((made, failed) =>
        canvas.toBlob(blob => (blob ? made(blob) : failed(new Error("The browser could not paint it."))), "image/png"),
    )
}
