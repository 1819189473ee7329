/** How does a page show rows of numbers that Python has, as those of a model that learns? */

import { lookOf } from "./layout/picture.js"
import { drawRows } from "./picture/rows.js"
import { themeOf } from "./shared/page.js"

// Pixels of a column at most, and of one that a finger moves sideways; and the most columns that are so wide.
const [WIDEST, COMFORT, FEW] = [112, 48, 24]
const touched = matchMedia("(hover: none)").matches

/** @param {(number | null)[]} row */
const numbers = row => Float32Array.from(row, value => value ?? NaN)

/**
 * Draws rows, or their update; null stands for NaN. A curve is strong or faint.
 *
 * @param {any} place
 * @param {Pick<import("./picture/rows.js").Rows, "tokens" | "high"> & {colours: Wire.Colours, strips: any[],
 *     curves?: {of: any[], ends?: [number, number]}}} sent
 */
export function draw(place, { colours, strips, curves, tokens, high }) {
    const theme = themeOf(place)
    const look = lookOf(colours, "teal", theme)
    const lines = { strong: { stroke: look.gates[3][1] }, faint: { stroke: look.faint, "stroke-width": 1.5 } }
    const { length } = tokens
    place.style.width = strips.length ? `min(100%, ${(length + 1) * WIDEST}px)` : "100%"
    drawRows(place, {
        ...{ tokens, high, look, theme },
        strips: strips.map(strip => ({ ...strip, z: strip.z.map(numbers) })),
        least: touched && strips.length && length <= FEW ? length * COMFORT : 1,
        curves: curves && {
            ...curves,
            of: curves.of.map(({ strong, ...curve }) => ({ ...curve, line: strong ? lines.strong : lines.faint })),
        },
    })
}
