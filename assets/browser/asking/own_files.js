/**
 * Which models has a person opened in this page? Each is read here and stays here: nothing of a file is sent anywhere.
 *
 * A file has no vocabulary: what it can read are the numbers of its embedding's rows, or numbers. Any other text is
 * read word by word, each word with a vector drawn from the seed and the word, as for an untrained LSTM.
 */

import { EMBEDDINGS } from "../engine/embeddings.js"
import { foundIn, givenBy, recurrentOf } from "../engine/found_weights.js"
import { modelOf, part, tokens } from "../engine/model.js"
import { wordVectors } from "../engine/random.js"
import { matrices } from "../engine/run.js"
import { NotWeights, readSafetensors } from "../engine/safetensors.js"
import { KINDS, kindOf } from "../kinds.js"
import { readTable } from "../numbers/table.js"
import { Refused } from "./answerer.js"

/**
 * @typedef {{model: Model, isWhole: boolean, isSound: boolean}} Own `isWhole`: from a file that says what its model
 *     reads; `isSound`: all its numbers are finite.
 * @typedef {{name: string, own: () => Own}} Offered
 */

const MOST_BYTES = 100_000_000
// Numbers that are recorded at a step: both directions of four layers of 5,000 units.
const MOST_A_STEP = 250_000
const OTHERS = /\.(pt|pth|bin|ckpt|pkl|npz|h5|hdf5|keras|onnx|msgpack)$/i
const WAVE = { steps: 24, columns: 64 }
const FIRST = 8
const NOT_SAFETENSORS =
    "Expected a .safetensors of less than 100 MB. Save the weights so: " +
    "safetensors.torch.save_file(model.state_dict(), “model.safetensors”)."
const NOT_FINITE =
    "Expected finite numbers in the weights of this model, got some that are infinite or not a number (nan). " +
    "Training that diverged leaves such weights: open an earlier checkpoint."

export class OwnFiles {
    /** @type {Map<string, Offered>} */
    #there = new Map()
    /** Those that were taken. @type {File[]} */
    files = []

    /** @param {Object<string, string>} titles of the models to choose from, by name @param {Wire.Shipped} shipped */
    constructor(titles, shipped) {
        this.titles = titles
        this.texts = shipped.by.words.examples
    }

    /** @param {string} name */
    has = name => this.#there.has(name)

    /**
     * What is then read; null if the file is a text. Throws Refused, whose message says what is wrong.
     *
     * @param {File} file @returns {Promise<Object<string, any> | null>}
     */
    take = async file => {
        const refuse = (/** @type {string} */ why) => new Refused(`${file.name} can’t be opened. ${why}`)
        if (file.size >= MOST_BYTES || OTHERS.test(file.name)) throw refuse(NOT_SAFETENSORS)
        if (!(await isWeights(file))) return null
        try {
            const models = modelsIn(await file.arrayBuffer())
            if (!models[0].own().isSound) throw refuse(NOT_FINITE)
            this.files.push(file)
            return this.#keep(file.name, models)
        } catch (error) {
            if (error instanceof Refused) throw error
            const other = new NotWeights("a model whose settings do not fit its weights")
            throw refuse((error instanceof NotWeights ? error : other).message)
        }
    }

    /** @param {string} file @param {Offered[]} models */
    #keep(file, models) {
        const first = this.#there.size + 1
        models.forEach((one, k) => {
            const name = `own-${first + k}`
            this.#there.set(name, one)
            this.titles[name] = models.length > 1 ? `${file}: ${one.name}` : file
        })
        return { model: `own-${first}`, file: "" }
    }

    /** @param {Object<string, any>} source @returns {import("./here.js").Opened} */
    open({ model: name, sentence, seed }) {
        const { model, isWhole, isSound } = /** @type {Offered} */ (this.#there.get(name)).own()
        if (!isSound) throw new Refused(NOT_FINITE)
        const drawn = !isWhole && !canRead(model, `${sentence}`)
        const { inputSize, hiddenSize, numLayers, bidirectional } = model.lstm
        const fixed = { input_dim: inputSize, hidden_dim: hiddenSize, n_layers: numLayers }
        const read = drawn ? withWords(model, +seed) : model
        const rows =
            model.reads === "numbers" ? "" : " Numbers alone, as in “0 1 2”, are read as rows of its embedding."
        const words =
            `The file has no vocabulary: each word has a vector drawn from the seed ${seed} and the word, as for an ` +
            `untrained LSTM.${rows}`
        const bend = "The file does not say whether its RNN has tanh or relu: tanh is assumed."
        return {
            model: read,
            about: {
                examples: { ...ownTexts(model), ...(isWhole && model.reads === "numbers" ? {} : this.texts) },
                model: {
                    trained: "your own file, which stays in this browser",
                    fixed: { ...fixed, directions: 1 + +bidirectional },
                    ...{ sizes: {}, right: "", layers: numLayers, reads: read.reads, asks: true },
                },
                foresees: false,
            },
            ...{ proof: "not checked: your file has not been run in PyTorch", sizes: {}, isOwn: true },
            notices: [...(drawn ? [words] : []), ...(!isWhole && kindOf(model.lstm).bend ? [bend] : [])],
        }
    }
}

/** Whether a file is to be read as weights: by its name, or because it begins as a safetensors file does. */
async function isWeights(/** @type {File} */ file) {
    if (/\.safetensors$/i.test(file.name)) return true
    const begin = new Uint8Array(await file.slice(0, 9).arrayBuffer())
    // No text begins with a number of eight bytes that is so small.
    return begin[8] === 0x7b && begin.subarray(4, 8).every(byte => byte === 0)
}

