/** Are many units shown, or the few that matter? One button says which, and shows the others. */

import { element, wordButton } from "../shared/element.js"

// Pixels above the strips in which all of it has room; above numbered steps there are fewer.
const WHOLE = 58

/** Whether some of many units are asked for. @param {State} state */
export const showsFew = ({ shown }) => shown.top !== "all"

/** @param {Store} store */
export function fewUnits(store) {
    const show = () => {
        const { state } = store
        store.set({ shown: { ...state.shown, top: showsFew(state) ? "all" : "telling" } })
    }
    const says = element("span", {})
    const button = wordButton("", show)
    const root = element("div", { class: "gs-few", hidden: true }, says, " ", button)
    store.afterDrawn(["shown"], state => {
        const { few, stacks, inputs, narrow } = state.picture
        const above = inputs?.place.top ?? stacks[0]?.places[0].top ?? 0
        root.hidden = !few
        root.title = few
        says.textContent = narrow || above >= WHOLE ? few : few.split(":")[0]
        button.textContent = showsFew(state) ? "show all" : "show fewer"
    })
    return root
}
