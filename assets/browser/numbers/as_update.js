/**
 * How is what a GRU or an RNN computes drawn? As an update, in an LSTM's letters, beside its own; as
 * `lstm_core/traces/trace.py` says.
 */

/** @type {Object<string, "gru" | "rnn">} */
const OWN = { GRU: "gru", RNN_TANH: "rnn", RNN_RELU: "rnn" }

/** PyTorch's own cell, if it is no LSTM. @param {Recurrent} lstm */
export const ownKind = lstm => OWN[lstm.kind]

/** LSTM, GRU or RNN. @param {Recurrent} lstm */
export const kindName = lstm => lstm.kind.split("_")[0]

/** What bends the sum of an RNN. @param {Recurrent} lstm */
export const bendOf = ({ kind }) => (kind.startsWith("RNN_") ? { bend: kind.slice(4).toLowerCase() } : {})

/** What c is called. @param {Recurrent} lstm */
export const memoryOf = lstm => (ownKind(lstm) ? "h" : "c")

/** The words of each quantity that is drawn. @param {Recurrent} lstm @param {Wire.Words} words */
export function stripsOf(lstm, words) {
    const kind = ownKind(lstm)
    return kind || lstm.projSize ? words.own[kind ?? "projected"] : words.strips
}

/** What each quantity is called in a cell that is no LSTM. @param {Recurrent} lstm @param {Wire.Words} words */
export function lettersOf(lstm, words) {
    const named = stripsOf(lstm, words).map(({ quantity, letter, title }) => [quantity, letter || title])
    return ownKind(lstm) ? Object.fromEntries(named) : undefined
}

/** @param {Recurrent} lstm @param {Recorded[][]} layers @param {number[]} without the steps that are left out */
export function asUpdate(lstm, layers, without) {
    if (!ownKind(lstm)) return layers
    return layers.map(layer => layer.map(recorded => ({ ...recorded, ...updateOf(lstm, recorded, without) })))
}

/** @param {Recurrent} lstm @param {Recorded} recorded @param {number[]} without @returns {Recorded} */
function updateOf({ kind, hiddenSize }, { r, z, n, h }, without) {
    if (kind === "GRU") return { f: z, i: z.map(share => 1 - share), g: n, o: r, c: h }
    // Nothing is kept, except where nothing is read.
    const isOut = (/** @type {number} */ at) => without.includes(Math.floor(at / hiddenSize))
    const f = h.map((_, at) => +isOut(at))
    return { f, i: f.map(share => 1 - share), g: h.map((value, at) => (isOut(at) ? 0 : value)), c: h }
}
