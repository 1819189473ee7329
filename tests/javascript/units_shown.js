/** The units of a small LSTM, as the server sends them: of a text, or with moments of a corpus. */

import { COLOURS } from "./pictures.js"

const { lookOf } = await import("../../assets/browser/layout/picture.js")

const GREYS = { teal: { light: ["#000000", "#ffffff"], dark: [] } }
/** Colours whose scales go from black to white. */
export const IN_GREY = { ...COLOURS, gates: GREYS, states: GREYS }

export const told = (property, change = {}) => ({
    ...{ property, measure: "AUC", sign: 1, score: 0.9, pairs: 0.9, cut: 0.5, p: 0.005 },
    ...change,
})

export const FACTS = { texts: 15, cost: "bits", whole: 0.4, lost: [0, 0, 0, 0], opens: "0.1" }

/** @param {string[]} tokens */
function recorded(tokens) {
    const half = tokens.map(() => 0.5)
    return { i: half, f: [0, 1, null, 0.5, 1].slice(0, tokens.length), g: half, o: half, c: half }
}

const NUMBERS = { low: [-0.4, -0.2, 0, -1], high: [1.2, 0, 0.02, 1], keeps: [3, 7, 5, 5], tracks: [4, 3, 2, 1] }

/** Four units of one layer over "abcde"; `rows`: what is else said of them, by key, and `columns` of all in their order.
 * @param {Object<string, any>} rows @param {Object<string, any>} change */
export function shownOf(rows = {}, { opened = {}, columns = {}, ...change } = {}) {
    const c = [0, 1.2, -0.4, null, 0.8]
    const numbers = Object.entries({ ...NUMBERS, lost: [], ...columns })
    const all = ["0.0", "0.1", "0.2", "0.3"].map((key, at) => {
        const own = Object.fromEntries(numbers.map(([name, values]) => [name, values[at] ?? null]))
        return [key, { told: null, c, ...own, ...rows[key] }]
    })
    return /** @type {any} */ ({
        ...{ colours: IN_GREY, look: lookOf(IN_GREY, "teal", "light") },
        ...{ sizes: [1, 1, 4], reads: "words", trained: true, means: {}, sort: "tracks", missing: "", most: 16 },
        ...{ facts: null, truths: {}, tokens: [..."abcde"], found: null },
        rows: { ...rows, ...Object.fromEntries(all) },
        opened: {
            ...{
                key: "0.0",
                told: [],
                query: "pin=0.0.1",
                recorded: recorded(change.tokens ?? [..."abcde"]),
                truth: null,
            },
            ...opened,
        },
        ...change,
    })
}

export const moment = change => ({
    ...{ text: 3, first: 6, last: 6, begins: 5, tokens: ["a", "b"], numbers: [1, -1], value: 1, name: "text 3" },
    ...{ line: null, says: "", is_so: null, ...change },
})
