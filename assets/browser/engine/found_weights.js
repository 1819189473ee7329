/**
 * Which LSTMs, GRUs and RNNs are in somebody's file of weights, and which embedding and Linear belong to each? PyTorch's
 * own names decide, after any prefix, as in `lstm_core/checkpoints`; the first of them is offered first.
 */

import { quoted, recurrentOf } from "./recurrent_of.js"
import { NotWeights } from "./safetensors.js"
import { beside } from "./weights_beside.js"

/**
 * @typedef {Object<string, Tensor>} Tensors
 * @typedef {{name: string, lstm: Recurrent, embedding: Tensor | null,
 *     linear: import("./weights_beside.js").Layer | null}} Found
 */

const NAME = /^(?:([\s\S]*)\.)?((?:weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l\d{1,3}(?:_reverse)?)?)$/
const WRAPPED = /^(?:(?:module|_orig_mod)(?:\.|$))+/

/**
 * The LSTMs, GRUs and RNNs of a file. Throws NotWeights where there is none, and where shapes contradict each other.
 *
 * @param {Tensors} tensors @returns {Found[]}
 */
export function foundIn(tensors) {
    /** @type {Map<string, Tensors>} */
    const groups = new Map()
    for (const [name, tensor] of Object.entries(tensors)) {
        const [, module = "", weight] = NAME.exec(name) ?? []
        if (weight) groups.set(module, { ...groups.get(module), [weight]: tensor })
    }
    if (!groups.size) throw new NotWeights(withoutAny(tensors))
    const made = [...groups].map(([module, weights]) => ({ module, lstm: recurrentOf(module, weights) }))
    const others = made.map(({ lstm }) => lstm)
    return made.map(({ module, lstm }) => ({
        ...{ name: module.replace(WRAPPED, ""), lstm },
        ...beside(tensors, module, lstm, others),
    }))
}

/** @param {Tensors} tensors */
function withoutAny(tensors) {
    const names = Object.keys(tensors)
    const first = names.slice(0, 3).map(quoted).join(", ") || "none at all"
    return (
        "Expected weights named as PyTorch names those of an LSTM, GRU or RNN (weight_ih_l0, weight_hh_l0, …), got " +
        `${names.length.toLocaleString("en")} tensors: ${first}.`
    )
}
