/** What does the legend say? One entry for each scale on screen: its quantities, its ends, its colours. */

import { letterOf } from "../state/answer.js"

/** @typedef {import("../state/answer.js").Scale} Scale */
/** @typedef {{strips: Wire.StripWords[], letters?: Object<string, string>}} Quantities */

/**
 * `reach`: the end of the scale of c, and of h where that is a projection.
 *
 * @param {Quantities & {reach: number, projects?: boolean}} numbers @param {Look} look @returns {Scale[]}
 */
export function scalesOf({ reach, projects, ...there }, look) {
    const beyond = reach === 1 ? "" : projects ? "ch" : "c"
    const gates = look.gates.map(([, colour]) => `${colour}`)
    const states = look.states.map(([, colour]) => `${colour}`)
    const scales = [
        { name: "gates", low: "0", high: "1", colours: gates },
        { name: "states", low: "−1", high: "+1", colours: states },
        { name: "memory", low: `−${reach}`, high: `+${reach}`, colours: states },
    ]
    const on = (/** @type {Wire.StripWords} */ { quantity, scale }) => (beyond.includes(quantity) ? "memory" : scale)
    return scales
        .map(scale => ({ scale, strips: there.strips.filter(strip => on(strip) === scale.name) }))
        .filter(({ strips }) => strips.length)
        .map(({ scale, strips }) => ({
            ...scale,
            name: `${scale.name} ${strips.map(({ quantity }) => letterOf(there, quantity)).join(" ")}`,
        }))
}
