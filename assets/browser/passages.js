/** How are passages of texts shown: one a line, each token in the colour of its number, what is meant framed? */

import { onItsColour } from "./shared/colour.js"
import { element } from "./shared/element.js"

/**
 * Draws a list of passages. `scale`: Plotly's colorscale, zmin and zmax; `between`: what stands between two tokens.
 * `opened` is called with the number of a passage that is clicked.
 *
 * @param {Element} place
 * @param {Wire.Passages} what
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

/**
 * A passage is a button.
 *
 * @param {Wire.PassageLine} row @param {Wire.Scale} scale @param {string} between @param {() => void} onclick
 */
function lineOf(row, scale, between, onclick) {
    return element(
        "button",
        { type: "button", class: "gs-passage", title: "Open it on the page Memory", onclick },
        element("span", { class: "gs-number" }, row.value),
        textOf(row, scale, between),
        element("span", { class: "gs-faint" }, row.where),
    )
}

/**
 * Its tokens: before and after what is framed there is as much as fits.
 *
 * @param {Wire.PassageLine} row @param {Wire.Scale} scale @param {string} between
 */
export function textOf({ tokens, numbers, first, last }, scale, between) {
    /** @param {number} from @param {number} to */
    const part = (from, to) =>
        tokens.slice(from, to).map((token, k) => element("span", onItsColour(numbers[from + k], scale), token))
    /** @param {number} from @param {number} to */
    const joined = (from, to) => part(from, to).flatMap((token, k) => (k && between ? [between, token] : [token]))
    return element(
        "span",
        { class: "gs-passage-text" },
        element("span", { class: "gs-before" }, element("bdi", { dir: "ltr" }, ...joined(0, first))),
        element("mark", {}, ...joined(first, last + 1)),
        element("span", { class: "gs-after" }, between, ...joined(last + 1, tokens.length)),
    )
}
