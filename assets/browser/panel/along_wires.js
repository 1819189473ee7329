/** How do numbers travel through a cell while it plays? A dot on each wire, in the order in which the cell computes. */

import { svg } from "../shared/svg.js"

// Milliseconds of a dot on its wire, and until the next ones leave.
const TRAVELS = 150
const LATER = 105
// The wires that wait for others, first those that wait least; what is read, and what was remembered, waits for none.
const ORDER = [/^to \d/, /^([figozrn]|lets)$/, /^(kept|written)$/, /^(c|to tanh)$/, /^tanh$/, /^h$/]

/**
 * Lets the dots go; those of the step before are taken away.
 *
 * @param {SVGElement} place @param {import("./cell_layout.js").Wire[]} wires
 */
export function travel(place, wires) {
    place.replaceChildren()
    for (const { name, path } of wires) {
        const waits = 1 + ORDER.findIndex(names => names.test(name))
        const dot = svg("circle", { class: "gs-dot", r: 3.4 })
        dot.style.offsetPath = `path("${path}")`
        place.append(dot)
        const way = [0, 100].map(share => ({ offsetDistance: `${share}%`, opacity: 1 }))
        const moves = dot.animate(way, { duration: TRAVELS, delay: LATER * waits })
        moves.onfinish = () => dot.remove()
    }
}
