/**
 * How does a cell's h become the model's answer? Its part of the score, the other parts, and what the scores say; drawn
 * below the cell.
 */

import { onItsColour } from "../shared/colour.js"
import { element } from "../shared/element.js"
import { fixed, listed, signed } from "../shared/numbers.js"
import { isLeftOut } from "../state/holds.js"
import { stackOf } from "../state/state.js"
import { flow, short } from "./cell_drawing.js"
import { SIZE } from "./cell_layout.js"

/**
 * A part of a score: `weight` · `h` of one unit; of several units or of the bias only the sum.
 *
 * @typedef {{name: string, part: number, h?: number, weight?: number, unit?: number}} Part
 * @typedef {{label: string, score: number, said: number}} Said A label's score, and its probability or value.
 * @typedef {{gives: string, label: string, parts: Part[], score: number, likeliest: Said[], others: number,
 *     rest: number, scale: {deviation: number, mean: number} | null}} Onward `others`: how many labels are not among
 *     the likeliest, `rest`: their probability; `scale`: what brings the score into the units of the data.
 */

// The units of a score that are drawn each for itself, the cell's own first.
const UNITS = 3

/**
 * The way from the h of a cell to the answer at its step; null if there is none, as below the last layer.
 *
 * @param {Pick<Numbers, "readout" | "held" | "stacks"> & {columns: {of: (step: number) => number}}} picture
 * @param {Cell} cell @param {number | undefined} h of the cell @returns {Onward | null}
 */
export function onwardOf(picture, cell, h) {
    const { readout, columns, held } = picture
    const stack = stackOf(picture, cell)
    const column = columns.of(cell.step)
    if (!readout || !stack?.weights || column < 0 || h === undefined) return null
    if (isLeftOut(held?.holds ?? "", cell.step)) return null
    const likeliest = readout.best.map((labels, place) => ({
        label: readout.labels[labels[column]],
        score: readout.scores[place][column],
        said: readout.said[place][column],
    }))
    const label = readout.best[0][column]
    const [{ score, said: first }] = likeliest
    const probability = readout.gives === "classes" ? likeliest.reduce((sum, { said }) => sum + said, 0) : first
    return {
        gives: readout.gives,
        label: likeliest[0].label,
        parts: partsOf(readout, stack, stack.weights, { label, column, unit: cell.unit, h, score }),
        score,
        likeliest,
        others: readout.of - likeliest.length,
        rest: Math.max(0, 1 - probability),
        scale: readout.mean.length ? { deviation: readout.deviation[label], mean: readout.mean[label] } : null,
    }
}

/**
 * The parts of a score: of the cell's unit, of the largest other ones, of all the rest together, and the bias.
 *
 * @param {Readout} readout @param {StackValues} stack @param {Float32Array[]} weights
 * @param {{label: number, column: number, unit: number, h: number, score: number}} own
 */
function partsOf({ units: all, bias }, { units, values }, weights, { label, column, unit, h, score }) {
    const rows = values.find(({ quantity }) => quantity === "h")?.z ?? []
    const part = (/** @type {number} */ line, /** @type {number} */ h) => {
        const weight = weights[line][label]
        return { name: `unit ${units[line]}`, unit: units[line], h, weight, part: weight * h }
    }
    const own = part(units.indexOf(unit), h)
    const others = units
        .map((other, line) => (other === unit || !rows[line] ? null : part(line, rows[line][column])))
        .filter(found => found !== null)
        .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
    // One that would be alone in the rest is named too.
    const named = [own, ...others.slice(0, all <= UNITS + 1 ? UNITS : UNITS - 1)]
    const left = all - named.length
    const rest = score - bias[label] - named.reduce((sum, { part }) => sum + part, 0)
    return [
        ...named,
        ...(left ? [{ name: `${left} other unit${left > 1 ? "s" : ""}`, part: rest }] : []),
        { name: "bias", part: bias[label] },
    ]
}

/** The parts of a score in words. @param {Onward} onward */
export const scoreInWords = ({ parts, score }) =>
    `${signed(score, 2)}: ${listed(parts.map(({ name, part }) => `${signed(part, 2)} from ${name.replace("bias", "the bias")}`))}`

// How is the way from h to the answer drawn? In rows below the cell: the score as a sum of parts, then what the scores
// say.

// The longest name.
const LONGEST = 14
/** @type {Record<string, string>} */
const SAYS = {
    classes: "softmax: as probabilities",
    set: "σ: each as a probability",
    value: "in the units of the data",
}

