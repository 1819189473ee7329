/** Are many units shown, or the few that matter? One button says which, and shows the others. */

import { element } from "../shared/element.js"

/** Whether some of many units are asked for. @param {import("../state/state.js").State} state */
export const showsFew = ({ shown }) => shown.top !== "all"

/** @param {import("../state/store.js").Store} store */
export function fewUnits(store) {
    const show = () => {
        const { state } = store
        store.set({ shown: { ...state.shown, top: showsFew(state) ? "all" : "telling" } })
    }
    const says = element("span", {})
    const button = element("button", { type: "button", class: "gs-button", onclick: show })
    const root = element("div", { class: "gs-few", hidden: true }, says, " ", button)
    store.afterDrawn(["shown"], state => {
        root.hidden = !state.picture.few
        says.textContent = state.picture.few
        button.textContent = showsFew(state) ? "show all" : "show fewer"
    })
    return root
}
