/** What does a model say at each step, and what may come next? */

import { tokens } from "../engine/model.js"
import { label, significant } from "./label.js"
import { largestFirst } from "./order.js"

/** From this probability on one of several symbols counts as possible. */
const POSSIBLE = 0.5

/** What a model says, from its probabilities at one step. @param {Model} model @param {Float32Array} row */
export function saidBy({ gives, labels }, row) {
    if (gives === "hidden") return { label: "", share: null }
    if (gives === "value")
        return { label: Array.from(row.slice(0, 2), value => significant(value, 3)).join(" "), share: null }
    if (gives === "set") {
        const possible = labels.filter((_, k) => row[k] >= POSSIBLE).map(label)
        return { label: possible.join(" ") || "–", share: Math.min(...row.map(share => Math.max(share, 1 - share))) }
    }
    const best = row.reduce((most, share, k) => (share > row[most] ? k : most), 0)
    return { label: label(labels[best]), share: row[best] }
}

/** What the model says at the columns. @param {Model | null} model @param {Float32Array[] | null} said
 * @param {Wire.Columns} columns */
export function answersAt(model, said, { first, per, number }) {
    if (!model || !said || model.gives === "hidden" || per > 1) return []
    const steps = said.slice(first, first + number).map((row, k) => ({ step: first + k, ...saidBy(model, row) }))
    return steps.filter(({ share }) => !Number.isNaN(share))
}

/**
 * What may come after the last step, the likeliest first; nothing from a model that says something else.
 *
 * @param {Model} model @param {Float32Array} last @param {string[]} labels
 * @param {(label: string) => boolean} isKnown whether the model reads a label as itself @returns {Next[]}
 */
export function coming(model, last, labels = model.labels, isKnown = label => isRead(model, label)) {
    if (last.some(Number.isNaN)) return []
    if (model.gives === "value") {
        const row = Array.from(last, value => significant(value, 4)).join(" ")
        return [{ label: row, share: null, text: last.length > 1 ? `\n${row}` : `, ${row}` }]
    }
    const between = model.reads === "words" ? " " : ""
    return largestFirst([...last])
        .map(at => ({ name: labels[at], share: last[at] }))
        .map(({ name, share }) => ({ label: label(name), share, text: isKnown(name) ? between + name : null }))
}

/** @param {Model} model @param {string} label */
function isRead(model, label) {
    const read = tokens(model, label)
    return read.length === 1 && read[0] === label && model.embedding.knows(label)
}
