/**
 * Which model reads a text in the page? A shipped one, loaded when it is asked for, or an untrained LSTM. None reads
 * before it has read some texts as PyTorch did.
 */

import { openModel } from "../engine/model.js"
import { unzipped } from "../shared/unzipped.js"
import { Refused } from "./answerer.js"
import { nearness } from "./proof.js"

/** @typedef {import("./here.js").Opened} Opened */

const DIMENSIONS = ["input_dim", "hidden_dim", "n_layers"]

export class Models {
    /** @type {Map<string, Promise<any>>} */
    #there = new Map()

    /** @param {Wire.Shipped} shipped @param {(name: string) => Promise<Wire.ModelFile>} load the file of that name */
    constructor(shipped, load) {
        this.shipped = shipped
        /** The file of that name. @param {string} name @returns {Promise<Wire.ModelFile>} */
        this.file = name => this.#once(name, () => load(name))
    }

    /** @param {Object<string, any>} source @returns {Promise<Opened>} */
    open = async source => {
        const { by, untrained } = this.shipped
        if (source.model === "tagger-sizes") return this.#tagger(source)
        const isRandom = source.model === "random"
        const name = isRandom ? source.tokens : source.model
        const own = isRandom ? this.#proved(name, null, untrained[name]) : this.#trained(name, [name])
        return { ...(await own), about: by[name], sizes: {}, notices: [] }
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
        const own = await this.#trained(`${sizes}`, [`sizes/${sizes.join("-")}`, `sizes/words-${sizes[0]}`])
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
        const loaded = await Promise.all(files.map(this.file))
        const open = async () => {
            const [own, ...more] = await Promise.all(loaded.map(({ file }) => unzipped(file).arrayBuffer()))
            return openModel(own, ...more)
        }
        const model = await this.#once(`model ${name}`, open)
        return this.#proved(name, model, loaded[0].proved)
    }

    async #proved(/** @type {string} */ name, /** @type {Model | null} */ model, /** @type {Wire.Proved[]} */ texts) {
        const near = await this.#once(`proof ${name}`, () => nearness(model, texts)).catch(error => {
            throw new Refused(`this browser does not compute ${name} as PyTorch does: ${error.message}`)
        })
        return { model, proof: `checked here: matches PyTorch to ${near} on ${texts.length} texts` }
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
