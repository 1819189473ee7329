/**
 * Which model reads a text in the page? One that is loaded when it is asked for, or an untrained LSTM. None reads before
 * it has read some texts as PyTorch did.
 */

import { openModel, tokens } from "../engine/model.js"
import { unzipped } from "../shared/unzipped.js"
import { Refused } from "./answerer.js"
import { nearness } from "./proof.js"

/** @typedef {import("./here.js").Opened} Opened */

const DIMENSIONS = ["input_dim", "hidden_dim", "n_layers"]
// What is said of a picture until the server has recorded the same text.
const COMPUTED = "computed in this page"
// Vectors of words that are kept of a model: some megabytes.
const MOST_KEPT = 10_000

export class Models {
    /** @type {Map<string, Promise<any>>} */
    #there = new Map()

    /**
     * `load`: the file of that name, or what a server reads of a query. `isBeside`: whether there is a server; it sends the
     * vectors of words, which no file has then, and reads files and tables.
     *
     * @param {Wire.Shipped} shipped @param {(name: string, query?: Object<string, any>) => Promise<any>} load
     */
    constructor(shipped, load, isBeside = false) {
        this.shipped = shipped
        this.isBeside = isBeside
        /** @param {string} name @param {Object<string, any>} [query] */
        this.file = (name, query) => this.#once(name, () => load(name, query))
    }

    /** @param {Object<string, any>} source @returns {Promise<Opened>} */
    open = async source => {
        const opened = await this.#opened(source)
        return this.isBeside
            ? { ...opened, how: await this.#how(opened.model, { ...source, ...opened.sizes }) }
            : opened
    }

    /** @param {Object<string, any>} source */
    async #opened(source) {
        const { by, untrained } = this.shipped
        if (source.model === "tagger-sizes") return this.#tagger(source)
        const isRandom = source.model === "random"
        const name = isRandom ? source.tokens : source.model
        const own = await (isRandom ? this.#proved(name, null, untrained[name]) : this.#trained(name, [name]))
        return { about: by[name], ...own, sizes: {}, notices: [] }
    }

    /** How a source is read beside a server, which reads files and tables; of words their vectors are here then.
     * @param {Model | null} model @param {Object<string, any>} source */
    async #how(model, source) {
        const isTable = (model?.reads ?? source.tokens) === "numbers"
        if (source.file || isTable) return { given: await this.#steps(source), most: Infinity }
        await this.#bring(model, source, `${source.sentence}`)
        return { most: Infinity }
    }

    /** @param {Object<string, any>} source */
    async #steps({ model, sentence, file, tokens: reads, ...dims }) {
        const { input_dim, hidden_dim, n_layers, directions, seed } = dims
        const sizes = { input_dim, hidden_dim, n_layers, directions, seed }
        const query = { model, tokens: reads, ...sizes, ...(file ? { file } : { sentence }) }
        /** @type {Wire.StepsRead} */
        const { tokens, x, names, values } = await this.file(JSON.stringify(query), query)
        const series = names.length ? { names, values: await numbersIn(values) } : null
        return { tokens, x: await numbersIn(x), series }
    }

    /** Brings the vectors of a text's words, where they are not here. @param {Model | null} model
     * @param {Object<string, any>} source @param {string} text */
    async #bring(model, source, text) {
        const sent = model?.embedding.sent
        if (!model || !sent) return
        if (sent.size > MOST_KEPT) sent.clear()
        const missing = [...new Set(tokens(model, text))].filter(word => !sent.has(word))
        if (!missing.length) return
        const { tokens: words, x } = await this.#steps({ ...source, file: "", sentence: missing.join(" ") })
        const { size } = model.embedding
        words.forEach((word, k) => {
            sent.set(word, x.subarray(k * size, (k + 1) * size))
        })
    }

    /** The tagger whose size is nearest to the one that is asked for, by the ratio of each dimension.
     * @param {Object<string, any>} source */
    async #tagger(source) {
        const { by, trained } = this.shipped
        const asked = DIMENSIONS.map(name => source[name])
        const far = (/** @type {[number[], string]} */ [sizes]) =>
            sizes.reduce((sum, size, k) => sum + Math.abs(Math.log(size / asked[k])), 0)
        const [sizes, right] = trained.reduce((best, one) => (far(one) < far(best) ? one : best))
        const [name, words] = [`sizes/${sizes.join("-")}`, `sizes/words-${sizes[0]}`]
        // All taggers with one input_dim have the same vectors of words.
        const own = await this.#trained(`${sizes}`, this.isBeside ? [name] : [name, words])
        const about = by[source.model]
        const notices = DIMENSIONS.filter((_, k) => sizes[k] !== asked[k]).map(
            name =>
                `No tagger was trained with ${name} ${source[name]}: this is the nearest, ` +
                `${sizes[DIMENSIONS.indexOf(name)]}.`,
        )
        return {
            ...own,
            about: { ...about, model: { ...about.model, right } },
            sizes: Object.fromEntries(DIMENSIONS.map((name, k) => [name, sizes[k]])),
            notices,
        }
    }

    /** The model in some files, and how near to PyTorch it is. */
    async #trained(/** @type {string} */ name, /** @type {string[]} */ files) {
        const loaded = await Promise.all(files.map(file => this.file(file)))
        const open = async () => {
            const [own, ...more] = await Promise.all(loaded.map(({ file }) => unzipped(file).arrayBuffer()))
            return openModel(own, ...more)
        }
        const model = await this.#once(`model ${name}`, open)
        const [{ proved, about }] = loaded
        return { ...(await this.#proved(name, model, proved)), ...(about && { about }) }
    }

    async #proved(/** @type {string} */ name, /** @type {Model | null} */ model, /** @type {Wire.Proved[]} */ texts) {
        const prove = async () => {
            await this.#bring(model, texts[0]?.query, texts.map(({ query }) => query.sentence).join(" "))
            return nearness(model, texts)
        }
        const near = await this.#once(`proof ${name}`, prove).catch(error => {
            throw new Refused(`this browser does not compute ${name} as PyTorch does: ${error.message}`)
        })
        const checked = `checked here: matches PyTorch to ${near} on ${texts.length} texts`
        return { model, proof: this.isBeside ? COMPUTED : checked }
    }

    /** What is made once; after a failure it is tried again. */
    #once(/** @type {string} */ name, /** @type {() => Promise<any>} */ make) {
        if (!this.#there.has(name)) {
            const made = make()
            this.#there.set(name, made)
            made.catch(() => this.#there.delete(name))
        }
        return /** @type {Promise<any>} */ (this.#there.get(name))
    }
}

/** The numbers in a text of base64. @param {string} text */
const numbersIn = async text => new Float32Array(await unzipped(text).arrayBuffer())
