/**
 * Who answers in the app? The page, wherever it has the model and has read texts with it as PyTorch did: moves, a cell's
 * terms, and why. The server records the rest, and proves what the page shows when the hand rests.
 */

import { untrainedWeights } from "../numbers/reading.js"
import { Refused } from "./answerer.js"

// Milliseconds without another model after which the page loads one.
const REST = 500
// Bytes of an LSTM up to which it is loaded before anybody asks why.
const BY_ITSELF = 2_000_000
// Frames that a picture may take, about a second, and an answer to why.
const PICTURE = 125
const WHY = 1_000

/** @implements {Answerer} */
export class InApp {
    /** @type {Promise<import("./threads.js").Threads> | null} */
    #threads = null
    /** Whether the page computes with a model, by what it needs: not yet or never (false), or once it is loaded.
     * @type {Map<string, boolean>} */
    #by = new Map()
    /** What is loaded next, and when. */
    #next = ""
    /** @type {number | undefined} */
    #rest = undefined

    /**
     * @param {import("./server.js").Server} server
     * @param {() => Promise<import("./threads.js").Threads>} begin who computes in the page
     */
    constructor(server, begin) {
        this.server = server
        this.begin = begin
        this.files = server.files
        /** @type {NonNullable<Answerer["code"]>} */
        this.code = query => server.code(query)
        /** @type {Answerer["progress"]} */
        this.progress = (query, signal) => server.progress(query, signal)
        /** @type {Answerer["download"]} */
        this.download = (kind, question) => server.download(kind, question)
        /** @type {Answerer["file"]} */
        this.file = file => server.file(file)
        /** @type {Answerer["recorded"]} */
        this.recorded = (question, signal) => server.picture(question, signal)
    }

    /** @type {Answerer["picture"]} */
    async picture(question, signal) {
        const own = this.#by.get(keyOf(question.query)) ? await this.#computed(question, signal) : null
        if (own) return own
        const numbers = await this.server.picture(question, signal)
        this.#prepare(numbers)
        return numbers
    }

    /** @param {Parameters<Answerer["cell"]>[0]} question @param {AbortSignal} signal */
    async cell(question, signal) {
        const threads = this.#by.get(keyOf(question.query)) && (await this.#able(question.query, WHY).catch(() => null))
        if (threads) return threads.cell(question, signal)
        // Of a model that is not here the server sends a picture's terms with the picture.
        const { cell } = await this.server.picture({ ...question, room: 0, zoom: null }, signal)
        if (!cell) throw new Refused("There is no such cell.")
        return cell
    }

    /** @param {import("./answerer.js").AboutCell} question @param {AbortSignal} signal */
    async why(question, signal) {
        return (await this.#able(question.query, WHY)).why(question, signal)
    }

    /** Computes no more with the model of such a question. @param {Query} query */
    distrust(query) {
        this.#by.set(keyOf(query), false)
    }

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

    /** Loads the model of such a picture, unless it is large or another one follows soon. @param {Numbers} numbers */
    #prepare({ view, model }) {
        const key = keyOf(view)
        if (key !== this.#next) {
            clearTimeout(this.#rest)
            this.#next = ""
        }
        const isLarge = model.trained && 4 * untrainedWeights({ ...view, ...model.fixed }) > BY_ITSELF
        if (this.#next || this.#by.has(key) || !model.asks || isLarge) return
        this.#next = key
        this.#rest = setTimeout(() => this.#open(view).catch(() => {}), REST)
    }

    /** Who answers about a source in no more frames than these. Throws where nobody in the page does.
     * @param {Query} query @param {number} most */
    async #able(query, most) {
        const threads = await this.#open(query)
        if ((await threads.frames(query)) <= most) return threads
        throw new Refused(
            "This text is too long to explain with so large a model in this page: lstm_core.explain does.",
        )
    }

    /** @param {Query} query */
    async #open(query) {
        const key = keyOf(query)
        if (this.#by.get(key) === false)
            throw new Refused("This browser does not compute this model as PyTorch does: lstm_core.explain says why.")
        this.#threads ??= this.begin()
        this.#threads.catch(() => {
            this.#threads = null
        })
        const threads = await this.#threads
        await threads.asked(query)
        // It may have been found wrong meanwhile.
        if (!this.#by.has(key)) this.#by.set(key, true)
        return threads
    }
}

/** The tagger is another model in each size. @param {Query} query */
function keyOf({ model, tokens, input_dim, hidden_dim, n_layers }) {
    const sizes = model === "tagger-sizes" ? [input_dim, hidden_dim, n_layers] : []
    return [model, model === "random" ? tokens : "", ...sizes].join()
}
