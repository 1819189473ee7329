/** What does the legend say? One entry for each scale on screen: its quantities, its ends, its colours. */

import { letterOf } from "../state/answer.js"

/** @typedef {import("../state/answer.js").Scale} Scale */
/** @typedef {{strips: Wire.StripWords[], letters?: Object<string, string>}} Quantities */

/**
 * `reach`: the end of the scale of c.
 *
 * @param {Quantities & {reach: number}} numbers @param {import("../state/answer.js").Look} look @returns {Scale[]}
 */
export function scalesOf({ reach, ...there }, look) {
    const gates = look.gates.map(([, colour]) => `${colour}`)
    const states = look.states.map(([, colour]) => `${colour}`)
    const scales = [
        { name: "gates", letters: "fio", low: "0", high: "1", colours: gates },
        { name: "states", letters: reach === 1 ? "gch" : "gh", low: "−1", high: "+1", colours: states },
        { name: "memory", letters: reach === 1 ? "" : "c", low: `−${reach}`, high: `+${reach}`, colours: states },
    ]
    return scales
        .map(({ letters, ...rest }) => ({ ...rest, called: lettersOf(there, letters) }))
        .filter(({ called }) => called.length)
        .map(({ name, called, ...rest }) => ({ name: `${name} ${called.join(" ")}`, ...rest }))
}

/** What the quantities that are there are called, in the order of `quantities`. @param {Quantities} there
 * @param {string} quantities */
function lettersOf(there, quantities) {
    const shown = [...quantities].filter(letter => there.strips.some(({ quantity }) => quantity === letter))
    return shown.map(quantity => letterOf(there, quantity))
}
