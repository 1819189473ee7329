/** What a person can change: the model, its dimensions, the sentence and how it is read and coloured. */

import { element } from "./dom.js"

const SLIDERS = { input_dim: [1, 64], hidden_dim: [1, 64], n_layers: [1, 4] }

const EXAMPLES = {
    "Giraffes in a field": "Giraffes in a field",
    "a word that comes twice": "The cat the dog chased ran away",
    "nested clauses": "The rat that the cat that the dog chased bit died",
    "a long one": "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of " +
        "foolishness, it was the epoch of belief, it was the epoch of incredulity",
}

/** The controls, and how they are read and set: {model, sentence, side, values, set}. */
export function controls(onChange) {
    const fields = {}

    function slider(name, [least, most]) {
        const shown = element("output", { class: "gs-value", "aria-hidden": "true" })
        const input = element("input", {
            type: "range", id: `gs-${name}`, min: least, max: most, step: 1, "aria-label": name,
            oninput: () => { shown.textContent = input.value; onChange() },
        })
        fields[name] = { get: () => input.value, set: value => { input.value = value; shown.textContent = value } }
        return element("div", { class: "gs-slider" }, element("label", { for: input.id }, name), shown, input)
    }

    function choice(name, label, options) {
        const select = element("select", { id: `gs-${name}`, "aria-label": label, onchange: onChange })
        for (const [value, text] of Object.entries(options)) select.append(element("option", { value }, text))
        fields[name] = { get: () => select.value, set: value => { select.value = value } }
        return element("div", { class: "gs-choice" }, element("label", { for: select.id }, label), select)
    }

    function seedBox() {
        const input = element("input", {
            type: "number", id: "gs-seed", min: 0, max: 999999, step: 1, "aria-label": "seed", oninput: onChange,
        })
        fields.seed = { get: () => input.value, set: value => { input.value = value } }
        return element("div", { class: "gs-choice" }, element("label", { for: input.id }, "seed"), input)
    }

    function sentenceBox() {
        const box = element("textarea", {
            id: "gs-sentence", rows: 1, spellcheck: "false", autocomplete: "off", "aria-label": "Sentence",
            oninput: () => { fit(); onChange() },
            // A sentence is one line to most people; a text of several lines takes Shift + Enter.
            onkeydown: event => { if (event.key === "Enter" && !event.shiftKey) event.preventDefault() },
        })
        const fit = () => {
            box.style.height = "auto"
            box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`
        }
        fields.sentence = { get: () => box.value, set: value => { box.value = value; requestAnimationFrame(fit) } }
        const chips = Object.entries(EXAMPLES).map(([name, sentence]) => element("button", {
            type: "button", class: "gs-chip", onclick: () => { fields.sentence.set(sentence); onChange() },
        }, name))
        return element("div", { class: "gs-sentence" }, box,
            element("div", { class: "gs-chips", role: "group", "aria-label": "Examples" }, ...chips))
    }

    return {
        model: choice("model", "Model", { random: "Random (untrained)" }),
        sentence: sentenceBox(),
        side: element("div", { class: "gs-side" },
            ...Object.entries(SLIDERS).map(([name, range]) => slider(name, range)),
            seedBox(),
            choice("tokens", "Read as", { words: "words", characters: "characters" }),
            choice("colours", "Colours", {
                teal: "teal, blue to red", purple: "purple, green to brown", grey: "greys, for print",
            })),
        values: () => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.get()])),
        set: view => { for (const [name, field] of Object.entries(fields)) field.set(view[name]) },
    }
}
