/**
 * What can a visitor change? The model, the text, the dimensions and how many units are shown; and under *View* what is
 * needed more seldom.
 */

import { refusal } from "../asking/link.js"
import { element, wordButton } from "../shared/element.js"
import { withReader } from "../state/state.js"
import { choice, layerToggles, menu, quantityToggles } from "./menu.js"
import { textBox } from "./text_box.js"

// How large is the LSTM? Sliders for its dimensions, its directions, and the seed of its random weights.

// A slider ends here until a larger number is typed beside it, so that most of it is for the lesson's small numbers.
const REACH = 64

/**
 * The place, in a list of sizes, of the one that is nearest to a number by their ratio.
 *
 * @param {number[]} sizes @param {number} number
 */
export function nearestSize(sizes, number) {
    const far = (/** @type {number} */ size) => Math.abs(Math.log(size / number))
    return sizes.reduce((best, size, place) => (far(size) < far(sizes[best]) ? place : best), 0)
}

/**
 * A slider over all whole numbers, or over the sizes of which there is a trained model: then each is a tick.
 *
 * @param {Store} store
 * @param {string} name
 * @param {[number, number]} range
 * @param {(name: string, value: any) => void} set
 */
export function slider(store, name, [least, most], set) {
    /** @type {number[]} */
    let sizes = []
    const input = element("input", {
        type: "range",
        id: `gs-${name}`,
        step: 1,
        "aria-label": name,
        oninput: () => {
            store.set({ sliding: true })
            set(name, sizes.length ? `${sizes[+input.value]}` : input.value)
        },
        // After a key at once; after a drag where it ends.
        onchange: () => store.set({ sliding: false }),
        // A digit is typed into the number's box, which needs no Tab stop of its own then.
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
            if (!/^\d$/.test(event.key)) return
            number.focus()
            number.select()
        },
    })
    const about = { class: "gs-value", tabindex: -1, "aria-label": `${name} as a number` }
    const { input: number, show } = numberBox(store, name, [least, most], set, about, () => sizes)
    const ticks = element("div", { class: "gs-ticks", "aria-hidden": "true" })
    drawsAround(store, state => {
        // A trained model's own; without one the visitor chooses.
        const own = state.picture?.model.fixed[name]
        const value = own ?? state.source[name]
        if (value === undefined) return
        sizes = state.picture?.model.sizes[name] ?? []
        nameTicks(ticks, sizes.length ? sizes : endsOf([least, most], +value))
        // One place for each size: an arrow key moves by one trained size.
        const place = sizes.length ? nearestSize(sizes, +value) : +value
        const ends = sizes.length ? { min: 0, max: sizes.length - 1 } : { min: least, max: reachOf(most, +value) }
        Object.assign(input, { ...ends, value: place })
        if (sizes.length) input.setAttribute("aria-valuetext", `${sizes[place]}`)
        else input.removeAttribute("aria-valuetext")
        number.disabled = input.disabled = own !== undefined
        show(sizes[place] ?? value)
        root.classList.toggle("gs-fixed", own !== undefined)
    })
    const label = element("label", { for: input.id }, name)
    const root = element("div", { class: "gs-slider" }, label, input, number, ticks)
    return root
}

/**
 * A box for a whole number. One that is possible is read while it is typed; of another it is said, once it is typed,
 * what is drawn instead, and the box shows that.
 *
 * @param {Store} store @param {string} name @param {[number, number]} range
 * @param {(name: string, value: any) => void} set @param {Object<string, any>} about
 * @param {() => number[]} sizes the only ones, if there are some
 */
