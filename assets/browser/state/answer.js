/**
 * What is an answer, what is it laid out to, and what does each of its columns show?
 *
 * @typedef {{layer: number, direction: number, name: string, units: number[], values: Wire.Quantity[],
 *     start: Object<string, number[]>, reset: Object<string, number[][]>, weights: Float32Array[] | null}} StackValues
 *     One layer and direction. `start`: the values of the rows' units before the first step, `reset`: before each step in
 *     `resets`; `weights` (unit, label): of the Linear, where their h goes to it.
 * @typedef {{step: number, label: string, share: number | null}} StepAnswer What the model says at a step; no share of a
 *     number.
 * @typedef {{z: Float32Array[], reach: number}} Input x (feature, column), and the end of its scale.
 * @typedef {{gives: string, units: number, of: number, labels: string[], bias: number[], best: Float32Array[],
 *     scores: Float32Array[], said: Float32Array[], mean: number[], deviation: number[]}} Readout How the Linear makes
 *     scores of h, score = weights · h + bias, for the likeliest labels. `units`: how many numbers of h go into a score;
 *     `of`: how many labels there are; `best` (place, column): which of the labels; value = score · deviation + mean.
 * @typedef {{holds: string, before: string[], after: string[], sure_before: (number | null)[],
 *     sure_after: (number | null)[]}} Held What is held, and the answers at each column without it and with it.
 * @typedef {{title: string, question: string, labels: string[], names: string[], values: Float32Array[],
 *     foreseen: Float32Array[] | null, low: number[], high: number[], read: boolean}} DrawnSeries Numbers that the model
 *     reads or says, a row for each of their columns; `foreseen`: what it foresees at each for the next step.
 * @typedef {{labels: string[], z: Float32Array[]}} LabelScores The probabilities of the
 *     labels (label, column).
 * @typedef {{label: string, share: number | null, text: string | null}} Next One thing that may come after the last step;
 *     `text`: what to write behind the text so that it comes, null if it ends the text.
 *
 * An answer: numbers and words of one view. `units`: how many a layer has; `few`: which of many are shown, in words;
 * `lasts`: where its link works; `pins`: whether that can have a pinned cell; `kind` and `bend`: of a GRU or RNN;
 * `letters`: what its quantities are called; `projects`: whether h is a projection; `isComputed`: by the page, beside a server that has not recorded it.
 *
 * @typedef {{view: Object<string, any>, link: string, file: string | null, lasts: string, pins: boolean,
 *     model: Wire.Model, examples: Record<string, string>, unreadable: boolean, notices: string[], shapes: string,
 *     proof: string, made: string, stacks: StackValues[], units: number, columns: Columns,
 *     reach: number, answers: StepAnswer[], inputs: Input | null, series: DrawnSeries[], scores: LabelScores | null,
 *     readout: Readout | null, few: string, labels: string[], strips: Wire.StripWords[], coming: Next[],
 *     cell: Wire.CellTerms | null, held: Held | null, found: string | null, kind?: "gru" | "rnn", projects?: boolean,
 *     bend?: string, letters?: Record<string, string>, overview: Float32Array[] | null, resets: number[],
 *     isComputed?: boolean}} Numbers
 *
 * @typedef {[number, string][]} Shades A scale as Plotly takes it: places from 0 to 1, and their colours.
 * @typedef {{colorscale: Shades, zmin: number, zmax: number}} ColourScale The colours of a range of numbers.
 * @typedef {Wire.Ink & {gates: Shades, states: Shades, lines: Object<string, string>}} Look The colours of a picture.
 *
 * @typedef {{data: any[], layout: any}} Figure A figure as Plotly takes it.
 * @typedef {{top: number, height: number}} Place Of a strip in its stack, in pixels.
 * @typedef {{numbers: boolean, gap: boolean, flat: boolean}} OnCells What has room on a strip's cells.
 * @typedef {StackValues & {figure: Figure, places: Place[], onCells: OnCells[], unread: boolean}} Stack
 * @typedef {Wire.StripWords & {line: string}} Strip With the colour of its line.
 * @typedef {{said: StepAnswer[], over: number, place: Place, level: boolean, shares: boolean}} Answers `over`: the
 *     stack that they stand over; `level`: whether they stand level, else upright; `shares`: whether the probabilities
 *     have room.
 * @typedef {Input & {place: Place}} Inputs
 * @typedef {{name: string, low: string, high: string, colours: string[]}} Scale One entry of the legend.
 * @typedef {{top: number, height: number, range: number[], ticks: number[]}} ValueAxis
 * @typedef {{name: string, axis: number, values: Float32Array, late: number, stroke: string, dash?: number[]}} Line `late`:
 *     how many columns after its own a value stands.
 * @typedef {{title: string, question: string, labels: {text: string, colour: string}[], layout: any, axes: ValueAxis[],
 *     lines: Line[], above: boolean}} Extra Curves above or below the strips.
 *
 * @typedef {Omit<Numbers, "stacks" | "strips" | "answers" | "inputs"> & {stacks: Stack[], look: Look,
 *     strips: Strip[], extras: Extra[], legend: Scale[], answers: Answers | null, inputs: Inputs | null, across: number,
 *     narrow: boolean, given: boolean, range: number[], fits: boolean, readsX: boolean}} Picture The numbers laid out; `readsX`:
 *     whether there is an x to unfold; `range`: the
 *     steps in sight, `fits`: whether the words of all have room; `across`: how many stacks stand in a row,
 *     `narrow`: whether the names stand above their strips, `given`: whether a starting state other than 0 stands
 *     beside them.
 */

import { count } from "../shared/numbers.js"

/**
 * What a quantity is called in the picture's own cell, as z or 1 − z.
 *
 * @param {{letters?: Object<string, string>}} picture @param {string} quantity
 */
export const letterOf = ({ letters }, quantity) => letters?.[quantity] ?? quantity

/** Whether the picture's own cell has a quantity. @param {{letters?: Object<string, string>}} picture
 * @param {string} quantity */
export const has = ({ letters }, quantity) => !letters || quantity in letters

// What does each column of a picture show? One step, or a bin of several if there are too many steps.

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
