/** What is each property called in a list of units, and what is said of a unit that tells it? */

import { label, labelWithin } from "../numbers/label.js"

// What is said of tokens: what the model says, and how often and when one was read.
const SAYS = "model says "
const OF_TOKENS = /^(surplus of|count of|has seen|time since|model says) (.+?)(?: over (.+))?$/s
const COLUMN = "column "

/** @param {string} name */
const isSaid = name => name.startsWith(SAYS)

/** A property in a list: its own name, with tokens in quotation marks. @param {string} name */
export function named(name) {
    if (name === "column column 1") return "the number"
    if (name.startsWith(COLUMN)) return labelWithin(name.slice(COLUMN.length), 40)
    const [, about, ...tokens] = name.match(OF_TOKENS) ?? []
    if (!about) return name
    const quoted = tokens.filter(Boolean).map(token => `“${label(token)}”`)
    return `${about.replace("model ", "")} ${quoted.join(" over ")}`
}

/** A property where a unit may be low where it is true or large.
 * @param {{property: string, sign: number}} told @param {Record<string, string>} [means] what tags are */
export const title = ({ property, sign }, means = {}) => inFull(property, means) + (sign > 0 ? "" : ": low")

/** A property where there is room for a line: a tag with its meaning. @param {string} name
 * @param {Record<string, string>} means */
function inFull(name, means) {
    const meaning = isSaid(name) && means[name.slice(SAYS.length)]
    return named(name) + (meaning ? ` (${meaning.replace(/^\S+ /, "")})` : "")
}

/** What being on one side of its cut is a sign of. @param {string} name */
export const claims = name => (isSaid(name) ? `that the model ${named(name)}` : `of “${named(name)}”`)

/** That a property is there, as the end of a sentence. @param {string} name */
export const isTrue = name => (isSaid(name) ? `the model ${named(name)}` : `“${named(name)}” is true`)