/**
 * The wire from the cell's h, in the drawing above, to the row of its unit.
 *
 * @param {number} h @param {ColourScale} scale @param {import("./cell_layout.js").Layout} layout of the drawing
 */
function wireFrom(h, scale, { pills }) {
    const { y = SIZE[3] } = pills.find(({ name }) => name === "h") ?? {}
    // From the lower edge of the number to that of the drawing.
    const rise = `${(100 * (SIZE[3] - y - 10)) / SIZE[2]}cqw`
    const { stroke, width } = flow(h, scale)
    const style = `--gs-flow: ${width}px; --gs-rise: ${rise}; color: ${stroke}`
    return element("i", { class: "gs-onward-wire", style })
}

/** All rows; none without a way. @param {Onward | null} onward
 * @param {{states: ColourScale, layout: import("./cell_layout.js").Layout}} cell the colours of h, and the drawing above
 * @param {(unit: number) => void} choose gets a unit that is clicked */
export function onwardRows(onward, { states, layout }, choose) {
    if (!onward) return []
    const { gives, label, parts, score, likeliest, others, rest, scale } = onward
    const ends = [0]
    for (const { part } of parts) ends.push(ends[ends.length - 1] + part)
    const [low, high] = [Math.min(...ends), Math.max(...ends)]
    const at = (/** @type {number} */ value) => (value - low) / (high - low || 1)
    const sums = parts.map(({ name, part, weight, h, unit }, n) =>
        row(
            n ? "gs-onward-part" : "gs-onward-part gs-onward-own",
            [name, h === undefined ? "" : short(h), weight === undefined ? "" : `× ${short(weight)}`],
            [at(ends[n]), at(ends[n + 1]), part < 0 ? "gs-negative" : "gs-positive"],
            signed(part, 2),
            n && unit !== undefined ? { "aria-label": `Look at unit ${unit}`, onclick: () => choose(unit) } : null,
            h === undefined ? {} : onItsColour(h, states),
        ),
    )
    const restored = scale ? `× ${fixed(scale.deviation, 2)} ${signed(scale.mean, 2)}` : ""
    const some = others ? `the ${likeliest.length} likeliest of ${likeliest.length + others}` : ""
    const says = likeliest.map(({ label, score, said }, n) =>
        row(
            n ? "gs-onward-label" : "gs-onward-label gs-onward-answer",
            [label, signed(score, 2)],
            gives === "value" ? null : [0, said, ""],
            number(gives, said),
        ),
    )
    const left = `${others} other${others > 1 ? "s" : ""}`
    return [
        headed("On to the answer", "h × weight", wireFrom(parts[0].h ?? 0, states, layout)),
        ...sums,
        row("gs-onward-score", [`score of ${cut(label)}`], [at(0), at(score), "gs-onward-sum"], signed(score, 2)),
        headed(SAYS[gives], gives === "value" ? restored : some),
        ...says,
        ...(gives === "classes" && others ? [row("gs-onward-left", [left], [0, rest, ""], number(gives, rest))] : []),
    ]
}

/** @param {string} title @param {string} under @param {...Element} wire */
const headed = (title, under, ...wire) =>
    element("p", { class: "gs-onward-head" }, element("b", {}, title), ` ${under}`, ...wire)

/**
 * A name, up to two numbers, a bar and what that is; a button where it leads somewhere.
 *
 * @param {string} kind @param {string[]} names @param {[number, number, string] | null} bar from one share of its room to
 *     another @param {string} says @param {Object<string, any> | null} [leads] @param {Object} [look] of the first number
 */
function row(kind, [name, ...numbers], bar, says, leads, look = {}) {
    const [from, to, colour] = bar ?? [0, 0, ""]
    const style = `left: ${100 * Math.min(from, to)}%; width: ${100 * Math.abs(to - from)}%`
    const parts = [
        element("span", { class: "gs-onward-name" }, cut(name)),
        ...[0, 1].map(n => element("span", n ? {} : look, numbers[n] ?? "")),
        element("span", { class: bar && "gs-onward-track" }, bar ? element("i", { class: colour, style }) : ""),
        element("span", { class: "gs-onward-number" }, says),
    ]
    const about = { class: `gs-onward-row ${kind}`, ...leads }
    return leads ? element("button", { type: "button", ...about }, ...parts) : element("div", about, ...parts)
}

/** @param {string} gives @param {number} value */
const number = (gives, value) =>
    gives === "value" ? `${Number(value.toPrecision(3))}`.replace("-", "−") : fixed(value, 2)

/** @param {string} name */
const cut = name => ([...name].length > LONGEST ? `${[...name].slice(0, LONGEST - 1).join("")}…` : name)
