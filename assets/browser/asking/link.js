/**
 * What does a link ask for, which of its values are not possible, and which link does a view have?
 */

/** @typedef {Object<string, any>} Query */

const LONGEST = 40

/**
 * The possible values of an address, and a sentence for each of the others; an address that names nothing of
 * what is read, or a model that there is not, opens what the bare address opens, with what else it names.
 *
 * @param {Query} address @param {Pick<Wire.ToldOfSite, "handed" | "rules" | "opening">} told
 * @returns {{link: Query, notices: string[]}}
 */
export function linkIn(address, { handed: { source }, rules, opening }) {
    const refused = Object.entries(rules).filter(([name, rule]) => name in address && !isPossible(address[name], rule))
    const names = refused.map(([name]) => name)
    const possible = Object.fromEntries(Object.entries(address).filter(([name]) => !names.includes(name)))
    const isOfOne = source.some(name => name in address) && !names.includes("model")
    return {
        link: isOfOne ? possible : { ...opening, ...possible },
        notices: refused.map(([name, rule]) => refusal(name, address[name], rule)),
    }
}

/** What is said of a value that is not possible. @param {string} name @param {string} value
 * @param {Pick<Wire.Rule, "expected" | "instead">} rule */
export const refusal = (name, value, { expected, instead }) =>
    `${name}=${shortened(value)} is not possible: ${expected}. ${name} is ${instead} instead.`

/** @param {string} value @param {Wire.Rule} rule */
function isPossible(value, { pattern, low, high, gates, most }) {
    if (!new RegExp(`^(?:${pattern})$`).test(value)) return false
    if (low !== null && (+value < low || +value > /** @type {number} */ (high))) return false
    const held = [...value.matchAll(/([a-z])[^_ ]*_(\S+)/g)]
    const runs = [...value.matchAll(/(\d+)-(\d+)/g)]
    return (
        (!gates || held.every(([, gate, number]) => +number >= gates[gate][0] && +number <= gates[gate][1])) &&
        (most === null || runs.every(([, first, last]) => Math.abs(+last - +first) < most))
    )
}

/** @param {string} value */
function shortened(value) {
    const text = value.split(/\s+/).filter(Boolean).join(" ")
    return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}

const EXAMPLE = "This link opens the model with an example sentence. Your text is not included."
const A_RECORDING =
    "A link can’t hold a recording. This one leads to it for as long as this server keeps the file. For later, send " +
    "the file, or export an interactive page (HTML)."

/**
 * What an answer says of a view's link; a text that is too long for one, and that of a file, is left out. `of`: the file
 * that is read, whether the model is the visitor's own, and whether a recording from a file is shown.
 *
 * @param {Query} view @param {Pick<Wire.ToldOfAll, "usual" | "links">} told
 * @param {{file?: string | null, isOwn?: boolean, isWatched?: boolean}} of
 */
export function linkOf(view, { usual, links: { always, never, longest } }, { file, isOwn, isWatched } = {}) {
    const query = (/** @type {Query} */ values) =>
        `${new URLSearchParams(
            Object.entries(values).filter(
                ([name, value]) => !never.includes(name) && (always.includes(name) || `${value}` !== `${usual[name]}`),
            ),
        )}`
    if (file)
        return {
            ...{ link: query({ ...view, pin: "" }), pins: false, lasts: EXAMPLE },
            notices: ["Files are not saved in links: after a reload you will see the example sentence."],
        }
    // A longer text needs no quoting to know that.
    const whole = `${view.sentence}`.length <= longest ? query(view) : null
    if (whole !== null && whole.length <= longest) {
        const same = isOwn
            ? "This link opens the same numbers for anybody, for as long as this server keeps your model."
            : "This link opens the same numbers."
        return { link: whole, pins: true, lasts: isWatched ? A_RECORDING : same, notices: [] }
    }
    return {
        link: query({ ...view, sentence: usual.sentence, holds: "", pin: "" }),
        ...{ pins: false, lasts: isWatched ? A_RECORDING : EXAMPLE },
        notices: ["This text is too long for a link: a reload or a shared link opens an example sentence."],
    }
}

/** What is said of a view that no link opens, because its model is a file of the person's own. */
export const toTheBarePage = () => ({
    ...{ link: "", pins: false, notices: [] },
    lasts: "This link opens the page as it begins. Your file stays in this browser and is not included.",
})

/** What the page Lesson reads too. */
export const READ_BY_LESSON = ["sentence", "input_dim", "hidden_dim", "seed"]

/** @param {Object<string, any>} values @param {string[]} names */
export const some = (values, names) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)))

/** What the page Lesson reads of a link to the page Memory. @param {Object<string, any>} link */
export const ofLesson = link => some(link, READ_BY_LESSON)
