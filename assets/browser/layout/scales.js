/** What does the legend say? One entry for each scale on screen: its quantities, its ends, its colours. */

/** @typedef {import("../state/answer.js").Scale} Scale */

/**
 * @param {string[]} quantities @param {number} reach the end of the scale of c
 * @param {import("../state/answer.js").Look} look @returns {Scale[]}
 */
export function scalesOf(quantities, reach, look) {
    const gates = look.gates.map(([, colour]) => `${colour}`)
    const states = look.states.map(([, colour]) => `${colour}`)
    const scales = [
        { name: "gates", letters: "fio", low: "0", high: "1", colours: gates },
        { name: "states", letters: reach === 1 ? "gch" : "gh", low: "−1", high: "+1", colours: states },
        { name: "memory", letters: reach === 1 ? "" : "c", low: `−${reach}`, high: `+${reach}`, colours: states },
    ]
    return scales
        .map(({ letters, ...rest }) => ({ ...rest, there: [...letters].filter(letter => quantities.includes(letter)) }))
        .filter(({ there }) => there.length)
        .map(({ name, there, ...rest }) => ({ name: `${name} ${there.join(" ")}`, ...rest }))
}
