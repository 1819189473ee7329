/**
 * Who answers where there is no server? The page itself: it has the model's weights, and computes the same numbers. It
 * gives no Python code, and of the files that the page does not make itself only the numbers.
 */

import { openModel } from "../engine/model.js"
import { kindOf, lettersOf, stripsOf } from "../kinds.js"
import { madeOf } from "../numbers/label.js"
import { numbersOf } from "../numbers/picture.js"
import { readingOf } from "../numbers/reading.js"
import { csvOf } from "../numbers/table.js"
import { unzipped } from "../shared/unzipped.js"
import { Refused } from "./answerer.js"
import { linkOf, toTheBarePage } from "./link.js"
import { nearness } from "./models.js"

/**
 * @typedef {Object<string, any>} View the values of a question, by name
 * @typedef {{model: Model | null, about: Wire.ModelInWords, proof: string, sizes: View, notices: string[],
 *     isOwn?: boolean, how?: import("../numbers/reading.js").How}} Opened the model that reads (null: an untrained LSTM); `sizes`: its own dimensions, where these
 *     are others than those asked for; `isOwn`: from a file of the person's own, which no link opens; `how`: its
 *     steps are read.
 * @typedef {(source: View) => Promise<Opened>} Open
 */

// What decides how a reading is shown; the rest of a question decides what is read.
const SHOWN = ["pin", "quantities", "layers", "top", "rows", "colours"]

/** @implements {Answerer} */
export class Here {
    /** The last reading: a zoom, an order or a pin reads nothing again. @type {{key: string, read: any} | null} */
    #last = null

    code = null
    files = ["csv"]

    /**
     * `take(file)`: opens a model of one's own, null for a text.
     *
     * @param {Wire.ToldOfAll} told @param {Open} open @param {(file: File) => Promise<View | null>} take
     */
    constructor(told, open, take = async () => null) {
        this.told = told
        this.open = open
        this.take = take
        /** What is said with the next picture, besides what it says itself. @type {string[]} */
        this.notices = []
    }

    /** @param {Question} question */
    async picture({ query, room, zoom, cell }) {
        const { reading, view, about, proof, isOwn } = await this.read(query)
        const { words } = this.told
        const numbers = numbersOf(reading, { view, room, zoom, cell }, words, about)
        const { notices, ...link } = isOwn ? toTheBarePage() : linkOf(numbers.view, this.told)
        const all = [...this.notices.splice(0), ...numbers.notices, ...notices]
        if (!reading.tokens.length) return { ...numbers, ...link, notices: all, proof: "" }
        return { ...numbers, ...link, notices: all, proof, made: madeOf(reading, view, words, proof) }
    }

    /** @param {import("./answerer.js").AboutCell} question */
    async why({ query, cell, event, label }) {
        // Where a worker answers, the page does without it.
        const { openDrawer } = await import("../why/drawer.js")
        const { reading } = await this.read(query)
        return openDrawer(reading, { cell, event, label })
    }

    /** @param {string} _ @param {{query: View, steps: number[] | null, rows: number[] | null}} question */
    async download(_, { query, ...sight }) {
        const { reading, view } = await this.read(query)
        if (!reading.tokens.length) throw new Refused("There is nothing to export yet: type a sentence.")
        const own = kindOf(reading.lstm).own ? lettersOf(stripsOf(reading.lstm, this.told.words)) : undefined
        return new Response(csvOf(reading, view, sight, own), { headers: { "Content-Type": "text/csv" } })
    }

    /** @param {File} file */
    async file(file) {
        return (await this.take(file)) ?? { sentence: await textIn(file), file: "" }
    }

    /** The reading that a question asks for, and the whole question. @param {View} query */
    async read(query) {
        const { model, about, proof, notices, isOwn, how, view } = await this.asked(query)
        const key = JSON.stringify(view, (name, value) => (SHOWN.includes(name) ? null : value))
        if (this.#last?.key !== key) this.#last = { key, read: readingOf(model, view, `${view.holds}`, how) }
        const reading = { ...this.#last.read, notices: [...notices, ...this.#last.read.notices] }
        return { reading, view, about, proof, isOwn }
    }

    /** The model that a question asks for, and the question with everything that it leaves out. @param {View} query */
    async asked(query) {
        const asked = Object.fromEntries(
            Object.entries(this.told.usual).map(([name, usual]) => {
                const value = query[name] ?? usual
                return [name, typeof usual === "number" ? +value : value]
            }),
        )
        const { sizes, ...opened } = await this.open(asked)
        const view = { ...asked, ...sizes }
        // Where nobody gives a text, it is the model's first example.
        if (opened.model) view.sentence = query.sentence ?? Object.values(opened.about.examples)[0] ?? view.sentence
        return { isOwn: false, ...opened, view }
    }
}

// Of a link there is nothing to read where the page has no model.
const NAMES = { source: [], shown: [] }
const NOBODY = async () => {
    throw new Refused("This page carries no model.")
}

/** Who answers in a page that was made of one answer? That answer; and where the page carries its model, it computes
 * others. `dashboard/offline` packs both. */
export class Carried extends Here {
    /** @type {string[]} */
    files = []

    /** `carried` is null where the page carries no model. @param {Numbers} numbers
     * @param {Awaited<ReturnType<typeof opened>> | null} carried */
    constructor(numbers, carried) {
        super(/** @type {any} */ (carried ?? { usual: {} }), carried?.open ?? NOBODY)
        this.near = carried?.near ?? ""
        /** The question that the page was made of. @type {Object<string, any>} */
        this.link = { ...carried?.view, ...numbers.view }
        this.names = carried?.names ?? NAMES
        this.numbers = { ...numbers, view: this.link }
        if (!carried) Object.assign(this, { why: null })
    }

    /** Whether the page was made of a question. @param {Object<string, any>} query */
    isMadeOf(query) {
        // Nothing is held where no hold is asked for.
        const all = Object.entries({ holds: "", ...query })
        return !this.near || all.every(([name, value]) => inBox(value) === inBox(this.link[name] ?? ""))
    }

    /** @param {Question} question */
    async picture(question) {
        return this.isMadeOf(question.query) ? this.numbers : super.picture(question)
    }
}

/** A value as a text box has it, which uses these line ends. @param {any} value */
const inBox = value => `${value}`.replace(/\r\n?/g, "\n")

/** What a page carries, and how near to PyTorch it computes. Throws an Error where it could prove nothing. */
export async function opened(/** @type {Wire.CarriedModel} */ { about, file, proved, ...told }) {
    const data = await unzipped(file).arrayBuffer()
    const model = data.byteLength ? openModel(data) : null
    const near = await nearness(model, [proved])
    const proof = "computed in this page"
    return { ...told, near, open: async () => ({ model, about, proof, sizes: {}, notices: [] }) }
}

// Which text is in a file that a visitor opens in the page? As `dashboard/store/text_files.py` reads it.

/** @param {File} file */
async function textIn(file) {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer())
    } catch {
        throw new Refused(
            `Expected a text in UTF-8, got ${file.name}, which is something else. Open a text, or a table of numbers ` +
                "such as a .csv file.",
        )
    }
}
