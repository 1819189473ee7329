/**
 * Which models has a person opened in this page? Each is read here and stays here: nothing of a file is sent anywhere.
 *
 * A file has no vocabulary: what it can read are the numbers of its embedding's rows, or numbers. Any other text is
 * read word by word, each word with a vector drawn from the seed and the word, as for an untrained LSTM.
 */

import { EMBEDDINGS } from "../engine/embeddings.js"
import { FLOATS, foundIn } from "../engine/found_weights.js"
import { matrices } from "../engine/matrix.js"
import { modelOf, part, tokens } from "../engine/model.js"
import { recurrentOf } from "../engine/recurrent_of.js"
import { NotWeights, readSafetensors } from "../engine/safetensors.js"
import { givenBy } from "../engine/weights_beside.js"
import { wordVectors } from "../engine/word_vectors.js"
import { KINDS, kindOf } from "../kinds.js"
import { readTable } from "../numbers/table.js"
import { count } from "../shared/numbers.js"
import { Refused } from "./answerer.js"

/**
 * @typedef {{model: Model, isWhole: boolean, isSound: boolean}} Own `isWhole`: from a file that says what its model
 *     reads; `isSound`: all its numbers are finite.
 * @typedef {{name: string, lstm: Recurrent, own: () => Own}} Offered
 * @typedef {import("../engine/found_weights.js").Found} Found
 */

export const MOST_BYTES = 100_000_000
// Numbers that are recorded at a step: both directions of four layers of 5,000 units.
const MOST_A_STEP = 250_000
const OTHERS = /\.(pt|pth|bin|ckpt|pkl|npz|h5|hdf5|keras|onnx|msgpack)$/i
const WAVE = { steps: 24, columns: 64 }
const FIRST = 8
const TANH = "The file does not say whether its RNN has tanh or relu: tanh is assumed."
const NOT_FINITE =
    "Expected finite numbers in the weights of this model, got some that are infinite or not a number (nan). " +
    "Training that diverged leaves such weights: open an earlier checkpoint."
const PROOF = "not checked: your file has not been run in PyTorch"

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
        if (file.size >= MOST_BYTES)
            throw refuse(
                `Expected a file of less than ${count(MOST_BYTES)} bytes, got ${count(file.size)}: it was not read.`,
            )
        if (OTHERS.test(file.name))
            throw refuse(
                "This page reads .safetensors. Save the weights so: " +
                    "safetensors.torch.save_file(model.state_dict(), “model.safetensors”).",
            )
        if (!(await isWeights(file))) return null
        try {
            const models = modelsIn(await file.arrayBuffer())
            if (!models[0].own().isSound) throw new NotWeights(NOT_FINITE)
            this.files.push(file)
            return this.#keep(file.name, models)
        } catch (error) {
            throw refuse(
                error instanceof NotWeights ? error.message : "Expected a whole file of weights, got a broken one.",
            )
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
    open = ({ model: name, sentence, seed }) => {
        const { model, isWhole, isSound } = /** @type {Offered} */ (this.#there.get(name)).own()
        if (!isSound) throw new Refused(NOT_FINITE)
        const drawn = !isWhole && !canRead(model, `${sentence}`)
        const { inputSize, hiddenSize, numLayers, bidirectional } = model.lstm
        const fixed = { input_dim: inputSize, hidden_dim: hiddenSize, n_layers: numLayers }
        const read = drawn ? withWords(model, +seed) : model
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
            ...{ proof: PROOF, sizes: {}, isOwn: true },
            notices: [
                ...(drawn
                    ? [
                          "The file has no vocabulary: each word has a vector drawn from the " +
                              `seed ${seed} and the word, as for an untrained LSTM.${rowsOf(model)}`,
                      ]
                    : []),
                ...(!isWhole && kindOf(model.lstm).bend ? [TANH] : []),
            ],
        }
    }
}

/** What such a file can read itself. @param {Model} model */
const rowsOf = ({ reads }) =>
    reads === "numbers" ? "" : " Numbers alone, as in “0 1 2”, are read as rows of its embedding."

/** Whether a file is to be read as weights: by its name, or because it begins as a safetensors file does. */
async function isWeights(/** @type {File} */ file) {
    if (/\.safetensors$/i.test(file.name)) return true
    const begin = new Uint8Array(await file.slice(0, 9).arrayBuffer())
    // No text begins with a number of eight bytes that is so small.
    return begin[8] === 0x7b && begin.subarray(4, 8).every(byte => byte === 0)
}

