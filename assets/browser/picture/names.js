/**
 * How is a picture read? By the legend of each scale, by the words, which stay in sight far down the page, and by its
 * numbers as a table.
 */

import { columnHead, element, foldedTable, tableOf } from "../shared/element.js"
import { count, fixed } from "../shared/numbers.js"
import { changes, place } from "../shared/page.js"
import { letterOf } from "../state/answer.js"
import { chipOf } from "./answers.js"
import { between } from "./cells.js"

// Which colour is which number? One entry for each scale, and what the scale of c was before it changed.

/** The legend of the drawn picture. @param {Store} store */
export function legendOf(store) {
    const root = element("div", { class: "gs-legend" })
    const isOther = changes()
    const isNew = changes()
    let [reach, was] = [0, 0]
    store.afterDrawn([], ({ picture }) => {
        // Of another model nothing was said before; what was said goes with the next change of the question.
        if (isOther(picture.view.model)) reach = picture.reach
        if (isNew(JSON.stringify(picture.view)) || picture.reach !== reach) was = reach
        reach = picture.reach
        root.hidden = !picture.stacks.length
        drawLegend(root, picture)
        if (was !== reach) root.append(note(`The scale of c was ±${was}.`))
    })
    return root
}

/** @param {string} says */
const note = says => element("span", { class: "gs-legend-note" }, says)

/** @param {any} legend @param {Pick<Picture, "legend" | "stacks">} picture */
export function drawLegend(legend, { legend: scales, stacks }) {
    legend.replaceChildren(
        ...scales.map(({ name, low, high, colours }) =>
            element(
                "span",
                { class: "gs-scale" },
                name,
                element("span", {}, low),
                element("span", {
                    class: "gs-ramp",
                    style: `background: linear-gradient(to right, ${colours.join()})`,
                }),
                element("span", {}, high),
            ),
        ),
        ...(stacks.some(({ unread }) => unread) ? [note("Zoom in to read each step.")] : []),
    )
}

// Which word does a column belong to, far down the page? Words, answers and colours stay at the top of the window.

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

// How are the numbers shown as a table? A row for each step, layer and unit.

const MOST_ROWS = 400

/** `rest`: where all rows are. @param {Store} store @param {string} rest */
export function numbersTable(store, rest = "") {
    const { root, show } = foldedTable("The numbers as a table", "Numbers as a table")
    store.afterDrawn([], ({ picture }) => {
        root.hidden = !picture.stacks.length
        show(() => tableOfNumbers(picture, rest))
    })
    return root
}

/** One row for each step, layer and unit: its place, then its value in every strip. @param {Picture} picture
 * @param {string} rest */
function tableOfNumbers(picture, rest) {
    const { columns, stacks, strips } = picture
    const all = columns.number * stacks.reduce((sum, { units }) => sum + units.length, 0)
    /** @type {(string | number)[][]} */
    const rows = []
    for (let column = 0; column < columns.number && rows.length < MOST_ROWS; column++) {
        for (const { name, units, figure } of stacks) {
            const where = [columns.step(column), columns.name(column), name.replace("layer ", "")]
            const values = (/** @type {number} */ line) =>
                figure.data.map(({ z }) => (z[line] ? fixed(z[line][column], 4) : ""))
            rows.push(...units.map((unit, line) => [...where, unit, ...values(line)]))
        }
    }
    const said =
        all > MOST_ROWS ? `The first ${MOST_ROWS} of ${count(all)} rows${rest}.` : "One row per step, layer and unit."
    const ofProjection = picture.projects ? " h is a projection of all units: a row has its number of h." : ""
    const heads = ["step", "token", "layer", "unit", ...strips.map(({ quantity }) => letterOf(picture, quantity))]
    const cells = rows.slice(0, MOST_ROWS).map(row => row.map(text => element("td", {}, `${text}`)))
    return tableOf(said + ofProjection, heads.map(columnHead), cells)
}
