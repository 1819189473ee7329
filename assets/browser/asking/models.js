/** Which model reads a text in the page? A shipped one, loaded when it is asked for, or an untrained LSTM. */

import { taggerOf } from "../engine/family.js"
import { openModel } from "../engine/model.js"

/**
 * @typedef {import("./here.js").Opened} Opened
 * @typedef {{by: Object<string, Wire.About>, trained: [number[], string][]}} Shipped
 *     `by`: what is said of each model, and of an untrained LSTM that reads words, characters or numbers; `trained`:
 *     the sizes of taggers, and how often each is right.
 */

const DIMENSIONS = ["input_dim", "hidden_dim", "n_layers"]

export class Models {
    /** @type {Map<string, Promise<any>>} */
    #there = new Map()

    /** @param {Shipped} shipped @param {(path: string) => Promise<ArrayBuffer>} load the file at a path */
    constructor(shipped, load) {
        this.shipped = shipped
        this.load = load
    }

    /** @param {Object<string, any>} source @returns {Promise<Opened>} */
    open = async source => {
        const { by } = this.shipped
        if (source.model === "tagger-sizes") return this.#tagger(source)
        const about = by[source.model === "random" ? source.tokens : source.model]
        const model =
            source.model === "random" ? null : await this.#once(source.model, () => this.#shipped(source.model))
        return { model, about, sizes: {}, notices: [] }
    }

    async #shipped(name) {
        return openModel(await this.#file(`${name}/model.safetensors`))
    }

    /** The tagger whose size is nearest to the one that is asked for, by the ratio of each dimension. */
    async #tagger(source) {
        const { by, trained } = this.shipped
        const asked = DIMENSIONS.map(name => source[name])
        const far = (/** @type {[number[], string]} */ [sizes]) =>
            sizes.reduce((sum, size, k) => sum + Math.abs(Math.log(size / asked[k])), 0)
        const nearest = trained.reduce((best, one) => (far(one) < far(best) ? one : best))
        const [sizes, right] = nearest
        const model = await this.#once(`${sizes}`, async () =>
            taggerOf(await this.#file("tagger/model.safetensors"), await this.#file("tagger/sizes.safetensors"), {
                inputSize: sizes[0],
                hiddenSize: sizes[1],
                numLayers: sizes[2],
            }),
        )
        const about = by[source.model]
        const notices = DIMENSIONS.filter((_, k) => sizes[k] !== asked[k]).map(
            name =>
                `No tagger was trained with ${name} ${source[name]}: this is the nearest, ` +
                `${sizes[DIMENSIONS.indexOf(name)]}.`,
        )
        return {
            model,
            about: { ...about, model: { ...about.model, right } },
            sizes: Object.fromEntries(DIMENSIONS.map((name, k) => [name, sizes[k]])),
            notices,
        }
    }

    #file(path) {
        return this.#once(path, () => this.load(path))
    }

    /** What is loaded once; after a failure it is tried again. */
    #once(name, make) {
        if (!this.#there.has(name)) {
            const made = make()
            this.#there.set(name, made)
            made.catch(() => this.#there.delete(name))
        }
        return this.#there.get(name)
    }
}
