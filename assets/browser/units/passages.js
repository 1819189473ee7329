/**
 * How are passages of texts shown, and what is said of them: moments of a unit, places where others are on, texts that
 * are predicted worst? One a line, each token in the colour of its number, what is meant framed.
 */

import { lookOf } from "../layout/picture.js"
import { label, labelWithin } from "../numbers/label.js"
import { onItsColour } from "../shared/colour.js"
import { element } from "../shared/element.js"
import { count, finely, listed } from "../shared/numbers.js"
import { themeOf } from "../shared/page.js"
import { betweenOf } from "./sentences.js"

// The most units that are named; their count if there are more.
const NAMED = 6

/** What stands over each kind of passages and below them, and the number before each.
 * @type {Object<string, (what: Wire.Passages) => {title?: Node, under?: string, foot?: string,
 *     value: (value: number) => string}>} */
const KINDS = {
    "Strongest moments": ({ texts, steps = 0, reads, step }) => {
        const different = reads === "words" ? ", first those of different words" : ""
        const title = element("p", {}, element("b", {}, `Strongest moments in ${texts}`), different)
        return { title, foot: `of ${count(steps)} ${step} read there`, value: finely }
    },
    "Where else": ({ units = [], stretch = [], reads }) => ({
        title: element("h5", {}, patternOf(units, stretch.join(reads === "words" ? " " : ""))),
        value: String,
    }),
    Hits: ({ rows, steps = 0 }) => ({
        under: rows.length
            ? `The best ${rows.length} places among ${count(steps)} steps, by the units shared, then by how few others are on.`
            : `At no two steps in a row of these ${count(steps)} is one of them on.`,
        value: value => value.toFixed(0),
    }),
    "Worst texts": ({ reads }) => ({
        title: element("p", {}, element("b", {}, "The texts that it predicts worst")),
        under:
            reads === "numbers"
                ? "The mean squared error of each text, in standard deviations."
                : "The mean loss of each text in bits, around the token that it expected least; the darker, the less expected.",
        value: value => value.toFixed(2),
    }),
}

/** Which units are on throughout some words. @param {number[]} units @param {string} words */
function patternOf(units, words) {
    const stretch = labelWithin(words, 60)
    if (!units.length) {
        const longer = "Select a longer or shorter stretch, or lower the threshold."
        return `No unit is on throughout “${stretch}” and off just before it. ${longer}`
    }
    const more = units.length > NAMED ? [`${units.length - NAMED} more`] : []
    const named = listed([...units.slice(0, NAMED), ...more])
    return `Where else? On throughout “${stretch}”, and off just before it: unit${units.length > 1 ? "s" : ""} ${named}.`
}

/**
 * Draws passages and what is said of them. `opened` is called with the number of a passage that is clicked.
 *
 * @param {Element} place
 * @param {Wire.Passages & {colours: Wire.Colours}} what
 * @param {(row: number) => void} opened
 */
export function draw(place, what, opened) {
    const { name, rows, reach, reads } = what
    const look = lookOf(what.colours, "teal", themeOf(place))
    const [colorscale, zmin] = name === "Strongest moments" ? [look.states, -reach] : [look.gates, 0]
    const scale = { colorscale, zmin, zmax: reach }
    const { title, under, foot, value } = KINDS[name](what)
    const between = betweenOf(reads)
    const lines = rows.map((row, n) => {
        const parts = [
            element("span", { class: "gs-number" }, value(row.value)),
            textOf(row, scale, between),
            element("span", { class: "gs-faint" }, whereOf(row)),
        ]
        const about = { type: "button", class: "gs-passage", title: "Open it on the page Memory" }
        return element("li", {}, element("button", { ...about, onclick: () => opened(n) }, ...parts))
    })
    const kind = between ? "gs-passages gs-of-words" : "gs-passages"
    const list = lines.length ? [element("ol", { class: kind, "aria-label": name }, ...lines)] : []
    const small = [under, foot].map(text => (text ? [element("p", { class: "gs-small" }, text)] : []))
    place.replaceChildren(...(title ? [title] : []), ...small[0], ...list, ...small[1])
}

/** Where a passage comes from, and what the model answers after it. @param {Wire.Passage} row */
export const whereOf = ({ name, line, says }) =>
    `${name}${line === null ? "" : `:${line}`}${says ? ` · says ${label(says)}` : ""}`

/** A token in a text: a blank between letters is a blank. @param {string} token */
export const inText = token => (token === " " ? token : labelWithin(token, 40))

/**
 * Its tokens: before and after what is framed there is as much as fits.
 *
 * @param {Wire.Passage} row @param {ColourScale} scale @param {string} between
 */
export function textOf({ tokens, numbers, begins, ...steps }, scale, between) {
    const [first, last] = [steps.first - begins, steps.last - begins]
    /** @param {number} from @param {number} to */
    const part = (from, to) =>
        tokens.slice(from, to).map((token, k) => element("span", onItsColour(numbers[from + k], scale), inText(token)))
    /** @param {number} from @param {number} to */
    const joined = (from, to) => part(from, to).flatMap((token, k) => (k && between ? [between, token] : [token]))
    const before = element("span", { class: "gs-before" }, element("bdi", { dir: "ltr" }, ...joined(0, first)))
    const framed = element("mark", {}, ...joined(first, last + 1))
    const after = element("span", { class: "gs-after" }, between, ...joined(last + 1, tokens.length))
    return element("span", { class: "gs-passage-text" }, before, framed, after)
}
