/** How does a menu work? A button opens a small panel; Escape or a click elsewhere closes it. */

import { element } from "../shared/element.js"

/** @param {string} name @param {...Node} children */
export function menu(name, ...children) {
    const summary = element("summary", { class: "gs-button" }, name)
    const details = element(
        "details",
        {
            class: "gs-menu",
            onkeydown: (/** @type {KeyboardEvent} */ event) => {
                if (event.key !== "Escape" || !details.open) return
                // This Escape closes only the panel: a pinned cell stays.
                event.stopPropagation()
                close(details)
            },
            onfocusout: (/** @type {FocusEvent} */ event) => {
                if (event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false
            },
        },
        summary,
        element("div", { class: "gs-panel" }, ...children),
    )
    document.addEventListener("pointerdown", event => {
        if (!details.contains(/** @type {Node} */ (event.target))) details.open = false
    })
    return details
}

/** Closes a menu; its button has the focus then. @param {HTMLDetailsElement} details */
export function close(details) {
    details.open = false
    details.querySelector("summary")?.focus()
}
