/**
 * What is in each frame of an animation? The sheet is painted once; over it, what is not read yet is blank. A frame for
 * each step, and at the end one that holds the whole picture.
 */

import { LETTERS, SIDE } from "../slide/paper.js"
import { covers, FAINT, NOW, newest, pace } from "./covers.js"

/** @typedef {import("./covers.js").Played} Played */

// Milliseconds that the whole picture stays.
const HOLD = 2_500

export class Frames {
    /** @param {CanvasImageSource} picture @param {{width: number, height: number}} size @param {Played} played */
    constructor(picture, { width, height }, played) {
        this.picture = picture
        this.played = played
        this.width = width
        this.height = height
        this.canvas = document.createElement("canvas")
        Object.assign(this.canvas, { width, height })
        this.pen = /** @type {CanvasRenderingContext2D} */ (
            this.canvas.getContext("2d", { willReadFrequently: true, alpha: false })
        )
    }

    /** The steps, and the hold. */
    get number() {
        return this.played.number + 1
    }

    /** The milliseconds that a frame stays. @param {number} frame */
    stays(frame) {
        return frame < this.played.number ? pace(this.played) : HOLD
    }

    /** Paints a frame, from 0 on, onto the canvas. @param {number} frame */
    paint(frame) {
        const { pen, played } = this
        const holds = frame === played.number
        const read = holds ? frame : frame + 1
        pen.globalAlpha = 1
        pen.drawImage(this.picture, 0, 0, this.width, this.height)
        pen.fillStyle = played.paper
        for (const { values, words } of covers(played, read)) {
            pen.globalAlpha = 1
            fill(pen, values)
            pen.globalAlpha = FAINT
            fill(pen, words)
        }
        if (!holds) {
            this.#mark(newest(played, read))
            if (played.story) this.#tell(played.story, read)
        }
        return this.canvas
    }

    /** Writes what the pinned unit does at this step, where the sheet tells of the pinned cell.
     * @param {import("./covers.js").Story} story @param {number} read */
    #tell({ lines, top, letters }, read) {
        const { pen, width, played } = this
        Object.assign(pen, { globalAlpha: 1, fillStyle: played.paper, textBaseline: "middle" })
        pen.fillRect(0, top, width, 1.4 * letters)
        Object.assign(pen, { globalAlpha: 0.75, fillStyle: played.ink, font: `${letters}px ${LETTERS}` })
        pen.fillText(lines[read - 1], SIDE, top + 0.7 * letters, width - 2 * SIDE)
    }

    /** Frames the newest column. @param {import("./covers.js").Box[]} boxes */
    #mark(boxes) {
        Object.assign(this.pen, { globalAlpha: 1, strokeStyle: NOW, lineWidth: 2 })
        for (const { left, top, width, height } of boxes) this.pen.strokeRect(left, top, width, height)
    }
}

/** @param {CanvasRenderingContext2D} pen @param {import("./covers.js").Box} box */
function fill(pen, { left, top, width, height }) {
    if (width > 0) pen.fillRect(left, top, width, height)
}
