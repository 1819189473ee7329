/** What should a visitor know about the picture and the server, and does a picture take long? */

import { element, wordButton } from "../shared/element.js"
import { changes } from "../shared/page.js"
import { refusedNow, withReader } from "../state/state.js"

// What should a visitor know about the picture and the server?

// The letters that are repeated of a text.
const SHOWN = 40

const CONNECTION = {
    "": "",
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

/** @param {Store} store @param {Object<string, string>} models their titles, by name */
export function notices(store, models) {
    const root = element("div", { class: "gs-notices", role: "status" })
    const isNew = changes()
    /** @type {{of: string, pin: string, notices: string[]}} */
    let kept = { of: "", pin: "", notices: [] }
    store.on(["picture", "said", "refused", "source", "connection", "waits"], state => {
        const { picture, said, connection, waits } = state
        kept = stillSaid(kept, picture)
        const sentences = [...kept.notices, said, refusedNow(state)].filter(Boolean)
        const connected = CONNECTION[connection]
        // A sentence that stays is not announced again.
        if (!isNew(JSON.stringify([sentences, connected, waits]))) return
        const parts = sentences.map(text => element("p", {}, text))
        if (waits) parts.push(wayBack(store, waits, models))
        // It appears over the page and moves nothing.
        if (connected) parts.push(element("p", { class: "gs-connection" }, connected))
        root.replaceChildren(...parts)
    })
    return root
}

/** Why an example is read in place of the visitor's text, and the way back to it.
 * @param {Store} store
 * @param {import("../state/state.js").Waiting} waits @param {Object<string, string>} models */
function wayBack(store, waits, models) {
    const { sentence, ...reader } = waits
    const back = () => store.set(withReader(store.state, reader))
    const name = models[reader.model] ?? "the other model"
    const begin = sentence.length > SHOWN ? `${sentence.slice(0, SHOWN)}…` : sentence
    return element(
        "p",
        { class: "gs-waits" },
        `This model can't read “${begin}” and shows an example of its own. `,
        wordButton(`Back to ${name}`, back),
    )
}

// Does a picture take long? After a short wait a bar over the picture says so.

/** @param {Store} store */
export function waitingBar(store) {
    const bar = element("progress", { "aria-label": "Reading" })
    const root = element("div", { class: "gs-busy", hidden: true }, bar, element("span", {}, "reading"))
    store.on(["waiting"], ({ waiting }) => {
        root.hidden = !waiting
    })
    return root
}
