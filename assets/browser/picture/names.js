/**
 * What are the columns, the rows and the colours? Words over the columns, also far down the page; units beside their
 * rows; the legend of each scale.
 */

import { bottomOf } from "../layout/stack.js"
import { rowNames, unescaped, widthOf } from "../layout/step_axis.js"
import { element, svg } from "../shared/element.js"
import { changes, penOf, place } from "../shared/page.js"
import { chipOf } from "./answers.js"
import { between } from "./cover.js"

// Where are the words over their columns? Where Plotly writes them, so that nothing moves when Plotly follows.

// Parts of the letters' size, and a pixel, by which Plotly keeps words away from their place; it slants them around
// their middle.
const ABOVE = 0.2
const MIDDLE = 0.5

/**
 * Those of a stack that are in sight; at the steps of `out` they are struck through.
 *
 * @param {Pick<Painted, "layout" | "places">} stack @param {number[]} out
 */
export function wordsOver({ layout, places }, out) {
    const { tickvals, ticktext, tickangle, ticklabelstandoff, tickfont, range } = layout.xaxis
    const y = places[0].top - ticklabelstandoff - ABOVE * tickfont.size - 1
    return /** @type {number[]} */ (tickvals).flatMap((step, k) => {
        if (step < range[0] || step > range[1]) return []
        const x = ((step - range[0]) / (range[1] - range[0])) * layout.width
        const how = {
            x,
            y,
            "font-size": `${tickfont.size}px`,
            fill: layout.font.color,
            "text-anchor": tickangle ? "start" : "middle",
            transform: tickangle ? `rotate(${tickangle} ${x} ${y - MIDDLE * tickfont.size})` : null,
            "text-decoration": out.includes(step) && "line-through",
        }
        return [svg("text", how, unescaped(ticktext[k]))]
    })
}

// Which unit is a row of? Its number stands at its left, strong in c, grey elsewhere; the pinned unit's is marked.

// Pixels: the place of the numbers, their distance from the strips, and a pinned one's mark.
const WIDTH = 30
const AWAY = 6
const MARK = 16
const SIZE = 12
export const PIN = "#e08a00"
// On the page the pin's colour is too light for letters in the light theme.
const PINNED = { light: "#9a5b00", dark: "#ffb84d" }

/**
 * @param {Painted} stack @param {Cell | null} pin @param {string} theme
 * @param {number} beside pixels between the strips and their numbers, for the starting values
 */
export function drawRowNames(stack, pin, theme, beside) {
    const { rows: canvas, places, layout, layer, direction } = stack
    const isHere = pin?.layer === layer && pin.direction === direction
    const height = bottomOf(places) + SIZE
    const pen = penOf(canvas, { left: -WIDTH - beside, width: WIDTH, height }, devicePixelRatio * 1.5)
    pen.textAlign = "right"
    pen.textBaseline = "middle"
    for (const name of rowNames(stack, isHere && pin ? pin.unit : null)) {
        draw(pen, name, layout.font, theme === "dark" ? PINNED.dark : PINNED.light)
    }
}

/**
 * @param {CanvasRenderingContext2D} pen @param {import("../layout/step_axis.js").RowName} name
 * @param {{family: string, color: string}} font @param {string} accent
 */
function draw(pen, { unit, y, strong, pinned }, { family, color }, accent) {
    pen.font = `${strong || pinned ? "600 " : ""}${SIZE}px ${family}`
    pen.globalAlpha = strong || pinned ? 1 : 0.6
    pen.fillStyle = pinned ? accent : color
    if (pinned && strong) {
        const width = widthOf(`${unit}`) + 8
        pen.fillStyle = PIN
        pen.beginPath()
        pen.roundRect(WIDTH - AWAY - width + 4, y - MARK / 2, width, MARK, 4)
        pen.fill()
        pen.fillStyle = "#10181f"
    }
    pen.fillText(`${unit}`, WIDTH - AWAY, y + 0.5)
    pen.globalAlpha = 1
}

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
