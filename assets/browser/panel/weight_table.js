/** Which weights does a cell have? Each number that it reads, with its weight in each gate. */

import { element } from "../shared/element.js"
import { columnHead, tableOf } from "../shared/folded_table.js"
import { signed } from "../shared/numbers.js"

/** @typedef {[string, ...number[]]} Row */

/** @type {("f" | "i" | "g" | "o")[]} */
export const GATES = ["f", "i", "g", "o"]

/** What the cell reads, row by row: its name, its value, and its weight in each gate. @param {Wire.CellTerms} terms */
export function weightsOf(terms) {
    /** @type {(name: string, value: number, weight: (gate: Wire.GateTerms) => number) => Row} */
    const row = (name, value, weight) => [name, value, ...GATES.map(gate => weight(terms[gate]))]
    const { layer, h_before } = terms
    // Above the first layer x is h of the layer below, of both its directions one after the other.
    const read = (/** @type {number} */ k) =>
        layer
            ? `h[${k % h_before.length}] of layer ${layer - 1}${k < h_before.length ? "" : ", from the right"}`
            : `x ${k}`
    return [
        ...terms.x.map((value, k) => row(read(k), value, gate => gate.weights_x[k])),
        ...h_before.map((value, k) => row(`h[${k}], previous step`, value, gate => gate.weights_h[k])),
        row("b", 1, gate => gate.bias),
    ]
}

/** @param {Wire.CellTerms} terms */
export function weightTable(terms) {
    const head = GATES.map(gate => element("th", { scope: "col", title: `weight in ${gate}` }, gate))
    const row = (/** @type {Row} */ [name, ...numbers]) => [
        element("th", { scope: "row" }, name),
        ...numbers.map(number => element("td", {}, signed(number))),
    ]
    const heads = [...["input", "value"].map(columnHead), ...head]
    return tableOf("What the cell reads, and its weight in each gate.", heads, weightsOf(terms).map(row))
}