function numberBox(store, name, [least, most], set, about, sizes = () => []) {
    /** @type {string | number} */
    let drawn = ""
    const refuse = () => {
        const few = sizes().join(", ")
        const expected = few ? `it takes one of ${few}` : `it takes a whole number from ${least} to ${most}`
        const said = refusal(name, input.value || "…", { expected, instead: `${drawn}` })
        store.set({ refused: { of: store.state.source, said } })
    }
    const input = element("input", {
        type: "number",
        min: least,
        max: most,
        step: 1,
        ...about,
        oninput: () => {
            if (input.validity.valid && input.value !== "") set(name, `${+input.value}`)
        },
        onchange: () => {
            if (!input.validity.valid) refuse()
            input.value = `${drawn}`
        },
    })
    const show = (/** @type {string | number} */ value) => {
        drawn = value
        // Do not change a number while the visitor types it.
        if (input !== document.activeElement || input.disabled) input.value = `${value}`
    }
    return { input, show }
}

/** Calls `show` at once for another source, and after a new picture is painted. @param {Store} store
 * @param {(state: State) => void} show */
function drawsAround(store, show) {
    store.on(["source"], show)
    store.afterDrawn([], show)
}

/** Where the slider ends while it stands at a value. @param {number} most @param {number} value */
const reachOf = (most, value) => (value > REACH ? most : Math.min(most, REACH))

/** What stands under a slider over all whole numbers: its ends, and how to go beyond. @param {[number, number]} range
 * @param {number} value */
function endsOf([least, most], value) {
    const reach = reachOf(most, value)
    return reach < most ? [least, `type up to ${most}`, reach] : [least, reach]
}

/** Writes what stands under a slider, if it stands there not yet. @param {Element} ticks
 * @param {(string | number)[]} names */
function nameTicks(ticks, names) {
    if (ticks.textContent === names.join("")) return
    ticks.replaceChildren(...names.map(name => element("span", {}, `${name}`)))
}

/** A part of the page that says something of a picture, and is hidden where there is nothing to say.
 * @param {Store} store @param {Object<string, any>} about @param {(picture: Picture) => string} said */
export function saying(store, about, said) {
    const root = element("span", about)
    store.afterDrawn([], ({ picture }) => {
        root.textContent = said(picture)
        root.hidden = !root.textContent
    })
    return root
}

/** How often a trained model is right. @param {Store} store */
export const right = store => saying(store, { class: "gs-right", "aria-live": "polite" }, ({ model }) => model.right)

/** A control that is there for some pictures alone. @param {Store} store @param {any} root
 * @param {(picture: Picture) => boolean} isThere */
function forSome(store, root, isThere) {
    store.afterDrawn([], ({ picture }) => {
        root.hidden = !isThere(picture)
    })
    return root
}

/** @param {Store} store @param {(name: string, value: any) => void} set */
function directions(store, set) {
    const input = element("input", { type: "checkbox", onchange: () => set("directions", input.checked ? 2 : 1) })
    const root = element("label", { class: "gs-check" }, input, "both directions")
    drawsAround(store, ({ source }) => {
        input.checked = +source.directions === 2
    })
    return forSome(store, root, ({ model }) => model.fixed.directions === undefined)
}

/** @param {Store} store @param {[number, number]} range @param {(name: string, value: any) => void} set */
export function seedBox(store, range, set) {
    const { input, show } = numberBox(store, "seed", range, set, { id: "gs-seed", "aria-label": "seed" })
    const box = element("div", { class: "gs-choice" }, element("label", { for: input.id }, "seed"), input)
    drawsAround(store, ({ source }) => show(source.seed ?? ""))
    return forSome(store, box, ({ model }) => !model.trained)
}

// Are many units shown, or the few that matter? One button says which, and shows the others.

// Pixels above the strips in which all of it has room; above numbered steps there are fewer.
const WHOLE = 58

/** Whether some of many units are asked for. @param {State} state */
const showsFew = ({ shown }) => shown.top !== "all"

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

// What can a visitor change? The model, the text and the dimensions; and under *View* what is needed more seldom.

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
        forSome(store, choice(store, "top", "Units", choices.top, show), ({ few }) => !!few),
        choice(store, "rows", "Order units by", choices.rows, show),
        choice(store, "colours", "Colours", choices.colours, show),
        // A trained model reads what it reads.
        forSome(store, choice(store, "tokens", "Read as", choices.tokens, by), ({ model }) => !model.trained),
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
