/**
 * Which LSTMs, GRUs and RNNs are in somebody's file of weights, and which embedding and Linear belong to each? PyTorch's
 * own names decide, after any prefix, as in `lstm_core/checkpoints`; the first of them is offered first.
 */

import { KINDS } from "../kinds.js"
import { recurrent } from "./model.js"
import { matrices } from "./run.js"
import { NotWeights } from "./safetensors.js"

/**
 * @typedef {Object<string, Tensor>} Tensors
 * @typedef {{embedding: Tensor | null, weight: Tensor | null, bias: Tensor | null}} Beside `weight` and `bias`: of a
 *     Linear that reads h.
 * @typedef {{name: string, lstm: Recurrent, weights: Tensor[], beside: () => Beside}} Found
 */

const NAME = /^(?:([\s\S]*)\.)?((?:weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l\d{1,3}(?:_reverse)?)?)$/
const WRAPPED = /^(?:(?:module|_orig_mod)(?:\.|$))+/
const EMBEDS = /emb|lookup|lut|wte|wpe|vocab|token/i
const READS = /linear|dense|fc|out|head|proj|class|decod|hidden2|logit|lin\d*$/i
const SHOWN = 60

/** The LSTMs, GRUs and RNNs of a file. Throws NotWeights where there is none. @param {Tensors} tensors
 * @returns {Found[]} */
export function foundIn(tensors) {
    /** @type {Map<string, Tensors>} */
    const groups = new Map()
    for (const [name, tensor] of Object.entries(tensors)) {
        const [, module = "", weight] = NAME.exec(name) ?? []
        if (weight) groups.set(module, Object.assign(groups.get(module) ?? {}, { [weight]: tensor }))
    }
    const names = Object.keys(tensors)
    if (!groups.size) throw new NotWeights(`${names.length} tensors: ${names.slice(0, 3).map(quoted).join(", ")}`)
    const made = [...groups].map(([module, weights]) => ({ module, weights, lstm: recurrentOf(module, weights) }))
    const all = made.map(({ lstm }) => lstm)
    return made.map(({ module, weights, lstm }) => ({
        ...{ name: module.replace(WRAPPED, ""), lstm, weights: Object.values(weights) },
        // The search goes through the whole file: it waits until this one is chosen.
        beside: () => besideOf(tensors, module, lstm, all),
    }))
}

/** A name in a sentence. @param {string} name */
const quoted = name => `“${name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name}”`

/**
 * The LSTM, GRU or RNN of these weights; a cell runs as one layer. Throws NotWeights where a shape is another than the
 * others say. No weights say whether an RNN has tanh or relu.
 *
 * @param {string} module @param {Tensors} given
 */
export function recurrentOf(module, given, nonlinearity = "tanh") {
    const isCell = "weight_ih" in given
    const all = Object.entries(given).map(([name, weight]) => [isCell ? `${name}_l0` : name, weight])
    /** @type {Tensors} */
    const weights = Object.fromEntries(all)
    const size = (/** @type {string} */ name, dimension = 1) => weights[`${name}_l0`]?.shape[dimension] ?? 0
    const [shown, projected] = [size("weight_hh"), size("weight_hr")]
    const hidden = projected || shown
    const rows = projected ? KINDS.LSTM.blocks * hidden : size("weight_hh", 0)
    const kind = Object.values(KINDS).find(({ blocks }) => rows === blocks * hidden)
    const sizes = {
        ...{ input_size: size("weight_ih"), hidden_size: hidden, proj_size: projected ? shown : 0 },
        num_layers: Object.keys(weights).filter(name => /^weight_ih_l\d+$/.test(name)).length,
        ...{ bidirectional: "weight_ih_l0_reverse" in weights, bias: "bias_ih_l0" in weights },
        ...{ kind: kind?.name, nonlinearity },
    }
    const shapes = Object.entries(weights).map(([name, { shape }]) => `${name} ${shape}`)
    const isOne = kind && hidden && sizes.input_size && sizes.proj_size < hidden
    if (!isOne || `${shapes.sort()}` !== `${shapesOf(sizes, rows).sort()}`)
        throw new NotWeights(`weights of ${quoted(module)} whose names and shapes are of no such module`)
    return recurrent(sizes, matrices(weights))
}

