/**
 * What is said of units: what they track and how surely, how they write and keep, and what goes wrong without them?
 *
 * A sentence is a list of texts and elements: what a visitor typed only becomes text.
 */

import { label } from "../numbers/label.js"
import { element } from "../shared/element.js"
import { count, finely, median, percent, signed } from "../shared/numbers.js"
import { claims, isTrue, knows, named } from "./words.js"

/** @typedef {(string | Node)[]} Sentence @typedef {Wire.UnitsShown} Shown */

export const SCORES =
    "AUC: of all pairs of steps, one where it is so and one where it is not, the share that c puts in the right order; " +
    "1 is always, 0.5 is chance. R²: of a number, the share of its ups and downs that c follows. p: how often the best " +
    "of all units would score as well by chance."
// The p below which a find is more than chance.
const CERTAIN = 0.05
// A gate below this is shut, and above that open; what is written counts from here on.
const SHUT = 0.1
const OPEN = 0.9
const WRITES = 0.1
// The most tokens, or misses, that are named.
const NAMED = 3
// The share of overwriting steps of one sign from which on that is the rule.
const MOSTLY = 0.6
/** @type {Object<string, string>} */
const A_STEP = { words: "word", characters: "character", symbols: "symbol", numbers: "number" }
/** What `lost` counts, by its name. @type {Object<string, string>} */
export const LOST = {
    bits: "bits lost",
    answers: "answers change",
    texts: "texts answered otherwise",
    error: "error grows",
}

/** A share in per cent; a small one is not said to be none. @param {number} part */
export const share = part => `${(100 * part).toFixed(part >= 0.0995 || !part ? 0 : 1)}%`

const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length
/** What stands between two steps. @param {string} reads */
export const betweenOf = reads => (["words", "numbers"].includes(reads) ? " " : "")

/** "a, b and c". @param {Sentence[]} parts @returns {Sentence} */
const listed = parts => parts.flatMap((part, at) => [...(at ? [at < parts.length - 1 ? ", " : " and "] : []), ...part])

/** A word in quotation marks; what is only marks, as code. @param {string} token */
function quoted(token) {
    const said = label(token)
    return /[\p{L}\p{N}]/u.test(said) ? `“${said}”` : element("code", {}, said)
}

// How is a unit called?

/** A unit of its name in a link, as in 0.48, with .1 behind it in direction 1. @param {string} key */
export function unitOf(key) {
    const [layer, unit, direction = 0] = key.split(".").map(Number)
    return { layer, direction, unit }
}

/** A unit's number in the list, its layer before it where there are several. @param {string} key @param {Shown} shown */
export function numberOf(key, { sizes }) {
    const { layer, direction, unit } = unitOf(key)
    return `${sizes[0] > 1 ? `${layer}.` : ""}${unit}${direction ? "←" : ""}`
}

/** @param {string} key @param {Shown} shown */
export function unitNamed(key, { sizes }) {
    const { layer, direction, unit } = unitOf(key)
    return `Unit ${unit}${sizes[0] > 1 ? ` of layer ${layer}` : ""}${direction ? " from the right" : ""}`
}

/** The units that may be listed, the largest number first. @param {Shown} shown
 * @param {(row: Wire.UnitRow) => number | null} number */
export const ordered = ({ rows }, number) =>
    Object.keys(rows).sort((a, b) => (number(rows[b]) ?? -Infinity) - (number(rows[a]) ?? -Infinity))

// What does the page open on?

