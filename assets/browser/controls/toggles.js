/** Which strips and layers are shown? Buttons that are on or off, one a letter; the last one that is on stays on. */

import { element, wordButton } from "../shared/element.js"
import { has, letterOf } from "../state/answer.js"

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
    const only = wordButton("c only", () => set("quantities", chosen() === "c" ? letters : "c"))
    store.on(["shown"], ({ shown }) => {
        press(shown.quantities)
        only.setAttribute("aria-pressed", shown.quantities === "c")
    })
    store.afterDrawn([], ({ picture }) => {
        only.textContent = `${letterOf(picture, "c")} only`
        made.forEach((one, k) => {
            const name = letterOf(picture, letters[k])
            one.hidden = !has(picture, letters[k])
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
