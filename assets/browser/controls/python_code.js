/** How does a visitor get these numbers in Python? The code is loaded only when its panel opens. */

import { element, more } from "../shared/element.js"

/** @param {Store} store @param {(query: any) => Promise<string>} ask */
export function pythonCode(store, ask) {
    const code = element("pre", { tabindex: 0 })
    const root = more("The same in Python", code, () => show())
    const show = async () => {
        const { picture } = store.state
        if (!picture) return
        code.textContent = picture.code ?? ""
        // The code of a long text is not sent with every picture.
        if (picture.code !== null || !root.open) return
        const text = await ask(picture.view).catch(error => error.message)
        if (store.state.picture === picture) code.textContent = text
    }
    store.afterDrawn([], ({ picture }) => {
        root.hidden = !picture.stacks.length
        show()
    })
    return root
}
