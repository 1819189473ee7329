/**
 * How does a visitor choose steps? By the window over the whole of a long text, by buttons, and by a drag over the
 * words, which are then asked about.
 */

import { bottomOf } from "../layout/stack.js"
import { button, element, wordButton } from "../shared/element.js"
import { drag } from "../shared/hands.js"
import { changes, place } from "../shared/page.js"
import { atStep, zoomed } from "../state/state.js"
import { readAt } from "../state/time.js"
import { isZoomed, scaled, stretchOf, WHOLE, whole, zoomText } from "../state/zoom.js"
import { between } from "./cells.js"
import { stepUnder } from "./cursor.js"

// How is a long sequence shown as a whole? The range of its memory over all steps, and a window: the visible part.

const HEIGHT = 44
const SAYS =
    "Overview. Light: range of c over all units. Dark: largest change of c at each step. " +
    "Drag to choose the part shown."

/** @type {Record<string, number>} */
const WAYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }

export class Overview {
    /** `moved()` is told when the picture below it gets another place. @param {Store} store @param {() => void} moved */
    constructor(store, moved) {
        this.store = store
        this.moved = moved
        this.canvas = element("canvas", { height: HEIGHT, "aria-hidden": "true" })
        this.window = element("div", { class: "gs-window" })
        this.strip = element(
            "div",
            {
                class: "gs-overview-strip",
                tabindex: 0,
                role: "slider",
                "aria-label": "Visible steps",
                "aria-valuemin": 0,
                onpointerdown: (/** @type {PointerEvent} */ event) => this.press(event),
                onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
            },
            this.canvas,
            this.window,
        )
        this.root = element(
            "div",
            { class: "gs-overview", hidden: true },
            this.strip,
            element("div", { class: "gs-faint" }, SAYS),
        )
        store.afterDrawn([], ({ picture }) => this.show(picture.overview))
    }

    get steps() {
        return this.store.drawn.picture.columns.steps
    }

    /** The visible steps, [from, to] on their axis. */
    get seen() {
        const { zoom, picture } = this.store.drawn
        return zoom.steps ?? picture.range
    }

    /** @param {Float32Array[] | null} overview */
    show(overview) {
        const isThere = !this.root.hidden
        this.root.hidden = !overview
        if (isThere !== !!overview) this.moved()
        if (!overview) return
        this.draw(overview)
        const { steps } = this
        const [from, to] = this.seen
        const percent = (/** @type {number} */ step) => `${(100 * (step + 0.5)) / steps}%`
        Object.assign(this.window.style, { left: percent(from), width: percent(to - from - 0.5) })
        const first = Math.max(0, Math.round(from + 0.5))
        const last = Math.min(steps, Math.round(to + 0.5)) - 1
        this.strip.setAttribute("aria-valuemax", steps - 1)
        this.strip.setAttribute("aria-valuenow", first)
        this.strip.setAttribute("aria-valuetext", `steps ${first} to ${last} of ${steps}`)
    }

    /**
     * Faint, the band between the least and the largest c of every bin; over it, from below, its largest change.
     *
     * @param {Float32Array[]} overview
     */
    draw([low, high, change]) {
        const { canvas } = this,
            pen = canvas.getContext("2d")
        canvas.width = low.length
        const most = Math.max(1, ...low.map(Math.abs), ...high.map(Math.abs)),
            middle = HEIGHT / 2
        pen.fillStyle = getComputedStyle(this.root).color
        const quickest = Math.max(...change) || 1
        low.forEach((value, bin) => {
            const top = middle - (high[bin] / most) * middle,
                bottom = middle - (value / most) * middle
            pen.globalAlpha = 0.18
            pen.fillRect(bin, top, 1, Math.max(1, bottom - top))
            pen.globalAlpha = 0.75
            pen.fillRect(bin, HEIGHT - (change[bin] / quickest) * (HEIGHT - 3), 1, HEIGHT)
        })
    }

    /** @param {PointerEvent} pointer */
    step({ clientX }) {
        const { left, width } = this.strip.getBoundingClientRect()
        return Math.max(0, Math.min(1, (clientX - left) / width)) * this.steps - 0.5
    }

    /**
     * A drag inside the window moves it; elsewhere it draws a new window. A click moves the window there.
     *
     * @param {PointerEvent} event
     */
    press(event) {
        event.preventDefault()
        this.strip.focus()
        const [from, to] = this.seen,
            begun = this.step(event),
            whole = to - from > this.steps * 0.98
        const inside = begun > from && begun < to && !whole
        const follow = (/** @type {PointerEvent} */ move) => {
            const now = this.step(move)
            if (inside) this.look(from + now - begun, to + now - begun)
            else if (Math.abs(move.clientX - event.clientX) > 3) this.look(Math.min(begun, now), Math.max(begun, now))
        }
        drag(this.strip, event, follow, up => {
            if (Math.abs(up.clientX - event.clientX) > 3) return
            const half = this.#isOurs(to - from) ? (to - from) / 2 : Math.min(to - from, this.steps / 10) / 2
            this.look(begun - half, begun + half)
        })
    }

