/** How is a token written, a number in few digits, and how a picture was made? */

import { kindOf } from "../kinds.js"
import { rewritten } from "../shared/numbers.js"
import { targetInWords } from "../state/holds.js"

// How is a token shown, and a number in few digits? As `lstm_core/plots/labels.py` and Python's "%.3g" have it.

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

// How was a picture made, by which LSTM, with what held?

/** @param {Reading} reading @param {any} view @param {Wire.Words} words @param {string} proof */
export function madeOf({ lstm, model, holds, tokens }, { seed }, words, proof) {
    const name = model
        ? `trained, ${words.names[model.name] ?? model.name}: ${dimsOf(lstm)}`
        : `${words.names.random}: ${dimsOf(lstm)}, seed=${seed}`
    const word = (/** @type {number} */ step) => `“${label(tokens[step])}”`
    const held = [
        ...holds.gates.map(hold => `${targetInWords(hold, word)} held at ${rewritten(significant(hold.value, 6))}`),
        ...holds.without.map(step => `without ${word(step)}`),
    ].join(", ")
    return `nn.${kindOf(lstm).name}, ${name}${held && `; ${held}`}; ${proof}. ${words.made_with}`
}

/** How a picture of a trace was made that was recorded elsewhere. @param {Wire.Elsewhere} recorded
 * @param {Recurrent} lstm @param {Wire.Words} words @param {string} proof */
export const madeElsewhere = ({ name, of }, lstm, words, proof) =>
    of
        ? `${of}${name && ` ${name}`}: ${dimsOf(lstm)}; ${proof}. ${words.made_with}`
        : `A cell written by hand${name && `, ${name}`}; ${proof}. ${words.made_with}`

/** @param {Recurrent} lstm */
const dimsOf = ({ inputSize, hiddenSize, numLayers, bidirectional }) =>
    `input_dim=${inputSize}, hidden_dim=${hiddenSize}, n_layers=${numLayers}${bidirectional ? ", bidirectional" : ""}`
