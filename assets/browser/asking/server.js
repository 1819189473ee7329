/** How is a question sent to the server, and what does the page say of the recording that comes? */

import { beside } from "../beside.js"
import { lettersOf } from "../kinds.js"
import { madeElsewhere, madeOf } from "../numbers/label.js"
import { numbersOf } from "../numbers/picture.js"
import { readingIn } from "../numbers/recorded.js"
import { csvOf } from "../numbers/table.js"
import { count } from "../shared/numbers.js"
import { AGAIN, Refused, Unreachable } from "./answerer.js"
import { linkOf } from "./link.js"

// The most columns of a table: as many as a text has steps.
const MOST_COLUMNS = 100_000

export class Server {
    files = ["html", "csv", "npz", "py"]
    /** The name of this view: a picture ends when its view asks for another. A page over plain HTTP has no
     * crypto.randomUUID. */
    #view = Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, "0")).join("")

    /**
     * @param {URL} base where the server's routes are
     * @param {Pick<Wire.Handed, "nan" | "visitor" | keyof Wire.ToldOfAll>} handed what holds on both sides
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
        return body((await answered(() => fetch(beside(`../model/${name}`)))).json())
    }

    /** A text or file as a model reads it. @param {Query} query @returns {Promise<Wire.StepsRead>} */
    async steps(query) {
        return body((await this.#post("steps", { query })).json())
    }

    /** @type {NonNullable<Answerer["code"]>} */
    async code(query) {
        return body((await this.download("py", { query })).text())
    }

    /** @type {Answerer["download"]} */
    async download(kind, question) {
        return kind === "csv" ? this.#csv(question) : this.#post(`download/${kind}`, question)
    }

    /** The numbers of one recording with a step in each column. @param {{query: Query} & import("../numbers/table.js").Sight} question */
    async #csv({ query, steps, rows }) {
        const question = { query, room: MOST_COLUMNS, zoom: steps, cell: null }
        const response = await this.#post("recording", question, undefined, " csv")
        const reading = readingIn(unpack(await body(response.arrayBuffer()), this.handed.nan))
        if (!reading.window) throw new Refused("There is nothing to export yet: type a sentence.")
        const { columns, strips } = reading.window
        if (columns.per > 1) throw new Refused(tooMany(columns.steps))
        const csv = csvOf(reading, query, { steps, rows }, strips ? lettersOf(strips) : undefined)
        return new Response(csv, { headers: { "Content-Type": "text/csv" } })
    }

    /** @type {Answerer["file"]} */
    async file(file) {
        const address = new URL("file", this.base)
        address.searchParams.set("name", file.name)
        return body((await this.#fetch(address, file)).json())
    }

    /** The answer to {query, ...}. @param {string} path @param {{query: Query}} question
     * @param {AbortSignal} [signal] */
    #post(path, question, signal, line = "") {
        return this.#fetch(new URL(path, this.base), JSON.stringify(question), signal, line)
    }

    /** @param {URL} address @param {BodyInit} content @param {AbortSignal} [signal] */
    #fetch(address, content, signal, line = "") {
        const headers = { [this.handed.visitor]: this.#view + line }
        return answered(() => fetch(address, { method: "POST", body: content, headers, signal }), signal)
    }
}

/** @param {number} steps */
const tooMany = steps =>
    `Expected a table of at most some 200,000 values, got more: ${count(steps)} steps of all that is shown. Zoom to fewer ` +
    "steps or units, or take all of it along as npz; the Python code makes the same trace, and trace.to_csv a table of it."

/** What a part of an answer comes to; where it never comes, nobody answers. @template A @param {Promise<A>} coming */
async function body(coming) {
    try {
        return await coming
    } catch (error) {
        // Only a broken connection is a TypeError here; an abort stays an abort.
        throw error instanceof TypeError ? new Unreachable() : error
    }
}

/** The answer to a question, which is asked again while the server is busy. @param {() => Promise<Response>} ask
 * @param {AbortSignal} [signal] */
async function answered(ask, signal) {
    for (;;) {
        const response = await body(ask())
        if (response.ok) return response
        if (response.status !== 503) throw await refusal(response)
        await new Promise(rested => setTimeout(rested, AGAIN))
        signal?.throwIfAborted()
    }
}

/** Why an answer is none. @param {Response} response */
async function refusal(response) {
    const said = (await body(response.text())) || `The server answered ${response.status}.`
    return response.status < 500 ? new Refused(said) : new Error(said)
}

// What does the page say of a recording? What it says of a text that it reads itself, and which link leads there.

/**
 * Numbers and words of a recording. `asked`: the question, with its text and its pinned cell.
 *
 * @param {Wire.RecordedView} message @param {{query: any, cell: Cell | null}} asked @param {Wire.ToldOfAll} told
 * @returns {Numbers}
 */
export function pictureOf(message, { query, cell }, told) {
    const { about, file, recorded } = message
    const { elsewhere = null, proof = "" } = recorded ?? {}
    // The server does not repeat a long text.
    const view = /** @type {Query} */ ({ sentence: query.sentence, ...message.view })
    const reading = readingIn(message)
    const { lstm, tokens, series } = reading
    const numbers = numbersOf(reading, { view, room: 0, zoom: null, cell }, told.words, about)
    const isWatched = !about.model.asks
    const { notices, ...link } = linkOf(numbers.view, told, {
        file: isWatched ? null : file,
        isOwn: "name" in about.model,
        isWatched,
    })
    const how = () =>
        elsewhere ? madeElsewhere(elsewhere, lstm, told.words, proof) : madeOf(reading, view, told.words, proof)
    const unit = series ? "rows" : about.model.reads || view.tokens
    return {
        ...numbers,
        ...link,
        notices: [...numbers.notices, ...notices],
        ...{ proof, made: recorded ? how() : "" },
        unreadable: numbers.unreadable && !file,
        file: file && `${file}: ${count(tokens.length)} ${unit}`,
        // Of what somebody's own code reads nothing is known.
        shapes: isWatched && recorded?.strips ? "" : numbers.shapes,
    }
}

// How are the server's bytes unpacked? `dashboard/recording/wire_format.py` packs them.

/**
 * The recording, each array of numbers in it a list of rows; `nan` stands for NaN among whole numbers.
 *
 * @param {ArrayBuffer} bytes @param {number} nan @returns {Wire.RecordedView}
 */
export function unpack(bytes, nan) {
    const length = new DataView(bytes).getUint32(0, true)
    const text = new TextDecoder().decode(new Uint8Array(bytes, 4, length))
    return JSON.parse(text, (_, value) => (value?.shape ? readRows(bytes, 4 + length, value, nan) : value))
}

/** Numbers as float32 if `step` is 0; else int16, each multiplied by `step`. @param {ArrayBuffer} bytes
 * @param {number} begin
 * @param {{at: number, shape: number[], step: number}} packed @param {number} nan */
function readRows(bytes, begin, { at, shape: [height, width], step }, nan) {
    const numbers = step
        ? spread(new Int16Array(bytes, begin + at, height * width), step, nan)
        : new Float32Array(bytes, begin + at, height * width)
    return Array.from({ length: height }, (_, row) => numbers.subarray(row * width, (row + 1) * width))
}

/** A plain loop, because Float32Array.from with a function takes ten times as long. @param {Int16Array} whole
 * @param {number} step
 * @param {number} nan */
function spread(whole, step, nan) {
    const numbers = new Float32Array(whole.length)
    for (let k = 0; k < whole.length; k++) numbers[k] = whole[k] === nan ? NaN : whole[k] * step
    return numbers
}
