/**
 * What happens now, and what would this cell do otherwise? Hold a gate, or leave a word out: picture, answers and
 * sentences change at once.
 */

import { KINDS, kindShown } from "../kinds.js"
import { element, wordButton } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { changes } from "../shared/page.js"
import {
    heldNow,
    holding,
    holdsOf,
    isHeld,
    isLeftOut,
    targetInWords,
    undone,
    withHold,
    withoutHold,
    withoutWord,
} from "../state/holds.js"
import { pinOf } from "../state/link.js"
import { looked, pinned, termsOf } from "../state/state.js"
import { arithmeticOf, story } from "./cell_words.js"

// What is held, and which answers does it change, in words?

// The most answers that are named.
const NAMED = 4
// The change of a probability that is said where no answer changes.
const MOVED = 0.02

/**
 * The answer that stays the same and whose probability moves most, in words; "" if none moves by MOVED.
 *
 * @param {Held} held @param {Columns} columns
 */
function mostMoved({ before, after, sure_before, sure_after }, columns) {
    const [was, is] = [sure_before, sure_after].map(all => all.map(sure => sure ?? 0))
    const moves = before.map((label, k) => (label === after[k] ? Math.abs(is[k] - was[k]) : 0))
    const most = moves.indexOf(Math.max(...moves))
    if (!(moves[most] >= MOVED)) return ""
    const answer = `${columns.quoted(columns.step(most))} ${before[most]}`
    return ` (${answer} ${fixed(was[most], 2)} → ${fixed(is[most], 2)})`
}

/**
 * The answers that change, the original ones struck through; a word that is left out has no other one.
 *
 * @param {Picture} picture
 */
export function answersChanged(picture) {
    const { held, columns } = picture
    if (!held?.before.length) return []
    const isOut = (/** @type {number} */ step) => isLeftOut(held.holds, step)
    const changed = held.before
        .map((was, column) => ({ step: columns.step(column), was, is: held.after[column] ?? "" }))
        .filter(({ was, is }) => was !== is)
    const moved = () => mostMoved(held, columns)
    if (!changed.length) return [`No answer changes${moved()}.`]
    const others = changed.some(({ step }) => !isOut(step)) ? "" : `; no other answer changes${moved()}`
    const more = changed.length > NAMED ? [` and ${changed.length - NAMED} more`] : []
    const named = changed
        .slice(0, NAMED)
        .flatMap(({ step, was, is }, n) => [
            `${n ? ", " : ""}${columns.quoted(step)} `,
            element("s", {}, was || "nothing"),
            ...(isOut(step) ? [] : [" ", element("b", {}, is || "nothing")]),
        ])
    return [...named, ...more, `${others}.`]
}

/** What is held and what that changes, as parts of a sentence; none while nothing is held. @param {Drawn} state */
function heldNowInWords(state) {
    const { held, columns } = state.picture
    if (!held || !heldNow(state)) return []
    const { gates, without } = holdsOf(held.holds)
    const word = (/** @type {number} */ step) => columns.quoted(step)
    const said = [
        ...gates.map(hold => `${targetInWords(hold, word)} is held at ${fixed(hold.value, 2).replace(/\.?0+$/, "")}`),
        ...without.map(step => `${word(step)} is left out`),
    ]
    return [`${said.join(", ")}. `, ...answersChanged(state.picture)]
}

// What happens now? One sentence under the words: this step's, or what is held and what that changes.

/** A part of a sentence as it is drawn: a symbol as the key that writes it. @param {import("./cell_words.js").Part} part */
export function drawnPart(part) {
    if (typeof part === "string") return part
    return "b" in part ? element("b", {}, part.b) : element("kbd", { class: "gs-key" }, part.key)
}

/** @param {Store} store */
export function storyLine(store) {
    const now = element("span", { class: "gs-story-now" })
    const changed = element("span", { role: "status" })
    const undo = wordButton("Undo", () => store.set(undone(store.state)), { title: "Escape" })
    const root = element("div", { class: "gs-story", hidden: true }, now, changed, undo)
    store.afterDrawn(["holds", "source"], state => {
        const said = heldNowInWords(state)
        const isHeld = said.length > 0
        root.classList.toggle("gs-holds-now", isHeld)
        undo.hidden = changed.hidden = !isHeld
        now.hidden = isHeld
        changed.replaceChildren(...said)
    })
    const isNew = changes()
    store.afterDrawn(["pin", "hover", "time", "terms"], state => {
        const cell = looked(state)
        if (!isNew(state.picture, cell && pinOf(cell), !!state.pin, termsOf(state))) return
        root.hidden = !cell
        if (!cell) return
        const parts = story(state.picture, cell, arithmeticOf(state, cell))
        now.replaceChildren(...parts.map(drawnPart))
    })
    return root
}

// What would this cell do otherwise? Hold a gate, or leave a word out: picture and answers change at once.

/** @typedef {import("./cell_drawing.js").Hands} Hands */

