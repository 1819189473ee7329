/** What would this cell do otherwise? Hold a gate, or leave a word out: picture and answers change at once. */

import { element, wordButton } from "../shared/element.js"
import { heldNow, holding, isHeld, isLeftOut, withHold, withoutHold, withoutWord } from "../state/holds.js"
import { pinned } from "../state/state.js"
import { heldNowInWords } from "./held_words.js"

/** @typedef {import("./cell_gate.js").Hands} Hands */

/** By kind of cell, the values of each gate. @type {Record<string, Record<string, number[]>>} */
const OFFERED = {
    lstm: { f: [0, 1], i: [0, 1], o: [0], c: [0] },
    gru: { z: [0, 1], r: [0, 1], h: [0] },
    rnn: { h: [0] },
}

export class ChangeIt {
    /** The cell whose gates are held. @type {Cell | null} */
    #cell = null
    /** @type {{gate: string, value: number, button: Element}[]} */
    gates = []
    kind = ""

    /** @param {Store} store */
    constructor(store) {
        this.store = store
        this.word = toggle("", () => this.#set(withoutWord(this.#now, /** @type {Cell} */ (this.#cell).step)))
        this.step = this.#scope("everyStep", "At which steps?")
        this.unit = this.#scope("everyUnit", "In which units?")
        this.offered = element("div", { class: "gs-holds" })
        this.#offer("lstm")
        const where = element("div", { class: "gs-holds" }, "in", this.unit, "at", this.step)
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
        const { columns, kind = "lstm" } = state.picture
        this.#cell = cell
        this.#offer(kind)
        this.root.hidden = columns.per > 1
        const text = heldNow(state)
        const word = columns.quoted(cell.step)
        for (const { gate, value, button } of this.gates) press(button, isHeld(text, { ...this.#target(gate), value }))
        this.word.textContent = `without ${word}`
        press(this.word, isLeftOut(text, cell.step))
        const { everyStep, everyUnit } = state.scope
        choose(this.step, [word, "every step"], everyStep)
        choose(this.unit, [`unit ${cell.unit}`, "all units"], everyUnit)
        // The line under the words may be out of sight here.
        const changed = heldNowInWords(state)
        this.said.classList.toggle("gs-changed-now", changed.length > 0)
        this.said.replaceChildren(...(changed.length ? changed : ["Or drag a gate in the drawing."]))
    }

    /** Offers the gates of a kind of cell. @param {string} kind */
    #offer(kind) {
        if (kind === this.kind) return
        this.kind = kind
        this.gates = Object.entries(OFFERED[kind]).flatMap(([gate, values]) =>
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
