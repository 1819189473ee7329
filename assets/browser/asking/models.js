/**
 * Which model reads a text in the page, how does its file come, and does it compute as PyTorch did? None reads before
 * it has read some texts as PyTorch did.
 */

import { openModel, tokens } from "../engine/model.js"
import { productsOf, readingOf } from "../numbers/reading.js"
import { element } from "../shared/element.js"
import { expose } from "../shared/exposed.js"
import { BOUND, roughly } from "../shared/numbers.js"
import { unzipped } from "../shared/unzipped.js"
import { Refused } from "./answerer.js"

// How does a model's file reach the page? As a script that hands it over, so that a page from a disk can load it too.

/** Who waits for a script. @type {Map<string, (content: any) => void>} */
const waiting = new Map()
expose({ model: (/** @type {string} */ name, /** @type {any} */ content) => waiting.get(name)?.(content) })
/** The scripts that were asked for. @type {Set<string>} */
export const asked = new Set()

/** What a script of this name brings. @param {string} name @param {string} path @returns {Promise<any>} */
export function bring(name, path) {
    asked.add(path)
    return new Promise((ready, failed) => {
        const onerror = () => failed(new Error(`${path} could not be loaded`))
        waiting.set(name, ready)
        document.head.append(element("script", { src: path, onerror }))
    })
}

/** @param {string} name @returns {Promise<Wire.ModelFile>} */
export const load = name => bring(name, `models/${name}.js`)

// Which model reads a text in the page? One that is loaded when it is asked for, or an untrained LSTM. None reads
// before it has read some texts as PyTorch did.

/** @typedef {import("./here.js").Opened} Opened */

const DIMENSIONS = ["input_dim", "hidden_dim", "n_layers"]
// What is said of a picture until the server has recorded the same text.
const COMPUTED = "computed in this page"
// Vectors of words that are kept of a model: some megabytes.
const MOST_KEPT = 10_000

export class Models {
    /** @type {Map<string, Promise<any>>} */
    #there = new Map()
    /** Of a model that has the vectors of its examples' words, the file of all, and what opens it.
     * @type {Map<Model, {words: string, open: () => Promise<Model>}>} */
    #whole = new Map()

    /**
     * `load`: the file of that name, or what a server reads of a query. `isBeside`: whether there is a server; it sends the
     * vectors of words, and reads files and tables. `own`: those of the person's own.
     *
     * @param {Wire.Shipped} shipped @param {(name: string, query?: Object<string, any>) => Promise<any>} load
     * @param {{isBeside?: boolean, own?: import("./own_files.js").OwnFiles}} [where]
     */
    constructor(shipped, load, { isBeside = false, own } = {}) {
        this.shipped = shipped
        this.isBeside = isBeside
        this.own = own
        /** @param {string} name @param {Object<string, any>} [query] */
        this.file = (name, query) => this.#once(name, () => load(name, query))
    }

