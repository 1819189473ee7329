/** How does a question that is asked once, such as an export or an upload, outlast a busy server? */

import { Busy } from "./answerer.js"

const TRYING = "The server is busy; trying again."

/**
 * An answerer that asks for files and code until the server is not busy; `say(sentence)` tells the visitor that it
 * waits, and "" once it has its answer.
 *
 * @param {Answerer} answerer @param {(sentence: string) => void} say
 * @returns {Answerer}
 */
export function patient(answerer, say) {
    /** @type {<Q extends unknown[], A>(ask: (...question: Q) => Promise<A>) => (...question: Q) => Promise<A>} */
    const outlasts =
        ask =>
        (...question) =>
            untilNotBusy(() => ask(...question), say)
    const { ahead, why, code, files } = answerer
    return {
        picture: (...question) => answerer.picture(...question),
        ahead,
        cell: (...question) => answerer.cell(...question),
        why: why && ((...question) => why.apply(answerer, question)),
        progress: (...question) => answerer.progress(...question),
        code: code && outlasts(query => code.call(answerer, query)),
        files,
        download: outlasts((kind, question) => answerer.download(kind, question)),
        file: outlasts(file => answerer.file(file)),
    }
}

/** @template A @param {() => Promise<A>} ask @param {(sentence: string) => void} say @returns {Promise<A>} */
async function untilNotBusy(ask, say) {
    for (let tries = 0; ; tries += 1) {
        try {
            const answer = await ask()
            if (tries) say("")
            return answer
        } catch (error) {
            if (!(error instanceof Busy)) throw error
            say(TRYING)
            await rest(error.pause(tries))
        }
    }
}

/** @param {number} milliseconds */
function rest(milliseconds) {
    return new Promise(rested => setTimeout(rested, milliseconds))
}
