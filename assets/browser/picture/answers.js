/** What does the model say at each word? A chip under the word, as strong as the model is sure. */

import { element } from "../shared/element.js"
import { place as put } from "../shared/pixels.js"
import { isLeftOut } from "../state/holds.js"
import { layersOf, now, readBy } from "../state/time.js"
import { between } from "./cover.js"

// From this probability on a chip is strong, with light letters; between the two no letters would be legible.
export const SURE = 0.6
// Pixels: of a letter of a chip, and of its sides and gaps.
const LETTER = 8.5
const AROUND = 24
// A column of fewer pixels has a chip without sides.
const TIGHT = 28

export class Answers {
    /** @param {(step: number) => void} onChoose gets the step of an answer that is clicked or entered */
    constructor(onChoose) {
        const choose = (/** @type {any} */ event) => {
            const chip = event.target.closest(".gs-answer")
            if (chip) onChoose(+chip.getAttribute("data-step"))
        }
        this.root = element("div", {
            ...{ class: "gs-answers", role: "group", "aria-label": "What the model says" },
            onclick: choose,
            onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event, choose),
        })
        /** @type {{column: number, says: string, chip: any}[]} */
        this.chips = []
    }

    /**
     * Writes the answers of a picture into the stack that they belong to.
     *
     * @param {Picture} picture @param {Painted} stack
     */
    draw({ answers, held, model: { means = {} } }, stack) {
        this.root.hidden = !answers
        const { level, shares } = answers ?? { level: true, shares: false }
        const all = saidAt({ answers, held }, stack.columns)
        const seen = all
            .map(one => ({ ...one, box: between(stack, one.column, one.column) }))
            .filter(({ box: [left, right] }) => right > left)
        // Chips are used again: most of a move changes none of them.
        this.chips = seen.map(({ said, column, before, box }, place) => ({
            column,
            ...this.#chip(place, said, { level, shares, before, box, means }),
        }))
        this.#reach(this.chips[0]?.chip)
        const unused = [...this.root.children].slice(seen.length)
        for (const chip of unused) chip.remove()
        if (!answers) return
        put(this.root, answers.place)
        if (this.root.parentNode !== stack.area) stack.area.append(this.root)
    }

    /**
     * The chip at a place of the row, made again only if it says something else than before.
     *
     * @param {number} place @param {Wire.StepAnswer} said
     * @param {{level: boolean, shares: boolean, before: string, box: number[], means: Record<string, string>}} how
     */
    #chip(place, said, { level, shares, before, box, means }) {
        const [left, right] = box
        const says = JSON.stringify([said, shares, level, before, left, right])
        const there = this.chips[place]
        if (there?.says === says) return there
        const chip = chipOf(said, shares)
        chip.setAttribute("role", "button")
        if (said.label in means) chip.title += `, ${means[said.label]}`
        if (before !== said.label) wasOnce(chip, before, right - left)
        chip.classList.toggle("gs-tight", right - left < TIGHT)
        chip.classList.toggle("gs-upright", !level && said.label.length > 1)
        put(chip, { left, width: right - left })
        if (there) there.chip.replaceWith(chip)
        else this.root.append(chip)
        return { says, chip }
    }

    /** All chips take one Tab stop. @param {any} reached */
    #reach(reached) {
        for (const { chip } of this.chips) chip.setAttribute("tabindex", chip === reached ? 0 : -1)
    }

    /** @param {KeyboardEvent} event @param {(event: KeyboardEvent) => void} choose */
    #key(event, choose) {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
        if (!by && event.key !== "Enter" && event.key !== " ") return
        // Space plays elsewhere.
        event.preventDefault()
        event.stopPropagation()
        if (!by) return choose(event)
        const next = this.chips[this.chips.findIndex(({ chip }) => chip === event.target) + by]?.chip
        if (!next) return
        this.#reach(next)
        next.focus()
    }

    /**
     * Hides the answers at words that are not read yet: the answer comes last, when every layer has read a word.
     *
     * @param {Drawn} state
     */
    reveal({ picture, time }) {
        const moment = now(time)
        const read = moment ? moment.from + readBy(layersOf(picture), null, moment) : Infinity
        for (const { column, chip } of this.chips) chip.style.visibility = column < read ? "" : "hidden"
    }
}

/**
 * What the model says at the columns, and what it said there without a hold.
 *
 * @param {Pick<Picture, "answers" | "held">} picture
 * @param {Columns} columns
 */
export function saidAt({ answers, held }, columns) {
    // A word that is left out has no answer.
    const isOut = (/** @type {number} */ step) => isLeftOut(held?.holds ?? "", step)
    return (answers?.said ?? []).map(one => {
        const said = isOut(one.step) ? { ...one, label: "", share: null } : one
        const column = columns.of(one.step)
        return { said, column, before: held?.before[column] ?? said.label }
    })
}

/** One answer as an element. @param {Wire.StepAnswer} answer @param {boolean} shares */
export function chipOf({ step, label, share }, shares) {
    const percent = share === null ? "" : share.toFixed(2)
    const chip = element(
        "span",
        {
            class: "gs-answer",
            "data-answer": label,
            "data-step": step,
            title: percent ? `${label}: ${percent}` : label,
        },
        element("span", {}, label, shares && percent ? element("small", {}, percent) : ""),
    )
    chip.classList.toggle("gs-sure", share !== null && share >= SURE)
    chip.style.setProperty("--strength", `${Math.round(100 * strength(share))}%`)
    return chip
}

/** What the model said without the hold, struck out if the chip has room for it, else under the mouse.
 * @param {any} chip @param {string} before @param {number} width in pixels */
function wasOnce(chip, before, width) {
    chip.classList.add("gs-was-once")
    chip.title += `, without the hold ${before}`
    const letters = chip.textContent.length + before.length
    if (letters * LETTER + AROUND <= width) chip.lastChild.append(element("s", {}, before))
}

/** How much of the colour a chip has. @param {number | null} share */
export function strength(share) {
    if (share === null) return 0.1
    return share < SURE ? 0.1 + 0.4 * (share / SURE) : 0.84 + 0.16 * ((share - SURE) / (1 - SURE))
}
