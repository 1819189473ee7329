/** What chooses the part of the lesson, and what it reads? Controls that say which of their values is shown. */

import { segments } from "../controls/menu.js"
import { element, wordButton } from "../shared/element.js"
import { PARTS } from "./parts.js"
import { SYMBOLS } from "./runs.js"

/** @typedef {(change: Object<string, any>) => void} Choose */
/** @typedef {{root: HTMLElement, show: (view: any) => void}} Control */

// When a part reads what the copies were trained on, or random inputs.
const learned = (/** @type {any} */ { part, cells }) => part === 5 && cells !== "random"
const drawn = (/** @type {any} */ { part, inputs }) => part === 3 && inputs === "random"
const words = (/** @type {any} */ view) => !learned(view) && !drawn(view)

/**
 * What can be chosen, and where. `options`: of these one, each a value and what it is called; `type`: of a box; else a
 * slider.
 *
 * @typedef {{name: string, title?: string, options?: string[][], type?: string, why?: string,
 *     on: (view: any) => boolean}} About
 * @type {About[]}
 */
const CONTROLS = [
    { name: "cells", title: "Epochs trained on copy", options: [["random", "none"], ["10"], ["50"]], on: isPart(5) },
    { name: "inputs", title: "Inputs", options: [["words"], ["random"]], on: isPart(3) },
    { name: "seq_len", on: drawn },
    {
        ...{ name: "same_start", title: "Start all three from the same (h0, c0)", type: "checkbox", on: drawn },
        why: "The lesson draws a new (h0, c0) before it reads all at once.",
    },
    { name: "sentence", title: "Sentence", type: "text", on: words },
    { name: "first", title: "First symbol", options: SYMBOLS.map(symbol => [symbol]), on: learned },
    { name: "gap", title: "Dots between the symbol and the question", on: learned },
    { name: "trained_seed", title: "Trained from seed", on: learned },
    { name: "input_dim", on: view => !learned(view) },
    { name: "hidden_dim", on: view => !learned(view) },
    // The fourth part's LSTM is trained.
    { name: "seed", type: "number", on: view => !learned(view) && view.part !== 4 },
]

/** @param {number} number @returns {About["on"]} */
function isPart(number) {
    return ({ part }) => part === number
}

/** One of a few that stand side by side. @param {About} about @param {Choose} choose @returns {Control} */
function oneOf({ name, title = name, options = [] }, choose) {
    const all = options.map(([value, says = value]) => ({ value, says }))
    const { inputs, root } = segments(name, title, all, value => choose({ [name]: value }))
    const show = (/** @type {any} */ view) => {
        for (const input of inputs) input.checked = input.value === `${view[name]}`
    }
    return { root: element("div", { class: "gs-choice" }, element("span", {}, title), root), show }
}

/** A slider over whole numbers, or a box; of a number that is not possible nothing is told. A larger number from another
 * page stays until its slider is moved. @param {About} about @param {Choose} choose @param {[number, number]} [range]
 * @returns {Control} */
function input({ name, title = name, type = "range", why }, choose, [min, max] = [0, 0]) {
    const [isCheck, isText, isSlider] = ["checkbox", "text", "range"].map(one => one === type)
    const isPossible = () => type !== "number" || (input.validity.valid && input.value !== "")
    const value = () => (isCheck ? input.checked : isText ? input.value : +input.value)
    const oninput = () => isPossible() && choose({ [name]: value() })
    const about = isCheck || isText ? { spellcheck: "false", title: why } : { min, max, step: 1 }
    const input = element("input", { type, ...about, "aria-label": title, oninput })
    const number = element("b", { "aria-hidden": true })
    const show = (/** @type {any} */ view) => {
        number.textContent = `${Math.min(max, view[name])}`
        if (isCheck) input.checked = view[name]
        else if (input !== document.activeElement || isPossible()) input.value = `${view[name]}`
    }
    if (!isSlider) return { root: element("label", { class: isCheck ? "gs-check" : "gs-choice" }, title, input), show }
    const ends = [min, max].map(end => element("span", {}, `${end}`))
    const ticks = element("div", { class: "gs-ticks", "aria-hidden": true }, ...ends)
    return { root: element("div", { class: "gs-slider" }, element("span", {}, title), number, input, ticks), show }
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
            const onchange = () => this.#turn(at + 1)
            const input = element("input", { type: "radio", name: "gs-part", "aria-label": title, onchange })
            const says = element("span", {}, title, element("small", {}, subject))
            return { input, root: element("label", {}, input, says) }
        })
        this.back = wordButton("Back", () => this.#turn(this.part - 1))
        this.next = wordButton("Next", () => this.#turn(this.part + 1), { class: "gs-button gs-first" })
        const name = "See this cell on Memory"
        this.memory = wordButton(`→ ${name}`, toMemory, { "aria-label": name, hidden: true })
        const about = { role: "radiogroup", "aria-label": "Part of the lesson" }
        const list = element("div", about, ...this.parts.map(({ root }) => root))
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
            this.#controls = CONTROLS.filter(({ on }) => on(view)).map(about => {
                return (about.options ? oneOf : input)(about, this.choose, this.ranges[about.name])
            })
            this.#choices.replaceChildren(...this.#controls.map(({ root }) => root))
        }
        this.#kind = kind
        for (const control of this.#controls) control.show(view)
    }
}
