/** How was a picture made, by which LSTM, with what held? */

import { kindOf } from "../kinds.js"
import { named } from "../state/holds.js"
import { label, significant } from "./label.js"

/** @param {Reading} reading @param {any} view @param {Wire.Words} words @param {string} proof */
export function madeOf({ lstm, model, holds, tokens }, { seed }, words, proof) {
    const name = model
        ? `trained, ${words.names[model.name] ?? model.name}: ${dimsOf(lstm)}`
        : `${words.names.random}: ${dimsOf(lstm)}, seed=${seed}`
    const held = [
        ...holds.gates.map(hold => heldAt(hold, tokens)),
        ...holds.without.map(step => `without “${label(tokens[step])}”`),
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

/** @param {Hold} hold @param {string[]} tokens */
function heldAt({ gate, value, layer, units, steps }, tokens) {
    const which = units === null ? "all units" : `unit${units.length > 1 ? "s" : ""} ${named(units)}`
    const at = (/** @type {number[]} */ those) =>
        those.length === 1 ? `at “${label(tokens[those[0]])}”` : `at steps ${named(those)}`
    const when = steps === null ? "at every step" : at(steps)
    const where = layer ? ` of layer ${layer}` : ""
    return `${gate} of ${which}${where} ${when} held at ${significant(value, 6)}`.replaceAll("at -", "at −")
}
