/** What is in each frame of an animation? The sheet is painted once; over it, what is not read yet is blank. */

import { LETTERS, SIDE } from "../slide/files.js"

// Which part of an exported sheet is not read yet? The animation covers it.

/**
 * A part of a sheet over the steps, in pixels: where its columns begin and the last one ends; from `top` to `words` are
 * words, from there to `bottom` values; `direction` 1 is read from the right.
 *
 * @typedef {{edges: number[], top: number, words: number, bottom: number, direction: number}} Area
 *
 * How a sheet is played: `number` columns in each area, and a sentence for each, where the sheet has one on the pinned
 * cell.
 *
 * @typedef {{lines: string[], top: number, letters: number}} Story
 * @typedef {{number: number, areas: Area[], story: Story | null, paper: string, ink: string}} Played
 *
 * @typedef {{left: number, top: number, width: number, height: number}} Box
 */

/** The colour of the frame around the newest step, and how much covers the words that are not read yet. */
const NOW = "#e08a00"
const FAINT = 0.75

// The last slanted word leans out of its column to the right, in pixels.
const LEANS = 80
// Pixels of the pinned cell's frame that stand beside the strips.
const FRAME = 4
// Most milliseconds of a step, and of all steps together.
const STEP = 700
const WHOLE = 40_000

/** The milliseconds that a step stays. @param {{number: number}} played */
export const pace = ({ number }) => Math.min(STEP, WHOLE / number)

/**
 * What is not read once `read` columns are, in each area: `values` is blank, and `words` is faint.
 *
 * @param {Played} played @param {number} read @returns {{values: Box, words: Box}[]}
 */
export function covers({ areas, number }, read) {
    return areas.map(({ edges, top, words, bottom, direction }) => {
        const [left, end] = direction ? [edges[0], edges[number - read]] : [edges[read], edges[number]]
        const width = end - left
        const leans = width > 0 && !direction ? LEANS : 0
        const around = width > 0 ? FRAME : 0
        return {
            values: { left: left - direction * around, top: words, width: width + around, height: bottom - words },
            words: { left, top, width: width + leans, height: words - top },
        }
    })
}

/** The newest of `read` columns in each area, without its words. @param {Played} played @param {number} read
 * @returns {Box[]} */
export function newest({ areas, number }, read) {
    return areas.map(({ edges, words, bottom, direction }) => {
        const column = direction ? number - read : read - 1
        const left = edges[column]
        return { left, top: words, width: edges[column + 1] - left, height: bottom - words }
    })
}

// What is in each frame of an animation? The sheet is painted once; over it, what is not read yet is blank. A frame for
// each step, and at the end one that holds the whole picture.

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
     * @param {Story} story @param {number} read */
    #tell({ lines, top, letters }, read) {
        const { pen, width, played } = this
        Object.assign(pen, { globalAlpha: 1, fillStyle: played.paper, textBaseline: "middle" })
        pen.fillRect(0, top, width, 1.4 * letters)
        Object.assign(pen, { globalAlpha: 0.75, fillStyle: played.ink, font: `${letters}px ${LETTERS}` })
        pen.fillText(lines[read - 1], SIDE, top + 0.7 * letters, width - 2 * SIDE)
    }

    /** Frames the newest column. @param {Box[]} boxes */
    #mark(boxes) {
        Object.assign(this.pen, { globalAlpha: 1, strokeStyle: NOW, lineWidth: 2 })
        for (const { left, top, width, height } of boxes) this.pen.strokeRect(left, top, width, height)
    }
}

/** @param {CanvasRenderingContext2D} pen @param {Box} box */
function fill(pen, { left, top, width, height }) {
    if (width > 0) pen.fillRect(left, top, width, height)
}
