/** Which question is asked next? At most one of a kind is under way; of those that came meanwhile, the newest. */

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
    #wake = () => {}
    #stopped = false

    /**
     * `pause(error, tries)` returns the milliseconds until a failed question is asked again; null for never.
     *
     * @param {{ask: (question: Question, signal: AbortSignal) => Promise<Answer>,
     *     answered: (answer: Answer, question: Question) => void,
     *     pause: (error: Error, tries: number) => number | null}} how
     */
    constructor({ ask, answered, pause }) {
        this.ask = ask
        this.answered = answered
        this.pause = pause
    }

    /** A question, made when its turn comes. @param {() => Question} question */
    put(question) {
        this.#next = question
        if (this.#stopped) return
        if (!this.#underWay) this.#run()
        else this.#giveUpLate(this.#underWay)
    }

    /** Asks a waiting question again now. */
    wake() {
        this.#wake()
    }

    /** Aborts the question under way, and asks no more until the next `put`. */
    drop() {
        this.#next = null
        this.#underWay?.abort()
        this.#wake()
    }

    /** Aborts and never asks again. */
    stop() {
        this.#stopped = true
        this.drop()
    }

    async #run() {
        for (let tries = 0; this.#next; ) {
            const make = this.#next
            this.#next = null
            const again = await this.#once(make, tries)
            if (again === null) {
                tries = 0
                continue
            }
            tries += 1
            this.#next ??= make
            await this.#rest(again)
        }
        this.#underWay = null
    }

    /** Asks once; returns null when answered, else the milliseconds until the next try.
     * @param {() => Question} make @param {number} tries */
    async #once(make, tries) {
        const underWay = new AbortController()
        this.#underWay = underWay
        this.#begun = performance.now()
        const question = make()
        try {
            const answer = await this.ask(question, underWay.signal)
            if (!underWay.signal.aborted) this.answered(answer, question)
            return null
        } catch (error) {
            return underWay.signal.aborted ? null : this.pause(error, tries)
        }
    }

    /** @param {AbortController} underWay */
    #giveUpLate(underWay) {
        const left = Math.max(0, this.#begun + OVERTAKEN - performance.now())
        setTimeout(() => {
            if (this.#underWay === underWay) underWay.abort()
        }, left)
    }

    /** @param {number} milliseconds */
    #rest(milliseconds) {
        return new Promise(rested => {
            const timer = setTimeout(rested, milliseconds)
            this.#wake = () => {
                clearTimeout(timer)
                rested(undefined)
            }
        })
    }
}
