/** Which unit is a row of? Its number stands at its left, strong in c, grey elsewhere; the pinned unit's is marked. */

import { rowNames } from "../layout/row_names.js"
import { bottomOf } from "../layout/strip_heights.js"
import { widthOf } from "../layout/text_width.js"
import { penOf } from "../shared/pixels.js"

// Pixels: the place of the numbers, their distance from the strips, and a pinned one's mark.
const WIDTH = 30
const AWAY = 6
const MARK = 16
const SIZE = 12
export const PIN = "#e08a00"
// On the page the pin's colour is too light for letters in the light theme.
const PINNED = { light: "#9a5b00", dark: "#ffb84d" }

/**
 * @param {Painted} stack @param {Cell | null} pin @param {string} theme
 * @param {number} beside pixels between the strips and their numbers, for the starting values
 */
export function drawRowNames(stack, pin, theme, beside) {
    const { rows: canvas, places, layout, layer, direction } = stack
    const isHere = pin?.layer === layer && pin.direction === direction
    const height = bottomOf(places) + SIZE
    const pen = penOf(canvas, { left: -WIDTH - beside, width: WIDTH, height }, devicePixelRatio * 1.5)
    pen.textAlign = "right"
    pen.textBaseline = "middle"
    for (const name of rowNames(stack, isHere && pin ? pin.unit : null)) {
        draw(pen, name, layout.font, theme === "dark" ? PINNED.dark : PINNED.light)
    }
}

/**
 * @param {CanvasRenderingContext2D} pen @param {import("../layout/row_names.js").RowName} name
 * @param {{family: string, color: string}} font @param {string} accent
 */
function draw(pen, { unit, y, strong, pinned }, { family, color }, accent) {
    pen.font = `${strong || pinned ? "600 " : ""}${SIZE}px ${family}`
    pen.globalAlpha = strong || pinned ? 1 : 0.6
    pen.fillStyle = pinned ? accent : color
    if (pinned && strong) {
        const width = widthOf(`${unit}`) + 8
        pen.fillStyle = PIN
        pen.beginPath()
        pen.roundRect(WIDTH - AWAY - width + 4, y - MARK / 2, width, MARK, 4)
        pen.fill()
        pen.fillStyle = "#10181f"
    }
    pen.fillText(`${unit}`, WIDTH - AWAY, y + 0.5)
    pen.globalAlpha = 1
}