/** The claim, and how sure it is. @param {Shown} shown @returns {[string, Sentence]} */
export function claimOf(shown) {
    const { facts, found, rows, reads, trained, means } = shown
    if (found) return [tracks(found, shown), chance(found)]
    if (!facts) {
        const untrained =
            trained || shown.opened.table ? "" : "This LSTM is untrained: it has learned nothing to track."
        return [movesMost(shown), [untrained]]
    }
    if (facts.opens === null) {
        const [worst] = ordered(shown, row => row.lost)
        const most = ["bits", "error"].includes(facts.cost) ? "is lost" : "is answered otherwise"
        const none = "No unit tells anything that we can name better than by chance. "
        return [`Without ${unitNamed(worst, shown).toLowerCase()}, most ${most}.`, [none, without(worst, facts, shown)]]
    }
    const told = /** @type {Wire.ToldProperty} */ (rows[facts.opens].told)
    const p = told.p === null ? "" : `, p = ${Math.max(told.p, 0.001).toFixed(3)}`
    const how = ` on ${unseen(facts, reads)} (${told.measure} ${told.score.toFixed(2)}${p}). `
    const sure = [...pairs(told, A_STEP[reads]), how, without(facts.opens, facts, shown)]
    return [`${unitNamed(facts.opens, shown)} ${knows(told, means)}.`, sure]
}

/** How sure a find is, in plain words. @param {Wire.ToldProperty} told @param {string} step @returns {Sentence} */
function pairs({ pairs, sign, measure }, step) {
    const part = pairs ?? 0
    const many = element("b", {}, `${part > 0.995 ? "more than 99" : (100 * part).toFixed(0)} of 100 pairs`)
    const side = sign > 0 ? "higher" : "lower"
    if (measure === "AUC") return [`Its c is ${side} there than elsewhere in `, many, ` of ${step}s,`]
    return ["In ", many, ` of ${step}s its c is ${side} at the one with the larger number,`]
}

/** The texts that a find is scored on. @param {Wire.Facts} facts @param {string} reads */
export function unseen({ texts }, reads) {
    const kind = { characters: "files", words: "paragraphs" }[reads] ?? "texts"
    return `${texts} ${kind} not looked at before`
}

/** What changes with a unit's c held at its mean. @param {string} key @param {Wire.Facts} facts @param {Shown} shown */
function without(key, { cost, whole }, { rows, reads }) {
    const lost = rows[key].lost ?? 0
    const step = A_STEP[reads]
    if (cost === "bits")
        return `Without it, ${Math.abs(lost).toFixed(3)} bits a ${step} are ${lost > 0 ? "lost" : "gained"}.`
    if (cost === "error") {
        const grows = `grows from ${whole.toFixed(2)} to ${(whole + lost).toFixed(2)}`
        return `Without it, the forecast’s root mean square error ${grows} standard deviations of the series.`
    }
    if (!lost) return `Without it, no ${cost === "answers" ? "answer" : "text’s answer"} changes.`
    const changes =
        cost === "answers" ? "of the answers change" : `of the texts are answered otherwise, at one ${step} or more`
    return `Without it, ${share(lost)} ${changes}.`
}

/** What changes, as a number in the list. @param {number} lost @param {string} cost */
export const lostIn = (lost, cost) => (cost === "answers" || cost === "texts" ? share(lost) : signed(lost))

/** What stands over the strip of all units. @param {Wire.Facts} facts @param {string} reads */
export function heldAtMean({ cost }, reads) {
    /** @type {Object<string, string>} */
    const of = { bits: `bits a ${A_STEP[reads]}`, answers: "answers that change", texts: LOST.texts }
    return `its c held at its mean, ${of[cost] ?? "the forecast’s error"}; each line is a unit`
}

/** Where nothing is known: the unit whose c goes farthest here. @param {Shown} shown */
function movesMost(shown) {
    const [widest] = ordered(shown, ({ low, high }) => (high ?? 0) - (low ?? 0))
    const { low, high } = shown.rows[widest]
    return `${unitNamed(widest, shown)} moves most here: its c goes from ${finely(low ?? 0)} to ${finely(high ?? 0)}.`
}

