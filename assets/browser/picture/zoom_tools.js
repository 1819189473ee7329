/** How does a visitor zoom without a mouse? Buttons for what dragging and double-clicking do. */

import { button, element, wordButton } from "../shared/element.js"
import { zoomed } from "../state/state.js"
import { isZoomed, scaled, WHOLE } from "../state/zoom.js"

/** `tools`; and `whole`, the way back, which is there while a part is shown. @param {Store} store */
export function zoomTools(store) {
    const to = (/** @type {Zoom} */ zoom) => store.set(zoomed(store.drawn, zoom))
    const scale = (/** @type {number} */ factor) => to(scaled(store.state.zoom, store.drawn.picture, factor))
    const mode = button("Drag to move instead of to zoom", "✥", event => {
        store.set({ drag: store.state.drag === "pan" ? "zoom" : "pan" })
        event.preventDefault()
    })
    mode.setAttribute("aria-pressed", false)
    store.on(["drag"], ({ drag }) => mode.setAttribute("aria-pressed", drag === "pan"))
    const tools = element(
        "div",
        { class: "gs-tools", role: "group", "aria-label": "Zoom" },
        button("Zoom in", "+", () => scale(0.5)),
        button("Zoom out", "−", () => scale(2)),
        mode,
    )
    const whole = wordButton("Whole picture", () => to({ ...WHOLE }), { hidden: true })
    store.afterDrawn(["zoom"], ({ picture, zoom }) => {
        tools.hidden = !picture.stacks.length
        whole.hidden = !isZoomed(zoom)
    })
    return { tools, whole }
}