export class ChangeIt {
    /** The cell whose gates are held. @type {Cell | null} */
    #cell = null
    /** @type {{gate: string, value: number, button: Element}[]} */
    gates = []
    /** @type {import("../kinds.js").ShownKind | null} */
    #kind = null

    /** @param {Store} store */
    constructor(store) {
        this.store = store
        this.word = toggle("", () => this.#set(withoutWord(this.#now, /** @type {Cell} */ (this.#cell).step)))
        this.step = this.#scope("everyStep", "At which steps?")
        this.unit = this.#scope("everyUnit", "In which units?")
        this.offered = element("div", { class: "gs-holds" })
        this.#offer(KINDS.LSTM)
        this.everywhere = toggle("everywhere", () => {
            const here = this.everywhere.getAttribute("aria-pressed") === "true"
            this.store.set({ scope: { everyStep: !here, everyUnit: !here } })
        })
        const where = element("div", { class: "gs-holds" }, "in", this.unit, "at", this.step, this.everywhere)
        const title = element("h3", { id: "gs-change" }, "Change it and watch")
        this.said = element("p", { class: "gs-changed" })
        this.root = element(
            "div",
            { class: "gs-change", role: "group", "aria-labelledby": "gs-change" },
            title,
            this.offered,
            where,
            this.said,
        )
    }

    /** Holds a gate of the cell; the drawing calls it while one is dragged. @type {Hands["hold"]} */
    hold = (gate, value) => {
        if (this.#cell) this.#set(withHold(this.#now, { ...this.#target(gate), value }))
    }

    /** Lets a gate go. @type {Hands["letGo"]} */
    letGo = gate => {
        if (this.#cell) this.#set(withoutHold(this.#now, this.#target(gate)))
    }

    /** @param {Drawn} state @param {Cell} cell */
    show(state, cell) {
        const { columns } = state.picture
        this.#cell = cell
        this.#offer(kindShown(state.picture))
        this.root.hidden = columns.per > 1
        const text = heldNow(state)
        const word = columns.quoted(cell.step)
        for (const { gate, value, button } of this.gates) press(button, isHeld(text, { ...this.#target(gate), value }))
        this.word.textContent = `without ${word}`
        press(this.word, isLeftOut(text, cell.step))
        const { everyStep, everyUnit } = state.scope
        choose(this.step, [word, "every step"], everyStep)
        choose(this.unit, [`unit ${cell.unit}`, "all units"], everyUnit)
        press(this.everywhere, everyStep && everyUnit)
        // The line under the words may be out of sight here.
        const changed = heldNowInWords(state)
        this.said.classList.toggle("gs-changed-now", changed.length > 0)
        this.said.replaceChildren(...(changed.length ? changed : ["Or drag a gate in the drawing."]))
    }

    /** Offers the gates of a kind of cell. @param {import("../kinds.js").ShownKind} kind */
    #offer(kind) {
        if (kind === this.#kind) return
        this.#kind = kind
        this.gates = Object.entries(kind.offered).flatMap(([gate, values]) =>
            values.map(value => ({ gate, value, button: this.#gateButton(gate, value) })),
        )
        this.offered.replaceChildren(...this.gates.map(({ button }) => button), this.word)
    }

    get #now() {
        return heldNow(this.store.state)
    }

    /** The cell is pinned in the same move: after it another cell may be the most telling one. @param {string} text */
    #set(text) {
        const { drawn } = this.store
        this.store.set({ ...pinned(drawn, this.#cell), ...holding(drawn, text) })
    }

    /** @param {string} gate */
    #target(gate) {
        const { everyStep, everyUnit } = this.store.state.scope
        const { layer, direction, unit, step } = /** @type {Cell} */ (this.#cell)
        return { gate, layer, direction, units: everyUnit ? null : [unit], steps: everyStep ? null : [step] }
    }

    /** @param {string} gate @param {number} value */
    #gateButton(gate, value) {
        return toggle(`${gate} → ${value}`, () => {
            const isOn = isHeld(this.#now, { ...this.#target(gate), value })
            if (isOn) this.letGo(gate)
            else this.hold(gate, value)
        })
    }

    /** @param {keyof Drawn["scope"]} name @param {string} label */
    #scope(name, label) {
        const select = element("select", {
            "aria-label": label,
            onchange: () => {
                const { scope } = this.store.state
                this.store.set({ scope: { ...scope, [name]: select.selectedIndex === 1 } })
            },
        })
        select.append(element("option", {}), element("option", {}))
        return select
    }
}

/** @param {string} text @param {() => void} onclick */
const toggle = (text, onclick) => wordButton(text, onclick, { class: "gs-button gs-hold", "aria-pressed": false })

/** @param {Element} button @param {boolean} isOn */
const press = (button, isOn) => button.setAttribute("aria-pressed", `${isOn}`)

/** @param {HTMLSelectElement} select @param {string[]} names @param {boolean} isSecond */
function choose(select, names, isSecond) {
    names.forEach((name, k) => {
        if (select.options[k].textContent !== name) select.options[k].textContent = name
    })
    select.selectedIndex = isSecond ? 1 : 0
}
