/** Which links are asked of a page that computes its own pictures? The twenty of `tests/same_links.txt`. */

import { readFileSync } from "node:fs"
import { Columns } from "../../assets/browser/state/answer.js"
import { answererOf } from "./visitor.js"

/** Each link's question, and the facts that the library said of it. @type {{query: any, facts: string[]}[]} */
export const LINKS = readFileSync(new URL("../same_links.txt", import.meta.url), "utf8")
    .split("# ")
    .slice(1)
    .map(link => {
        const [question, ...facts] = link.trimEnd().split("\n")
        return { query: Object.fromEntries(new URLSearchParams(question)), facts }
    })

const here = answererOf({})

/** What the page answers, with its columns, before it is laid out. @param {any} query @returns {Promise<any>} */
export async function answerOf(query) {
    const answer = await here.picture({ query, room: 832, zoom: null, cell: null })
    return { ...answer, view: { ...answer.view, colours: "teal" }, columns: new Columns(answer) }
}

/** @param {any} query @param {any} cell @param {string} label */
export const whyOf = (query, cell, label) => here.why({ query, cell, event: null, label })
