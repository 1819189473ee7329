/** What should a visitor know about the picture and the server? */

import { element } from "../shared/element.js"

export const CONNECTION = {
    "": "",
    busy: "Busy, trying again…",
    silent: "The server does not answer; trying again…",
    away: "The server does not answer; trying again…",
    back: "The server answers again.",
}

/**
 * A picture's notices. A picture of the same view, for a window of another size, asks for what its link was read as, so
 * it has nothing to say about the link: what was said stays, also about a pinned cell that is not there.
 *
 * @param {{of: string, pin: string, notices: string[]}} kept
 * @param {{view: {pin?: string}, notices: string[]} | null} picture
 */
export function stillSaid(kept, picture) {
    if (!picture) return kept
    const { pin = "", ...rest } = picture.view
    const of = JSON.stringify(rest)
    const same = of === kept.of && (!pin || pin === kept.pin)
    return same && !picture.notices.length ? kept : { of, pin, notices: picture.notices }
}

/** @param {import("../state/store.js").Store} store */
export function notices(store) {
    const root = element("div", { class: "gs-notices", role: "status" })
    let shown = ""
    /** @type {{of: string, pin: string, notices: string[]}} */
    let kept = { of: "", pin: "", notices: [] }
    store.on(["picture", "said", "connection"], ({ picture, said, connection }) => {
        kept = stillSaid(kept, picture)
        const sentences = [...kept.notices, said].filter(Boolean)
        const connected = CONNECTION[connection]
        // A sentence that stays is not announced again.
        const now = JSON.stringify([sentences, connected])
        if (shown === now) return
        shown = now
        const parts = sentences.map(text => element("p", {}, text))
        // It appears over the page and moves nothing.
        if (connected) parts.push(element("p", { class: "gs-connection" }, connected))
        root.replaceChildren(...parts)
    })
    return root
}
