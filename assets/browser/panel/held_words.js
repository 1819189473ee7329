/** What is held, and which answers does it change, in words? */

import { element } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { holdsOf, isLeftOut } from "../state/holds.js"

/** @typedef {import("../state/answer.js").Picture} Picture */

// The most answers that are named.
const NAMED = 4

/** What is held, in words. @param {string} text @param {(step: number) => string} word */
export function heldInWords(text, word) {
    const { gates, without } = holdsOf(text)
    const gate = ({ gate, layer, unit, step, value }) =>
        `${gate} of ${unit === null ? "all units" : `unit ${unit}`}${layer ? ` of layer ${layer}` : ""} ` +
        `${step === null ? "at every step" : `at “${word(step)}”`} is held at ${fixed(value, 2).replace(/\.?0+$/, "")}`
    return [...gates.map(gate), ...without.map(step => `“${word(step)}” is left out`)].join(", ")
}

/** The steps whose answer changes, and both answers. @param {Picture} picture */
export function changedAnswers({ held, columns }) {
    const before = held?.before ?? []
    return before
        .map((was, column) => ({ step: columns.step(column), was, is: held?.after[column] ?? "" }))
        .filter(({ was, is }) => was !== is)
}

/** The answers that change, the original ones struck through. @param {Picture} picture */
export function answersChanged(picture) {
    if (!picture.held?.before.length) return []
    const changed = changedAnswers(picture).filter(({ step }) => !isLeftOut(picture.held?.holds ?? "", step))
    if (!changed.length) return ["No answer changes."]
    const more = changed.length > NAMED ? [` and ${changed.length - NAMED} more`] : []
    const named = changed
        .slice(0, NAMED)
        .flatMap(({ step, was, is }, n) => [
            n ? ", " : "",
            `“${picture.columns.word(step)}” `,
            element("s", {}, was || "nothing"),
            " ",
            element("b", {}, is || "nothing"),
        ])
    return [...named, ...more, "."]
}