/**
 * The name and the shape of each weight, as "bias_ih_l0 8".
 *
 * @param {{input_size: number, hidden_size: number, num_layers: number, bidirectional: boolean, bias: boolean,
 *     proj_size: number}} sizes @param {number} rows of all blocks
 */
function shapesOf({ input_size, hidden_size, num_layers, bidirectional, bias, proj_size }, rows) {
    const shown = proj_size || hidden_size
    const ways = bidirectional ? ["", "_reverse"] : [""]
    return Array.from({ length: num_layers }, (_, layer) =>
        ways.flatMap(way => [
            `weight_ih_l${layer}${way} ${rows},${layer ? ways.length * shown : input_size}`,
            `weight_hh_l${layer}${way} ${rows},${shown}`,
            ...(bias ? ["ih", "hh"] : []).map(one => `bias_${one}_l${layer}${way} ${rows}`),
            ...(proj_size ? [`weight_hr_l${layer}${way} ${shown},${hidden_size}`] : []),
        ]),
    ).flat()
}

/** How many numbers of h a Linear reads. @param {Recurrent} lstm */
export const givenBy = lstm => (lstm.projSize || lstm.hiddenSize) * (lstm.bidirectional ? 2 : 1)

/** @param {string} name */
const moduleOf = name => name.slice(0, Math.max(0, name.lastIndexOf(".")))

/**
 * Which embedding feeds an LSTM, and which Linear reads it? The first guesses of `lstm_core/checkpoints`; null where
 * none has its width.
 *
 * @param {Tensors} tensors @param {string} module @param {Recurrent} lstm @param {Recurrent[]} all those of the file
 * @returns {Beside}
 */
function besideOf(tensors, module, lstm, all) {
    const modules = [...new Set(Object.keys(tensors).map(moduleOf))]
    const layers = modules.flatMap((own, place) => {
        const weight = tensors[own ? `${own}.weight` : "weight"]
        if (weight?.shape.length !== 2 || !weight.data.length) return []
        const bias = tensors[own ? `${own}.bias` : "bias"] ?? null
        if (bias && `${bias.shape}` !== `${weight.shape[0]}`) return []
        return [{ own, place, weight, bias, embeds: !bias && isEmbedding(own, weight.shape, all) }]
    })
    const at = modules.indexOf(module)
    // The name that shares the most parts with the LSTM's, then the side of it in the file, then the nearest.
    const nearest = (/** @type {boolean} */ embeds, /** @type {number} */ columns) =>
        layers
            .filter(layer => layer.embeds === embeds && layer.weight.shape[1] === columns)
            .map(layer => ({ layer, shares: shared(module, layer.own), by: layer.place - at }))
            .sort(
                (a, b) =>
                    b.shares - a.shares ||
                    +(a.by > 0 === embeds) - +(b.by > 0 === embeds) ||
                    Math.abs(a.by) - Math.abs(b.by),
            )[0]?.layer
    const { weight = null, bias = null } = nearest(false, givenBy(lstm)) ?? {}
    return { embedding: nearest(true, lstm.inputSize)?.weight ?? null, weight, bias }
}

/** By the last part of its name, then by its shape. @param {string} module @param {number[]} shape
 * @param {Recurrent[]} all */
function isEmbedding(module, [rows, columns], all) {
    const last = module.slice(module.lastIndexOf(".") + 1)
    if (EMBEDS.test(last) !== READS.test(last)) return EMBEDS.test(last)
    const feeds = all.some(({ inputSize }) => inputSize === columns)
    return feeds === all.some(lstm => givenBy(lstm) === columns) ? rows > columns : feeds
}

/** How many parts at the left two modules' names share, each without its last. @param {string} ours
 * @param {string} theirs */
function shared(ours, theirs) {
    const [own, others] = [ours, theirs].map(name => name.split(".").slice(0, -1))
    const end = own.findIndex((part, k) => part !== others[k])
    return end < 0 ? own.length : end
}
