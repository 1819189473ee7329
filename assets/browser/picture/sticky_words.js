/** Which word does a column belong to, far down the page? Words, answers and colours stay at the top of the window. */

import { element } from "../shared/element.js"
import { place } from "../shared/pixels.js"
import { chipOf } from "./answers.js"
import { between } from "./cover.js"
import { drawLegend } from "./legend.js"

// A column of fewer pixels has no word here.
const LEAST = 8

export class StickyWords {
    #shown = false

    /** @param {Store} store @param {Heatmaps} heatmaps */
    constructor(store, heatmaps) {
        this.store = store
        this.heatmaps = heatmaps
        this.words = element("div", { class: "gs-sticky-words" })
        this.legend = element("div", { class: "gs-sticky-legend" })
        this.bar = element("div", { class: "gs-sticky-bar", hidden: true }, this.words, this.legend)
        // As long as the picture: they leave with it.
        this.root = element("div", { class: "gs-sticky", "aria-hidden": "true" }, element("div", {}, this.bar))
        // The words of the picture are in sight while this mark is.
        this.mark = element("div", { class: "gs-words-mark" })
        new IntersectionObserver(([{ isIntersecting, boundingClientRect }]) => {
            this.#shown = !isIntersecting && boundingClientRect.top < 0
            this.#draw()
        }).observe(this.mark)
        store.afterDrawn([], () => this.#draw())
    }

    #draw() {
        const { picture } = this.store.state
        this.bar.hidden = !this.#shown || !picture?.stacks.length
        if (this.bar.hidden || !picture) return
        const { left } = this.root.getBoundingClientRect()
        const stacks = this.heatmaps.stacks.slice(0, picture.across)
        this.words.replaceChildren(
            ...stacks.flatMap((stack, n) => wordsOf(stack, picture, left, n === picture.answers?.over)),
        )
        this.bar.classList.toggle("gs-with-answers", !!picture.answers?.level)
        drawLegend(this.legend, picture)
    }
}

/**
 * The words over a stack's columns, and under them what the model says, in elements placed from `left`.
 *
 * @param {Painted} stack @param {Picture} picture
 * @param {number} left @param {boolean} answered
 */
function wordsOf(stack, { labels, answers }, left, answered) {
    const from = stack.area.getBoundingClientRect().left - left
    const at = (/** @type {number} */ column) => between(stack, column, column)
    const words = labels.map((word, column) => ({ part: element("span", {}, word), box: at(column) }))
    const said = answered && answers?.level ? answers.said : []
    const chips = said.map(one => ({ part: chipOf(one, !!answers?.shares), box: at(stack.columns.of(one.step)) }))
    for (const { part } of chips) {
        part.removeAttribute("data-answer")
        part.removeAttribute("data-step")
    }
    const wide = [...words, ...chips].filter(({ box: [begins, ends] }) => ends - begins >= LEAST)
    return wide.map(({ part, box: [begins, ends] }) => {
        place(part, { left: from + begins, width: ends - begins })
        return part
    })
}
