/** Who wrote the page's address last? */

// Milliseconds without a change before the address is written: browsers allow few changes of it.
const REST = 200

/** The page's address. It outlives a live view, because another page may have its own address meanwhile. */
export class Address {
    #resting = 0
    /** Whether what is to be written is a step, to which Back leads. */
    #isStep = false
    /** The address when this page last wrote or read it. */
    #last = ""
    /** The path of the page that the live view is on. */
    home = ""
    /** Whether Streamlit has still to read the address: until then nothing is written. */
    waits = false

    /** False while the address is another page's: Streamlit draws a page once more after the visitor left it. */
    get isHere() {
        return bare(location.pathname) === bare(this.home)
    }

    /** Whether something else has written the address. */
    get moved() {
        return this.#last !== location.search
    }

    read() {
        if (this.isHere) this.#last = location.search
        return Object.fromEntries(new URLSearchParams(location.search))
    }

    /** Writes a link; `isStep`: in an entry of the history of its own. @param {string} link @param {boolean} isStep */
    write(link, isStep = false) {
        const steps = this.#isStep || isStep
        this.leave()
        this.#isStep = steps
        this.#resting = setTimeout(() => {
            if (!this.isHere || this.waits) return
            history[this.#isStep ? "pushState" : "replaceState"](history.state, "", link)
            this.#isStep = false
            // Back and Forward are newer: then the address stays, and this one has not been written.
            this.#last = new URL(link, location.href).search
        }, REST)
    }

    /** Stops writing: the address now belongs to another page. */
    leave() {
        clearTimeout(this.#resting)
        this.#isStep = false
    }
}

/** @param {string} path */
const bare = path => path.replace(/\/$/, "")
