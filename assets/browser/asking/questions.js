/**
 * What does the screen need to ask? A picture at every change, a pinned cell's terms, and whether the server
 * answers.
 */

import { isLeftOut } from "../state/holds.js"
import { arrived, asked, termsOf } from "../state/state.js"
import { Busy, Refused, Unreachable } from "./answerer.js"
import { Newest } from "./newest.js"

/** @typedef {import("./answerer.js").Answerer} Answerer */

// Milliseconds after which a visitor sees that a picture is coming, between two questions about its progress, and that
// such a question may take before the server counts as silent.
const SLOW = 400
const BETWEEN = 250
const SILENT = 600
// Milliseconds to the next try if the server does not answer, and after another error; and how long the page shows that
// the server is back.
const AWAY = 1_000
const FAILED = 2_000
const BACK = 4_000

export class Questions {
    #asked = ""
    #stopped = false
    #looking = false

    /**
     * `place()` returns the picture's {width, theme}.
     *
     * @param {import("../state/store.js").Store} store @param {Answerer} answerer @param {() => {width: number,
     * theme: string}} place
     * @param {{source: string[], shown: string[]}} names of what is read and of how it is shown
     */
    constructor(store, answerer, place, names) {
        this.store = store
        this.answerer = answerer
        this.names = names
        const question = () => {
            const { zoom, pin } = store.state
            return { query: asked(store.state), ...place(), zoom: zoom.steps, cell: pin }
        }
        this.pictures = new Newest({
            ask: (about, signal) => this.#watched(about.query, signal, answerer.picture(about, signal)),
            answered: picture => this.#arrived(picture),
            pause: (error, tries) => this.#pause(error, tries, said => `The picture could not be drawn${said}`),
        })
        this.cells = new Newest({
            ask: ({ query, cell }, signal) => answerer.cell({ query, cell }, signal),
            answered: (values, { of, cell }) => this.#explained(of, cell, values),
            pause: (error, tries) => this.#pauseOfCell(error, tries),
        })
        this.ask = () => {
            this.#asked = this.#key(store.state)
            this.pictures.put(question)
        }
        store.on(["source", "shown", "holds", "zoom"], state => {
            if (this.#key(state) !== this.#asked) this.ask()
        })
        store.on(["picture", "pin", "terms"], state => this.#explain(state))
    }

    /** Checks whether the server answers, for example when the network comes or goes. */
    look() {
        this.pictures.wake()
        this.cells.wake()
        this.#look()
    }

    /** Stops all questions, because the visitor left the page. */
    leave() {
        this.pictures.drop()
        this.cells.drop()
        this.store.set({ waiting: null })
    }

    stop() {
        this.#stopped = true
        this.pictures.stop()
        this.cells.stop()
    }

    /** A picture depends only on this, and on its place on the page. */
    #key(state) {
        return JSON.stringify([asked(state), state.zoom])
    }

    #arrived(picture) {
        if (this.#stopped) return
        const change = arrived(this.store.state, picture, this.names)
        // The first picture's reading of its link is not a new question.
        if (!this.store.state.picture && change.picture) this.#asked = this.#key({ ...this.store.state, ...change })
        this.#answers()
        this.store.set({ ...change, said: "" })
    }

    /** Asks for the pinned cell's terms, unless the picture included them. */
    #explain(state) {
        const { picture, pin } = state
        if (!picture || !pin || termsOf(state)) return
        // A cell reads nothing at a word that is left out.
        if (picture.held && isLeftOut(picture.held.holds, pin.step)) return
        this.cells.put(() => ({ query: picture.view, of: picture, cell: pin }))
    }

    #explained(of, pin, values) {
        this.#answers()
        const { state } = this.store
        // Another cell may be pinned by now, or another picture shown.
        const terms = { of, pin, values }
        if (termsOf({ ...state, terms })) this.store.set({ terms })
    }

    #pause(error, tries, sentence) {
        if (error instanceof Busy) return this.#busy(error, tries)
        if (error instanceof Unreachable) return this.#away()
        const refused = error instanceof Refused
        this.#answers()
        this.store.set({ said: sentence(`${refused ? "" : ", and will be tried again"}: ${error.message}`) })
        return refused ? null : FAILED
    }

    /** A pinned cell without terms still has its numbers, so no message is shown. */
    #pauseOfCell(error, tries) {
        if (error instanceof Busy) return this.#busy(error, tries)
        if (error instanceof Unreachable) return this.#away()
        const { picture, pin } = this.store.state
        if (picture && pin) this.store.set({ terms: { of: picture, pin, values: null } })
        return null
    }

    #busy(error, tries) {
        this.store.set({ connection: "busy" })
        return error.pause(tries)
    }

    #away() {
        this.store.set({ connection: "away" })
        return AWAY
    }

    /** The server answers: say so if it did not before. */
    #answers() {
        const { connection } = this.store.state
        if (connection === "busy" || connection === "silent") this.store.set({ connection: "" })
        if (connection !== "away") return
        this.store.set({ connection: "back" })
        setTimeout(() => {
            if (this.store.state.connection === "back") this.store.set({ connection: "" })
        }, BACK)
    }

    /** Waits for a picture, and asks for its progress meanwhile. */
    async #watched(query, signal, coming) {
        const over = new AbortController()
        const end = () => over.abort()
        signal.addEventListener("abort", end)
        const slow = setTimeout(() => this.#watch(query, over.signal), SLOW)
        try {
            return await coming
        } finally {
            clearTimeout(slow)
            end()
            this.store.set({ waiting: null })
        }
    }

    /** The share is unknown at times, for example while the text is tokenised. */
    async #watch(query, over) {
        this.store.set({ waiting: { share: null } })
        while (!over.aborted && !this.#stopped) {
            const share = await this.#share(query, over)
            if (over.aborted || this.#stopped) return
            this.store.set({ waiting: { share } })
            await new Promise(rested => setTimeout(rested, BETWEEN))
        }
    }

    /** Asks for a picture's progress; if the server does not answer, the page says so. */
    async #share(query, over) {
        const silent = setTimeout(() => {
            // The first picture of a page may be slow: nothing old is on screen.
            const quiet = over.aborted || this.#stopped || !this.store.state.picture
            if (!quiet && !this.store.state.connection) this.store.set({ connection: "silent" })
        }, SILENT)
        try {
            const share = await this.answerer.progress(query, over)
            if (!over.aborted) this.#answers()
            return share
        } catch (error) {
            if (error instanceof Unreachable && !over.aborted) this.#away()
            return null
        } finally {
            clearTimeout(silent)
        }
    }

    /** Repeats until the server answers. */
    async #look() {
        if (this.#looking) return
        this.#looking = true
        do {
            await this.#share(asked(this.store.state), new AbortController().signal)
            if (this.store.state.connection !== "away") break
            await new Promise(rested => setTimeout(rested, AWAY))
        } while (!this.#stopped)
        this.#looking = false
    }
}
