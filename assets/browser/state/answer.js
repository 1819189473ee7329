/**
 * What is an answer, and what is it laid out to?
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
 * @typedef {{title: string, question: string, labels: string[], z: Float32Array[]}} LabelScores The probabilities of the
 *     labels (label, column).
 * @typedef {{label: string, share: number | null, text: string | null}} Next One thing that may come after the last step;
 *     `text`: what to write behind the text so that it comes, null if it ends the text.
 *
 * An answer: numbers and words of one view. `units`: how many a layer has; `few`: which of many are shown, in words;
 * `lasts`: where its link works; `pins`: whether that can have a pinned cell; `kind` and `bend`: of a GRU or RNN;
 * `letters`: what its quantities are called; `projects`: whether h is a projection; `code`: the Python script, where it is
 * here; `isComputed`: by the page, beside a server that has not recorded it.
 *
 * @typedef {{view: Object<string, any>, link: string, file: string | null, lasts: string, pins: boolean,
 *     model: Wire.Model, examples: Record<string, string>, unreadable: boolean, notices: string[], shapes: string,
 *     proof: string, made: string, code: string | null, stacks: StackValues[], units: number, columns: Columns,
 *     reach: number, answers: StepAnswer[], inputs: Input | null, series: DrawnSeries[], scores: LabelScores | null,
 *     readout: Readout | null, few: string, labels: string[], strips: Wire.StripWords[], coming: Next[],
 *     cell: Wire.CellTerms | null, held: Held | null, found: string | null, kind?: "gru" | "rnn", projects?: boolean,
 *     bend?: string, letters?: Record<string, string>, overview: Float32Array[] | null, resets: number[],
 *     isComputed?: boolean}} Numbers
 *
 * @typedef {[number, string][]} Shades A scale as Plotly takes it: places from 0 to 1, and their colours.
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
 * @typedef {{title: string, question: string, labels: {text: string, colour?: string}[], figure: Figure,
 *     above: boolean, folded: boolean}} Extra A picture above or below the strips; `folded`: drawn only once opened.
 *
 * @typedef {Omit<Numbers, "stacks" | "strips" | "answers" | "inputs"> & {stacks: Stack[], look: Look,
 *     strips: Strip[], extras: Extra[], legend: Scale[], answers: Answers | null, inputs: Inputs | null, across: number,
 *     narrow: boolean, given: boolean}} Picture The numbers laid out; `across`: how many stacks stand in a row,
 *     `narrow`: whether the names stand above their strips, `given`: whether a starting state other than 0 stands
 *     beside them.
 */

/**
 * What a quantity is called in the picture's own cell, as z or 1 − z.
 *
 * @param {{letters?: Object<string, string>}} picture @param {string} quantity
 */
export const letterOf = ({ letters }, quantity) => letters?.[quantity] ?? quantity

/** Whether the picture's own cell has a quantity. @param {{letters?: Object<string, string>}} picture
 * @param {string} quantity */
export const has = ({ letters }, quantity) => !letters || quantity in letters
