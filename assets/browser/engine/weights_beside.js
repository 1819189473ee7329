/** Which embedding feeds an LSTM of a file, and which Linear reads it? The first guesses of `lstm_core/checkpoints`. */

import { quoted } from "./recurrent_of.js"
import { NotWeights } from "./safetensors.js"

/**
 * @typedef {{weight: Tensor, bias: Tensor | null}} Layer
 * @typedef {Layer & {place: number, parts: string[]}} Placed `place`: of its module in the file
 */

const EMBEDS = /emb|lookup|lut|wte|wpe|vocab|token/i
const READS = /linear|dense|fc|out|head|proj|class|decod|hidden2|logit|lin\d*$/i

/** @param {string} name */
const moduleOf = name => name.slice(0, Math.max(0, name.lastIndexOf(".")))

/** How many numbers of h a Linear reads. @param {Recurrent} lstm */
export const givenBy = lstm => (lstm.projSize || lstm.hiddenSize) * (lstm.bidirectional ? 2 : 1)

/**
 * What finds the embedding and the Linear of an LSTM, null where none has its width; the file is looked through once.
 *
 * @param {Object<string, Tensor>} tensors @param {Recurrent[]} all the LSTMs of the file
 */
export function besides(tensors, all) {
    /** @type {Map<string, number>} */
    const places = new Map()
    for (const name of Object.keys(tensors)) {
        if (!places.has(moduleOf(name))) places.set(moduleOf(name), places.size)
    }
    const [taken, given] = [new Set(all.map(one => one.inputSize)), new Set(all.map(givenBy))]
    /** @type {Placed[]} */
    const embeddings = []
    /** @type {Placed[]} */
    const linears = []
    for (const [name, weight] of Object.entries(tensors)) {
        const [own, [rows, columns]] = [moduleOf(name), weight.shape]
        if (weight.shape.length !== 2 || !weight.data.length || name !== (own ? `${own}.weight` : "weight")) continue
        const bias = tensors[own ? `${own}.bias` : "bias"] ?? null
        if (bias && bias.dtype !== weight.dtype && `${bias.shape}` === `${rows}`)
            throw new NotWeights(`Expected weight and bias of ${quoted(own)} in one dtype, got another.`)
        const embeds = isEmbedding(own, rows, columns, taken, given)
        const layer = { weight, bias, place: places.get(own) ?? 0, parts: partsOf(own) }
        if (embeds && !bias) embeddings.push(layer)
        else if (!bias || `${bias.shape}` === `${rows}`) linears.push(layer)
    }
    return (/** @type {string} */ module, /** @type {Recurrent} */ lstm) => {
        const own = { place: places.get(module) ?? 0, parts: partsOf(module) }
        const embedding = nearest(own, embeddings, lstm.inputSize, false)
        return { embedding: embedding?.weight ?? null, linear: nearest(own, linears, givenBy(lstm), true) }
    }
}

/**
 * By the last part of its name, then by its shape.
 *
 * @param {string} module @param {number} rows @param {number} columns
 * @param {Set<number>} taken @param {Set<number>} given the widths that the LSTMs read and give
 */
function isEmbedding(module, rows, columns, taken, given) {
    const last = module.slice(module.lastIndexOf(".") + 1)
    if (EMBEDS.test(last) !== READS.test(last)) return EMBEDS.test(last)
    const [feeds, reads] = [taken.has(columns), given.has(columns)]
    return feeds === reads ? rows > columns : feeds
}

/**
 * The layer whose name shares the most parts with the LSTM's, then the one on its side in the file, then the nearest.
 *
 * @param {{place: number, parts: string[]}} own @param {Placed[]} layers @param {number} columns of its weight
 * @param {boolean} after
 */
function nearest(own, layers, columns, after) {
    const far = (/** @type {Placed} */ other) => {
        const steps = other.place - own.place
        return [-shared(own.parts, other.parts), +(steps > 0 !== after), Math.abs(steps)]
    }
    /** @type {{layer: Placed | null, by: number[]}} */
    let best = { layer: null, by: [] }
    for (const layer of layers) {
        if (layer.weight.shape[1] !== columns) continue
        const by = far(layer)
        const nearer = by[0] - best.by[0] || by[1] - best.by[1] || by[2] - best.by[2]
        if (!best.layer || nearer < 0) best = { layer, by }
    }
    return best.layer
}

/** The parts of a module's name before its last. @param {string} module */
const partsOf = module => module.split(".").slice(0, -1)

/** How many parts at the left two names share. @param {string[]} ours @param {string[]} theirs */
function shared(ours, theirs) {
    let all = 0
    while (all < ours.length && ours[all] === theirs[all]) all++
    return all
}