    /** @param {Object<string, any>} source @returns {Promise<Opened>} */
    open = async source => {
        if (this.own?.has(source.model)) return this.own.open(source)
        const opened = await this.#opened(source)
        const [{ model }, read] = [opened, { ...source, ...opened.sizes }]
        // A server reads files and tables.
        if (this.isBeside && (source.file || (model?.reads ?? source.tokens) === "numbers"))
            return { ...opened, how: { given: await this.#steps(read), most: Infinity } }
        await this.#bring(model, read, `${source.sentence}`)
        return this.isBeside ? { ...opened, how: { most: Infinity } } : opened
    }

    /** Loads what other texts need of the models that are open; what can't be loaded is asked for again when it is needed. */
    complete() {
        return Promise.allSettled([...this.#whole.values()].map(({ words }) => this.file(words)))
    }

    /** @param {Object<string, any>} source */
    async #opened(source) {
        const { by } = this.shipped
        if (source.model === "tagger-sizes") return this.#tagger(source)
        const isRandom = source.model === "random"
        const name = isRandom ? source.tokens : source.model
        const own = await (isRandom ? this.#untrained(name) : this.#trained(name, `words/${name}`))
        return { about: by[name], ...own, sizes: {}, notices: [] }
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
        if (this.isBeside) {
            const { tokens: words, x } = await this.#steps({ ...source, file: "", sentence: missing.join(" ") })
            return put(model.embedding, words, x)
        }
        const { open } = /** @type {{open: () => Promise<Model>}} */ (this.#whole.get(model))
        const { embedding } = await open()
        for (const word of missing) sent.set(word, /** @type {Float32Array} */ (embedding.vector(word)))
    }

    /** The tagger whose size is nearest to the one that is asked for, by the ratio of each dimension.
     * @param {Object<string, any>} source */
    async #tagger(source) {
        const { by, trained } = this.shipped
        const asked = DIMENSIONS.map(name => source[name])
        const far = (/** @type {[number[], string]} */ [sizes]) =>
            sizes.reduce((sum, size, k) => sum + Math.abs(Math.log(size / asked[k])), 0)
        const [sizes, right] = trained.reduce((best, one) => (far(one) < far(best) ? one : best))
        // All taggers with one input_dim have the same vectors of words.
        const own = await this.#trained(`sizes/${sizes.join("-")}`, `sizes/words-${sizes[0]}`)
        const about = by[source.model]
        const said = (/** @type {string} */ name, /** @type {number} */ k) =>
            `No tagger was trained with ${name} ${asked[k]}: this is the nearest, ${sizes[k]}.`
        const notices = DIMENSIONS.map(said).filter((_, k) => sizes[k] !== asked[k])
        return {
            ...own,
            about: { ...about, model: { ...about.model, right } },
            sizes: Object.fromEntries(DIMENSIONS.map((name, k) => [name, sizes[k]])),
            notices,
        }
    }

    /** @param {string} reads */
    #untrained = async reads => {
        const { proved } = await this.file(`untrained/${reads}`)
        return this.#proved(`an untrained LSTM on ${reads}`, null, proved)
    }

    /** The model in a file, and how near to PyTorch it is; without a server `words` is the file of its vectors of words. */
    async #trained(/** @type {string} */ name, /** @type {string} */ words) {
        /** @type {Wire.ModelFile} */
        const { file, proved, sent, about } = await this.file(name)
        const model = await this.#once(`model ${name}`, async () => {
            const opened = openModel(await bytesOf(file))
            if (sent) put(opened.embedding, sent.words, await numbersIn(sent.x))
            return opened
        })
        const open = async () => openModel(await bytesOf(file), await bytesOf((await this.file(words)).file))
        if (sent) this.#whole.set(model, { words, open: () => this.#once(`words ${name}`, open) })
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

/** What is in a text of base64. @param {string} text */
const bytesOf = text => unzipped(text).arrayBuffer()

/** @param {string} text */
const numbersIn = async text => new Float32Array(await bytesOf(text))

/** Tells an embedding the vectors of words. @param {import("../engine/embeddings.js").Embedding} embedding
 * @param {string[]} words @param {Float32Array} x (word × feature) */
function put({ sent, size }, words, x) {
    words.forEach((word, k) => {
        sent?.set(word, x.subarray(k * size, (k + 1) * size))
    })
}

// Does the page compute as PyTorch did? It reads texts whose c and h came along, and compares each number.

// Milliseconds of a frame that an answer may take, and the multiplications of a proof from which on it shows how long
// others take.
const SHARE = 8
const TELLS = 1e6

/** The most multiplications of an answer that fits into a frame: as many as a proof did in that time on this machine;
 * until then as many as a laptop does. */
export const frame = { products: 4e6 }

/**
 * The largest difference of c and h over all texts, as in 1e-07. Throws an Error where it is more than rounding.
 *
 * @param {Model | null} model @param {Wire.Proved[]} texts
 */
export async function nearness(model, texts) {
    let far = 0
    // One by one: between two texts the page moves.
    for (const text of texts) far = Math.max(far, await farthestIn(model, text))
    if (!(far <= BOUND)) throw new Error(`its h and c are ${roughly(far)} from PyTorch’s`)
    return roughly(far)
}

/**
 * The largest difference in a text, in proportion where a value is larger than 1; NaN where one is NaN.
 *
 * @param {Model | null} model @param {Wire.Proved} text
 */
async function farthestIn(model, { query, steps, values }) {
    const begun = performance.now()
    const reading = readingOf(model, query, `${query.holds}`)
    const products = productsOf(model, query)
    if (products > TELLS) frame.products = (SHARE * products) / (performance.now() - begun)
    const expected = await numbersIn(values)
    const recorded = ["c", "h"].flatMap(letter => reading.layers.flat().map(one => one[letter]))
    const own = recorded.flatMap(all => [...all.subarray(0, (all.length / reading.tokens.length) * steps)])
    const far = own.map((value, at) => Math.abs(value - expected[at]) / Math.max(1, Math.abs(expected[at])))
    return own.length === expected.length ? far.reduce((most, one) => Math.max(most, one), 0) : NaN
}
