/** What a person can change: the model, its dimensions, the text and how it is read, and what is shown of it. */

import { element } from "./dom.js"

// A slider reaches so far until more is typed beside it: most of its way is for the lesson's small numbers.
const REACH = 64
// A pasted text longer than this is read as a file is.
const LONG = 20_000

/**
 * The controls, and how they are read and set: {model, sentence, side, values, set, follow}.
 * `ranges` and `choices` say what there is to choose; `send(file)` gives a file to the server and answers its key.
 */
export function controls({ ranges, choices }, onChange, send) {
    const fields = {}
    // What is done when a picture arrives.
    const follow = []

    /** A control of which some models have a value of their own, `its(model)`, else undefined: it can't be changed then,
     * and what a person chose comes back with the next model. */
    function field(name, input, get, show, its) {
        let wanted = get()
        fields[name] = {
            get: () => input.disabled ? wanted : get(),
            set: value => { wanted = value; if (!input.disabled) show(value) },
        }
        follow.push(({ model }) => {
            const own = its(model)
            if (!input.disabled && own !== undefined) wanted = get()
            if (input.disabled || own !== undefined) show(own ?? wanted)
            input.disabled = own !== undefined
        })
    }

    function slider(name) {
        const [least, most] = ranges[name]
        const input = element("input", {
            type: "range", id: `gs-${name}`, min: least, max: Math.min(most, REACH), step: 1, "aria-label": name,
            oninput: () => { number.value = input.value; onChange() },
        })
        const number = element("input", {
            type: "number", class: "gs-value", min: least, max: most, "aria-label": `${name} as a number`,
            oninput: () => {
                if (!number.validity.valid || number.value === "") return
                show(number.value)
                onChange()
            },
        })
        const show = value => {
            input.max = value > REACH ? most : Math.min(most, REACH)
            input.value = value
        }
        const set = value => { show(value); number.value = value }
        field(name, input, () => input.value, set, ({ fixed }) => fixed[name])
        follow.push(() => { number.disabled = input.disabled })
        return element("div", { class: "gs-slider" }, element("label", { for: input.id }, name), input, number)
    }

    function choice(name, label) {
        const select = element("select", { id: `gs-${name}`, "aria-label": label, onchange: onChange })
        const offer = (value, text) => select.append(element("option", { value }, text))
        for (const [value, text] of Object.entries(choices[name])) offer(value, text)
        const show = value => {
            // A link may ask for a model that somebody else has opened.
            if (![...select.options].some(option => option.value === value)) offer(value, "a model of this link")
            select.value = value
        }
        const its = ({ trained, reads }) =>
            name !== "tokens" || !trained ? undefined : reads in choices.tokens ? reads : "characters"
        field(name, select, () => select.value, show, its)
        return element("div", { class: "gs-choice" }, element("label", { for: select.id }, label), select)
    }

    function seedBox() {
        const [least, most] = ranges.seed
        const input = element("input", {
            type: "number", id: "gs-seed", min: least, max: most, step: 1, "aria-label": "seed", oninput: onChange,
        })
        follow.push(({ model: { trained } }) => { input.disabled = !!trained })
        fields.seed = { get: () => input.value, set: value => { input.value = value } }
        return element("div", { class: "gs-choice" }, element("label", { for: input.id }, "seed"), input)
    }

    function directions() {
        const input = element("input", { type: "checkbox", onchange: onChange })
        const set = value => { input.checked = +value === 2 }
        field("directions", input, () => input.checked ? 2 : 1, set, ({ fixed }) => fixed.directions)
        return element("label", { class: "gs-check" }, input, "both directions")
    }

    /** Buttons that are on or off, one a letter; the last one that is on stays on. */
    function toggles(name, label, letters, all) {
        const buttons = [...letters].map(letter => element("button", {
            type: "button", class: "gs-button gs-toggle", "aria-pressed": true, "aria-label": `${label} ${letter}`,
            onclick: event => {
                const button = event.currentTarget, others = buttons.some(b => b !== button && !b.hidden && pressed(b))
                button.setAttribute("aria-pressed", !pressed(button) || !others)
                onChange()
            },
        }, letter))
        const pressed = button => button.getAttribute("aria-pressed") === "true"
        const set = wanted => buttons.forEach((b, k) => b.setAttribute("aria-pressed", !wanted || wanted.includes(letters[k])))
        fields[name] = {
            get: () => buttons.every(b => b.hidden || pressed(b)) ? all : [...letters].filter((_, k) => pressed(buttons[k])).join(""),
            set,
        }
        return { group: element("div", { class: "gs-toggles", role: "group", "aria-label": `${label}s` }, ...buttons), buttons, set }
    }

    function shown() {
        const quantities = toggles("quantities", "quantity", "figcoh", "figcoh")
        const layers = toggles("layers", "layer", "0123", "")
        const only = element("button", {
            type: "button", class: "gs-button", onclick: () => {
                quantities.set(fields.quantities.get() === "c" ? "figcoh" : "c")
                onChange()
            },
        }, "c only")
        follow.push(({ model: { layers: count } }) => {
            layers.buttons.forEach((button, k) => { button.hidden = k >= count })
            layers.row.hidden = count < 2
            only.setAttribute("aria-pressed", fields.quantities.get() === "c")
        })
        layers.row = element("div", { class: "gs-choice", hidden: true }, "Layers", layers.group)
        return [element("div", { class: "gs-choice" }, element("div", { class: "gs-shown" }, "Show", only), quantities.group), layers.row]
    }

    function textBox() {
        const box = element("textarea", {
            id: "gs-sentence", rows: 1, spellcheck: "false", autocomplete: "off", "aria-label": "Sentence",
            oninput: () => { fit(); onChange() },
            // A sentence is one line to most people; a text of several lines takes Shift + Enter.
            onkeydown: event => { if (event.key === "Enter" && !event.shiftKey) event.preventDefault() },
            onpaste: event => {
                const text = event.clipboardData.getData("text")
                if (text.length <= LONG) return
                event.preventDefault()
                open(new File([text], "pasted text"))
            },
        })
        const fit = () => {
            box.style.height = "auto"
            box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`
        }
        fields.sentence = { get: () => box.value, set: value => { box.value = value; requestAnimationFrame(fit) } }
        let texts = {}
        const use = text => { close(); fields.sentence.set(text); onChange() }
        const chips = element("div", { class: "gs-chips", role: "group", "aria-label": "Examples" })
        follow.push(({ examples }) => {
            if (JSON.stringify(examples) === JSON.stringify(texts)) return
            // Another model reads other texts: an example of the last one gives way to one of its own.
            const left = Object.values(texts).includes(box.value) && !Object.values(examples).includes(box.value)
            texts = examples
            for (const chip of chips.querySelectorAll("button:not(.gs-tour-opener)")) chip.remove()
            chips.prepend(...Object.entries(texts).map(([name, text]) => element("button", {
                type: "button", class: "gs-chip", onclick: () => use(text),
            }, name)))
            if (left) use(Object.values(texts)[0])
        })

        let key = ""
        const name = element("span", {})
        const opened = element("div", { class: "gs-file", hidden: true }, name, element("button", {
            type: "button", class: "gs-button", "aria-label": "Close the file", onclick: () => { close(); onChange() },
        }, "×"))
        const close = () => { fields.file.set("") }
        const open = async file => {
            const sent = await send(file)
            if (!sent) return
            name.textContent = file.name
            fields.file.set(sent)
            onChange()
        }
        fields.file = { get: () => key, set: value => { key = value; opened.hidden = !key; box.hidden = !!key } }
        follow.push(({ file }) => { name.textContent = file || "" })
        const chooser = element("input", {
            type: "file", "aria-label": "Open a file", class: "gs-unseen",
            onchange: () => { if (chooser.files[0]) open(chooser.files[0]); chooser.value = "" },
        })
        const area = element("div", {
            class: "gs-sentence",
            ondragover: event => event.preventDefault(),
            ondrop: event => {
                if (!event.dataTransfer.files[0]) return
                event.preventDefault()
                open(event.dataTransfer.files[0])
            },
        }, box, opened, chips)
        chips.append(element("label", { class: "gs-chip gs-open" }, "Open a file…", chooser))
        return area
    }

    const parts = {
        model: choice("model", "Model"),
        sentence: textBox(),
        side: element("div", { class: "gs-side" },
            ...["input_dim", "hidden_dim", "n_layers"].map(slider), directions(),
            seedBox(), choice("tokens", "Read as"), ...shown(), choice("rows", "Rows by"), choice("colours", "Colours")),
    }
    return {
        ...parts,
        values: () => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.get()])),
        /** Whether a person chose some of the quantities or layers. */
        get chooses() { return fields.quantities.get() !== "figcoh" || fields.layers.get() !== "" },
        set: view => { for (const [name, field] of Object.entries(fields)) field.set(view[name]) },
        /** A picture arrived: what hangs on it is shown. */
        follow: picture => { for (const part of follow) part(picture) },
    }
}
