/** How is a number written? Always with the true minus sign. */

/** @param {number} value @param {number} places */
export const fixed = (value, places) => value.toFixed(places).replace("-", "−")

/** @param {number} value @param {number} places */
export const signed = (value, places = 3) => (value >= 0 ? "+" : "−") + Math.abs(value).toFixed(places)

/** @param {number} number */
export const count = number => number.toLocaleString("en")
