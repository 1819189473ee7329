/** How does a page show rows of numbers that Python has, as those of a model that was opened? */

import { lookOf } from "./layout/picture.js"
import { drawRows } from "./picture/rows.js"
import { themeOf } from "./shared/page.js"

// Pixels of a column at most, and of one that a finger moves sideways; and the most columns that are so wide.
const [WIDEST, COMFORT, FEW] = [112, 48, 24]
const touched = matchMedia("(hover: none)").matches

/** @param {(number | null)[]} row */
const numbers = row => Float32Array.from(row, value => value ?? NaN)

/**
 * Draws rows, or their update; null stands for NaN.
 *
 * @param {any} place
 * @param {Pick<import("./picture/rows.js").Rows, "tokens" | "high"> & {colours: Wire.Colours, strips: any[]}} sent
 */
export function draw(place, { colours, strips, tokens, high }) {
    const theme = themeOf(place)
    const look = lookOf(colours, "teal", theme)
    const { length } = tokens
    place.style.width = `min(100%, ${(length + 1) * WIDEST}px)`
    drawRows(place, {
        ...{ tokens, high, look, theme },
        strips: strips.map(strip => ({ ...strip, z: strip.z.map(numbers) })),
        least: touched && length <= FEW ? length * COMFORT : 1,
    })
}
