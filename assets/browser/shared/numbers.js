/** How is a number written? Always with the true minus sign, and without a sign where only zeros would follow it. */

/** @param {number} value @param {number} places */
export const fixed = (value, places) => value.toFixed(places).replace(/^-(0\.?0*$)?/, (_, zero) => zero ?? "−")

/** @param {number} value @param {number} places */
export const signed = (value, places = 3) => {
    const text = fixed(value, places)
    return /^\d.*[1-9]|^[1-9]/.test(text) ? `+${text}` : text
}

/** A number that another hand wrote with a hyphen, written so. @param {string} text */
export const rewritten = text => text.replace(/^[+-](?=[0.]*$)/, "").replace(/^-/, "−")

/** @param {number} number */
export const count = number => number.toLocaleString("en")

/** In one digit, as in 1e-07. @param {number} number */
export const roughly = number => number.toExponential(0).replace(/e([+-])(\d)$/, "e$10$2")

/** The next of 2, 5, 10, 20, 50, 100, …: what a reader can count with. @param {number} number */
export function roundUp(number) {
    for (let scale = 1; ; scale *= 10) {
        const round = [2, 5, 10].find(one => one * scale >= number)
        if (round) return round * scale
    }
}
