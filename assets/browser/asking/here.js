/**
 * Who answers where there is no server? The page itself: it has the model's weights, and computes the same numbers.
 *
 * It gives no Python code, no drawer and no files, and opens none.
 */

import { numbersOf } from "../numbers/picture.js"
import { readingOf } from "../numbers/reading.js"
import { termsOf } from "../numbers/terms.js"
import { Refused } from "./answerer.js"

/** @typedef {import("./answerer.js").Answerer} Answerer */

/**
 * @typedef {import("../engine/model.js").Model} Model
 * @typedef {Object<string, any>} View the values of a question, by name
 * @typedef {{model: Model | null, about: Wire.About, sizes: View, notices: string[]}} Opened the model that reads
 *     (null: an untrained LSTM); `sizes`: its own dimensions, where these are others than those asked for.
 * @typedef {(source: View) => Promise<Opened>} Open
 */

const COMPUTED = "computed in this page"

/** @implements {Answerer} */
export class Here {
    /** The last reading: a zoom, an order or a pin reads nothing again. @type {{key: string, read: any} | null} */
    #last = null

    /** @param {{usual: View, words: Wire.Words}} told `usual`: what a question leaves out @param {Open} open */
    constructor({ usual, words }, open) {
        this.usual = usual
        this.words = words
        this.open = open
        /** How near the page comes to PyTorch, once that is known, as in 1e-07. */
        this.near = ""
    }

    async picture({ query, room, zoom, cell }) {
        const { reading, view, about } = await this.read(query)
        return { ...numbersOf(reading, { view, room, zoom, cell }, this.words, about), proof: COMPUTED }
    }

    async cell({ query, cell }) {
        const { reading } = await this.read(query)
        const terms = termsOf(reading, cell)
        if (!terms) throw new Refused("There is no such cell.")
        return terms
    }

    why = refuse
    code = refuse
    download = refuse
    file = refuse

    async progress() {
        return null
    }

    /**
     * The reading that a question asks for, and the question with everything that it leaves out.
     *
     * @param {View} query
     */
    async read(query) {
        const asked = Object.fromEntries(
            Object.entries(this.usual).map(([name, usual]) => {
                const value = query[name] ?? usual
                return [name, typeof usual === "number" ? +value : value]
            }),
        )
        const { model, about, sizes, notices } = await this.open(asked)
        const view = { ...asked, ...sizes }
        // Where nobody gives a text, it is the model's first example.
        if (model) view.sentence = query.sentence ?? Object.values(about.examples)[0] ?? view.sentence
        const { sentence, input_dim, hidden_dim, n_layers, directions, seed, tokens, holds } = view
        const key = JSON.stringify([
            view.model,
            sentence,
            input_dim,
            hidden_dim,
            n_layers,
            directions,
            seed,
            tokens,
            holds,
        ])
        if (this.#last?.key !== key) this.#last = { key, read: readingOf(model, view, `${holds}`) }
        const reading = { ...this.#last.read, notices: [...notices, ...this.#last.read.notices] }
        return { reading, view, about }
    }
}

/** @returns {Promise<any>} */
async function refuse() {
    throw new Refused("This page has no server: the dashboard does that.")
}
