/**
 * Who answers in a page that was made of one answer? The page itself: it has that answer, and where it carries its
 * model, it computes others. `dashboard/offline` packs both.
 */

import { openModel } from "../engine/model.js"
import { unzipped } from "../shared/unzipped.js"
import { Refused } from "./answerer.js"
import { Here } from "./here.js"
import { nearness } from "./proof.js"
import { textIn } from "./text_file.js"

// Of a link there is nothing to read.
const NAMES = { source: [], shown: [] }

/** @implements {Answerer} */
export class Carried {
    code = null
    /** @type {string[]} */
    files = []

    /**
     * `here` computes; null where the page carries no model.
     *
     * @param {Numbers} numbers @param {Wire.CarriedModel | null} carried
     * @param {Here | null} here
     */
    constructor(numbers, carried, here) {
        this.here = here
        /** The question that the page was made of. @type {Object<string, any>} */
        this.link = { ...(here && carried?.view), ...numbers.view }
        this.names = here && carried ? carried.names : NAMES
        this.numbers = { ...numbers, view: this.link }
        /** @type {Answerer["why"]} */
        this.why = here && (question => here.why(question))
    }

    /** Whether the page was made of a question. @param {Object<string, any>} query */
    isMadeOf(query) {
        // Nothing is held where no hold is asked for.
        const all = Object.entries({ holds: "", ...query })
        return !this.here || all.every(([name, value]) => inBox(value) === inBox(this.link[name]))
    }

    /** @param {Question} question */
    async picture(question) {
        return this.here && !this.isMadeOf(question.query) ? this.here.picture(question) : this.numbers
    }

    /** @param {Parameters<Answerer["cell"]>[0]} question */
    async cell(question) {
        if (!this.here) throw new Refused("This page carries no model.")
        return this.here.cell(question)
    }

    async progress() {
        return null
    }

    /** @returns {Promise<Response>} */
    async download() {
        throw new Refused("This page makes no files.")
    }

    /** @param {File} file */
    async file(file) {
        return { sentence: await textIn(file) }
    }
}

/** A value as a text box has it, which uses these line ends. @param {any} value */
const inBox = value => `${value}`.replace(/\r\n?/g, "\n")

/** Who computes in the page; compared with PyTorch. Throws an Error where the page could prove nothing. */
export async function opened(/** @type {Wire.CarriedModel} */ { about, file, proved, ...told }) {
    const data = await unzipped(file).arrayBuffer()
    const model = data.byteLength ? openModel(data) : null
    const near = await nearness(model, [proved])
    const here = new Here(told, async () => ({ model, about, proof: "computed in this page", sizes: {}, notices: [] }))
    here.near = near
    return here
}
