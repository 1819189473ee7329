/**
 * Which thread of the page answers? What fits into a frame is answered at once, in the frame of the move; the rest in a
 * worker, so that the page goes on moving.
 */

import { productsOf } from "../numbers/reading.js"
import { Columns } from "../state/answer.js"
import { Refused } from "./answerer.js"
import { Here } from "./here.js"
import { frame } from "./models.js"

/** @typedef {(name: string, question: any, signal: AbortSignal) => Promise<any>} Ask */

/** @implements {Answerer} */
export class Threads extends Here {
    /** A drawer takes seconds, and no picture waits for it: each has its worker. @type {InWorker[]} */
    #workers
    /** Whether a picture is on screen, which an answer would keep from moving. */
    isSeen = false

    /** @param {() => Promise<Worker>} begin a worker that runs `computing.js` @param {Wire.ToldOfAll} told
     * @param {import("./models.js").Models} models */
    constructor(begin, told, models) {
        super(told, models.open, models.own?.take)
        const attend = async () => attended(await begin(), models, told)
        this.#workers = [new InWorker(attend), new InWorker(attend)]
    }

    /** @param {Question} question @param {AbortSignal} [signal] */
    async picture(question, signal) {
        const [isQuick, isFirst] = [(await this.frames(question.query)) <= 1, !this.isSeen]
        this.isSeen = true
        if (isQuick) return super.picture(question)
        const coming = this.#workers[0].ask("picture", question, signal)
        if (isFirst) {
            // From now on the worker has the model.
            coming.catch(() => {})
            return super.picture(question)
        }
        const numbers = await coming
        const notices = [...this.notices.splice(0), ...numbers.notices]
        return { ...numbers, notices, columns: new Columns(numbers) }
    }

    /** @param {import("./answerer.js").AboutCell} question @param {AbortSignal} [signal] */
    why(question, signal) {
        return this.#workers[1].ask("why", question, signal)
    }

    /** @param {File} file */
    async file(file) {
        const taken = await super.file(file)
        // The next ones know it.
        for (const worker of this.#workers) worker.renew()
        return taken
    }

    /** For how many frames an answer takes the processor. @param {Object<string, any>} query */
    async frames(query) {
        const { model, view, how } = await this.asked(query)
        return productsOf(model, view, how) / frame.products
    }
}

/**
 * A worker that answers beside the page, which gives it the models that it has loaded.
 *
 * @param {Worker} worker @param {import("./models.js").Models} models @param {Wire.ToldOfAll} told
 */
function attended(worker, models, told) {
    const { shipped, isBeside, own } = models
    worker.addEventListener("message", async ({ data: { load, query } }) => {
        if (!load) return
        const tell = (/** @type {any} */ found) => worker.postMessage({ loaded: load, ...found })
        models.file(load, query).then(
            // The page has proved it.
            content => tell({ content: isBeside ? { ...content, proved: [] } : content }),
            error => tell({ said: error.message }),
        )
    })
    worker.postMessage({ told, shipped, isBeside, files: own?.files ?? [] })
    return worker
}

/** A worker that answers one question after the other. */
class InWorker {
    /** @type {Promise<Worker> | null} */
    #worker = null
    /** The last question that was asked. @type {Promise<any>} */
    #last = Promise.resolve()

    /** @param {() => Promise<Worker>} begin */
    constructor(begin) {
        this.begin = begin
    }

    /** The answer; a question that is given up is computed no further. @param {string} name @param {any} question
     * @param {AbortSignal} [signal] @returns {Promise<any>} */
    ask(name, question, signal) {
        const answer = this.#last.then(() => this.#asked({ name, question }, signal))
        this.#last = answer.catch(() => {})
        return answer
    }

    /** What is asked from now on, another worker answers. */
    renew() {
        this.#last = this.#last.then(() => this.#end())
    }

    /** @param {{name: string, question: any}} message @param {AbortSignal} [signal] */
    async #asked(message, signal) {
        signal?.throwIfAborted()
        this.#worker ??= this.begin()
        try {
            const worker = await this.#worker
            return await new Promise((ready, failed) => {
                worker.onmessage = ({ data: { load, answer, said, refused } }) => {
                    if (load) return
                    // A refusal is an answer too.
                    ready(said === undefined ? answer : Promise.reject(refused ? new Refused(said) : new Error(said)))
                }
                worker.onerror = ({ message }) => failed(new Error(message))
                signal?.addEventListener("abort", () => failed(signal.reason), { once: true })
                worker.postMessage(message)
            })
        } catch (error) {
            if (!(error instanceof Refused)) this.#end()
            throw error
        }
    }

    #end() {
        this.#worker?.then(worker => worker.terminate()).catch(() => {})
        this.#worker = null
    }
}
