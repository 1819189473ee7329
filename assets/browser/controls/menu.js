/** How does a visitor choose? From a panel that a button opens, from a list, or by buttons that are on or off. */

import { element, wordButton } from "../shared/element.js"
import { has, letterOf } from "../state/answer.js"

// How does a menu work? A button opens a small panel; Escape or a click elsewhere closes it.

/** @param {string} name @param {...Node} children */
export function menu(name, ...children) {
    const summary = element("summary", { class: "gs-button" }, name)
    const details = element(
        "details",
        {
            class: "gs-menu",
            onkeydown: (/** @type {KeyboardEvent} */ event) => {
                if (event.key !== "Escape" || !details.open) return
                // This Escape closes only the panel: a pinned cell stays.
                event.stopPropagation()
                close(details)
            },
            onfocusout: (/** @type {FocusEvent} */ event) => {
                if (event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false
            },
        },
        summary,
        element("div", { class: "gs-panel" }, ...children),
    )
    document.addEventListener("pointerdown", event => {
        if (!details.contains(/** @type {Node} */ (event.target))) details.open = false
    })
    return details
}

/** Closes a menu; its button has the focus then. @param {HTMLDetailsElement} details */
export function close(details) {
    details.open = false
    details.querySelector("summary")?.focus()
}

// How does a visitor choose one of a few options? From a list.

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
        const value = state.source[name] ?? state.shown[name]
        if (value === undefined) return
        // A link may ask for a model, or a recording, that another visitor opened.
        if (!(value in options)) offer(value, state.picture?.model?.name ?? "shared model")
        select.value = value
    }
    store.on(["source", "shown"], show)
    store.afterDrawn([], show)
    return root
}

/**
 * Options side by side, of which one is chosen; `inputs`: one for each.
 *
 * @param {string} name @param {string} title @param {{value: string | number, says: string}[]} options
 * @param {(value: string) => void} set
 */
export function segments(name, title, options, set) {
    const inputs = options.map(({ value }) =>
        element("input", { type: "radio", name: `gs-${name}`, value, onchange: () => set(`${value}`) }),
    )
    const labels = options.map(({ says }, at) => element("label", {}, inputs[at], says))
    return {
        inputs,
        root: element("div", { class: "gs-segments", role: "radiogroup", "aria-label": title }, ...labels),
    }
}

// Which strips and layers are shown? Buttons that are on or off, one a letter; the last one that is on stays on.

/** Whether a letter is chosen; nothing chosen means all. @param {string} chosen @param {string} letter */
const isOn = (chosen, letter) => !chosen || chosen.includes(letter)

/**
 * The choice after a click on a letter of `letters`, of which the first `there` are on screen; `all` if all of
 * those are chosen.
 *
 * @param {string} chosen @param {string} letter @param {string} letters @param {number} there @param {string} all
 */
export function toggledLetter(chosen, letter, letters, there, all) {
    const shown = [...letters].slice(0, there)
    const isLast = shown.every(other => other === letter || !isOn(chosen, other))
    const on = (/** @type {string} */ other) =>
        other === letter ? isLast || !isOn(chosen, letter) : isOn(chosen, other)
    return shown.every(on) ? all : [...letters].filter(on).join("")
}

/** @param {string} label @param {string} all @param {string} letters @param {(letter: string) => void} click */
function buttons(label, all, letters, click) {
    const made = [...letters].map(letter => {
        const about = { class: "gs-button gs-toggle", "aria-pressed": true, "aria-label": `${label} ${letter}` }
        return wordButton(letter, () => click(letter), about)
    })
    const group = element("div", { class: "gs-toggles", role: "group", "aria-label": all }, ...made)
    const press = (/** @type {string} */ chosen) =>
        made.forEach((one, k) => {
            one.setAttribute("aria-pressed", isOn(chosen, letters[k]))
        })
    return { made, group, press }
}

/** @param {Store} store @param {string} letters @param {(name: string, value: string) => void} set */
export function quantityToggles(store, letters, set) {
    const chosen = () => store.state.shown.quantities
    const { made, group, press } = buttons("quantity", "quantities", letters, letter =>
        set("quantities", toggledLetter(chosen(), letter, letters, letters.length, letters)),
    )
    const only = wordButton("c only", () => set("quantities", chosen() === "c" ? letters.replace("x", "") : "c"))
    store.on(["shown"], ({ shown }) => {
        press(shown.quantities)
        only.setAttribute("aria-pressed", shown.quantities === "c")
    })
    store.afterDrawn([], ({ picture }) => {
        only.textContent = `${letterOf(picture, "c")} only`
        made.forEach((one, k) => {
            const name = letterOf(picture, letters[k])
            one.hidden = letters[k] === "x" ? !picture.readsX : !has(picture, letters[k])
            one.textContent = name
            one.setAttribute("aria-label", `quantity ${name}`)
        })
    })
    return [element("div", { class: "gs-choice" }, element("div", { class: "gs-shown" }, "Show", only), group)]
}

/** @param {Store} store @param {string} letters @param {(name: string, value: string) => void} set */
export function layerToggles(store, letters, set) {
    const { made, group, press } = buttons("layer", "layers", letters, letter => {
        const { shown, picture } = store.drawn
        set("layers", toggledLetter(shown.layers, letter, letters, picture.model.layers, ""))
    })
    const row = element("div", { class: "gs-choice", hidden: true }, "Layers", group)
    store.afterDrawn(["shown"], ({ shown, picture }) => {
        const { layers } = picture.model
        press(shown.layers)
        made.forEach((one, k) => {
            one.hidden = k >= layers
        })
        row.hidden = layers < 2
    })
    return row
}
