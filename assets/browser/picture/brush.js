/** How are words selected? By a drag over them; what is selected is framed, with a question beside it. */

import { bottomOf } from "../layout/strip_heights.js"
import { drag } from "../shared/drag.js"
import { button, element, wordButton } from "../shared/element.js"
import { place } from "../shared/pixels.js"
import { stretchOf } from "../state/brush.js"
import { atStep } from "../state/looked.js"
import { between } from "./cover.js"
import { nearest } from "./cursor.js"

/** @typedef {import("../state/brush.js").Stretch} Stretch */
/** @typedef {{words: HTMLElement, frame: HTMLElement}} Part The place over a stack's words, the frame around some. */

// The pixels that make a press a drag.
const DRAG = 4
const SAYS = "Click a word to look at it; drag over words to ask where else this happens"

export class Brush {
    /**
     * `search()` asks where else the selected words' pattern is.
     *
     * @param {Store} store @param {Heatmaps} heatmaps
     * @param {() => void} search
     */
    constructor(store, heatmaps, search) {
        this.store = store
        this.heatmaps = heatmaps
        /** Of each stack. @type {Part[]} */
        this.parts = []
        this.says = element("span", {})
        const parts = [
            wordButton("Where else?", search),
            button("Select nothing", "×", () => store.set({ brush: null })),
        ]
        const about = { class: "gs-brush-bar", role: "group", "aria-label": "Selected words", hidden: true }
        this.bar = element("div", about, this.says, ...parts)
        store.afterDrawn(["brush"], ({ picture, brush }) => this.show(picture, brush))
    }

    /** @param {Picture} picture @param {Stretch | null} brush */
    show(picture, brush) {
        const { stacks } = this.heatmaps
        while (this.parts.length < stacks.length) this.parts.push(this.#part(this.parts.length))
        for (const stack of stacks) this.#place(stack, this.parts[stack.n], picture, brush)
        this.bar.hidden = !brush || !stacks.length
        if (!brush || !stacks.length) return
        const [first, last] = brush
        const { columns } = picture
        const words = `${columns.word(first)} … ${columns.word(last)}`
        this.says.textContent = first === last ? columns.quoted(first) : columns.timed ? words : `“${words}”`
        const [left] = between(stacks[0], Math.max(0, columns.of(first)), Math.max(0, columns.of(last)))
        this.bar.style.left = `${Math.max(0, Math.min(left, stacks[0].layout.width - 260))}px`
        if (this.bar.parentNode !== stacks[0].area) stacks[0].area.append(this.bar)
    }

    /** @param {number} n @returns {Part} */
    #part(n) {
        const words = element("div", { class: "gs-brush-words", title: SAYS })
        words.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.press(event, n))
        return { words, frame: element("div", { class: "gs-brushed", hidden: true, "aria-hidden": "true" }) }
    }

    /** @param {Painted} stack @param {Part} part @param {Picture} picture @param {Stretch | null} brush */
    #place(stack, { words, frame }, { columns, answers }, brush) {
        words.hidden = columns.per > 1
        // What the model says stands between the words and the strips, and has titles of its own.
        const { top } = answers?.over === stack.n ? answers.place : stack.places[0]
        place(words, { width: stack.layout.width, height: top })
        const [left, right] = brush ? between(stack, columns.of(brush[0]), columns.of(brush[1])) : [0, 0]
        frame.hidden = right <= left
        place(frame, { left, width: right - left, height: bottomOf(stack.places) })
        // An element that is moved loses the pointer that it has captured.
        if (words.parentNode !== stack.area) stack.area.append(frame, words)
    }

    /** A drag selects the words that it passes. A click lets the selected ones go, else it leads to its word. @param {PointerEvent} event @param {number} n */
    press(event, n) {
        const stack = this.heatmaps.stacks[n]
        const { words } = this.parts[n]
        const begun = stepAt(stack, event)
        event.preventDefault()
        let dragged = false
        const follow = (/** @type {PointerEvent} */ move) => {
            dragged ||= Math.abs(move.clientX - event.clientX) > DRAG
            if (dragged) this.store.set({ brush: stretchOf(begun, stepAt(stack, move)) })
        }
        drag(words, event, follow, () => {
            if (dragged) return
            const { drawn } = this.store
            this.store.set(drawn.brush ? { brush: null } : atStep(drawn, begun))
        })
    }
}

/** The step whose column is under the pointer. @param {Painted} stack @param {PointerEvent} pointer */
function stepAt({ plot, columns, layout }, { clientX }) {
    const { left, width } = plot.getBoundingClientRect()
    // A presented picture is magnified.
    const at = nearest((plot.layout || layout).xaxis.range, (clientX - left) / width)
    return Math.max(columns.first, Math.min(columns.end - 1, at))
}
