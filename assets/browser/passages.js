/** How are passages of texts shown: one a line, each token in the colour of its number, what is meant framed? */

import { colourOf, inkOn } from "./shared/colour.js"
import { element } from "./shared/element.js"

const WHITE = "#ffffff"

/**
 * A passage: its number in words, its tokens as they are shown, the number of each, the framed ones from `first` to
 * `last`, and where it comes from.
 *
 * @typedef {{value: string, tokens: string[], numbers: (number | null)[], first: number, last: number, where: string}}
 * Passage
 */

/**
 * Draws a list of passages. `scale`: Plotly's colorscale, zmin and zmax; `between`: what stands between two tokens.
 * `opened` is called with the number of a passage that is clicked.
 *
 * @param {Element} place
 * @param {{name: string, rows: Passage[], scale: {colorscale: [number, string][], zmin: number, zmax: number},
 *     between: string}} what
 * @param {(row: number) => void} opened
 */
export function draw(place, { name, rows, scale, between }, opened) {
    const lines = rows.map((row, n) =>
        element(
            "li",
            {},
            lineOf(row, scale, between, () => opened(n)),
        ),
    )
    const kind = between ? "gs-passages gs-of-words" : "gs-passages"
    place.replaceChildren(element("ol", { class: kind, "aria-label": name }, ...lines))
}

/** A passage is a button: before and after what is framed there is as much as fits. */
function lineOf({ value, tokens, numbers, first, last, where }, scale, between, onclick) {
    const part = (from, to) => tokens.slice(from, to).map((token, k) => tokenOf(token, numbers[from + k], scale))
    const joined = (from, to) => part(from, to).flatMap((token, k) => (k && between ? [between, token] : [token]))
    return element(
        "button",
        { type: "button", class: "gs-passage", title: "Open it on the page Memory", onclick },
        element("span", { class: "gs-number" }, value),
        element(
            "span",
            { class: "gs-passage-text" },
            element("span", { class: "gs-before" }, element("bdi", { dir: "ltr" }, ...joined(0, first))),
            element("mark", {}, ...joined(first, last + 1)),
            element("span", { class: "gs-after" }, between, ...joined(last + 1, tokens.length)),
        ),
        element("span", { class: "gs-faint" }, where),
    )
}

function tokenOf(token, number, scale) {
    if (number === null) return element("span", {}, token)
    // Of black and white one can always be read; small letters need all of it.
    const ink = inkOn(number, scale) === WHITE ? WHITE : "#000000"
    const style = `background: ${colourOf(number, scale)}; color: ${ink}`
    return element("span", { style }, token)
}
