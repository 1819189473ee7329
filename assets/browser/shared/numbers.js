/**
 * How is a number written, for a reader, in a heatmap's cell, or in a CSV? Always with the true minus sign, and without
 * a sign where only zeros would follow it.
 */

/**
 * How far a number of this page may be from PyTorch's. Rounding explains so much, in proportion where a value is larger
 * than 1. It is PyTorch's own: in float32 its c of `counter` is 1e-05 from float64, and that of the page, whose sums are
 * in double, 1e-06.
 */
export const BOUND = 2e-5

/** @param {number} value @param {number} places */
export const fixed = (value, places) => value.toFixed(places).replace(/^-(0\.?0*$)?/, (_, zero) => zero ?? "−")

/** @param {number} value @param {number} places */
export const signed = (value, places = 3) => {
    const text = fixed(value, places)
    return /^\d.*[1-9]|^[1-9]/.test(text) ? `+${text}` : text
}

/** A share as whole hundredths, as in 27%. @param {number} share */
export const percent = share => `${fixed(100 * share, 0)}%`

/** With its sign; a small number has more places, so that it has two digits. @param {number} value @param {number} least */
export function finely(value, least = 2) {
    const size = Math.abs(value)
    return signed(value, size > 1e-6 && size < 0.1 ? Math.max(least, 1 - Math.floor(Math.log10(size))) : least)
}

/** A number that another hand wrote with a hyphen, written so. @param {string} text */
export const rewritten = text => text.replace(/^[+-](?=[0.]*$)/, "").replace(/^-/, "−")

/** @param {number} number */
export const count = number => number.toLocaleString("en")

/** In one digit, as in 1e-07. @param {number} number */
export const roughly = number => number.toExponential(0).replace(/e([+-])(\d)$/, "e$10$2")

/** The next of 1, 2, 5, 10, 20, …, or 0.1, 0.2, …: what a reader can count with. @param {number} number */
export function roundUp(number) {
    const scale = 10 ** Math.floor(Math.log10(number))
    return scale * ([1, 2, 5].find(one => one * scale >= number * (1 - 1e-9)) ?? 10)
}

/** "a, b and c". @param {(string | number)[]} all */
export const listed = all => (all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : `${all[0]}`)

// How is a value written into a CSV?

// A spreadsheet would run a cell of text that begins so.
const FORMULA = /^[=+\-@\t\r]/

/** One cell of a CSV. @param {unknown} value */
export function cell(value) {
    if (value === null || value === undefined || Number.isNaN(value)) return ""
    if (typeof value === "number") return `${value}`
    const text = FORMULA.test(`${value}`) ? `'${value}` : `${value}`
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** @param {ArrayLike<number>} values */
export function median(values) {
    const sorted = Float64Array.from(values).sort()
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

/** Small numbers in words, by themselves. */
export const COUNTED = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
