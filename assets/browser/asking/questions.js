/**
 * What does the screen need to ask? A picture at every change, a pinned cell's terms, what the drawer says while it is
 * open, and whether the server answers.
 */

import { cellHeld, isLeftOut } from "../state/holds.js"
import { eventText, pinOf, sameCell } from "../state/link.js"
import { arrived, asked, looked, pinned, termsOf } from "../state/state.js"
import { AGAIN, Newest, Refused, Unreachable } from "./answerer.js"

// Milliseconds after which a visitor sees that a picture is coming.
const SLOW = 400
// Milliseconds to the next try after another error than that the server is away; and how long the page shows that
// it is back.
const FAILED = 2_000
const BACK = 4_000

/** @typedef {{about: Question, number: number}} Asked a question, and which one it is */

export class Questions {
    #asked = ""
    /** What the drawer was last asked, and of which picture. */
    #why = { of: /** @type {Picture | null} */ (null), key: "" }
    /** For how many columns the last question had room. */
    #room = 0
    /** The answer that is on screen. @type {Numbers | null} */
    #numbers = null
    /** How many pictures were asked for, and of which of them one is shown. */
    #last = 0
    #shown = 0
    /** The cell that the page has pinned by itself: the drawer moves to one whose hold turns the answer. */
    seeks = ""
    /** The question of the page's own picture on screen, until PyTorch's is here. @type {Asked | null} */
    #unproved = null
    /** The last one of which that was asked for. @type {Asked | null} */
    #asksProof = null

