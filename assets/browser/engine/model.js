/** What is in a trained model, and what does it read? `lstm_core.SequenceModel`, from the file of `save_model`. */

import { KINDS } from "../kinds.js"
import { EMBEDDINGS } from "./embeddings.js"
import { matrices } from "./run.js"
import { NotWeights, readSafetensors } from "./safetensors.js"
import { characters, symbols, words } from "./tokens.js"

/**
 * @typedef {{name: string, task: string, labels: string[], reads: string, gives: string,
 *     lstm: Recurrent,
 *     embedding: import("./embeddings.js").Embedding, linear: {weight: Matrix, bias: Matrix} | null,
 *     restored: {mean: Matrix, deviation: Matrix} | null, of?: number}} Model `of`: how many labels there are, where
 *     only some are here.
 */

/**
 * The model in a file; `more`: files with weights that it shares with others. Throws NotWeights, whose message says
 * what is wrong.
 *
 * @param {ArrayBuffer} buffer @param {...ArrayBuffer} more
 */
export function openModel(buffer, ...more) {
    const { tensors, metadata } = readSafetensors(buffer)
    if (!metadata?.model) throw new NotWeights("weights that lstm_core.save_model did not write")
    const shared = more.map(other => readSafetensors(other).tensors)
    return modelOf(JSON.parse(metadata.model), matrices(Object.assign(tensors, ...shared)))
}

/**
 * A model of its settings and its weights by name.
 *
 * @param {any} settings @param {Object<string, Matrix>} weights @returns {Model}
 */
export function modelOf({ embedding, lstm, ...said }, weights) {
    const made = EMBEDDINGS[embedding.kind]?.(embedding, part(weights, "embedding."))
    if (!made) throw new NotWeights(`an embedding of kind ${embedding.kind}`)
    const { mean, deviation } = part(weights, "embedding.")
    const own = embedding.kind === "numbers" && `${said.labels}` === `${embedding.columns}`
    return {
        ...said,
        embedding: made,
        lstm: recurrent(lstm, part(weights, "lstm.")),
        linear: weights["linear.weight"] ? { weight: weights["linear.weight"], bias: weights["linear.bias"] } : null,
        restored: own ? { mean, deviation } : null,
    }
}

/** What begins with a name, by the rest of its name. @param {Object<string, any>} weights @param {string} begin */
export const part = (weights, begin) =>
    Object.fromEntries(
        Object.entries(weights)
            .filter(([name]) => name.startsWith(begin))
            .map(([name, weight]) => [name.slice(begin.length), weight]),
    )

/** `sizes.kind`: LSTM, where nothing is said. @param {any} sizes @param {Object<string, Matrix>} weights
 * @returns {Recurrent} */
export const recurrent = (sizes, weights) => ({
    kind: knownKind(sizes),
    inputSize: sizes.input_size,
    hiddenSize: sizes.hidden_size,
    numLayers: sizes.num_layers,
    bidirectional: sizes.bidirectional,
    bias: sizes.bias,
    projSize: sizes.proj_size ?? 0,
    weights,
})

/** @param {any} sizes */
function knownKind({ kind = "LSTM", nonlinearity }) {
    const own = kind === "RNN" ? `RNN_${nonlinearity}`.toUpperCase() : kind
    if (!(own in KINDS)) throw new NotWeights(own)
    return own
}

/** The text as one token a step. @param {Model} model @param {string} text */
export function tokens({ reads, embedding }, text) {
    if (reads === "words") return words(text)
    if (reads === "characters") return characters(text)
    if (reads === "symbols") return symbols(text)
    const [cells, columns] = [text.split(/[\s,;]+/).filter(Boolean), embedding.size]
    const steps = Math.ceil(cells.length / columns)
    return Array.from({ length: steps }, (_, t) => cells.slice(t * columns, (t + 1) * columns).join(" "))
}

/** x (time × feature); NaN where a token can't be read. @param {Model} model @param {string[]} read */
export function vectors({ embedding }, read) {
    const x = new Float32Array(read.length * embedding.size).fill(NaN)
    read.forEach((token, step) => {
        const vector = embedding.vector(token)
        if (vector) x.set(vector, step * embedding.size)
    })
    return x
}
