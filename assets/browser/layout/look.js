/** Which colours has a picture? Those of its name and of the theme, from the colours that Python's figures have too. */

/** @typedef {import("../state/answer.js").Shades} Shades */

/** @param {Wire.Colours} colours @param {string} name @param {"light" | "dark"} theme @returns {Look} */
export function lookOf({ ink, gates, states, lines }, name, theme) {
    return {
        ...ink[theme],
        gates: scaleOf(gates[name][theme]),
        states: scaleOf(states[name][theme]),
        lines: lines[theme],
    }
}

/** Evenly spaced colours as a Plotly scale. @param {string[]} shades @returns {Shades} */
const scaleOf = shades => shades.map((shade, place) => [place / (shades.length - 1), shade])