    /**
     * `page`: for how many columns it has room, and how it lays an answer out.
     *
     * @param {Store} store @param {Answerer} answerer
     * @param {{columns: () => number, layOut: (numbers: Numbers) => Picture}} page
     * @param {{source: string[], shown: string[]}} names of what is read and of how it is shown
     */
    constructor(store, answerer, page, names) {
        this.store = store
        this.answerer = answerer
        this.page = page
        this.names = names
        const question = () => {
            const { zoom, pin } = store.state
            this.#room = page.columns()
            const about = { query: asked(store.state), room: this.#room, zoom: zoom.steps, cell: pin }
            return { about, number: this.#last }
        }
        /** @param {(error: Error) => number | null} otherwise */
        const pausing = otherwise => (/** @type {Error} */ error) => {
            if (!(error instanceof Unreachable)) return otherwise(error)
            store.set({ connection: "away" })
            return AGAIN
        }
        const pause = pausing(error => this.#failed(error))
        this.pictures = new Newest({
            ask: ({ about }, signal) => this.#watched(answerer.picture(about, signal)),
            answered: (numbers, asked) => this.#arrived(numbers, asked),
            pause,
        })
        this.proofs = new Newest({
            ask: ({ about }, signal) => /** @type {any} */ (answerer).recorded(about, signal),
            answered: (numbers, asked) => asked.number === this.#last && this.#arrived(numbers, asked),
            pause,
        })
        this.cells = new Newest({
            ask: ({ about }, signal) => answerer.picture(about, signal, " cell"),
            answered: ({ cell: values }, { of, about: { cell: pin } }) => {
                this.#answers()
                store.set({ terms: { of, pin, values } })
            },
            // A pinned cell without terms still has its numbers, so no message is shown.
            pause: pausing(() => this.#atPin((of, pin) => ({ terms: { of, pin, values: null } }))),
        })
        this.drawers = new Newest({
            ask: ({ of: _, key: __, ...question }, signal) => /** @type {any} */ (answerer).why(question, signal),
            answered: (values, { of, key }) => this.#opened(of, key, values),
            pause: pausing(({ message: said }) =>
                this.#atPin((of, pin) => ({ why: { of, cell: pinOf(pin), values: null, said } })),
            ),
        })
        this.lines = [this.pictures, this.proofs, this.cells, this.drawers]
        this.ask = () => {
            this.#asked = this.#key(store.state)
            this.#last += 1
            this.pictures.put(question)
        }
        store.onRest(() => this.#prove())
        store.on(["source", "shown", "holds", "zoom"], state => {
            if (this.#key(state) !== this.#asked) this.ask()
        })
        store.on(["picture", "pin", "terms"], state => this.#explain(state))
        store.on(["picture", "pin", "drawer", "time"], state => this.#openDrawer(state))
    }

    /** Asks again when the network comes or goes: so it is seen whether the server answers. */
    look() {
        this.ask()
    }

    /** Stops all questions, because the visitor left the page or this view of it. */
    leave() {
        for (const line of this.lines) line.drop()
        this.#asksProof = this.#unproved
        this.#why.of = null
        this.store.set({ waiting: false })
    }

    /** A picture depends only on this, and on its place on the page. @param {State} state */
    #key(state) {
        return JSON.stringify([asked(state), state.zoom])
    }

    /** Lays the answer on screen out again, for another window; asks only if that has room for other columns. */
    layAgain() {
        if (!this.#numbers) return
        this.store.set(arrived(this.store.state, this.page.layOut(this.#numbers), this.names))
        this.#fit(this.#numbers.columns)
    }

    /** @param {Wire.Columns} columns */
    #fit({ per, number }) {
        const room = this.page.columns()
        if (room !== this.#room && (per > 1 || number > room)) this.ask()
    }

    /** @param {Numbers} numbers @param {Asked} asked */
    #arrived(numbers, asked) {
        if (asked.number < this.#shown) return
        const { isComputed } = numbers
        if (!isComputed) this.#answers()
        const { state } = this.store
        const change = arrived(state, this.page.layOut(numbers), this.names)
        // What is asked for in the place of a picture that is not shown, the server says.
        if (isComputed && !change.picture) return this.proofs.put(() => asked)
        this.#show(numbers, asked, change)
        // While a hand moves, the server is asked when it rests.
        if (isComputed && !this.store.moving) this.store.painted(() => this.#prove())
    }

    /** Asks once. */
    #prove() {
        const asked = this.#unproved
        if (!asked || asked === this.#asksProof) return
        this.#asksProof = asked
        this.proofs.put(() => asked)
    }

    /** @param {Numbers} numbers @param {Asked} asked @param {Partial<State>} change */
    #show(numbers, asked, change) {
        const { picture } = this.store.state
        // The first picture's reading of its link is not a new question.
        if (!picture && change.picture) this.#asked = this.#key({ ...this.store.state, ...change })
        if (change.picture) this.#numbers = numbers
        this.#shown = asked.number
        this.#unproved = numbers.isComputed ? asked : null
        this.store.set({ said: "", ...change })
        if (!numbers.isComputed) this.#fit(numbers.columns)
    }

    /** Asks for the pinned cell's terms, unless they are known. @param {State} state */
    #explain(state) {
        const { picture, pin } = state
        if (!picture || !pin || this.#unproved || termsOf(state) !== undefined) return
        // A cell reads nothing at a word that is left out.
        if (picture.held && isLeftOut(picture.held.holds, pin.step)) return
        const { steps: zoom } = state.zoom
        this.cells.put(() => ({ of: picture, about: { query: picture.view, room: this.#room, zoom, cell: pin } }))
    }

    /** Asks what the drawer says of the cell that the panel shows, which is pinned, while the drawer is open and time
     * stands still. @param {State} state */
    #openDrawer({ picture, pin, drawer: { open, event, label }, time }) {
        if (!this.answerer.why || !picture || !open || time.playing || this.#unproved) return
        if (!pin) {
            const cell = looked(this.store.drawn)
            this.seeks = cell ? pinOf(cell) : ""
            if (cell) this.store.set(pinned(this.store.drawn, cell))
            return
        }
        const key = keyOf(pin, event, label)
        if (this.#why.of === picture && this.#why.key === key) return
        this.#why = { of: picture, key }
        this.drawers.put(() => ({ query: picture.view, cell: pin, event, label, of: picture, key }))
    }

    /** @param {Picture} of @param {string} key @param {Says.Drawer} values */
    #opened(of, key, values) {
        this.#answers()
        const { state } = this.store
        if (state.picture !== of || this.#why.key !== key) return
        const turning = this.seeks === pinOf(values.cell) && values.turn?.turns ? cellHeld(values.turn.hold) : null
        this.seeks = ""
        if (turning && !sameCell(turning, values.cell)) return this.store.set(pinned(this.store.drawn, turning))
        this.store.set({ why: { of, cell: pinOf(values.cell), values, said: "" } })
    }

    /** What is asked of the pinned cell is not asked again after a refusal.
     * @param {(of: Picture, pin: Cell) => Partial<State>} without */
    #atPin(without) {
        const { picture, pin } = this.store.state
        if (picture && pin) this.store.set(without(picture, pin))
        return null
    }

    /** @param {Error} error */
    #failed(error) {
        const refused = error instanceof Refused
        this.#answers()
        const how = refused ? "" : ", and will be tried again"
        this.store.set({ said: `The picture could not be drawn${how}: ${error.message}` })
        return refused ? null : FAILED
    }

    /** The server answers: say so if it did not before. */
    #answers() {
        if (this.store.state.connection !== "away") return
        this.store.set({ connection: "back" })
        setTimeout(() => {
            if (this.store.state.connection === "back") this.store.set({ connection: "" })
        }, BACK)
    }

    /** Waits for a picture, and says so after a moment. @param {Promise<Numbers>} coming */
    async #watched(coming) {
        const slow = setTimeout(() => this.store.set({ waiting: true }), SLOW)
        try {
            return await coming
        } finally {
            clearTimeout(slow)
            this.store.set({ waiting: false })
        }
    }
}

/** What the drawer is asked about, besides the picture. @param {Cell} pin
 * @param {import("../state/link.js").Event | null} event @param {string} label */
const keyOf = (pin, event, label) => JSON.stringify([pinOf(pin), eventText(event), label])
