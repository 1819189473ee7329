/**
 * What does the model say at each word, and what comes after the last? A chip under the word, as strong as the model is
 * sure; the likeliest next ones, which a click writes.
 */

import { element, wordButton } from "../shared/element.js"
import { roving } from "../shared/hands.js"
import { changes, place as put } from "../shared/page.js"
import { isLeftOut } from "../state/holds.js"
import { layersOf, now, readBy } from "../state/time.js"
import { between } from "./cells.js"

// From this probability on a chip is strong, with light letters; between the two no letters would be legible.
export const SURE = 0.6
// Pixels: of a letter of a chip, and of its sides and gaps.
const LETTER = 8.5
const AROUND = 24
// A column of fewer pixels has a chip without sides.
const TIGHT = 28

export class Answers {
    #isNew = changes()

    /** @param {(step: number) => void} onChoose gets the step of an answer that is clicked or entered */
    constructor(onChoose) {
        const choose = (/** @type {any} */ event) => {
            const chip = event.target.closest(".gs-answer")
            if (chip) onChoose(+chip.getAttribute("data-step"))
        }
        this.root = element("div", {
            ...{ class: "gs-answers", role: "group", "aria-label": "What the model says", onclick: choose },
            onkeydown: (/** @type {KeyboardEvent} */ event) => {
                if (!["ArrowLeft", "ArrowRight", "Enter", " "].includes(event.key)) return
                // Space plays elsewhere.
                event.preventDefault()
                event.stopPropagation()
                if (!event.key.startsWith("Arrow")) choose(event)
            },
        })
        /** @type {{column: number, chip: any}[]} */
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
        const seen = saidAt({ answers, held }, stack.columns)
            .map(one => ({ ...one, box: between(stack, one.column, one.column) }))
            .filter(({ box: [left, right] }) => right > left)
        // Most of a move changes none of them.
        if (this.#isNew(JSON.stringify([seen, level, shares, means]))) {
            this.chips = seen.map(({ said, column, before, box: [left, right] }) => {
                const chip = chipOf(said, shares)
                chip.setAttribute("role", "button")
                if (said.label in means) chip.title += `, ${means[said.label]}`
                if (before !== said.label) wasOnce(chip, before, right - left)
                chip.classList.toggle("gs-tight", right - left < TIGHT)
                chip.classList.toggle("gs-upright", !level && said.label.length > 1)
                put(chip, { left, width: right - left })
                return { column, chip }
            })
            const chips = this.chips.map(({ chip }) => chip)
            this.root.replaceChildren(...chips)
            if (chips.length) roving(chips)
        }
        if (!answers) return
        put(this.root, answers.place)
        if (this.root.parentNode !== stack.area) stack.area.append(this.root)
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

/** One answer as an element. @param {StepAnswer} answer @param {boolean} shares */
export function chipOf({ step, label, share }, shares) {
    const percent = share === null ? "" : share.toFixed(2)
    const about = { class: "gs-answer", "data-answer": label, "data-step": step }
    const says = element("span", {}, label, shares && percent ? element("small", {}, percent) : "")
    const chip = element("span", { ...about, title: percent ? `${label}: ${percent}` : label }, says)
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

// What comes after the last step? The likeliest things, one step past the end; a click writes one behind the text.

// How many are offered.
const OFFERED = 5

export class NextStep {
    /** @param {Store} store */
    constructor(store) {
        this.store = store
        this.offers = element("div", { class: "gs-offers" })
        const title = element("h3", {}, "comes next")
        this.root = element(
            "section",
            { class: "gs-coming", "aria-label": "What comes next", hidden: true },
            ...[title, this.offers],
        )
        store.afterDrawn([], ({ picture }) => this.#draw(picture))
        store.afterDrawn(["time"], ({ picture, time }) =>
            this.root.classList.toggle("gs-not-yet", !readsAll(picture, time)),
        )
    }

    /** @param {Picture} picture */
    #draw({ coming, columns }) {
        this.root.hidden = !coming.length
        const offer = (/** @type {Next} */ next) => {
            const { label, share, text } = next
            const about = {
                class: "gs-offer",
                "data-answer": label,
                "data-step": columns.steps,
                disabled: text === null,
            }
            const style = `--strength: ${Math.round(100 * (share ?? 0))}%`
            const made = wordButton(element("span", {}, label), () => this.#write(next), { ...about, style })
            if (share !== null) made.append(element("small", {}, share.toFixed(2)))
            return made
        }
        this.offers.replaceChildren(...coming.slice(0, OFFERED).map(offer))
    }

    /** @param {Next} next */
    #write({ text }) {
        const { source } = this.store.state
        this.store.set({ source: { ...source, sentence: source.sentence + text } })
    }
}

/** Whether the last step is in sight, and read. @param {Picture} picture @param {import("../state/time.js").Time} time */
function readsAll(picture, time) {
    const moment = now(time)
    const read = moment ? time.from + readBy(layersOf(picture), null, moment) : time.to + 1
    const { columns, range } = picture
    const last = columns.of(columns.steps - 1)
    return range[1] > columns.steps - 1 && last >= time.from && last < read
}
