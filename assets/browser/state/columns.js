/** What does each column of a picture show? One step, or a bin of several if there are too many steps. */

import { count } from "../shared/numbers.js"

/** Whether a text is marks alone: in quotes, or at the end of a sentence, it would be hard to read. @param {string} text */
export const isSymbol = text => !/[\p{L}\p{N}]/u.test(text)

export class Columns {
    /** @param {{columns: Wire.Columns, labels: string[], series?: DrawnSeries[]}} picture */
    constructor({ columns, labels, series = [] }) {
        /** The step of the first column. */
        this.first = columns.first
        /** Steps in a column. */
        this.per = columns.per
        this.number = columns.number
        /** Steps of the whole sequence. */
        this.steps = columns.steps
        this.labels = labels
        /** Whether the steps have no words: those of a series are times, and those of some recordings numbers. */
        this.timed = series.some(({ read }) => read) || this.#areNumbers
    }

    /** Whether each step is called by its number. */
    get #areNumbers() {
        const { labels, first, per } = this
        return per === 1 && labels.length > 0 && labels.every((label, column) => label === `${first + column}`)
    }

    /** The first step after the columns. */
    get end() {
        return Math.min(this.steps, this.first + this.number * this.per)
    }

    /** Whether every step of the sequence is in some column. */
    get complete() {
        return this.end - this.first >= this.steps
    }

    /** The column of a step, or -1. @param {number} step */
    of(step) {
        return step >= this.first && step < this.end ? Math.floor((step - this.first) / this.per) : -1
    }

    /** The first step of a column. @param {number} column */
    step(column) {
        return this.first + column * this.per
    }

    /** Where a column begins and ends on the axis of steps. @param {number} column */
    edges(column) {
        const begins = this.step(column) - 0.5
        return [begins, Math.min(this.steps - 0.5, begins + this.per)]
    }

    /** Where all columns together begin and end on the axis of steps. */
    get range() {
        return [this.edges(0)[0], this.edges(this.number - 1)[1]]
    }

    /** A step's word or time; its number, if it has none in the picture. @param {number} step */
    word(step) {
        const label = this.labels[step - this.first]
        return label === undefined || (this.timed && label === `${step}`) ? `step ${count(step)}` : label
    }

    /** As `word`, in quotes if it is one. @param {number} step */
    quoted(step) {
        const word = this.word(step)
        return this.timed || !this.labels.length ? word : `“${word}”`
    }

    /** As `quoted`, and a symbol as a key. @param {number} step @returns {string | {key: string}} */
    said(step) {
        const word = this.word(step)
        return isSymbol(word) ? { key: word } : this.quoted(step)
    }

    /** @param {number} column */
    name(column) {
        const step = this.step(column)
        if (this.per === 1) return this.word(step)
        return `steps ${count(step)} to ${count(Math.min(step + this.per, this.steps) - 1)}`
    }

    /** The middle of each column on the axis of steps. */
    get positions() {
        return Array.from({ length: this.number }, (_, column) => this.step(column) + (this.per - 1) / 2)
    }

    /** A column's place in the sequence, in words. @param {number} column */
    where(column) {
        const step = this.step(column)
        return this.per === 1 ? `step ${count(step)}` : `${count(Math.min(this.per, this.steps - step))} steps`
    }
}
