/** What does the model say at each word? A chip under the word, as strong as the model is sure. */

import { element } from "../shared/element.js"
import { layersOf, now, readBy } from "../state/time.js"
import { between } from "./cover.js"

// From this probability on a chip is strong, with light letters; between the two no letters would be legible.
const SURE = 0.6
// A column of fewer pixels has a chip without sides.
const TIGHT = 28

export class Answers {
    constructor() {
        this.root = element("div", { class: "gs-answers", role: "group", "aria-label": "What the model says" })
        /** @type {{column: number, says: string, chip: any}[]} */
        this.chips = []
    }

    /**
     * Writes the answers of a picture into its first stack.
     *
     * @param {import("../state/answer.js").Picture} picture @param {import("./heatmaps.js").Painted} stack
     */
    draw({ answers, held }, stack) {
        this.root.hidden = !answers
        const { said, level, shares } = answers ?? { said: [], level: true, shares: false }
        const columns = said.map(one => stack.columns.of(one.step))
        const boxes = columns.map(column => between(stack, column, column))
        const seen = said.map((_, k) => k).filter(k => boxes[k][1] > boxes[k][0])
        // Chips are used again: most of a move changes none of them.
        this.chips = seen.map((k, place) => {
            const before = held?.before[columns[k]] ?? said[k].label
            return { column: columns[k], ...this.#chip(place, said[k], { level, shares, before, box: boxes[k] }) }
        })
        const unused = [...this.root.children].slice(seen.length)
        for (const chip of unused) chip.remove()
        if (!answers) return
        Object.assign(this.root.style, { top: `${answers.place.top}px`, height: `${answers.place.height}px` })
        if (this.root.parentNode !== stack.area) stack.area.append(this.root)
    }

    /** The chip at a place of the row, made again only if it says something else than before. */
    #chip(place, said, { level, shares, before, box }) {
        const [left, right] = box
        const says = JSON.stringify([said, shares, level, before, left, right])
        const there = this.chips[place]
        if (there?.says === says) return there
        const chip = chipOf(said, shares)
        // What the model said without the hold.
        if (before !== said.label) chip.lastChild.append(element("s", {}, before))
        chip.classList.toggle("gs-tight", right - left < TIGHT)
        chip.classList.toggle("gs-upright", !level && said.label.length > 1)
        Object.assign(chip.style, { left: `${left}px`, width: `${right - left}px` })
        if (there) there.chip.replaceWith(chip)
        else this.root.append(chip)
        return { says, chip }
    }

    /** Hides the answers at words that are not read yet: the answer comes last, when every layer has read a word. */
    reveal({ picture, time }) {
        const moment = now(time)
        const read = moment ? moment.from + readBy(layersOf(picture), null, moment) : Infinity
        for (const { column, chip } of this.chips) chip.style.visibility = column < read ? "" : "hidden"
    }
}

/** One answer as an element. */
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

/** How much of the colour a chip has. */
export function strength(share) {
    if (share === null) return 0.1
    return share < SURE ? 0.1 + 0.4 * (share / SURE) : 0.84 + 0.16 * ((share - SURE) / (1 - SURE))
}
