/** Where does each word or character of a text stand over the curves, and how wide is it? */

import { svg } from "../shared/svg.js"

// Pixels of a step: a character needs less than a word, and neither grows without end.
const LETTER = { least: 6.4, most: 40 }
const WORD = { least: 46, most: 240 }
const WIDE = 7.3

/**
 * How wide a step is where there is so much room.
 *
 * @param {{tokens: string[], between: string}} data @param {number} room
 */
export function stepOf({ tokens, between }, room) {
    const { least, most } = between ? WORD : LETTER
    return Math.min(most, Math.max(least, room / Math.max(1, tokens.length)))
}

/** The words or characters in a line. @param {{tokens: string[], between: string}} data @param {number} step */
export function letters({ tokens, between }, step) {
    const root = svg("svg", { class: "gs-units-letters", width: tokens.length * step, height: 18, "aria-hidden": true })
    // A character is 0.6 of its size wide.
    if (!between) root.style.fontSize = `${Math.min(12, step / 0.6)}px`
    const fits = Math.max(1, Math.floor(step / WIDE))
    root.append(
        ...tokens.map((token, at) => {
            const shown = [...token].length > fits ? `${[...token].slice(0, fits - 1).join("")}…` : token
            return svg("text", { x: (at + 0.5) * step, y: 13, "text-anchor": "middle" }, between ? shown : token)
        }),
    )
    return root
}
