/** How does a page show rows of numbers that Python has: the gates of a model that was opened? */

import { lookOf } from "./layout/picture.js"
import { PIN } from "./picture/cells.js"
import { drawRows } from "./picture/rows.js"
import { themeOf } from "./shared/page.js"

// Pixels of a column at most, and of one that a finger moves sideways; and the most columns that are so wide.
const [WIDEST, COMFORT, FEW, NARROW] = [112, 48, 24, 520]
// Pixels of shares as curves.
const CURVES = 180
const touched = matchMedia("(hover: none)").matches

/** @param {(number | null)[]} row */
const numbers = row => Float32Array.from(row, value => value ?? NaN)

/**
 * Draws rows, or their update; null stands for NaN.
 *
 * @param {any} place
 * @param {Pick<import("./picture/rows.js").Rows, "tokens" | "high" | "labelled"> & {colours: Wire.Colours, strips: any[],
 *     curves?: {name: string, values: (number | null)[]}[]}} sent
 */
export function draw(place, { colours, strips, tokens, high, labelled, curves }) {
    const theme = themeOf(place)
    const look = lookOf(colours, "teal", theme)
    const { length } = tokens
    const named = place.parentElement.clientWidth > NARROW
    place.style.width = `min(100%, ${(length + 1) * WIDEST + 160}px)`
    drawRows(place, {
        ...{ tokens, high, look, theme, labelled },
        curves: curves && {
            ...{ high: CURVES, ends: [0, Math.max(...curves.flatMap(({ values }) => values.map(Number)))] },
            written: value => `${Math.round(100 * value)}%`,
            of: curves.map(({ name, values }, k) => ({
                ...{ name, values: [...numbers(values)] },
                line: k ? { stroke: PIN, "stroke-dasharray": "5 3" } : { stroke: look.ink },
            })),
        },
        strips: strips.map(({ question, ...strip }) => ({
            ...{ ...strip, question: named ? question : "" },
            z: strip.z.map(numbers),
        })),
        least: touched && length <= FEW ? length * COMFORT : 1,
    })
}