/** What a search has found. @param {Wire.Tested} found @param {Shown} shown */
function tracks({ key, property, measure, score, sign, held_out: held }, shown) {
    const falls = sign < 0 ? " (it falls as that rises)" : ""
    const never = "; on the held-out text it never changes, so that says nothing"
    const also = held === undefined ? "" : held === null ? never : `, and ${held.toFixed(3)} on held-out text`
    return `${unitNamed(key, shown)} tracks ${named(property)} best${falls}: ${measure} = ${score.toFixed(3)}${also}.`
}

/** How many units were searched, and how often the best of them does as well by chance.
 * @param {Wire.Tested} found @returns {Sentence} */
function chance({ p, why, searched, permutations, shuffled }) {
    const all = `Searched: c of ${count(searched)} units. `
    if (p === null) return [`${all}Whether this is more than chance can’t be told here. ${why}`]
    const good = Math.round(p * (1 + permutations)) - 1
    const times = ["never", "once", "twice"][good] ?? `${good} times`
    const taken = shuffled === "shifts in time" ? "shifted in time" : `shuffled by ${shuffled}`
    return [
        `${all}The property was ${taken} ${permutations} times; the best unit then scored as well ${times}: ` +
            `p = ${p.toFixed(3)}, ${p < CERTAIN ? "more than chance" : "so this may be chance"}. No p covers texts in ` +
            "an order, texts of one author, or a property that was chosen after a look at the units.",
    ]
}

// How does a unit do what it does in this text?

/** Its gates in words. @param {Shown} shown @returns {Sentence} */
export function works({ opened: { key, recorded = {}, truth }, rows, tokens, reads }) {
    const [i, f, g] = [..."ifg"].map(gate => recorded[gate].map(value => value ?? Number.NaN))
    const written = i.map((value, at) => value * g[at])
    const isOver = f.map((value, at) => value < SHUT && Math.abs(written[at]) >= WRITES)
    const over = [...f.keys()].filter(at => isOver[at])
    const said = (/** @type {string} */ token) => (reads === "numbers" ? token : quoted(token))
    if (over.length) {
        const gates = ` (f ${mean(over.map(at => f[at])).toFixed(2)}, i ${mean(over.map(at => i[at])).toFixed(2)}).`
        // Before the first step there is nothing to keep.
        const others = f.filter((_, at) => at && !isOver[at])
        const kept = others.length ? ` In between it keeps ${percent(mean(others))} a step.` : ""
        const sides = truth ? sidesOf(over, written, truth) : null
        const groups = [...byToken(over, tokens, written)].sort(([, a], [, b]) => b.length - a.length)
        return [...overwritten(groups.slice(0, NAMED), sides, rows[key].told?.property ?? "", said), gates + kept]
    }
    const means = [...byToken([...f.keys()], tokens, written)].map(([token, own]) => ({ token, added: mean(own) }))
    const most = means.sort((a, b) => Math.abs(b.added) - Math.abs(a.added)).slice(0, NAMED)
    const added = listed(most.map(({ token, added }) => [`${finely(added)} at `, said(token)]))
    if (f.filter(value => value > OPEN).length > f.length / 2)
        return [`It keeps (f ${mean(f).toFixed(2)}) and adds: `, ...added, "."]
    return [`It leaks: ${percent(mean(f))} is kept a step. It adds `, ...added, "."]
}

/** What is written at each token of some steps, in the order of the tokens.
 * @param {number[]} steps @param {string[]} tokens @param {number[]} written @returns {Map<string, number[]>} */
function byToken(steps, tokens, written) {
    const found = new Map()
    for (const at of steps) {
        if (!found.has(tokens[at])) found.set(tokens[at], [])
        found.get(tokens[at]).push(written[at])
    }
    return found
}

/** What is mostly written where a property is true, and elsewhere; null if these do not differ in their sign.
 * @param {number[]} over the steps that overwrite @param {number[]} written @param {(number | null)[]} truth */
