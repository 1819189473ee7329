/** How was a picture made, by which LSTM, with what held? As `dashboard/wording/sentences.py` says it. */

import { kindOf } from "../kinds.js"
import { named } from "../state/holds.js"
import { label, significant } from "./label.js"

/** @param {Reading} reading @param {any} view @param {Wire.Words} words @param {string} proof */
export function madeOf({ lstm, model, holds, tokens }, { seed }, words, proof) {
    const dims =
        `input_dim=${lstm.inputSize}, hidden_dim=${lstm.hiddenSize}, n_layers=${lstm.numLayers}` +
        (lstm.bidirectional ? ", bidirectional" : "")
    const name = model
        ? `trained, ${words.names[model.name] ?? model.name}: ${dims}`
        : `${words.names.random}: ${dims}, seed=${seed}`
    const held = [
        ...holds.gates.map(hold => heldAt(hold, tokens)),
        ...holds.without.map(step => `without “${label(tokens[step])}”`),
    ].join(", ")
    return `nn.${kindOf(lstm).name}, ${name}${held && `; ${held}`}; ${proof}. ${words.made_with}`
}

/** @param {Hold} hold @param {string[]} tokens */
function heldAt({ gate, value, layer, units, steps }, tokens) {
    const which = units === null ? "all units" : `unit${units.length > 1 ? "s" : ""} ${named(units)}`
    const at = (/** @type {number[]} */ those) =>
        those.length === 1 ? `at “${label(tokens[those[0]])}”` : `at steps ${named(those)}`
    const when = steps === null ? "at every step" : at(steps)
    const where = layer ? ` of layer ${layer}` : ""
    return `${gate} of ${which}${where} ${when} held at ${significant(value, 6)}`.replaceAll("at -", "at −")
}
