/**
 * Which LSTMs, GRUs and RNNs are in somebody's file of weights, and which embedding and Linear belong to each? PyTorch's
 * own names decide, after any prefix, as in `lstm_core/checkpoints`; the first of them is offered first.
 */

import { quoted, recurrentOf } from "./recurrent_of.js"
import { NotWeights } from "./safetensors.js"
import { besides } from "./weights_beside.js"

/**
 * @typedef {Object<string, Tensor>} Tensors
 * @typedef {{name: string, lstm: Recurrent, weights: Tensor[], beside: () => ReturnType<ReturnType<typeof besides>>}} Found
 */

const NAME = /^(?:([\s\S]*)\.)?((?:weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l\d{1,3}(?:_reverse)?)?)$/
const MOST = 2_000
export const FLOATS = ["F32", "F64", "F16", "BF16"]
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
        if (weight) groups.set(module, Object.assign(groups.get(module) ?? {}, { [weight]: tensor }))
    }
    if (!groups.size) throw new NotWeights(withoutAny(tensors))
    if (groups.size > MOST)
        throw new NotWeights(`Expected at most 2,000 LSTMs, GRUs and RNNs in a file, got ${groups.size}.`)
    const made = [...groups].map(([module, weights]) => {
        if ("weight_ih" in weights && `${module && `${module}.`}bias` in tensors)
            throw new NotWeights(`Expected PyTorch's weights, got Equinox's in ${quoted(module)}: open them in Python.`)
        const dtypes = [...new Set(Object.values(weights).map(({ dtype }) => dtype))]
        if (dtypes.length > 1 || !FLOATS.includes(dtypes[0]))
            throw new NotWeights(`Expected ${quoted(module)} in one of ${FLOATS.join(", ")}, got ${dtypes}.`)
        return { module, weights: Object.values(weights), lstm: recurrentOf(module, weights) }
    })
    const all = made.map(({ lstm }) => lstm)
    const nearest = besides(tensors, all)
    return made.map(({ module, ...own }) => ({
        ...{ name: module.replace(WRAPPED, ""), ...own },
        // Each search goes through all layers of the file: it waits until this one is chosen.
        beside: () => nearest(module, own.lstm),
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
