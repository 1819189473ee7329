/** What happens now? One sentence under the words: this step's, or what is held and what that changes. */

import { changes } from "../shared/changed.js"
import { element, wordButton } from "../shared/element.js"
import { undone } from "../state/holds.js"
import { looked } from "../state/looked.js"
import { pinOf } from "../state/pin.js"
import { termsOf } from "../state/state.js"
import { arithmeticOf } from "./arithmetic.js"
import { story } from "./cell_words.js"
import { heldNowInWords } from "./held_words.js"

/** A part of a sentence as it is drawn: a symbol as the key that writes it. @param {import("./cell_words.js").Part} part */
export function drawnPart(part) {
    if (typeof part === "string") return part
    return "b" in part ? element("b", {}, part.b) : element("kbd", { class: "gs-key" }, part.key)
}

/** @param {Store} store */
export function storyLine(store) {
    const now = element("span", { class: "gs-story-now" })
    const changed = element("span", { role: "status" })
    const undo = wordButton("Undo", () => store.set(undone(store.state)), { title: "Escape" })
    const root = element("div", { class: "gs-story", hidden: true }, now, changed, undo)
    store.afterDrawn(["holds", "source"], state => {
        const said = heldNowInWords(state)
        const isHeld = said.length > 0
        root.classList.toggle("gs-holds-now", isHeld)
        undo.hidden = changed.hidden = !isHeld
        now.hidden = isHeld
        changed.replaceChildren(...said)
    })
    const isNew = changes()
    store.afterDrawn(["pin", "hover", "time", "terms"], state => {
        const cell = looked(state)
        if (!isNew(state.picture, cell && pinOf(cell), !!state.pin, termsOf(state)?.values)) return
        root.hidden = !cell
        if (!cell) return
        const parts = story(state.picture, cell, arithmeticOf(state, cell))
        now.replaceChildren(...parts.map(drawnPart))
    })
    return root
}
