/** What is held, and which answers does it change, in words? */

import { element } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { heldNow, holdsOf, isLeftOut, named } from "../state/holds.js"

// The most answers that are named.
const NAMED = 4
// The change of a probability that is said where no answer changes.
const MOVED = 0.02

/** What is held; `word`: what a step is called. @param {string} text @param {(step: number) => string} word */
export function heldInWords(text, word) {
    const { gates, without } = holdsOf(text)
    /** @param {number[] | null} units */
    const of = units => (units === null ? "all units" : `unit${units.length > 1 ? "s" : ""} ${named(units)}`)
    const at = (/** @type {number[] | null} */ steps) => {
        if (steps === null) return "at every step"
        return steps.length > 1 ? `at steps ${named(steps)}` : `at ${word(steps[0])}`
    }
    /** @param {Hold} hold */
    const gate = ({ gate, layer, units, steps, value }) =>
        `${gate} of ${of(units)}${layer ? ` of layer ${layer}` : ""} ${at(steps)} is held at ` +
        fixed(value, 2).replace(/\.?0+$/, "")
    return [...gates.map(gate), ...without.map(step => `${word(step)} is left out`)].join(", ")
}

/** The steps whose answer changes, and both answers. @param {Picture} picture */
export function changedAnswers({ held, columns }) {
    const before = held?.before ?? []
    return before
        .map((was, column) => ({ step: columns.step(column), was, is: held?.after[column] ?? "" }))
        .filter(({ was, is }) => was !== is)
}

/**
 * The answer that stays the same and whose probability moves most, in words; "" if none moves by MOVED.
 *
 * @param {Wire.Held} held @param {Columns} columns
 */
function mostMoved({ before, after, sure_before, sure_after }, columns) {
    const [was, is] = [sure_before, sure_after].map(all => all.map(sure => sure ?? 0))
    const moves = before.map((label, k) => (label === after[k] ? Math.abs(is[k] - was[k]) : 0))
    const most = moves.indexOf(Math.max(...moves))
    if (!(moves[most] >= MOVED)) return ""
    const answer = `${columns.quoted(columns.step(most))} ${before[most]}`
    return ` (${answer} ${fixed(was[most], 2)} → ${fixed(is[most], 2)})`
}

/**
 * The answers that change, the original ones struck through; a word that is left out has no other one.
 *
 * @param {Picture} picture
 */
export function answersChanged(picture) {
    const { held, columns } = picture
    if (!held?.before.length) return []
    const isOut = (/** @type {number} */ step) => isLeftOut(held.holds, step)
    const changed = changedAnswers(picture)
    const moved = () => mostMoved(held, columns)
    if (!changed.length) return [`No answer changes${moved()}.`]
    const others = changed.some(({ step }) => !isOut(step)) ? "" : `; no other answer changes${moved()}`
    const more = changed.length > NAMED ? [` and ${changed.length - NAMED} more`] : []
    const named = changed
        .slice(0, NAMED)
        .flatMap(({ step, was, is }, n) => [
            n ? ", " : "",
            `${columns.quoted(step)} `,
            element("s", {}, was || "nothing"),
            ...(isOut(step) ? [] : [" ", element("b", {}, is || "nothing")]),
        ])
    return [...named, ...more, `${others}.`]
}

/** What is held and what that changes, as parts of a sentence; none while nothing is held. @param {Drawn} state */
export function heldNowInWords(state) {
    const { held, columns } = state.picture
    if (!held || !heldNow(state)) return []
    return [`${heldInWords(held.holds, step => columns.quoted(step))}. `, ...answersChanged(state.picture)]
}
