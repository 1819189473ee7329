/**
 * Who answers the live view's questions, and which of them is asked next, or again? A server, or whatever else keeps
 * this contract: the store does not know.
 *
 * @typedef {Object<string, any>} Query What is read and how it is shown, by name.
 * @typedef {{query: Query, room: number, zoom: number[] | null, cell: Cell | null}} Question `room`: for how many
 *     columns there is room.
 * @typedef {{query: Query, cell: Cell, event: import("../state/link.js").Event | null, label: string}} AboutCell
 *
 * @typedef {Object} Answerer
 * @property {(question: Question, signal: AbortSignal, line?: string) => Promise<Numbers>} picture With every term of the
 *     question's cell; only a newer question of the same `line` ends this one.
 * @property {Answerer["picture"]} [recorded] PyTorch's picture, where the one that was answered is the page's own.
 * @property {null | ((question: AboutCell, signal: AbortSignal) => Promise<Says.Drawer>)} why What the drawer says of a
 *     cell; null where nobody can say that.
 * @property {null | ((query: Query) => Promise<string>)} code The Python code that makes the trace again.
 * @property {string[]} files The kinds of files that `download` makes.
 * @property {(kind: string, question: any) => Promise<Response>} download
 * @property {(file: File) => Promise<Query>} file Takes a file; answers what is then read.
 */

/** Milliseconds to the next try where the server is busy, which asks for so many, or does not answer. */
export const AGAIN = 1_000

/** The server does not answer. */
export class Unreachable extends Error {
    constructor() {
        super("The server does not answer. Try again in a moment.")
    }
}

/** The question can't be answered; the message says why. */
export class Refused extends Error {}

// Which question is asked next? At most one of a kind is under way; of those that came meanwhile, the newest.

// Milliseconds that a question may take after a newer one has come. Pictures that come sooner are shown during a drag;
// a slower question is aborted, and the server is told.
const OVERTAKEN = 1_000

/** @template Question, Answer */
export class Newest {
    /** Makes the question that waits for its turn. @type {(() => Question) | null} */
    #next = null
    /** @type {AbortController | null} */
    #underWay = null
    #begun = 0

    /**
     * `pause(error)` returns the milliseconds until a failed question is asked again; null for never.
     *
     * @param {{ask: (question: Question, signal: AbortSignal) => Promise<Answer>,
     *     answered: (answer: Answer, question: Question) => void,
     *     pause: (error: Error) => number | null}} how
     */
    constructor({ ask, answered, pause }) {
        this.ask = ask
        this.answered = answered
        this.pause = pause
    }

    /** A question, made when its turn comes. @param {() => Question} question */
    put(question) {
        this.#next = question
        if (!this.#underWay) this.#run()
        else this.#giveUpLate(this.#underWay)
    }

    /** Aborts the question under way, and asks no more until the next `put`. */
    drop() {
        this.#next = null
        this.#underWay?.abort()
    }

    async #run() {
        while (this.#next) {
            const make = this.#next
            this.#next = null
            const again = await this.#once(make)
            if (again === null) continue
            this.#next ??= make
            await new Promise(rested => setTimeout(rested, again))
        }
        this.#underWay = null
    }

    /** Asks once; returns null when answered, else the milliseconds until the next try.
     * @param {() => Question} make */
    async #once(make) {
        const underWay = new AbortController()
        this.#underWay = underWay
        this.#begun = performance.now()
        const question = make()
        try {
            const answer = await this.ask(question, underWay.signal)
            if (!underWay.signal.aborted) this.answered(answer, question)
            return null
        } catch (error) {
            return underWay.signal.aborted ? null : this.pause(error)
        }
    }

    /** @param {AbortController} underWay */
    #giveUpLate(underWay) {
        const left = Math.max(0, this.#begun + OVERTAKEN - performance.now())
        setTimeout(() => {
            if (this.#underWay === underWay) underWay.abort()
        }, left)
    }
}
