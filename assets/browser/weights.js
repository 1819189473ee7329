/** How does a page draw the weights of a part of a model: of an embedding, of each gate of an LSTM, of a Linear? */

import { lookOf } from "./layout/picture.js"
import { shadesOf } from "./shared/colour.js"
import { element } from "./shared/element.js"
import { themeOf } from "./shared/page.js"

/** A matrix, of which NaN is null; `of`: what it is multiplied with. @typedef {{of: string, z: (number | null)[][]}} Part */

/**
 * Draws the matrices, or their update, side by side over the names of their rows.
 *
 * @param {any} place
 * @param {{colours: Wire.Colours, rows: string[], groups: {gate: string, parts: Part[]}[], reach: number}} sent
 */
export function draw(place, { colours, rows, groups, reach }) {
    const { states } = lookOf(colours, "teal", themeOf(place))
    const shade = shadesOf({ colorscale: states, zmin: -reach, zmax: reach })
    const drawn = groups.map(({ gate, parts }) => {
        const head = element("b", {}, gate)
        const all = parts.map(({ of, z }) => element("figure", { style: `flex-grow: ${z[0].length}` }, cells(z), of))
        return element("div", { class: "gs-weights-gate" }, head, element("div", {}, ...all))
    })
    place.replaceChildren(element("ul", {}, ...rows.map(row => element("li", {}, row))), ...drawn)

    /** @param {Part["z"]} z */
    function cells(z) {
        const made = element("canvas", { width: z[0].length, height: z.length })
        const brush = made.getContext("2d")
        for (const [y, row] of z.entries()) {
            for (const [x, value] of row.entries()) {
                brush.fillStyle = value === null ? "#000" : shade(value).colour
                brush.fillRect(x, y, 1, 1)
            }
        }
        return made
    }
}
