/** How does a question that is asked once, such as an export or an upload, outlast a busy server? */

import { Busy } from "./answerer.js"

const TRYING = "The server is busy; trying again."

/**
 * Asks until the server is not busy; the page says that it waits, and no more once it has its answer.
 *
 * @template A @param {Store} store @param {() => Promise<A>} ask @returns {Promise<A>}
 */
export async function patiently(store, ask) {
    for (let tries = 0; ; tries += 1) {
        try {
            const answer = await ask()
            if (tries) store.set({ said: "" })
            return answer
        } catch (error) {
            if (!(error instanceof Busy)) throw error
            store.set({ said: TRYING })
            await new Promise(rested => setTimeout(rested, error.pause(tries)))
        }
    }
}
