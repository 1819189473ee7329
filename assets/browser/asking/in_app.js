/**
 * Who answers in the app? The page, wherever it has the model and has read texts with it as PyTorch did: moves, a cell's
 * terms, and why. The server records the rest, and proves what the page shows when the hand rests.
 */

import { untrainedWeights } from "../numbers/reading.js"
import { Refused } from "./answerer.js"
import { Server } from "./server.js"

// Milliseconds without another model after which the page loads one.
const REST = 500
// Bytes of an LSTM up to which it is loaded before anybody asks why; the server draws pictures of a larger one.
const BY_ITSELF = 2_000_000
// Frames that a picture may take, about a second, and an answer to why.
const PICTURE = 125
const WHY = 1_000

/** @implements {Answerer} */
export class InApp extends Server {
    /** @type {Promise<import("./threads.js").Threads> | null} */
    #threads = null
    /** Whether the page computes with a model, by what it needs: true once it is here, or why it never does.
     * @type {Map<string, true | Refused>} */
    #by = new Map()
    /** Whether the last picture had several steps in a column: such ones are the server's. */
    #isBinned = false
    /** What is loaded next, and when. */
    #next = ""
    /** @type {number | undefined} */
    #rest = undefined

    /**
     * `begin`: who computes in the page.
     *
     * @param {ConstructorParameters<typeof Server>[0]} base @param {ConstructorParameters<typeof Server>[1]} handed
     * @param {(server: Server) => Promise<import("./threads.js").Threads>} begin
     */
    constructor(base, handed, begin) {
        super(base, handed)
        this.begin = begin
    }

    /** @param {Question} question @param {AbortSignal} signal */
    async picture(question, signal, line = "") {
        const own = this.#isHere(question.query) && !this.#isBinned && (await this.#computed(question, signal))
        if (own) return own
        const numbers = await super.picture(question, signal, line)
        this.#isBinned = numbers.columns.per > 1
        this.#prepare(numbers, question)
        return numbers
    }

    /** @param {Question} question @param {AbortSignal} signal */
    recorded(question, signal) {
        return super.picture(question, signal, " proof")
    }

    /** @param {import("./answerer.js").AboutCell} question @param {AbortSignal} signal */
    async why(question, signal) {
        return (await this.#able(question.query, WHY)).why(question, signal)
    }

    /** @param {Query} query */
    #isHere = query => this.#by.get(keyOf(query)) === true

    /** The picture that the page computes; null where the server has to. @param {Question} question
     * @param {AbortSignal} signal @returns {Promise<Numbers | null>} */
    async #computed(question, signal) {
        try {
            const numbers = await (await this.#able(question.query, PICTURE)).picture(question, signal)
            // Columns of several steps are sent in rounder numbers.
            return numbers.columns.number && numbers.columns.per === 1 ? { ...numbers, isComputed: true } : null
        } catch (error) {
            if (signal.aborted) throw error
            // Why a question can't be answered, the server says.
            return null
        }
    }

    /** Loads the model of such a picture, unless it is large or another one follows soon. @param {Numbers} numbers
     * @param {Question} question */
    #prepare({ view, model }, question) {
        const key = keyOf(view)
        if (key !== this.#next) {
            clearTimeout(this.#rest)
            this.#next = ""
        }
        const isLarge = model.trained && 4 * untrainedWeights({ ...view, ...model.fixed }) > BY_ITSELF
        if (this.#next || this.#by.has(key) || !model.asks || isLarge) return
        this.#next = key
        this.#rest = setTimeout(() => this.#begin(key, { ...question, query: view }).catch(() => {}), REST)
    }

    /** @param {string} key @param {Question} question */
    async #begin(key, question) {
        // A worker has the model then too.
        await this.#computed(question, new AbortController().signal)
        await this.#open(question.query)
        if (!this.#by.has(key)) this.#by.set(key, true)
    }

    /** Who answers about a source in no more frames than these. Throws where nobody in the page does.
     * @param {Query} query @param {number} most */
    async #able(query, most) {
        const threads = await this.#open(query)
        if ((await threads.frames(query)) <= most) return threads
        throw new Refused("This text is too long for so large a model to explain in this page: lstm_core.explain does.")
    }

    /** @param {Query} query */
    async #open(query) {
        const known = this.#by.get(keyOf(query))
        if (known instanceof Refused) throw known
        this.#threads ??= this.begin(this)
        this.#threads.catch(() => {
            this.#threads = null
        })
        const threads = await this.#threads
        try {
            await threads.asked(query)
        } catch (error) {
            if (error instanceof Refused) this.#by.set(keyOf(query), error)
            throw error
        }
        return threads
    }
}

/** The tagger is another model in each size. @param {Query} query */
function keyOf({ model, tokens, input_dim, hidden_dim, n_layers }) {
    const sizes = model === "tagger-sizes" ? [input_dim, hidden_dim, n_layers] : []
    return [model, model === "random" ? tokens : "", ...sizes].join()
}
