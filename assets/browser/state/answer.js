/**
 * What is an answer of the server (`Wire.Header`) laid out to?
 *
 * @typedef {Omit<Wire.Header, "columns"> & {columns: Columns, isComputed?: boolean}} Numbers An answer, unpacked;
 *     `isComputed`: by the page, beside a server that has not recorded it.
 *
 * @typedef {[number, string][]} Shades A scale as Plotly takes it: places from 0 to 1, and their colours.
 * @typedef {Wire.Ink & {gates: Shades, states: Shades, lines: Object<string, string>}} Look The colours of a picture.
 *
 * @typedef {{data: any[], layout: any}} Figure A figure as Plotly takes it.
 * @typedef {{top: number, height: number}} Place Of a strip in its stack, in pixels.
 * @typedef {{numbers: boolean, gap: boolean, flat: boolean}} OnCells What has room on a strip's cells.
 * @typedef {Wire.StackValues & {figure: Figure, places: Place[], onCells: OnCells[], unread: boolean}} Stack
 * @typedef {Wire.StripWords & {line: string}} Strip With the colour of its line.
 * @typedef {{said: Wire.StepAnswer[], over: number, place: Place, level: boolean, shares: boolean}} Answers `over`: the
 *     stack that they stand over; `level`: whether they stand level, else upright; `shares`: whether the probabilities
 *     have room.
 * @typedef {Wire.Inputs & {place: Place}} Inputs
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
