/** What can a visitor change? The model, the text and the dimensions; and under *View* what is needed more seldom. */

import { element } from "../shared/element.js"
import { has, letterOf } from "../state/answer.js"
import { withReader } from "../state/state.js"
import { choice } from "./choice.js"
import { directions, seedBox, slider } from "./dimensions.js"
import { menu } from "./menu.js"
import { textBox } from "./text_box.js"
import { layerToggles, quantityToggles } from "./toggles.js"

/** @typedef {(name: string, value: string | number) => void} Change */

/**
 * The controls: {model, sentence, sizes, view}. `send(file)` hands a file over and answers what is then read; `more`
 * stands last in the menu *View*.
 *
 * @param {Store} store @param {Wire.Handed} handed
 * @param {(file: File) => Promise<Object<string, any> | null>} send @param {...Node} more
 */
export function controls(store, { ranges, choices, quantities, layers }, send, ...more) {
    /** @type {Change} */
    const read = (name, value) => store.set({ source: { ...store.state.source, [name]: value } })
    /** @type {Change} */
    const by = (name, value) => store.set(withReader(store.state, { [name]: value }))
    /** @type {Change} */
    const show = (name, value) => store.set({ shown: { ...store.state.shown, [name]: value } })
    const sliders = ["input_dim", "hidden_dim", "n_layers"].map(name => slider(store, name, ranges[name], read))
    const view = menu(
        "View",
        ...quantityToggles(store, quantities, show),
        layerToggles(store, layers, show),
        unitsChoice(store, choices.top, show),
        choice(store, "rows", "Order units by", choices.rows, show),
        choice(store, "colours", "Colours", choices.colours, show),
        colouring(store, quantities),
        choice(store, "tokens", "Read as", choices.tokens, by),
        directions(store, read),
        ...more,
    )
    view.classList.add("gs-view")
    return {
        model: choice(store, "model", "Model", choices.model, by),
        sentence: textBox(store, send),
        sizes: element("div", { class: "gs-sizes" }, ...sliders, seedBox(store, ranges.seed, read)),
        view,
    }
}

/** Whether a person chose some of the quantities or layers. @param {State} state @param {string} quantities */
export const choosesSome = ({ shown }, quantities) => shown.quantities !== quantities || shown.layers !== ""

/** Which of many units are shown. @param {Store} store @param {Object<string, string>} options @param {Change} show */
function unitsChoice(store, options, show) {
    const root = choice(store, "top", "Units", options, show)
    store.afterDrawn([], ({ picture }) => {
        root.hidden = !picture.few
    })
    return root
}

/** @param {Store} store @param {string} quantities */
function colouring(store, quantities) {
    // The memory c first: it colours the words until the visitor chooses another quantity.
    const letters = ["c", ...[...quantities].filter(letter => letter !== "c")]
    const select = element(
        "select",
        { "aria-label": "Words coloured by", onchange: () => store.set({ colouring: select.value }) },
        ...letters.map(name => element("option", { value: name }, name)),
    )
    store.afterDrawn([], ({ picture }) => {
        for (const option of select.options) {
            option.textContent = letterOf(picture, option.value)
            option.hidden = !has(picture, option.value)
        }
    })
    const root = element("label", { class: "gs-choice", hidden: true }, "Words coloured by", select)
    // The words wear the colours of the pinned cell's unit: without a pin there is nothing to choose.
    store.afterDrawn(["pin"], ({ pin }) => {
        root.hidden = !pin
    })
    return root
}
