/** Which weights does a cell have? Each number that it reads, with its weight in each gate. */

import { element } from "../shared/element.js"
import { signed } from "../shared/numbers.js"

const GATES = ["f", "i", "g", "o"]

/** What the cell reads, row by row: its name, its value, and its weight in each gate. */
export function weightsOf(terms) {
    const weights = (kind, k) => GATES.map(gate => terms[gate][kind][k])
    return [
        ...terms.x.map((value, k) => [`x ${k}`, value, ...weights("weights_x", k)]),
        ...terms.h_before.map((value, k) => [`h[${k}], previous step`, value, ...weights("weights_h", k)]),
        ["b", 1, ...GATES.map(gate => terms[gate].bias)],
    ]
}

/** @param {Wire.Terms} terms */
export function weightTable(terms) {
    const head = GATES.map(gate => element("th", { scope: "col", title: `weight in ${gate}` }, gate))
    const row = ([name, ...numbers]) =>
        element(
            "tr",
            {},
            element("th", { scope: "row" }, name),
            ...numbers.map(number => element("td", {}, signed(number))),
        )
    return element(
        "table",
        {},
        element("caption", {}, "What the cell reads, and its weight in each gate."),
        element("thead", {}, element("tr", {}, element("th", {}, "input"), element("th", {}, "value"), ...head)),
        element("tbody", {}, ...weightsOf(terms).map(row)),
    )
}
