/** Which units are listed, in which order, and what does each row say? */

import { element } from "../shared/element.js"
import { count, median, signed } from "../shared/numbers.js"
import { inText } from "./passages.js"
import { betweenOf, LOST, lostIn, numberOf, ordered } from "./sentences.js"
import { title } from "./words.js"

/** What is sent, and the colours of the page. @typedef {Wire.UnitsShown & {look: Look}} Shown */

/**
 * A row in words: `share`: how surely it tells what it is listed under, from 0 to 1.
 *
 * @typedef {{key: string, number: string, title: string, note: string, share: number, open: boolean, keeps: string,
 *     lost: string, c?: (number | null)[], truth?: (number | null)[], gates?: Record<string, (number | null)[]>,
 *     moments?: Wire.Passage[], reach?: number}} Row
 * @typedef {{name: string, tokens: string[], between: string, sort: string, rows: Row[], about: string, left: string,
 *     heads: {key: string, title: string, under: string}[], states: ColourScale, gates: ColourScale}} List
 */

// Half of so many rows go no farther than the end of the scale of c.
const FEW = 16

/** The list. @param {Shown} shown @returns {List} */
export function listOf(shown) {
    const { reads, sort, look, opened, most } = shown
    const tokens = shown.tokens.slice(0, shown.rows[opened.key].c?.length)
    const by = sort === "keeps" || (sort === "lost" && shown.facts) ? sort : "tracks"
    const first = ordered(shown, row => row[/** @type {"tracks"} */ (by)]).slice(0, most)
    const keys = first.includes(opened.key) ? first : [opened.key, ...first.slice(0, -1)]
    const rows = keys.map(key => rowIn(shown, key))
    const cut = tokens.length < shown.tokens.length ? ` over the first ${tokens.length} of the text’s steps` : ""
    const reach = shown.rows[opened.key].reach ?? reachOf(rows)
    return {
        name: tokens.length ? "Units in this text" : "Units in a corpus",
        tokens: tokens.map(inText),
        between: betweenOf(reads),
        heads: headsOf(shown),
        sort,
        rows,
        about: tokens.length ? "" : "each unit where it is strongest, the moment in one column",
        left: `${count(rows.length)} of ${count(shown.sizes.reduce((all, one) => all * one))} units${cut}`,
        states: { colorscale: look.states, zmin: -reach, zmax: reach },
        gates: { colorscale: look.gates, zmin: 0, zmax: 1 },
    }
}

/** What a row says. @param {Wire.UnitsShown} shown @param {string} key @returns {Row} */
function rowIn(shown, key) {
    const { rows, facts, opened, tokens, truths } = shown
    const { told, c, moments, reach, here, low, high, keeps, lost } = rows[key]
    const truth = told && c ? truths[told.property] : undefined
    const open = key === opened.key
    const some = open ? moments : moments?.slice(0, 1)
    return {
        ...{ key, open, c, truth, reach, number: numberOf(key, shown) },
        title: told ? title(told) : `${signed(low ?? 0, 1)} to ${signed(high ?? 0, 1)}`,
        note: told ? `${told.measure} ${told.score.toFixed(2)}${hereIn(here, truth)}${deniedIn(some)}` : "",
        share: told ? Math.max(0, shareOf(told)) : 0,
        keeps: facts || tokens.length ? count(keeps ?? 0) : decimal(keeps ?? 0),
        lost: facts ? lostIn(lost ?? 0, facts.cost) : "",
        ...(open && c && { gates: gatesOf(opened, c.length) }),
        ...(some && { moments: some }),
    }
}

/** The gates of the unit that is unfolded, as far as curves are drawn. @param {Wire.UnitOpened} opened
 * @param {number} steps */
const gatesOf = ({ recorded = {} }, steps) =>
    Object.fromEntries([..."fio"].map(gate => [gate, recorded[gate].slice(0, steps)]))

/** How far a property is from chance, 0, to certainty, 1: an AUC of a coin is 0.5. @param {Wire.ToldProperty} told */
export const shareOf = ({ measure, score }) => (measure === "AUC" ? 2 * score - 1 : score)

/** @param {number} share */
export const bar = share =>
    element("span", { class: "gs-units-bar" }, element("i", { style: `width: ${100 * share}%` }))

const decimal = (/** @type {number} */ value) =>
    value.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** How well a unit tells its property in this text, or that it fails.
 * @param {Wire.UnitRow["here"]} here @param {(number | null)[]} [truth] */
function hereIn(here, truth = []) {
    if (here === undefined) return ""
    if (here === null) return `, ${truth[0] ? "always" : "never"} true here`
    const [score, measure] = here
    return score < (measure === "AUC" ? 0.5 : 0.01) ? ", fails here" : `, here ${score.toFixed(2)}`
}

/** At how many of these moments what the unit tells is not there. @param {Wire.Passage[]} moments */
function deniedIn(moments = []) {
    const wrong = moments.filter(({ is_so }) => is_so === false).length
    if (!wrong) return ""
    return moments.length === 1 ? ", not at this moment" : `, not at ${wrong} of these ${moments.length}`
}

/** The heads of the columns, which are the orders. @param {Wire.UnitsShown} shown */
function headsOf({ facts, tokens }) {
    const tracks = facts ? ["what they track", "on unseen texts"] : ["range of c", ""]
    const keeps = facts || tokens.length ? ["keeps", "steps in a row"] : ["half is left", "after … steps"]
    const lost = facts ? [["lost", "without it", LOST[facts.cost]]] : []
    return [["tracks", ...tracks], ["keeps", ...keeps], ...lost].map(([key, title, under]) => ({ key, title, under }))
}

/** The end of the scale of c, one for all rows: half of the first ones go no farther; a few may go to hundreds.
 * @param {Row[]} rows */
function reachOf(rows) {
    const far = rows.slice(0, FEW).map(({ c = [] }) => Math.max(0, ...c.map(value => Math.abs(value ?? 0))))
    return Math.max(1, Math.ceil(2 * median(far)) / 2)
}