/** The models in a file. Throws NotWeights. @param {ArrayBuffer} buffer @returns {Offered[]} */
function modelsIn(buffer) {
    const { tensors, metadata } = readSafetensors(buffer)
    const all = metadata?.model ? [whole(JSON.parse(metadata.model), tensors)] : foundIn(tensors).map(offered)
    for (const { lstm } of all) {
        const { hiddenSize, numLayers, bidirectional, inputSize } = lstm
        const each = KINDS.LSTM.quantities.length * hiddenSize * numLayers * (1 + +bidirectional) + inputSize
        if (each > MOST_A_STEP)
            throw new NotWeights(
                `Expected at most ${count(MOST_A_STEP)} numbers to look at for each step, got ${count(each)}.`,
            )
    }
    return all
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
const CHOICES = ["words characters symbols numbers", "classes set value hidden"].map(all => all.split(" "))

/**
 * A model of `save_model`, whose settings its weights bear out.
 *
 * @param {any} settings @param {Object<string, Tensor>} tensors @returns {Offered}
 */
function whole(settings, tensors) {
    const { name, task, labels, reads, gives, embedding } = settings
    const { tokens = [], columns = [], rows = 0, unknown = null } = embedding
    const model = modelOf(settings, matrices(tensors))
    const lstm = recurrentOf("lstm", part(tensors, "lstm."), kindOf(model.lstm).bend)
    const sorted = (/** @type {Object<string, any>} */ { weights: _, ...all }) =>
        JSON.stringify(Object.entries(all).sort())
    const bias = "linear.bias" in tensors && { "linear.bias": [labels.length] }
    const shapes = { ...SHAPES[embedding.kind](embedding), "linear.weight": [labels.length, givenBy(lstm)], ...bias }
    const there = Object.entries(tensors).filter(([own]) => !own.startsWith("lstm."))
    const vector = model.embedding.vector(columns.map(() => "1").join(" ") || "0") ?? new Float32Array(0)
    const fits = [
        sorted(lstm) === sorted(model.lstm),
        sorted(Object.fromEntries(there.map(([own, { shape }]) => [own, shape]))) === sorted(shapes),
        Object.values(tensors).every(({ dtype }) => FLOATS.includes(dtype)),
        [labels, tokens, columns].every(Array.isArray),
        [name, task, ...labels, ...tokens, ...columns].every(text => typeof text === "string"),
        Object.keys(settings).length === 7 && (lstm.kind !== "LSTM" || Number.isInteger(settings.lstm.proj_size)),
        embedding.kind !== "rows" || tokens.length <= rows,
        unknown === null || (Number.isInteger(unknown) && unknown < rows),
        (reads === "numbers") === (embedding.kind === "numbers"),
        [reads, gives].every((choice, k) => CHOICES[k].includes(choice)),
        vector.length === lstm.inputSize,
    ]
    if (!fits.every(Boolean))
        throw new NotWeights(
            "Expected a model whose settings fit its weights, got one whose parts contradict each other.",
        )
    const isSound = vector.every(Number.isFinite) && Object.values(tensors).every(one => one.isFinite)
    return { name, lstm, own: () => ({ model, isWhole: true, isSound }) }
}

/** @param {Found} found @returns {Offered} */
function offered(found) {
    /** @type {Own | null} */
    let own = null
    const name = found.name || kindOf(found.lstm).name
    // Made once, and only when it is chosen.
    return { name, lstm: found.lstm, own: () => (own ??= assembled({ ...found, name })) }
}

/** As `lstm_core.assemble` puts the parts together. @param {Found} found @returns {Own} */
function assembled({ name, lstm, weights, beside }) {
    const { embedding, linear } = beside()
    const rows = embedding && { rows: embedding.shape[0], size: lstm.inputSize, tokens: [], unknown: null }
    const columns = Array.from({ length: lstm.inputSize }, (_, k) => `feature ${k}`)
    const unscaled = {
        mean: { shape: [lstm.inputSize], data: new Float32Array(lstm.inputSize) },
        deviation: { shape: [lstm.inputSize], data: new Float32Array(lstm.inputSize).fill(1) },
    }
    const read = linear && matrices({ weight: linear.weight, bias: linear.bias ?? noBias(linear.weight) })
    /** @type {Model} */
    const model = {
        ...{ name, task: "your own", reads: rows ? "words" : "numbers" },
        labels: linear ? Array.from({ length: linear.weight.shape[0] }, (_, k) => `${k}`) : [],
        gives: !linear ? "hidden" : linear.weight.shape[0] === 1 ? "value" : "classes",
        embedding: rows
            ? EMBEDDINGS.rows(rows, matrices({ "vectors.weight": /** @type {any} */ (embedding) }))
            : EMBEDDINGS.numbers({ columns }, matrices(/** @type {any} */ (unscaled))),
        ...{ lstm, linear: read && { weight: read.weight, bias: read.bias }, restored: null },
    }
    const used = [...weights, embedding, linear?.weight, linear?.bias]
    return { model, isWhole: false, isSound: used.every(one => one?.isFinite ?? true) }
}

/** @param {Tensor} weight */
const noBias = ({ shape: [rows], dtype }) => ({ shape: [rows], dtype, data: new Float32Array(rows) })

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
