/** What chooses the part of the lesson, and what it reads? Controls that say which of their values is shown. */

import { segments } from "../controls/menu.js"
import { element, wordButton } from "../shared/element.js"
import { PARTS } from "./parts.js"
import { SYMBOLS } from "./runs.js"

/** @typedef {(change: Object<string, any>) => void} Choose */
/** @typedef {{root: HTMLElement, show: (view: any) => void}} Control */

/** One of a few that stand side by side. @param {string} name @param {string} title @param {string[][]} options
 * each value and what it is called @param {Choose} choose @returns {Control} */
function oneOf(name, title, options, choose) {
    const all = options.map(([value, says = value]) => ({ value, says }))
    const { inputs, root } = segments(name, title, all, value => choose({ [name]: value }))
    const show = (/** @type {any} */ view) => {
        for (const input of inputs) input.checked = input.value === `${view[name]}`
    }
    return { root: element("div", { class: "gs-choice" }, element("span", {}, title), root), show }
}

/** A slider over whole numbers. A larger number from another page stays until the slider is moved. @param {string} name
 * @param {[number, number]} range @param {Choose} choose @returns {Control} */
function slider(name, [min, max], choose, title = name) {
    const number = element("b", { "aria-hidden": true })
    const input = element("input", {
        type: "range",
        min,
        max,
        "aria-label": title,
        oninput: () => choose({ [name]: +input.value }),
    })
    const show = (/** @type {any} */ view) => {
        number.textContent = `${Math.min(max, view[name])}`
        input.value = `${view[name]}`
    }
    const label = element("span", {}, title)
    const ends = element(
        "div",
        { class: "gs-ticks", "aria-hidden": true },
        element("span", {}, `${min}`),
        element("span", {}, `${max}`),
    )
    return { root: element("div", { class: "gs-slider" }, label, number, input, ends), show }
}

/** @param {string} name @param {Object<string, any>} about @param {(input: HTMLInputElement) => any} read undefined: not
 * possible @param {Choose} choose @returns {Control} */
function box(name, about, read, choose, title = name) {
    const input = element("input", {
        ...about,
        "aria-label": title,
        oninput: () => {
            const value = read(input)
            if (value !== undefined) choose({ [name]: value })
        },
    })
    const show = (/** @type {any} */ view) => {
        if (about.type === "checkbox") input.checked = view[name]
        else if (input !== document.activeElement || read(input) !== undefined) input.value = `${view[name]}`
    }
    return {
        root: element("label", { class: about.type === "checkbox" ? "gs-check" : "gs-choice" }, title, input),
        show,
    }
}

/** What a part reads. @param {any} view @param {Wire.LessonMessage["ranges"]} ranges @param {Choose} choose */
function controlsOf({ part, inputs, cells }, ranges, choose) {
    const learned = part === 5 && cells !== "random"
    const drawn = part === 3 && inputs === "random"
    const number = (/** @type {HTMLInputElement} */ input) =>
        input.validity.valid && input.value !== "" ? +input.value : undefined
    const [least, most] = ranges.seed
    const lesson = "Start all three from the same (h0, c0)"
    const why = "The lesson draws a new (h0, c0) before it reads all at once."
    const epochs = [["random", "none"], ["10"], ["50"]]
    const all = [
        part === 5 && oneOf("cells", "Epochs trained on copy", epochs, choose),
        part === 3 && oneOf("inputs", "Inputs", [["words"], ["random"]], choose),
        ...(drawn
            ? [
                  slider("seq_len", ranges.seq_len, choose),
                  box("same_start", { type: "checkbox", title: why }, input => input.checked, choose, lesson),
              ]
            : []),
        !learned &&
            !drawn &&
            box("sentence", { type: "text", spellcheck: "false" }, input => input.value, choose, "Sentence"),
        ...(learned
            ? [
                  oneOf(
                      "first",
                      "First symbol",
                      SYMBOLS.map(symbol => [symbol]),
                      choose,
                  ),
                  slider("gap", ranges.gap, choose, "Dots between the symbol and the question"),
                  slider("trained_seed", ranges.trained_seed, choose, "Trained from seed"),
              ]
            : [slider("input_dim", ranges.input_dim, choose), slider("hidden_dim", ranges.hidden_dim, choose)]),
        // The fourth part's LSTM is trained.
        !learned && part !== 4 && box("seed", { type: "number", min: least, max: most, step: 1 }, number, choose),
    ]
    return /** @type {Control[]} */ (all.filter(Boolean))
}

export class Rail {
    #kind = ""
    /** @type {Control[]} */
    #controls = []
    #choices = element("div", { class: "gs-lesson-choices" })
    #count = element("span", {})

    /** @param {Wire.LessonMessage["ranges"]} ranges @param {Choose} choose @param {() => void} toMemory */
    constructor(ranges, choose, toMemory) {
        this.ranges = ranges
        this.choose = choose
        this.parts = PARTS.map(([name, subject], at) => {
            const title = `${at + 1}. ${name}`
            const input = element("input", {
                type: "radio",
                name: "gs-part",
                "aria-label": title,
                onchange: () => this.#turn(at + 1),
            })
            return {
                input,
                root: element("label", {}, input, element("span", {}, title, element("small", {}, subject))),
            }
        })
        this.back = wordButton("Back", () => this.#turn(this.part - 1))
        this.next = wordButton("Next", () => this.#turn(this.part + 1), { class: "gs-button gs-first" })
        this.memory = wordButton("→ See this cell on Memory", toMemory, {
            "aria-label": "See this cell on Memory",
            hidden: true,
        })
        const list = element(
            "div",
            { role: "radiogroup", "aria-label": "Part of the lesson" },
            ...this.parts.map(({ root }) => root),
        )
        const turn = element("div", { class: "gs-lesson-turn" }, this.back, this.#count, this.next)
        this.root = element("div", { class: "gs-lesson-rail" }, list, turn, this.#choices, this.memory)
        this.part = 1
    }

    /** Another part begins at its head, wherever the one before was left. @param {number} part */
    #turn(part) {
        this.choose({ part })
        for (const page of [this.root.closest(".stMain"), document.documentElement]) if (page) page.scrollTop = 0
    }

    /** @param {any} view */
    show(view) {
        this.part = view.part
        for (const [at, { input }] of this.parts.entries()) input.checked = at + 1 === view.part
        this.#count.textContent = `${view.part} of ${PARTS.length}`
        this.back.disabled = view.part === 1
        this.next.disabled = view.part === PARTS.length
        const kind = `${view.part} ${view.inputs} ${view.cells === "random"}`
        if (kind !== this.#kind) {
            this.#controls = controlsOf(view, this.ranges, this.choose)
            this.#choices.replaceChildren(...this.#controls.map(({ root }) => root))
        }
        this.#kind = kind
        for (const control of this.#controls) control.show(view)
    }
}