    /** @param {KeyboardEvent} event */
    key(event) {
        const way = WAYS[event.key]
        if (!way) return
        event.preventDefault()
        const [from, to] = this.seen,
            by = (way * (to - from)) / 4
        this.look(from + by, to + by)
    }

    /** Whether a window is as wide as the one that the page has chosen: that goes on to follow the play. @param {number} width */
    #isOurs(width) {
        const { zoom, picture } = this.store.drawn
        return !zoom.steps && !picture.fits && Math.abs(width - (picture.range[1] - picture.range[0])) < 0.01
    }

    /** A window of at least one step within the sequence. @param {number} from @param {number} to */
    look(from, to) {
        const width = Math.min(this.steps, Math.max(1, to - from))
        const first = Math.max(-0.5, Math.min(this.steps - 0.5 - width, from))
        if (this.#isOurs(width)) return this.store.set({ first: Math.round(first + 0.5) })
        this.store.set(zoomed(this.store.drawn, { ...this.store.state.zoom, steps: [first, first + width] }))
    }
}

// Which steps are in sight while the page chooses? The window follows the play, the keys, the pin and what is typed.

// So many steps before the one that is followed stay in sight.
const BEFORE = 2

/** @param {Store} store */
export function followed(store) {
    /** @type {[keyof State, (state: Drawn) => number | undefined][]} */
    const ways = [
        [
            "time",
            ({ picture, time, pin }) => {
                if (time.at === null) return undefined
                return pin?.direction ? pin.step : picture.columns.step(time.from + readAt(time))
            },
        ],
        ["hover", ({ hover }) => hover?.step],
        ["pin", ({ pin }) => pin?.step],
    ]
    for (const [key, stepOf] of ways) {
        const isNew = changes()
        store.on([key], () => {
            const { picture, zoom } = store.state
            const step = picture ? stepOf(store.drawn) : undefined
            if (!picture || !isNew(step) || step === undefined || picture.fits || zoom.steps) return
            const [from, to] = picture.range
            if (step < from) store.set({ first: step + 1 + BEFORE - (to - from) })
            if (step > to) store.set({ first: step - BEFORE })
        })
    }
    /** @type {Columns | null} */
    let last = null
    store.on(["picture"], ({ picture }) => {
        const { columns } = /** @type {Picture} */ (picture)
        if (last && columns.steps > last.steps && columns.word(0) === last.word(0)) store.set({ first: columns.steps })
        last = columns
    })
}

// How does a visitor zoom without a mouse? Buttons for what dragging and double-clicking do.

/** `tools`; and `whole`, the way back, which is there while a part is shown. @param {Store} store */
export function zoomTools(store) {
    const to = (/** @type {Zoom} */ zoom) => store.set(zoomed(store.drawn, zoom))
    const scale = (/** @type {number} */ factor) => to(scaled(store.state.zoom, store.drawn.picture, factor))
    const mode = button("Drag to move instead of to zoom", "✥", event => {
        store.set({ drag: store.state.drag === "pan" ? "zoom" : "pan" })
        event.preventDefault()
    })
    mode.setAttribute("aria-pressed", false)
    store.on(["drag"], ({ drag }) => mode.setAttribute("aria-pressed", drag === "pan"))
    const tools = element(
        "div",
        { class: "gs-tools", role: "group", "aria-label": "Zoom" },
        button("Zoom in", "+", () => scale(0.5)),
        button("Zoom out", "−", () => scale(2)),
        mode,
    )
    const isWhole = () =>
        !store.drawn.picture.fits && zoomText(store.state.zoom) === zoomText(whole(store.drawn.picture))
    const all = wordButton("", () => to(isWhole() ? { ...WHOLE } : whole(store.drawn.picture)), { hidden: true })
    store.afterDrawn(["zoom"], ({ picture, zoom }) => {
        tools.hidden = !picture.stacks.length
        all.hidden = !isZoomed(zoom) && picture.fits
        all.textContent = isWhole() ? "Read the words" : "Whole picture"
    })
    return { tools, whole: all }
}

// How are words selected? By a drag over them; what is selected is framed, with a question beside it.

/** @typedef {import("../state/zoom.js").Stretch} Stretch */
/** @typedef {{words: HTMLElement, frame: HTMLElement}} Part The place over a stack's words, the frame around some. */

// The pixels that make a press a drag.
const DRAG = 4
const SAYS_OF_WORDS = "Click a word to look at it; drag over words to ask where else this happens"

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
        const words = element("div", { class: "gs-brush-words", title: SAYS_OF_WORDS })
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

/** The step under the pointer, of those that are shown. @param {Painted} stack @param {PointerEvent} pointer */
const stepAt = ({ plot, columns, layout }, pointer) =>
    Math.max(columns.first, Math.min(columns.end - 1, stepUnder(plot, layout, pointer)))
