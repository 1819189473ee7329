/** Where does the frame of a page without the live view begin? A page loads this module and calls `mount`. */

import { bar, fitPage, isEmbedded, isPresenting, listenToLecturer, present, presentButton } from "./app/present.js"
import { followTyping, pageExport } from "./controls/export_menu.js"
import { queryOf, sceneCard, scenesMenu, shareMenu } from "./controls/share_menu.js"
import { element } from "./shared/element.js"

/**
 * `base`: the place of the server's routes, null where there is no server; `handed`: the data from Python; `go({page, link})` opens another page;
 * `says({scene, present})` puts these into the page's link.
 *
 * @param {Element} parent @param {URL | null} base
 * @param {Omit<Wire.Framed, "base">} handed
 * @param {(place: Object) => void} go @param {(frame: Object) => void} says
 */
export function mount(parent, base, { pages, here, scenes, scene, present: presenting }, go, says) {
    const home = base ? new URL("..", base).pathname : location.pathname
    const listening = new AbortController()
    const open = (/** @type {any} */ to) =>
        go({ page: to.page, link: { ...queryOf(to), ...(isPresenting() && { present: "1" }) } })
    const changed = (/** @type {boolean} */ on) => says({ scene, present: on ? "1" : "" })
    const turn = listenToLecturer({ step, changed, isHere: () => root.isConnected }, listening.signal)
    const share = shareMenu(base && new URL("qr", base), () => ({
        link: location.href,
        opens: "This link opens the page as it is now.",
    }))
    const menus = [scenesMenu(scenes, home, open), presentButton(() => turn(true)), share.root, pageExport()]
    const top = bar({ pages, home, here }, page => go({ page }), ...menus)
    const card = sceneCard(scenes, scene, open, () => says({ scene: "", present: isPresenting() ? "1" : "" }))
    const parts = card ? [card] : []
    // Inside another page there is no bar, and the style sheet takes Streamlit's own away.
    const [kind, above] = isEmbedded() ? ["gs-frame gs-frame-alone", []] : ["gs-frame", [top]]
    const root = element("div", { class: kind }, ...above, ...parts)
    parent.replaceChildren(root)
    // Of another page, if the visitor went on before it had drawn itself.
    document.querySelector(".gs-expected")?.remove()
    followTyping(listening.signal)
    present(presenting)
    const block = root.closest(".stMainBlockContainer")
    const grown = new ResizeObserver(fitPage)
    if (block) grown.observe(block)
    return () => {
        grown.disconnect()
        listening.abort()
        root.remove()
    }
}

/** A lecturer's step: to the next unit of a list, or on a page with buttons for it. @param {number} by */
function step(by) {
    const units = [...document.querySelectorAll(".gs-units-name")]
    const next = units[units.findIndex(unit => unit.getAttribute("aria-expanded") === "true") + by]
    if (next instanceof HTMLElement) return next.click()
    const name = by > 0 ? "Next" : "Back"
    for (const button of document.querySelectorAll(".stButton button, .gs-lesson-turn button")) {
        if (button instanceof HTMLElement && button.textContent === name) return button.click()
    }
}
