/** Where does a part of the page stand, and how large is it? Each side in pixels.
 * @param {{style: any}} part @param {Object<string, number>} box */
export function place({ style }, box) {
    for (const [side, pixels] of Object.entries(box)) style[side] = `${pixels}px`
}

/** The pen of an empty canvas of such a size, as sharp as the screen. @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number, left?: number, top?: number}} box @param {number} scale */
export function penOf(canvas, box, scale = devicePixelRatio) {
    Object.assign(canvas, { width: Math.round(box.width * scale), height: Math.round(box.height * scale) })
    place(canvas, box)
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
    pen.setTransform(scale, 0, 0, scale, 0, 0)
    return pen
}
