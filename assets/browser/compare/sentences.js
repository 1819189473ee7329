/** What do the sentences say about two readings: what turns the later answer, who carries it, what is kept unseen? */

import { COUNTED, finely, fixed, count as many } from "../shared/numbers.js"
import { chipOf, surestOf } from "./two.js"

/** @typedef {import("./two.js").Two} Two */

/** @type {Object<string, string>} */
const STEP = { words: "word", characters: "character", symbols: "symbol", numbers: "step" }
// Tags that are words of a person already, and so stand in no picture's list of what its tags mean.
const PLAIN = { NOUN: "a noun", VERB: "a verb", X: "something else" }
// When a difference is kept unseen: the most of o, the least of the difference in c, the most in the answer's probability.
const [SHUT, APART, ALIKE] = [0.1, 0.5, 0.1]
// The most units that a sentence names.
const NAMED = 5
const OTHERS = "All the other units together are"

/** The first thing that is said of two readings. @param {Two} two */
export function headOf(two) {
    const { kind, carried, gives, moves, tried, reads } = two.message
    const [step, answers] = [STEP[reads], gives !== "" && gives !== "hidden"]
    if (kind !== "texts") return modelsDiffer(two)
    if (carried !== null) return turns(two, carried)
    if (moves !== null && !answers) return `Untrained, so no answer can turn: here one ${step} is changed.`
    if (moves !== null)
        return `None of the ${many(tried)} changes of one ${step} that were tried clearly turns a later answer.`
    if (answers) return `At no later ${step} does the answer clearly differ.`
    return "Two texts, read by an LSTM that gives no answers: its memory is compared."
}

/** What is said of a text with itself, of which there is nothing to draw; "" of all others.
 * @param {Wire.Compared} message */
export function sameOf({ kind, a, b, tried, reads }) {
    if (kind !== "texts" || JSON.stringify(a.query) !== JSON.stringify(b.query)) return ""
    if (tried) return "Both texts are the same: change a word in one of them."
    return `There is nothing to change here: type a second text, or a text of two ${STEP[reads]}s and more.`
}

/** What is said below it. @param {Two} two */
export function saysOf(two) {
    const { kind, carried, carrier, moves, a, b } = two.message
    if (kind === "texts") return carried === null ? effect(two, moves) : carrier ? carries(two, carrier) : ""
    return kind === "epochs" ? `${titleOf("A", a)} · ${titleOf("B", b)}` : ""
}

/** Which change turns which later answer: “You” or “Your”: four words later, “aim” is a verb or a noun.
 * @param {Two} two @param {number} turned */
function turns(two, turned) {
    const { differs, reads } = two.message
    const said = answers(two, turned)
    if (differs.length !== 1 || !two.isWhole(differs[0])) return `The two texts part: ${said}.`
    const [a, b] = two.words(differs[0]).map(word => quoted(word, two))
    return `${a} or ${b}: ${counted(turned - differs[0], STEP[reads])} later, ${said}.`
}

/** What a change does that turns no answer: only steps of both can be compared.
 * @param {Two} two @param {number | null} turned where it moves an answer most */
function effect(two, turned) {
    const { differs } = two.message
    if (!differs.length) return "Both read the same."
    const both = two.shown.filter(pair => pair >= differs[0] && two.isWhole(pair))
    if (!both.length) return "Where one text ends the other goes on: until there both read the same."
    const [units, last] = [two.units(0), /** @type {number} */ (turned ?? both.at(-1))]
    const by = (/** @type {number} */ pair) => two.farthest(units, pair)
    const [most] = both.filter(pair => differs.includes(pair)).sort((a, b) => by(b) - by(a))
    const said = []
    if (most !== undefined) {
        const words = two.words(most).map(word => quoted(word, two))
        said.push(`at ${words.join(" or ")} c differs by up to ${fixed(by(most), 2)}`)
    }
    if (!differs.includes(last)) {
        const more = most === undefined ? "c differs by up to" : "by up to"
        said.push(`at ${quoted(two.words(last)[0], two)} ${more} ${fixed(by(last), 2)}`)
    }
    return `${said.join(", and ")}.`.replace("at", "At")
}

