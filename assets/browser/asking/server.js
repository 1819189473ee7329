/** How is a question sent to the server? A long text is sent once; later questions only name it. */

import { beside } from "../beside.js"
import { Busy, Refused, Unreachable } from "./answerer.js"
import { pictureOf } from "./recorded.js"
import { unpack } from "./unpack.js"

export class Server {
    files = ["html", "csv", "npz", "py"]
    /** The name of this view: a picture ends when its view asks for another. */
    #view = randomName()
    /**
     * {text, key}: the text that is there, and the promise of its name.
     *
     * @type {{text: string, key: Promise<string>} | null}
     */
    #sent = null
    /** The name of the text before it. */
    #before = ""

    /**
     * @param {URL} base where the server's routes are
     * @param {Pick<Wire.Handed, "said_back" | "nan" | "visitor" | keyof Wire.ToldOfAll>} handed what holds on both sides
     */
    constructor(base, handed) {
        this.base = base
        this.handed = handed
    }

    /** `line`: only a newer question of the same line ends this one. @param {Question} question @param {AbortSignal} [signal]
     * @returns {Promise<Numbers>} */
    async picture(question, signal, line = "") {
        const response = await this.#post("recording", question, signal, line)
        return pictureOf(unpack(await body(response.arrayBuffer()), this.handed.nan), question, this.handed)
    }

    /** What the page computes with, by its name. @param {string} name */
    async model(name) {
        const response = await body(fetch(beside(`../model/${name}`)))
        if (!response.ok) throw await refusal(response)
        return body(response.json())
    }

    /** A text or file as a model reads it. @param {Query} query @returns {Promise<Wire.StepsRead>} */
    async steps(query) {
        const response = await this.#post("steps", { query })
        return body(response.json())
    }

    /** @type {Answerer["progress"]} */
    async progress(query, signal) {
        const response = await this.#post("progress", { query }, signal)
        return (await body(response.json())).share
    }

    /** @type {NonNullable<Answerer["code"]>} */
    async code(query) {
        return body((await this.download("py", { query })).text())
    }

    /** @type {Answerer["download"]} */
    download(kind, question) {
        return this.#post(`download/${kind}`, question)
    }

    /** @type {Answerer["file"]} */
    async file(file) {
        return { file: await this.#send(file.name, file) }
    }

    /** The answer to {query, ...}. @param {string} path @param {{query: Query}} question
     * @param {AbortSignal} [signal] */
    async #post(path, question, signal, line = "") {
        const { sentence = "" } = question.query
        if (sentence.length <= this.handed.said_back || !sentence.trim()) return this.#ask(path, question, signal, line)
        const { sentence: _, ...query } = question.query
        const named = async () =>
            this.#ask(path, { ...question, query, text: await this.#nameOf(sentence) }, signal, line)
        try {
            return await named()
        } catch (error) {
            if (!(error instanceof Gone)) throw error
            // The server dropped the text to make room.
            this.#sent = null
            return named()
        }
    }

    /** @param {string} path @param {{query: Query, text?: string}} question @param {AbortSignal} [signal] */
    #ask(path, question, signal, line = "") {
        return this.#fetch(new URL(path, this.base), JSON.stringify(question), signal, line)
    }

    /** @param {URL} address @param {BodyInit} content @param {AbortSignal} [signal] */
    async #fetch(address, content, signal, line = "") {
        const headers = { [this.handed.visitor]: this.#view + line }
        const response = await body(fetch(address, { method: "POST", body: content, headers, signal }))
        if (response.ok) return response
        throw await refusal(response)
    }

    /** Sends the server a text or a file; `instead`: the key of one that the server may drop for it.
     * @param {string} name @param {BodyInit} content */
    async #send(name, content, instead = "") {
        const address = new URL("file", this.base)
        address.searchParams.set("name", name)
        if (instead) address.searchParams.set("instead", instead)
        const response = await this.#fetch(address, content)
        return (await body(response.json())).file
    }

    /** @param {string} text */
    async #nameOf(text) {
        if (this.#sent?.text !== text) {
            const key = this.#exchange(text, this.#sent?.key)
            this.#sent = { text, key }
            key.catch(() => {
                if (this.#sent?.key === key) this.#sent = null
            })
        }
        return /** @type {{key: Promise<string>}} */ (this.#sent).key
    }

    /** Sends a text in place of the one before the last, because a question about the last may still be under way.
     * @param {string} text @param {Promise<string>} [last] */
    async #exchange(text, last) {
        const goes = this.#before
        this.#before = (await last?.catch(() => "")) ?? ""
        return this.#send("text", text, goes)
    }
}

/** The server dropped the text or file that a question names. */
class Gone extends Refused {}

/** What a part of an answer comes to; where it never comes, nobody answers. @template A @param {Promise<A>} coming */
async function body(coming) {
    try {
        return await coming
    } catch (error) {
        // Only a broken connection is a TypeError here; an abort stays an abort.
        throw error instanceof TypeError ? new Unreachable() : error
    }
}

/** Why an answer is none. @param {Response} response */
async function refusal(response) {
    if (response.status === 503) return new Busy(seconds(response.headers.get("Retry-After")))
    const said = (await body(response.text())) || `The server answered ${response.status}.`
    if (response.status === 410) return new Gone(said)
    return response.status < 500 ? new Refused(said) : new Error(said)
}

/** The milliseconds in a header that gives seconds; null if it gives none. @param {string | null} said */
function seconds(said) {
    const after = Number.parseFloat(said ?? "")
    return Number.isFinite(after) && after >= 0 ? 1_000 * after : null
}

/** A random name; a page over plain HTTP has no crypto.randomUUID. */
function randomName() {
    return Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, "0")).join("")
}
