/** How does a visitor choose one of a few options? From a list. */

import { element } from "../shared/element.js"

/**
 * @param {Store} store @param {string} name @param {string} label
 * @param {Object<string, string>} options @param {(name: string, value: string) => void} set
 */
export function choice(store, name, label, options, set) {
    const select = element("select", {
        id: `gs-${name}`,
        "aria-label": label,
        onchange: () => set(name, select.value),
    })
    const root = element("div", { class: "gs-choice" }, element("label", { for: select.id }, label), select)
    const offer = (/** @type {string} */ value, /** @type {string} */ text) => {
        const there = [...select.options].find(option => option.value === value)
        if (!there) select.append(element("option", { value }, text))
        else if (!(value in options)) there.textContent = text
    }
    // A file that is opened later is one more.
    const offerAll = () => {
        for (const [value, text] of Object.entries(options)) offer(value, text)
    }
    offerAll()
    const show = (/** @type {State} */ state) => {
        offerAll()
        const own = name === "tokens" ? readsOf(state, options) : undefined
        const value = own ?? state.source[name] ?? state.shown[name]
        if (value === undefined) return
        // A link may ask for a model, or a recording, that another visitor opened.
        if (!(value in options)) offer(value, state.picture?.model?.name ?? "shared model")
        select.value = value
        if (name === "tokens") root.hidden = own !== undefined
    }
    store.on(["source", "shown"], show)
    store.afterDrawn([], show)
    return root
}

/** The kind of tokens of a trained model, in the list's words; undefined for a random one, which reads any.
 * @param {State} state @param {Object<string, string>} options */
function readsOf({ picture }, options) {
    if (!picture?.model.trained) return undefined
    return picture.model.reads in options ? picture.model.reads : "characters"
}
