/** How does the drawer's table reach the visitor? By a button in the export menu, while there is one. */

import { wordButton } from "../shared/element.js"
import { give } from "../shared/give.js"
import { letterOf } from "../state/answer.js"
import { whyOf } from "../state/drawer.js"
import { titleOf } from "../state/link.js"
import { tableOf } from "./table.js"

/** @param {Store} store */
export function drawerFile(store) {
    const said = () => (store.state.drawer.open ? whyOf(store.state)?.values : null)
    const save = () => {
        const values = said()
        if (!values) return
        const { picture } = store.drawn
        const table = tableOf(values, step => picture.columns.word(step), letterOf(picture, "c"))
        const content = new Blob([table], { type: "text/csv" })
        give(content, [titleOf(store.drawn), "why"], "csv")
    }
    const made = wordButton("Why this value (CSV)", save, { class: null, hidden: true })
    store.on(["picture", "pin", "drawer", "why"], () => {
        made.hidden = !said()
    })
    return made
}
