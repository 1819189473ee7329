/**
 * Who answers the live view's questions? A server, or whatever else keeps this contract: the store does not know.
 *
 * @typedef {Object<string, any>} Query What is read and how it is shown, by name.
 * @typedef {{query: Query, room: number, zoom: number[] | null, cell: Cell | null}} Question `room`: for how many
 *     columns there is room.
 * @typedef {{query: Query, cell: Cell, event: import("../state/drawer.js").Event | null, label: string}} AboutCell
 *
 * @typedef {Object} Answerer
 * @property {(question: Question, signal: AbortSignal) => Promise<Numbers>} picture
 * @property {(question: {query: Query, cell: Cell}, signal: AbortSignal) =>
 *     Promise<Wire.CellTerms>} cell Every term of one cell.
 * @property {Answerer["picture"]} [recorded] PyTorch's picture, where the one that was answered is the page's own.
 * @property {(query: Query) => void} [distrust] Takes no more pictures from the page with such a model.
 * @property {null | ((question: AboutCell, signal: AbortSignal) => Promise<Says.Drawer>)} why What the drawer says of a
 *     cell; null where nobody can say that.
 * @property {(query: Query, signal: AbortSignal) => Promise<number | null>} progress The share of a picture's reading
 *     that is done, from 0 to 1; null while it is not known.
 * @property {null | ((query: Query) => Promise<string>)} code The Python code that makes the trace again.
 * @property {string[]} files The kinds of files that `download` makes.
 * @property {(kind: string, question: any) => Promise<Response>} download
 * @property {(file: File) => Promise<Query>} file Takes a file; answers what is then read.
 */

// Milliseconds to the next try if a busy server does not say: doubled each time, up to `most`.
const BUSY = { first: 500, most: 8_000 }

/** The server is busy: try again after `after` milliseconds, or (null) after a while. */
export class Busy extends Error {
    /** @param {number | null} after */
    constructor(after) {
        super("The server is busy. Try again in a moment.")
        this.after = after
    }

    /** The milliseconds until the next try, after so many. @param {number} tries */
    pause(tries) {
        return this.after ?? Math.min(BUSY.most, BUSY.first * 2 ** tries)
    }
}

/** The server does not answer. */
export class Unreachable extends Error {
    constructor() {
        super("The server does not answer. Try again in a moment.")
    }
}

/** The question can't be answered; the message says why. */
export class Refused extends Error {}
