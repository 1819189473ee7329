/** What is each property called in a list of units, and what does a unit do that tells it? */

import { label, labelWithin } from "../numbers/label.js"

// Where a unit is that is inside of something, if it is not called so.
/** @type {Object<string, string>} */
const INSIDE = {
    "inside a string": "in a string or docstring",
    "inside a one-line string": "inside quotes",
    "inside a docstring": "in a docstring",
    "inside a comment": "in a comment",
}
// By property: its name, what a unit that tells it does, and where such a unit is low if it is low there.
/** @type {Object<string, string[]>} */
const KNOWN = {
    "bracket depth": ["open brackets", "counts the brackets that are open", "at many open brackets"],
    "position in line": ["place in the line", "knows how far into the line it is", "far into the line"],
    indent: ["indent", "knows how far the line is indented", "at a large indent"],
    "word length": ["word length", "knows how long the word is", "at long words"],
    capital: ["a capital letter", "tells capital letters from others", "at capital letters"],
    digit: ["a digit", "tells digits from others", "at digits"],
    punctuation: ["punctuation", "tells punctuation from words", "at punctuation"],
    blank: ["a blank", "tells blanks from others", "at blanks"],
}
/** Of a token: what a unit does, and where it is low. @type {Object<string, string[]>} */
const OF_A_TOKEN = {
    "count of ": ["counts", "after many"],
    "has seen ": ["knows that it has seen", "once it has seen"],
    "time since ": ["knows the time since", "long after"],
}
const SAYS = "model says "
const COLUMN = "column "
const SURPLUS = /^surplus of (.+?) over (.+)$/s

/** @param {string} name */
const isSaid = name => name.startsWith(SAYS)

/** A property's name, what a unit does that tells it, and where it is low. @param {string} name @returns {string[]} */
function inWords(name) {
    const [, more, less] = name.match(SURPLUS) ?? []
    if (less) {
        const said = `more “${label(more)}” than “${label(less)}”`
        return [said, `counts how many ${said} have come`, `after ${said}`]
    }
    if (isSaid(name)) {
        const said = `“${label(name.slice(SAYS.length))}”`
        return [`says ${said}`, "", `where it says ${said}`]
    }
    if (name.startsWith(COLUMN)) {
        const column = name === "column column 1" ? "the number" : labelWithin(name.slice(COLUMN.length), 40)
        return [column, `follows ${column} that is read`, `at high values of ${column}`]
    }
    const about = Object.keys(OF_A_TOKEN).find(kind => name.startsWith(kind))
    const place = INSIDE[name] ?? name
    if (!about) return KNOWN[name] ?? [place, `knows that it is ${place}`, place]
    const quoted = `“${label(name.slice(about.length))}”`
    const [does, low] = OF_A_TOKEN[about]
    return [`${about}${quoted}`, `${does} ${quoted}`, `${low} ${quoted}`]
}

/** A property in a list. @param {string} name */
export const named = name => inWords(name)[0]

/** A property in a list of units: of a unit that is low where it is true or large, that the unit is.
 * @param {Wire.ToldProperty} told */
export const title = ({ property, sign }) => (sign > 0 ? named(property) : `low ${inWords(property)[2]}`)

/** A property where there is room for a line: a tag with its meaning. @param {string} name
 * @param {Record<string, string>} means what tags are */
export function inFull(name, means) {
    const meaning = isSaid(name) && means[name.slice(SAYS.length)]
    return named(name) + (meaning ? ` (${meaning.replace(/^\S+ /, "")})` : "")
}

/** What a unit that tells a property does. @param {Wire.ToldProperty} told @param {Record<string, string>} means */
export const knows = ({ property, sign }, means) =>
    isSaid(property)
        ? `is ${sign > 0 ? "high" : "low"} where the model ${inFull(property, means)}`
        : inWords(property)[1]

/** What being on one side of its cut is a sign of. @param {string} name */
export const claims = name => (isSaid(name) ? `that the model ${named(name)}` : `of “${named(name)}”`)

/** That a property is there, as the end of a sentence. @param {string} name */
export const isTrue = name => (isSaid(name) ? `the model ${named(name)}` : `“${named(name)}” is true`)
