/**
 * What does the page show before the server has answered? A picture that it computes itself, once it has the model and
 * has read a text with it as PyTorch did; and how near was that to the server's?
 */

import { roughly } from "../shared/numbers.js"

// Letters: a longer text takes longer than a frame.
const LONGEST = 500
// Milliseconds without another model after which one is asked for.
const REST = 500

// What is drawn of an answer.
const COMPARED = ["stacks", "answers", "inputs", "labels", "series", "scores", "readout"]

export class Ahead {
    /** Who computes, by what it needs; null where nobody can. @type {Map<string, import("./here.js").Here | null>} */
    #by = new Map()
    /** What is opened next, and until when. */
    #next = ""
    /** @type {number | undefined} */
    #rest = undefined

    /** @param {(view: Query) => Promise<import("./here.js").Here | null>} open who computes such pictures, and has proved
     * it */
    constructor(open) {
        this.open = open
    }

    /** The picture, if it is there within a moment; null if not. @param {Question} question
     * @returns {Promise<Numbers | null>} */
    async picture(question) {
        const here = this.#by.get(keyOf(question.query))
        if (!here || isLong(question.query)) return null
        // Why a question can't be answered, the server says.
        const numbers = await here.picture(question).catch(() => null)
        // Columns of several steps are sent in rounder numbers.
        return numbers?.columns.number && numbers.columns.per === 1 ? numbers : null
    }

    /** Opens who computes pictures such as this one, unless another model follows soon. @param {Query} view */
    prepare(view) {
        const key = keyOf(view)
        if (key !== this.#next) {
            clearTimeout(this.#rest)
            this.#next = ""
        }
        if (this.#next || this.#by.has(key) || isLong(view)) return
        this.#next = key
        this.#rest = setTimeout(() => this.#open(key, view), REST)
    }

    /** Computes no more pictures such as this one. @param {Query} view */
    distrust(view) {
        this.#by.set(keyOf(view), null)
    }

    /** @param {string} key @param {Query} view */
    async #open(key, view) {
        this.#by.set(key, null)
        try {
            this.#by.set(key, await this.open(view))
        } catch {
            // The server shows every picture.
        }
    }
}

/** @param {Query} query */
const isLong = ({ sentence = "" }) => `${sentence}`.length > LONGEST

/** The tagger is another model in each size. @param {Query} query */
function keyOf({ model, tokens, input_dim, hidden_dim, n_layers, file }) {
    const sizes = model === "tagger-sizes" ? [input_dim, hidden_dim, n_layers] : []
    return [model, model === "random" ? tokens : "", file, ...sizes].join()
}

/** All of an answer that is not laid out. @param {Numbers} numbers */
export function wordsOf({ stacks: _, strips: __, answers: ___, inputs: ____, ...words }) {
    return words
}

/** The largest difference of what two answers draw, in proportion where a value is larger than 1; Infinity where they
 * draw something else. @param {any} own @param {any} theirs */
export const farthest = (own, theirs) => Math.max(...COMPARED.map(name => difference(own[name], theirs[name])))

/** @param {any} own @param {any} theirs @returns {number} */
function difference(own, theirs) {
    if (Object.is(own ?? null, theirs ?? null)) return 0
    if (typeof own === "number" && typeof theirs === "number") {
        const far = Math.abs(own - theirs) / Math.max(1, Math.abs(theirs))
        return Number.isNaN(far) ? Infinity : far
    }
    if (!own || !theirs || typeof own !== "object" || typeof theirs !== "object") return Infinity
    if (own.length !== theirs.length) return Infinity
    let far = 0
    if (own.length === undefined)
        for (const name of Object.keys({ ...own, ...theirs })) far = Math.max(far, difference(own[name], theirs[name]))
    else for (let k = 0; k < own.length; k++) far = Math.max(far, difference(own[k], theirs[k]))
    return far
}

/** @param {number} far */
export const saidOf = far =>
    `This browser drew another picture first${Number.isFinite(far) ? `, ${roughly(far)} from PyTorch’s` : ""}. ` +
    "This one is PyTorch’s."