/** The models in a file. @param {ArrayBuffer} buffer @returns {Offered[]} */
function modelsIn(buffer) {
    const { tensors, metadata } = readSafetensors(buffer)
    if (metadata?.model) return [whole(JSON.parse(metadata.model), tensors)]
    return foundIn(tensors).map(found => {
        const { hiddenSize, numLayers, bidirectional, inputSize } = found.lstm
        const each = KINDS.LSTM.quantities.length * hiddenSize * numLayers * (1 + +bidirectional) + inputSize
        if (each > MOST_A_STEP) throw new NotWeights(`${each} numbers to look at for each step`)
        /** @type {Own | null} */
        let own = null
        const name = found.name || kindOf(found.lstm).name
        // Made once, and only when it is chosen.
        return { name, own: () => (own ??= assembled({ ...found, name })) }
    })
}

/** The shapes of an embedding's tensors, by what its file says. @type {Object<string, (said: any) => any>} */
const SHAPES = {
    vocabulary: ({ tokens, size }) => ({ "embedding.vectors.weight": [tokens.length + 1, size] }),
    rows: ({ rows, size }) => ({ "embedding.vectors.weight": [rows, size] }),
    numbers: ({ columns: { length } }) => ({ "embedding.mean": [length], "embedding.deviation": [length] }),
    "word features": ({ buckets, size }) => ({ "embedding.vectors.weight": [buckets + 1, size] }),
    "reduced word features": ({ buckets, features, size }) => ({
        "embedding.whole.vectors.weight": [buckets + 1, features],
        ...{ "embedding.reduce.weight": [size, features], "embedding.reduce.bias": [size] },
    }),
}

/**
 * A model of `save_model`. Throws where its settings do not fit its weights.
 *
 * @param {any} settings @param {Object<string, Tensor>} tensors @returns {Offered}
 */
function whole(settings, tensors) {
    const { name, labels, embedding } = settings
    const model = modelOf(settings, matrices(tensors))
    const lstm = recurrentOf("lstm", part(tensors, "lstm."), kindOf(model.lstm).bend)
    const shapes = { ...SHAPES[embedding.kind](embedding), "linear.weight": [labels.length, givenBy(lstm)] }
    const vector = model.embedding.vector(embedding.columns?.map(() => "1").join(" ") ?? "0") ?? []
    const said = ({ weights: _, ...sizes } = model.lstm) => JSON.stringify(sizes)
    const fits = Object.entries(shapes).every(([own, shape]) => `${tensors[own].shape}` === `${shape}`)
    if (!fits || said(lstm) !== said() || vector.length !== lstm.inputSize) throw new Error("settings")
    const isSound = [...vector].every(Number.isFinite) && Object.values(tensors).every(one => one.isFinite)
    return { name, own: () => ({ model, isWhole: true, isSound }) }
}

/** As `lstm_core.assemble` puts the parts together. @param {import("../engine/found_weights.js").Found} found
 * @returns {Own} */
function assembled({ name, lstm, weights, beside }) {
    const { embedding, weight, bias } = beside()
    const [size, labels] = [lstm.inputSize, weight?.shape[0] ?? 0]
    const rows = embedding && { rows: embedding.shape[0], size, tokens: [], unknown: null }
    const vector = (/** @type {number} */ length, value = 0) => ({
        shape: [length],
        data: new Float32Array(length).fill(value),
    })
    const columns = Array.from({ length: size }, (_, k) => `feature ${k}`)
    /** @type {Model} */
    const model = {
        ...{ name, task: "your own", reads: rows ? "words" : "numbers" },
        labels: Array.from({ length: labels }, (_, k) => `${k}`),
        gives: !weight ? "hidden" : labels === 1 ? "value" : "classes",
        embedding: embedding
            ? EMBEDDINGS.rows(rows, matrices({ "vectors.weight": embedding }))
            : EMBEDDINGS.numbers({ columns }, matrices({ mean: vector(size), deviation: vector(size, 1) })),
        linear: weight && /** @type {any} */ (matrices({ weight, bias: bias ?? vector(labels) })),
        ...{ lstm, restored: null },
    }
    const isSound = [...weights, embedding, weight, bias].every(one => one?.isFinite ?? true)
    return { model, isWhole: false, isSound }
}

/** Whether a text is one for the model: numbers, or some of its rows. @param {Model} model @param {string} text */
function canRead(model, text) {
    if (!text.trim()) return true
    if (model.reads !== "numbers") return tokens(model, text).some(model.embedding.knows)
    try {
        return !!readTable(text)
    } catch {
        return !/\p{Alphabetic}/u.test(text)
    }
}

/** The model, with words in place of what it knows. @param {Model} model @param {number} seed @returns {Model} */
function withWords(model, seed) {
    const size = model.lstm.inputSize
    const embedding = {
        size,
        knows: () => true,
        vector: (/** @type {string} */ word) => wordVectors([word], size, seed),
    }
    return { ...model, reads: "words", embedding, restored: null }
}

/** Texts that the model itself reads. @param {Model} model @returns {Object<string, string>} */
function ownTexts({ reads, embedding, lstm }) {
    if (reads === "numbers") {
        if (lstm.inputSize > WAVE.columns) return {}
        const rows = Array.from({ length: WAVE.steps }, (_, step) =>
            Array.from({ length: lstm.inputSize }, (_, k) =>
                (Math.round(100 * Math.sin(step / 3 + k)) / 100).toFixed(2),
            ),
        )
        return { "a wave": rows.map(row => row.join(",")).join("\n") }
    }
    const known = Array.from({ length: FIRST }, (_, row) => `${row}`).filter(embedding.knows)
    return known.length ? { "rows of its embedding": known.join(" ") } : {}
}
