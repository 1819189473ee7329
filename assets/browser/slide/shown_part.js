/** Which part of a picture is on a sheet? */

import { KINDS } from "../kinds.js"
import { count } from "../shared/numbers.js"

const COUNTED = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]

/** "Shown: steps 1 to 3 of 6, layer 1 of 2. "; "" for all. @param {Numbers} numbers @param {Zoom} zoom */
export function shownPart({ columns, units, few, model, stacks, strips, letters: own, view }, zoom) {
    const rows = zoom.units && [...zoom.units].reverse()
    const drawn = stacks[0].units.length
    const layers = [...new Set(stacks.map(({ layer }) => layer))]
    const seen = rows ? Math.max(1, Math.floor(rows[1]) - Math.ceil(rows[0]) + 1) : drawn
    const by = view.rows === "index" ? "unit" : `row (by ${view.rows})`
    const letters = strips.map(({ quantity }) => own?.[quantity] ?? quantity)
    const all = own ? Object.keys(own).length : KINDS.LSTM.quantities.length
    const parts = [
        zoom.steps && `${span("step", zoom.steps)} of ${count(columns.steps)}`,
        drawn < units && `${seen} of ${count(units)} units${few.slice(few.indexOf(":"))}`,
        drawn === units && rows && `${span(by, rows)} of ${count(units)}`,
        layers.length < model.layers && `layer${layers.length > 1 ? "s" : ""} ${listed(layers)} of ${model.layers}`,
        letters.length < all && `${listed(letters)} of the ${COUNTED[all]} quantities`,
    ].filter(Boolean)
    return parts.length ? `Shown: ${parts.join(", ")}. ` : ""
}

/** "steps 1 to 3". @param {string} name @param {number[]} range */
function span(name, [from, to]) {
    const [first, last] = [Math.max(0, Math.ceil(from)), Math.floor(to)]
    if (first >= last) return `${name} ${count(last)}`
    return `${name.replace(/\w+/, "$&s")} ${count(first)} to ${count(last)}`
}

const listed = (/** @type {(string | number)[]} */ all) =>
    all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : `${all[0]}`
