/** What is held, and which answers does it change, in words? */

import { element } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { holdsOf, isLeftOut, named } from "../state/holds.js"

/** @typedef {import("../state/answer.js").Picture} Picture */

// The most answers that are named.
const NAMED = 4
// The change of a probability that is said where no answer changes.
const MOVED = 0.02

/** What is held; `word`: what a step is called. @param {string} text @param {(step: number) => string} word */
export function heldInWords(text, word) {
    const { gates, without } = holdsOf(text)
    const of = units => (units === null ? "all units" : `unit${units.length > 1 ? "s" : ""} ${named(units)}`)
    const at = steps => {
        if (steps === null) return "at every step"
        return steps.length > 1 ? `at steps ${named(steps)}` : `at ${word(steps[0])}`
    }
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

/** The answer that stays the same and whose probability moves most, in words; "" if none moves by MOVED. */
function mostMoved({ held, columns }) {
    const moves = held.before.map((was, column) =>
        was === held.after[column] ? Math.abs(held.sure_after[column] - held.sure_before[column]) : 0,
    )
    const most = moves.indexOf(Math.max(...moves))
    if (!(moves[most] >= MOVED)) return ""
    const [from, to] = [held.sure_before[most], held.sure_after[most]].map(sure => fixed(sure, 2))
    return ` (${columns.quoted(columns.step(most))} ${held.before[most]} ${from} → ${to})`
}

/**
 * The answers that change, the original ones struck through; a word that is left out has no other one.
 *
 * @param {Picture} picture
 */
export function answersChanged(picture) {
    if (!picture.held?.before.length) return []
    const isOut = step => isLeftOut(picture.held?.holds ?? "", step)
    const changed = changedAnswers(picture)
    if (!changed.length) return [`No answer changes${mostMoved(picture)}.`]
    const others = changed.some(({ step }) => !isOut(step)) ? "" : `; no other answer changes${mostMoved(picture)}`
    const more = changed.length > NAMED ? [` and ${changed.length - NAMED} more`] : []
    const named = changed
        .slice(0, NAMED)
        .flatMap(({ step, was, is }, n) => [
            n ? ", " : "",
            `${picture.columns.quoted(step)} `,
            element("s", {}, was || "nothing"),
            ...(isOut(step) ? [] : [" ", element("b", {}, is || "nothing")]),
        ])
    return [...named, ...more, `${others}.`]
}
