/** Which embedding feeds an LSTM of a file, and which Linear reads it? The first guesses of `lstm_core/checkpoints`. */

/** @typedef {{weight: Tensor, bias: Tensor | null}} Layer */

const EMBEDS = /emb|lookup|lut|wte|wpe|vocab|token/i
const READS = /linear|dense|fc|out|head|proj|class|decod|hidden2|logit|lin\d*$/i

/** @param {string} name */
const moduleOf = name => name.slice(0, Math.max(0, name.lastIndexOf(".")))

/** How many numbers of h a Linear reads. @param {Recurrent} lstm */
export const givenBy = lstm => (lstm.projSize || lstm.hiddenSize) * (lstm.bidirectional ? 2 : 1)

/**
 * The embedding and the Linear of an LSTM; null where none has its width.
 *
 * @param {Object<string, Tensor>} tensors @param {string} module the LSTM's @param {Recurrent} lstm
 * @param {Recurrent[]} all the LSTMs of the file
 */
export function beside(tensors, module, lstm, all) {
    const order = [...new Set(Object.keys(tensors).map(moduleOf))]
    /** @type {Map<string, Layer>} */
    const embeddings = new Map()
    /** @type {Map<string, Layer>} */
    const linears = new Map()
    for (const [name, weight] of Object.entries(tensors)) {
        const [own, [rows, columns]] = [moduleOf(name), weight.shape]
        const isMatrix = weight.shape.length === 2 && rows > 0
        if (!isMatrix || name !== (own ? `${own}.weight` : "weight")) continue
        const bias = tensors[own ? `${own}.bias` : "bias"] ?? null
        const embeds = isEmbedding(own, rows, columns, all)
        if (embeds && !bias && columns === lstm.inputSize) embeddings.set(own, { weight, bias })
        const reads = bias ? `${bias.shape}` === `${rows}` : !embeds
        if (reads && columns === givenBy(lstm)) linears.set(own, { weight, bias })
    }
    return {
        embedding: nearest(module, order, embeddings, false)?.weight ?? null,
        linear: nearest(module, order, linears, true),
    }
}

/**
 * By the last part of its name, then by its shape.
 *
 * @param {string} module @param {number} rows @param {number} columns @param {Recurrent[]} all
 */
function isEmbedding(module, rows, columns, all) {
    const last = module.slice(module.lastIndexOf(".") + 1)
    if (EMBEDS.test(last) !== READS.test(last)) return EMBEDS.test(last)
    const [feeds, reads] = [all.some(one => one.inputSize === columns), all.some(one => givenBy(one) === columns)]
    return feeds === reads ? rows > columns : feeds
}

/**
 * The layer whose name shares the most parts with the LSTM's, then the one on its side in the file, then the nearest.
 *
 * @param {string} module @param {string[]} order the modules of the file @param {Map<string, Layer>} layers
 * @param {boolean} after
 */
function nearest(module, order, layers, after) {
    const far = (/** @type {string} */ other) => {
        const steps = order.indexOf(other) - order.indexOf(module)
        return [-shared(module, other), +(steps > 0 !== after), Math.abs(steps)]
    }
    const nearer = (/** @type {string} */ one, /** @type {string} */ other) => {
        const [a, b] = [far(one), far(other)]
        return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
    }
    const [first] = [...layers.keys()].sort(nearer)
    return layers.get(first) ?? null
}

/** How many parts at the left two names share. @param {string} one @param {string} other */
function shared(one, other) {
    const [ours, theirs] = [one, other].map(name => name.split(".").slice(0, -1))
    const differs = ours.findIndex((part, k) => part !== theirs[k])
    return differs < 0 ? ours.length : differs
}
