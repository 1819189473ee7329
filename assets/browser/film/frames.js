/**
 * What is in each frame of an animation? The sheet is painted once; over it, what is not read yet is blank. A frame for
 * each step, and at the end one that holds the whole picture.
 */

import { columnsOf, covers, FAINT, NOW, newest, pace } from "./covers.js"

/** @typedef {import("./covers.js").Played} Played */

// The margin of the sheet's texts, as Plotly draws them, in pixels.
const SIDE = 26
// Milliseconds that the whole picture stays.
const HOLD = 2_500

export class Frames {
    /**
     * @param {ImageBitmap | HTMLImageElement} picture @param {{width: number, height: number, meta: {played: Played},
     *     font: {family: string}}} layout of the sheet
     */
    constructor(picture, layout) {
        this.picture = picture
        this.layout = layout
        this.played = layout.meta.played
        this.width = layout.width
        this.height = layout.height
        this.canvas = document.createElement("canvas")
        Object.assign(this.canvas, { width: this.width, height: this.height })
        this.pen = /** @type {CanvasRenderingContext2D} */ (
            this.canvas.getContext("2d", { willReadFrequently: true, alpha: false })
        )
    }

    /** A sheet's frames, once Plotly has painted it. @param {any} figure @returns {Promise<Frames>} */
    static async of({ data, layout }) {
        const { width, height } = layout
        const picture = new Image()
        picture.src = await Plotly.toImage({ data, layout }, { format: "png", width, height, scale: 1 })
        await picture.decode()
        return new Frames(picture, layout)
    }

    /** The steps, and the hold. */
    get number() {
        return columnsOf(this.played) + 1
    }

    /** The milliseconds that a frame stays. @param {number} frame */
    stays(frame) {
        return frame < columnsOf(this.played) ? pace(this.played) : HOLD
    }

    /** Paints a frame, from 0 on, onto the canvas. @param {number} frame */
    paint(frame) {
        const { pen, played } = this
        const holds = frame === columnsOf(played)
        const read = holds ? frame : frame + 1
        pen.globalAlpha = 1
        pen.drawImage(this.picture, 0, 0, this.width, this.height)
        pen.fillStyle = played.paper
        for (const { values, words } of covers(played, read, axis => this.#range(axis))) {
            pen.globalAlpha = 1
            fill(pen, values)
            pen.globalAlpha = FAINT
            fill(pen, words)
        }
        if (!holds) {
            this.#mark(newest(played, read, axis => this.#range(axis)))
            if (played.story) this.#tell(played.story, read)
        }
        return this.canvas
    }

    /** Writes what the pinned unit does at this step, where the sheet tells of the pinned cell. */
    #tell({ lines, middle, letters, colour }, read) {
        const { pen, width, layout, played } = this
        Object.assign(pen, { globalAlpha: 1, fillStyle: played.paper, textBaseline: "middle" })
        pen.fillRect(0, middle - 0.7 * letters, width, 1.4 * letters)
        Object.assign(pen, { fillStyle: colour, font: `${letters}px ${layout.font.family}` })
        pen.fillText(lines[read - 1], SIDE, middle, width - 2 * SIDE)
    }

    /** Frames the newest column. @param {import("./covers.js").Box[]} boxes */
    #mark(boxes) {
        Object.assign(this.pen, { globalAlpha: 1, strokeStyle: NOW, lineWidth: 2 })
        for (const { left, top, width, height } of boxes) this.pen.strokeRect(left, top, width, height)
    }

    #range(axis) {
        return this.layout[axis].range
    }
}

/** @param {CanvasRenderingContext2D} pen @param {import("./covers.js").Box} box */
function fill(pen, { left, top, width, height }) {
    if (width > 0) pen.fillRect(left, top, width, height)
}