/** Which units carry the difference, or are enough to undo it; and what the first of them writes and keeps.
 * @param {Two} two @param {Wire.Carrier} by */
function carries(two, by) {
    const { units, order } = by
    const layer = two.pictures[0].model.layers > 1 ? ` of layer ${by.layer}` : ""
    const others = by.undone.at(-1)?.others.like_a ? `${OTHERS} enough, too.` : `${OTHERS} not.`
    if (!units.length) {
        const all = `with all of c${layer} taken from A into B, ${swappedAt(two, by)}`
        return `No units of c carry it alone: ${all}, B’s answer stays ${chipOf(by.b, two).label}.`
    }
    if (units.length > 1) {
        // Fewer of other units may do: only the first of one order were tried.
        const named = units.length <= NAMED ? ` (${units.slice(0, -1).join(", ")} and ${units.at(-1)})` : ""
        const said = `No unit carries it alone: ${COUNTED[units.length] ?? many(units.length)}${layer}${named} are enough.`
        return units.length === order.length ? said : `${said} ${others}`
    }
    const enough = `Unit ${units[0]}${layer} is enough: with its c from A, B answers as A.`
    const role = roleOf(by)
    if (role === "carries it") return `Unit ${units[0]}${layer} carries it. Its ${kept(two, by)}`
    if (by.a_with.like_a && !by.undone.at(-1)?.others.like_a)
        return `${enough} With its c from B, A’s answer stays. Its ${kept(two, by)}`
    return `${enough} ${others} Unit ${units[0]}’s ${kept(two, by)}`
}

/** What the first carrier does: only it turns B’s answer, and turns A’s the other way; or it is enough.
 * @param {Wire.Carrier} by */
export function roleOf({ units, undone, a_with }) {
    if (units.length > 1) return "does most"
    return undone.at(-1)?.others.like_a || a_with.like_a ? "is enough" : "carries it"
}

/** What the only carrier writes where the texts part, and how much of it is kept until its swap.
 * @param {Two} two @param {Wire.Carrier} by */
function kept(two, { units: [unit], steps, turned }) {
    const { differs, reads, pairs } = two.message
    const [first] = differs
    const after = two.isWhole(first) ? pairs[first] : steps
    const [a, b] = [two.at(0, "c", unit, after[0]), two.at(1, "c", unit, after[1])].map(c => finely(c || 0))
    const [ofA, ofB] = [two.wordAt(0, after[0]), two.wordAt(1, after[1])].map(word => quoted(word, two))
    if (ofA === ofB) return `c is ${a} after ${ofA} in A and ${b} in B.`
    const said = `c is ${a} after ${ofA} and ${b} after ${ofB}`
    const last = pairs.findLastIndex(pair => pair[0] === after[0] || pair[1] === after[1])
    const between = two.shown.filter(pair => pair > Math.max(first, last) && pair < turned && two.isWhole(pair))
    if (!between.length) return `${said}.`
    const shares = between.flatMap(pair =>
        [0, 1].map(which => two.at(which ? 1 : 0, "f", unit, pairs[pair][which]) || 0),
    )
    const [low, high] = [Math.min(...shares), Math.max(...shares)].map(share => Math.round(100 * share))
    const share = low === high ? `${low}%` : `${low}% to ${high}%`
    if (between.length === 1) return `${said}; the ${STEP[reads]} between keeps ${share} of it.`
    return `${said}; the ${counted(between.length, STEP[reads])} between keep ${share} of it each.`
}

/** The question that the swap of each unit answers. @param {Two} two @param {Wire.Carrier} by */
export function asks(two, by) {
    const { gives } = two.message
    const said =
        gives === "value"
            ? "How near does B’s forecast come to A’s"
            : `How sure is B then of “${chipOf(by.a, two).label}”`
    return `Take one unit’s c from A into B, ${swappedAt(two, by)}. ${said} at ${quoted(two.words(by.turned)[1], two)}?`
}

/** Where c is swapped: at the word before the answer; after an inserted word, from one to another.
 * @param {Two} two @param {Wire.Carrier} by */
function swappedAt(two, { steps }) {
    const [a, b] = [two.wordAt(0, steps[0]), two.wordAt(1, steps[1])].map(word => quoted(word, two))
    return two.message.pairs.some(pair => `${pair}` === `${steps}`) ? `at ${b}` : `from ${a} to ${b}`
}

