/** How is a token shown, and a number in few digits? As `lstm_core/plots/labels.py` and Python's "%.3g" have it. */

/** @type {Object<string, string>} */
const BLANKS = { " ": "␣", "\u00a0": "␣", "\t": "⇥", "\n": "⏎", "\r": "⏎", "\r\n": "⏎" }
const LONGEST = 18

/** A token as it is shown: a blank as a visible sign, a long token shortened. @param {string} token */
export const label = token => labelWithin(token, LONGEST)

/** A token as it is shown in so many letters. @param {string} token @param {number} most */
export function labelWithin(token, most) {
    let seen = Array.from(BLANKS[token] ?? token)
    if (!seen.some(sign => sign === " " || !/[\p{C}\p{Z}]/u.test(sign)))
        seen = Array.from(seen.map(sign => `U+${hexadecimal(sign)}`).join(" "))
    return seen.length <= most ? seen.join("") : `${seen.slice(0, most - 1).join("")}…`
}

/** @param {string} sign */
const hexadecimal = sign => /** @type {number} */ (sign.codePointAt(0)).toString(16).toUpperCase().padStart(4, "0")

/** A number with so many digits that count; "–" for NaN. @param {number} value @param {number} digits */
export function significant(value, digits) {
    if (Number.isNaN(value)) return "–"
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf"
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e")
    const power = +exponent
    if (power >= -4 && power < digits) return short((+`${mantissa}e${power}`).toFixed(digits - 1 - power))
    return `${short(mantissa)}e${power < 0 ? "-" : "+"}${`${Math.abs(power)}`.padStart(2, "0")}`
}

/** Without the zeros at its end. @param {string} number */
const short = number => (number.includes(".") ? number.replace(/\.?0+$/, "") : number)
