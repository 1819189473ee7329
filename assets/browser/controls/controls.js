/** What can a visitor change? The model, its dimensions, the text, its tokens, and what is shown. */

import { element } from "../shared/element.js"
import { choice } from "./choice.js"
import { directions, right, seedBox, slider } from "./dimensions.js"
import { textBox } from "./text_box.js"
import { layerToggles, quantityToggles } from "./toggles.js"

/**
 * The data that Python sends with the page.
 *
 * @typedef {Object} Handed
 * @property {string} base where the answerer's routes are
 * @property {Object<string, [number, number]>} ranges
 * @property {Object<string, Object<string, string>>} choices
 * @property {string[]} source the names of what is read
 * @property {string[]} shown the names of how it is shown
 * @property {string} quantities all of them, a letter each
 * @property {string} layers all of them, a digit each
 * @property {Object<string, string>} closer the pages that look closer, and what their buttons say
 * @property {Object<string, string>} pages all pages' titles, by their names in the address
 * @property {import("./scenes_menu.js").Scene[]} scenes
 * @property {Record<string, string>} routes the paths of the routes, below `base`
 * @property {{said_back: number}} limits
 * @property {number} nan what stands for NaN among whole numbers
 * @property {string} visitor the header of a question that names the view which asks
 */

/**
 * The controls: {model, sentence, side}. `send(file)` sends a file to the server and returns its key.
 *
 * @param {import("../state/store.js").Store} store @param {Handed} handed @param {(file: File) => Promise<string>} send
 */
export function controls(store, { ranges, choices, quantities, layers }, send) {
    const read = (name, value) => store.set({ source: { ...store.state.source, [name]: value } })
    const show = (name, value) => store.set({ shown: { ...store.state.shown, [name]: value } })
    const sliders = ["input_dim", "hidden_dim", "n_layers"].map(name => slider(store, name, ranges[name], read))
    return {
        model: choice(store, "model", "Model", choices.model, read),
        sentence: textBox(store, send),
        side: element(
            "div",
            { class: "gs-side" },
            ...sliders,
            right(store),
            directions(store, read),
            seedBox(store, ranges.seed, read),
            choice(store, "tokens", "Read as", choices.tokens, read),
            ...quantityToggles(store, quantities, show),
            layerToggles(store, layers, show),
            unitsChoice(store, choices.top, show),
            choice(store, "rows", "Order units by", choices.rows, show),
            choice(store, "colours", "Colours", choices.colours, show),
            colouring(store, quantities),
        ),
    }
}

/** Whether a person chose some of the quantities or layers. */
export const choosesSome = ({ shown }, quantities) => shown.quantities !== quantities || shown.layers !== ""

/** Which of many units are shown. */
function unitsChoice(store, options, show) {
    const root = choice(store, "top", "Units", options, show)
    store.afterDrawn([], ({ picture }) => {
        root.hidden = !picture.few
    })
    return root
}

function colouring(store, quantities) {
    // The memory c first: it colours the words until the visitor chooses another quantity.
    const letters = ["c", ...[..."figoh"].filter(letter => quantities.includes(letter))]
    const select = element(
        "select",
        { "aria-label": "Words coloured by", onchange: () => store.set({ colouring: select.value }) },
        ...letters.map(name => element("option", { value: name }, name)),
    )
    const root = element("label", { class: "gs-choice", hidden: true }, "Words coloured by", select)
    // The words wear the colours of the pinned cell's unit: without a pin there is nothing to choose.
    store.afterDrawn(["pin"], ({ pin }) => {
        root.hidden = !pin
    })
    return root
}
