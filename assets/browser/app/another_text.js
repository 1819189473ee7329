/** How does a reader of a page without a server try another text? In a box, and back to the author's with a button. */

import { textIn } from "../asking/text_file.js"
import { examples, sentenceBox } from "../controls/text_box.js"
import { element, wordButton } from "../shared/element.js"
import { holding } from "../state/holds.js"

/** The box; `near`: how near to PyTorch the page computes, as in 1e-07. @param {Store} store @param {string} near */
export function anotherText(store, near) {
    const read = (/** @type {{sentence: string}} */ change) =>
        store.set({ source: { ...store.state.source, ...change } })
    const box = sentenceBox(store, read, async file => read({ sentence: await textIn(file) }))
    /** @type {Partial<State> | null} */
    let first = null
    const back = wordButton("Back to the original", () => store.set({ ...first }), { hidden: true })
    store.afterDrawn(["source", "shown", "holds"], ({ source, shown, holds }) => {
        first ??= { source, shown, ...holding({ source }, holds.text) }
        back.hidden = first.source === source && first.shown === shown && first.holds?.text === holds.text
    })
    const chips = examples(store, text => read({ sentence: text }))
    const says =
        "This page has the model inside: type another text, or hold a gate of a cell. The recording has its own check; " +
        `what the page computes was checked as it opened: its states match PyTorch’s to ${near}. `
    const proof = element("p", { class: "gs-faint gs-proved" }, says, back)
    return element("div", { class: "gs-sentence" }, box, chips, proof)
}
