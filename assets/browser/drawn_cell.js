/** How does a page show a drawn cell, of an LSTM, a GRU or a plain RNN? */

import { beside } from "./beside.js"
import { CellDrawing } from "./panel/cell_drawing.js"
import { LAYOUTS } from "./panel/cell_layout.js"
import { element } from "./shared/element.js"

const source = `${beside("live.css")}`
if (![...document.styleSheets].some(({ href }) => href === source)) {
    document.head.append(element("link", { rel: "stylesheet", href: source }))
}

/** What each place shows. @type {WeakMap<Element, {cell: string, drawing: CellDrawing}>} */
const shown = new WeakMap()

/**
 * Draws a cell, as a lesson describes it, or its update.
 *
 * @param {Element} place @param {Wire.DrawnCell} drawn
 */
export function draw(place, { cell, values, ...about }) {
    if (shown.get(place)?.cell !== cell) {
        const drawing = new CellDrawing(LAYOUTS[cell], null)
        place.replaceChildren(drawing.root)
        shown.set(place, { cell, drawing })
    }
    shown.get(place)?.drawing.show(values, { ...about, isHeld: () => false })
}