/** A step at which the only carrier keeps the difference and does not show it: that of the largest such difference; ""
 * where there is none, and of a cell that shows all of its memory. @param {Two} two @param {Wire.Carrier} by */
export function unseen(two, { units, layer, turned }) {
    const { pairs, differs, reads } = two.message
    const [unit, ...more] = units
    if (
        unit === undefined ||
        more.length ||
        layer !== two.pictures[0].model.layers - 1 ||
        two.pictures[0].found !== null
    )
        return ""
    const o = (/** @type {number} */ pair) =>
        Math.max(two.at(0, "o", unit, pairs[pair][0]), two.at(1, "o", unit, pairs[pair][1]))
    const [where] = two.shown
        .filter(pair => pair > differs[0] && pair < turned && two.isWhole(pair) && !differs.includes(pair))
        .filter(pair => o(pair) <= SHUT && two.apart(unit, pair) >= APART && areAlike(two, pair))
        .sort((a, b) => two.apart(unit, b) - two.apart(unit, a))
    if (where === undefined) return ""
    const [at, said] = [quoted(two.words(where)[0], two), two.answer(0, where)?.label]
    const above = fixed((Math.floor(100 * o(where)) + 1) / 100, 2)
    return `At ${at} the output gate of unit ${unit} is shut (o is below ${above}): both texts answer “${said}”, while c differs by ${fixed(two.apart(unit, where), 2)}. The memory passes under the ${STEP[reads]}, unseen.`
}

/** Whether both give one answer, as surely. @param {Two} two @param {number} pair */
function areAlike(two, pair) {
    const [a, b] = [two.answer(0, pair), two.answer(1, pair)]
    return a?.label === b?.label && Math.abs((a?.share ?? 0) - (b?.share ?? 0)) <= ALIKE
}

/** Where two models answer most surely otherwise. @param {Two} two */
function modelsDiffer(two) {
    const { alike, turned, pairs, reads } = two.message
    const surest = surestOf(turned)
    if (!alike) return "The two give different kinds of answers: their memories stand one below the other."
    if (surest === undefined) return "Both models give the same answers."
    const of = pairs.filter((_, pair) => two.isWhole(pair)).length
    const differ = `The two models differ at ${counted(turned.length, STEP[reads])} of ${many(of)}`
    return `${differ}: ${answers(two, surest, (a, b) => `${a} for A and ${b} for B`)}.`
}

/** The name of one reading: A or B, and after which epoch. @param {string} letter @param {Wire.ReadSide} side */
export const titleOf = (letter, { epoch }) =>
    letter + (epoch === null ? "" : epoch ? `, after epoch ${many(epoch)}` : ", untrained")

/** A word in quotation marks; a number of a series without them. @param {string | null} word @param {Two} two */
export const quoted = (word, { readsNumbers }) => (readsNumbers ? (word ?? "") : `“${word ?? ""}”`)

/** What A and B answer at a pair, as the end of a sentence. @param {Two} two @param {number} pair
 * @param {(a: string, b: string) => string} both how it names the two */
function answers(two, pair, both = (a, b) => `${a} or ${b}`) {
    const { gives, foresees } = two.message
    const word = quoted(two.words(pair)[0], two)
    const [a, b] = [two.answer(0, pair), two.answer(1, pair)].map(answer => answer?.label ?? "")
    const tags = Object.entries({ ...two.pictures[0].model.means })
    const tag = Object.fromEntries(tags.length ? [...Object.entries(PLAIN), ...tags] : [])
    if (tag[a] && tag[b]) return `${word} is ${both(tag[a], tag[b])}`
    if (gives === "value") return `after ${word}, the forecast is ${both(a, b)}`
    if (gives === "set") return `after ${word} may come ${both(`“${a}”`, `“${b}”`)}`
    if (foresees) return `after ${word} most likely comes ${both(`“${a}”`, `“${b}”`)}`
    return `at ${word} the answer is ${both(a, b)}`
}

/** @param {number} number @param {string} noun */
const counted = (number, noun) => `${COUNTED[number] ?? many(number)} ${noun}${number === 1 ? "" : "s"}`
