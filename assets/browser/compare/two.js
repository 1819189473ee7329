/**
 * What stands side by side in two readings? Words, answers and numbers of both, from the picture of each and from what
 * Python tells of the pair: which steps belong together, where the answers turn, which unit carries that.
 */

import { label, significant } from "../numbers/label.js"

/**
 * A pair is a number in `message.pairs`; a side is 0 for A, 1 for B.
 *
 * @typedef {"c" | "f" | "o"} Letter
 * @typedef {0 | 1} Which
 */

// The pairs of a long text that are drawn, and how many of them stand before the first difference.
const [WIDE, BEFORE] = [26, 4]
// Columns of a picture: more than are ever compared.
const ROOM = 300
// What is asked for, and what of a picture of so many units that it could not show each step.
const [ALL, MEMORY] = ["cfo", "c"]

/** The first pair that is drawn, and the one after the last: those around what differs, and what the page speaks of.
 * @param {Wire.Compared} message */
function windowOf({ kind, pairs, differs, turned, carried, moves }) {
    if (pairs.length <= WIDE) return [0, pairs.length]
    const before = (/** @type {number} */ pair) => Math.max(0, pair - BEFORE)
    const [begin, surest] = [before(differs[0] ?? turned[0]?.[0] ?? 0), surestOf(turned) ?? 0]
    const first = kind === "texts" || surest < begin + WIDE ? begin : before(surest)
    return [first, Math.min(pairs.length, Math.max(first + WIDE, (carried ?? moves ?? 0) + BEFORE))]
}

/** The pair whose answers differ most surely. @param {Wire.Compared["turned"]} turned @returns {number | undefined} */
export const surestOf = turned => [...turned].sort(([, a], [, b]) => b - a)[0]?.[0]

/** A turned answer as it is shown. @param {Wire.TurnedAnswer} answer @param {Two} two */
export function chipOf({ label: name, value }, { message: { gives } }) {
    if (gives === "classes") return { label: name, share: value }
    if (gives === "value") return { label: significant(value, 3), share: null }
    return { label: value > 0.5 ? name : `no ${name}`, share: Math.max(value, 1 - value) }
}

/** Both pictures, of every unit at every step that is drawn.
 * @param {Wire.Compared} message @param {Answerer[]} answerers one for each side @param {AbortSignal} signal */
export const picturesOf = (message, answerers, signal) =>
    Promise.all(
        answerers.map(async (answerer, which) => {
            const [side, [first, end]] = [which ? message.b : message.a, windowOf(message)]
            const steps = message.pairs.slice(first, end).flatMap(pair => pair[which] ?? [])
            const zoom = [(steps[0] ?? 0) - 0.5, (steps.at(-1) ?? 0) + 0.5]
            const ask = (/** @type {string} */ quantities) => {
                const query = { ...side.query, rows: "index", top: "all", layers: `${side.layer}`, quantities }
                return answerer.picture({ query, room: ROOM, zoom, cell: null }, signal)
            }
            const numbers = await ask(ALL)
            return numbers.columns.per === 1 ? numbers : ask(MEMORY)
        }),
    )

export class Two {
    /** @param {Wire.Compared} message @param {Numbers[]} pictures */
    constructor(message, pictures) {
        const [first, end] = windowOf(message)
        this.message = message
        this.pictures = pictures
        this.sides = [message.a, message.b]
        /** The pairs that are drawn. */
        this.shown = Array.from({ length: end - first }, (_, k) => first + k)
        this.stacks = pictures.map(({ stacks }, which) => {
            const there = stacks.filter(({ direction }) => direction === 0)
            return there.find(({ layer }) => layer === this.sides[which].layer) ?? there[0]
        })
        /** Whether the steps are numbers that a model reads. */
        this.readsNumbers = message.reads === "numbers" && message.gives !== ""
    }

    /** The units of a side's layer. @param {Which} which */
    units(which) {
        return [...this.stacks[which].units].sort((a, b) => a - b)
    }

    /** The step of one side at a pair; null where it has none. @param {Which} which @param {number} pair */
    step(which, pair) {
        return this.message.pairs[pair][which]
    }

    /** @param {number} pair */
    isWhole(pair) {
        return !this.message.pairs[pair].includes(null)
    }

    /** What one side reads at a step of its own; null at none. @param {Which} which @param {number | null} step */
    wordAt(which, step) {
        if (step === null) return null
        const { series, labels, columns } = this.pictures[which]
        const [column, read] = [step - columns.first, series.find(({ read }) => read)]
        if (!read) return labels[column] ?? ""
        return label(Array.from(read.values, row => significant(row[column], 4)).join(" "))
    }

    /** What both read at a pair. @param {number} pair */
    words(pair) {
        return [this.wordAt(0, this.step(0, pair)), this.wordAt(1, this.step(1, pair))]
    }

    /** What one side answers at a pair. @param {Which} which @param {number} pair @returns {StepAnswer | null} */
    answer(which, pair) {
        const step = this.step(which, pair)
        return this.pictures[which].answers.find(one => one.step === step) ?? null
    }

    /** A number of a unit at a step of a side; NaN where there is none. @param {Which} which @param {Letter} letter
     * @param {number} unit @param {number | null} step */
    at(which, letter, unit, step) {
        const { values, units } = this.stacks[which]
        const rows = values.find(({ quantity }) => quantity === letter)?.z
        if (step === null) return Number.NaN
        return rows?.[units.indexOf(unit)]?.[step - this.pictures[which].columns.first] ?? Number.NaN
    }

    /** A unit's numbers at the drawn pairs. @param {Which} which @param {Letter} letter @param {number} unit */
    row(which, letter, unit) {
        return this.shown.map(pair => this.at(which, letter, unit, this.step(which, pair)))
    }

    /** How far c of a unit, or a function of it, is apart at a pair; 0 where a step has no partner.
     * @param {number} unit @param {number} pair @param {(value: number) => number} of */
    apart(unit, pair, of = value => value) {
        const [a, b] = [this.at(0, "c", unit, this.step(0, pair)), this.at(1, "c", unit, this.step(1, pair))]
        return Math.abs(of(b) - of(a)) || 0
    }

    /** The largest such distance of some units at a pair. @param {number[]} units @param {number} pair */
    farthest(units, pair) {
        return Math.max(0, ...units.map(unit => this.apart(unit, pair)))
    }

    /** Whether a quantity is a gate of the cell that is read. @param {Letter} letter */
    hasGate(letter) {
        const { letters, found } = this.pictures[0]
        return found === null || letters?.[letter] !== undefined
    }
}
