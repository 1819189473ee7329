/** How long will it take? A bar over the picture says how far the server is, once a person would want to know. */

import { element } from "./dom.js"
import { howFar } from "./picture.js"

// Milliseconds after which a person wants to know that something is on its way, and between two looks at how far it is.
const SLOW = 400, BETWEEN = 250

export class Waiting {
    constructor(base) {
        this.base = base
        this.bar = element("progress", { max: 1, "aria-label": "Reading" })
        this.share = element("span", {})
        this.root = element("div", { class: "gs-busy", hidden: true }, this.bar, this.share)
    }

    /** Waits with a person for the answer to a question about `query`, and gives it. */
    async till(answer, query) {
        const waiting = { over: false }
        const slow = setTimeout(() => this.watch(query, waiting), SLOW)
        try {
            return await answer
        } finally {
            clearTimeout(slow)
            waiting.over = this.root.hidden = true
        }
    }

    /** Without a share, as while the words are being told apart, the bar only moves. */
    async watch(query, waiting) {
        this.show(null)
        while (!waiting.over) {
            const share = await howFar(this.base, query)
            if (!waiting.over) this.show(share)
            await new Promise(rest => setTimeout(rest, BETWEEN))
        }
    }

    show(share) {
        this.root.hidden = false
        if (share === null) this.bar.removeAttribute("value")
        else this.bar.value = share
        this.share.textContent = share === null ? "reading" : `reading, ${Math.floor(100 * share)}%`
    }
}