function sidesOf(over, written, truth) {
    const [there, elsewhere] = [1, 0].map(is => over.filter(at => truth[at] === is).map(at => written[at]))
    if (!there.length || there.length + elsewhere.length < over.length || !elsewhere.length) return null
    if (!truth.every(value => value === 0 || value === 1)) return null
    const [begins, ends] = [median(there), median(elsewhere)]
    const agree = [
        mean(there.map(value => +(Math.sign(value) === Math.sign(begins)))),
        mean(elsewhere.map(value => +(Math.sign(value) === -Math.sign(begins)))),
    ]
    return Math.min(...agree) < MOSTLY ? null : { begins, ends, always: Math.min(...agree) === 1 }
}

/** What overwrites the memory, and with what: by what is true then, or token by token.
 * @param {[string, number[]][]} groups @param {ReturnType<typeof sidesOf>} sides @param {string} property
 * @param {(token: string) => string | Node} said @returns {Sentence} */
function overwritten(groups, sides, property, said) {
    if (sides) {
        const { begins, ends, always } = sides
        const how = `with ${finely(begins)} where ${isTrue(property)}, with ${finely(ends)} elsewhere`
        const many = listed(groups.map(([token]) => [said(token)]))
        return [...many, ` ${groups.length > 1 ? "overwrite" : "overwrites"} it: ${always ? "" : "mostly "}${how}`]
    }
    return listed(
        groups.map(([token, own], at) => {
            const both = [own.filter(value => value > 0), own.filter(value => value < 0)].filter(side => side.length)
            const values = both.map(side => finely(mean(side))).join(" or ")
            return [said(token), `${at ? "" : " overwrites it"} with ${values}`]
        }),
    )
}

/** At how many steps a unit is on the right side of its cut, and where it is not; nothing without a cut, or if its
 * property never changes here. @param {Shown} shown @returns {Sentence} */
export function missed({ opened: { key, recorded, truth }, rows, tokens, reads }) {
    const { property = "", sign = 1, cut = null } = rows[key].told ?? {}
    if (!truth || !recorded || cut === null || truth.every(value => value === truth[0])) return []
    const wrong = recorded.c.map((c, at) => sign * ((c ?? 0) - cut) > 0 !== (truth[at] ?? 0) > 0)
    const right = wrong.filter(one => !one).length
    const step = A_STEP[reads]
    const rule = `As a sign ${claims(property)}, c ${sign > 0 ? "above" : "below"} ${finely(cut)} is right at `
    if (right === wrong.length) return [`${rule}all ${right} ${step}s here.`]
    const begins = [...wrong.keys()].filter(at => wrong[at] && !wrong[at - 1])
    const there = begins.slice(0, NAMED).map(first => {
        const after = wrong.indexOf(false, first)
        return [quoted(tokens.slice(first, after < 0 ? tokens.length : after).join(betweenOf(reads)))]
    })
    const more = begins.length > NAMED ? [[`${begins.length - NAMED} more`]] : []
    const many = element("b", {}, `${right} of ${wrong.length}`)
    return [rule, many, ` ${step}s here. It is wrong at `, ...listed([...there, ...more]), "."]
}

// What does a unit do in a corpus?

/** The range of its c, how often its gates are open and shut, and which units move with it.
 * @param {Wire.UnitOpened} opened @param {Shown} shown @returns {Sentence[]} */
export function inCorpus({ table = {}, related = [] }, shown) {
    const [f, i, o] = [..."fio"].map(gate => [percent(table[`${gate}_right`]), percent(table[`${gate}_left`])])
    const others = related.map(([key, r]) => `${unitNamed(key, shown).toLowerCase()}, r = ${finely(r)}`)
    return [
        [`c goes from ${finely(table.c_min)} to ${finely(table.c_max)}, mean ${finely(table.c_mean)}.`],
        [
            `Its forget gate is open (above 0.9) at ${f[0]} of the steps and shut (below 0.1) at ${f[1]}; the input ` +
                `gate at ${i[0]} and ${i[1]}, the output gate at ${o[0]} and ${o[1]}.`,
        ],
        ...(others.length ? [[`Moves together with ${others.join(", ")}.`]] : []),
    ]
}
