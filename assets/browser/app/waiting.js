/** How long will a picture take? After a short wait a bar over the picture shows the progress. */

import { element } from "../shared/element.js"

/** @param {Store} store */
export function waitingBar(store) {
    const bar = element("progress", { max: 1, "aria-label": "Reading" })
    const says = element("span", {})
    const root = element("div", { class: "gs-busy", hidden: true }, bar, says)
    store.on(["waiting"], ({ waiting }) => {
        root.hidden = !waiting
        if (!waiting) return
        const { share } = waiting
        // If the share is unknown the bar only moves.
        if (share === null) bar.removeAttribute("value")
        else bar.value = share
        says.textContent = share === null ? "reading" : `reading, ${Math.floor(100 * share)}%`
    })
    return root
}
