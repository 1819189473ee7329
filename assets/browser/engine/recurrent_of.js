/** Which LSTM, GRU or RNN have weights with PyTorch's names? Their shapes say it, and must not contradict each other. */

import { KINDS } from "../kinds.js"
import { matrices } from "./matrix.js"
import { recurrent } from "./model.js"
import { NotWeights } from "./safetensors.js"

/** @typedef {Object<string, Tensor>} Tensors */

const MOST_LAYERS = 64
const SHOWN = 60

/** A name in a sentence. @param {string} name */
export const quoted = name => `“${name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name}”`

/**
 * The LSTM, GRU or RNN of these weights; a cell runs as one layer. Throws NotWeights where a shape is another than the
 * others say. No weights say whether an RNN has tanh or relu.
 *
 * @param {string} module @param {Tensors} given
 */
export function recurrentOf(module, given, nonlinearity = "tanh") {
    const kind = kindOf(given)
    const called = `the ${kind} ${quoted(module)}`
    const isCell = "weight_ih" in given
    const weights = isCell
        ? Object.fromEntries(Object.entries(given).map(([name, weight]) => [`${name}_l0`, weight]))
        : given
    const projected = weights.weight_hr_l0?.shape[1]
    const [inputSize, shown] = ["weight_ih_l0", "weight_hh_l0"].map(name => weights[name]?.shape[1])
    const numLayers = Object.keys(weights).filter(name => /^weight_ih_l\d+$/.test(name)).length
    if (numLayers > MOST_LAYERS)
        throw new NotWeights(`Expected at most ${MOST_LAYERS} layers in ${called}, got ${numLayers}.`)
    const sizes = {
        ...{ input_size: inputSize, hidden_size: projected ?? shown, num_layers: numLayers },
        ...{ bidirectional: "weight_ih_l0_reverse" in weights, bias: "bias_ih_l0" in weights },
        ...{ proj_size: projected ? shown : 0, kind, nonlinearity },
    }
    if (projected && !(shown < projected))
        throw new NotWeights(
            `Expected a projection of ${called} to fewer than its ${projected} units, got to ${shown}.`,
        )
    const expected = shapesOf(sizes, blocksOf(kind))
    for (const name of new Set([...expected.keys(), ...Object.keys(weights)])) {
        const [said, got] = [expected.get(name) ?? "not to be there", weights[name]?.shape.join(" × ") ?? "none"]
        if (said === got && !/undefined|\b0\b/.test(said)) continue
        throw new NotWeights(
            `Expected ${isCell ? name.slice(0, -3) : name} of ${called} to be ` +
                `${/undefined/.test(said) ? "a matrix" : said}, as its other weights say, got ${got}.`,
        )
    }
    return recurrent(sizes, matrices(weights))
}

/**
 * The shape of each weight, in words.
 *
 * @param {{input_size: number, hidden_size: number, num_layers: number, bidirectional: boolean, bias: boolean,
 *     proj_size: number}} sizes @param {number} blocks
 */
function shapesOf({ input_size, hidden_size, num_layers, bidirectional, bias, proj_size }, blocks) {
    /** @type {Map<string, string>} */
    const shapes = new Map()
    const shown = proj_size || hidden_size
    const ways = bidirectional ? ["", "_reverse"] : [""]
    for (let layer = 0; layer < Math.max(1, num_layers); layer++) {
        for (const way of ways.map(one => `l${layer}${one}`)) {
            shapes.set(`weight_ih_${way}`, `${blocks * hidden_size} × ${layer ? ways.length * shown : input_size}`)
            shapes.set(`weight_hh_${way}`, `${blocks * hidden_size} × ${shown}`)
            if (bias) for (const one of ["ih", "hh"]) shapes.set(`bias_${one}_${way}`, `${blocks * hidden_size}`)
            if (proj_size) shapes.set(`weight_hr_${way}`, `${shown} × ${hidden_size}`)
        }
    }
    return shapes
}

/** How many blocks the weights of a kind have. @param {string} name */
const blocksOf = name =>
    /** @type {import("../kinds.js").Kind} */ (Object.values(KINDS).find(kind => kind.name === name)).blocks

/** GRU or RNN if the shapes are theirs. @param {Tensors} weights */
function kindOf(weights) {
    const [rows, units] = (weights.weight_hh_l0 ?? weights.weight_hh)?.shape ?? []
    const isProjected = Object.keys(weights).some(name => name.startsWith("weight_hr"))
    if (!units || isProjected) return "LSTM"
    return Object.values(KINDS).find(({ blocks }) => rows === blocks * units)?.name ?? "LSTM"
}
