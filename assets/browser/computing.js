/** Who answers beside the page? A worker: it has the page's models, and answers as the page does. */

import { Refused } from "./asking/answerer.js"
import { Here } from "./asking/here.js"
import { Models } from "./asking/models.js"
import { OwnFiles } from "./asking/own_files.js"

const page = /** @type {any} */ (self)
/** Who waits for a file of a model, by its name. @type {Map<string, (loaded: any) => void>} */
const waiting = new Map()
/** @type {Promise<Here>} */
let here

page.onmessage = (/** @type {{data: any}} */ { data }) => {
    if (data.told) here = begin(data)
    else if (data.loaded) waiting.get(data.loaded)?.(data)
    else answer(data)
}

/** @param {{told: Wire.ToldOfAll, shipped: Wire.Shipped, files: File[], isBeside: boolean}} begun `files`: of the
 * person's own models */
async function begin({ told, shipped, files, isBeside }) {
    const own = new OwnFiles({}, shipped)
    for (const file of files) await own.take(file)
    return new Here(told, new Models(shipped, load, { isBeside, own }).open)
}

/** The page has loaded the file, or loads it now. @param {string} name @param {any} [query] */
async function load(name, query) {
    page.postMessage({ load: name, query })
    const { content, said } = await new Promise(ready => waiting.set(name, ready))
    if (said) throw new Error(said)
    return content
}

/** @param {{name: "picture" | "why", question: any}} asked */
async function answer({ name, question }) {
    try {
        page.postMessage({ answer: await (await here)[name](question) })
    } catch (error) {
        page.postMessage({ said: error.message, refused: error instanceof Refused })
    }
}
