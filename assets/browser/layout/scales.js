/** What does the legend say? One entry for each scale on screen: its quantities, its ends, its colours. */

import { letterOf } from "../state/answer.js"

/** @typedef {import("../state/answer.js").Scale} Scale */

/**
 * @param {Wire.Strip[]} strips @param {number} reach the end of the scale of c
 * @param {import("../state/answer.js").Look} look @returns {Scale[]}
 */
export function scalesOf(strips, reach, look) {
    const gates = look.gates.map(([, colour]) => `${colour}`)
    const states = look.states.map(([, colour]) => `${colour}`)
    const scales = [
        { name: "gates", letters: "fio", low: "0", high: "1", colours: gates },
        { name: "states", letters: reach === 1 ? "gch" : "gh", low: "−1", high: "+1", colours: states },
        { name: "memory", letters: reach === 1 ? "" : "c", low: `−${reach}`, high: `+${reach}`, colours: states },
    ]
    return scales
        .map(({ letters, ...rest }) => ({ ...rest, there: lettersOf(strips, letters) }))
        .filter(({ there }) => there.length)
        .map(({ name, there, ...rest }) => ({ name: `${name} ${there.join(" ")}`, ...rest }))
}

/** What the quantities that are there are called, in the order of `quantities`. @param {Wire.Strip[]} strips
 * @param {string} quantities */
function lettersOf(strips, quantities) {
    const there = [...quantities].filter(letter => strips.some(({ quantity }) => quantity === letter))
    return there.map(quantity => letterOf(strips, quantity))
}
