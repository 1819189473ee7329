/**
 * How did one word reach the answer? What each unit carried on from each step; units are named only where a few carry most
 * of it and patching bears that out: their memory is put at its value without the word, at one step, beside as many units
 * drawn by chance.
 */

import { draws } from "../engine/random.js"
import { run, scores } from "../engine/run.js"
import { kindOf } from "../kinds.js"
import { largestFirst } from "../numbers/order.js"
import { answered, explained } from "./explained.js"
import { parametersOf, short, signed, stepName, sum, unitsNamed } from "./names.js"

/**
 * @typedef {import("./explained.js").Explained} Explained
 * @typedef {import("./explained.js").Asked} Asked
 * @typedef {{layer: number, unit: number, carried: number}} Carrier
 */

// The part of an effect from which on a line can be seen, and the most lines.
const SEEN = 0.02
const MOST_LINES = 600
// The most units that are named, the part of the effect that they carry, and how many are looked at where more do.
const NAMED = 3
const MOST_OF = 0.5
const LOOK = 5
// How many sets of other units are patched, and the most multiplications of all these runs.
const RANDOM = 20
const MOST_PATCHED = 1_000_000_000
// What patching takes, as a share of what is carried: from and to.
const AGREES = [0.5, 2]

/**
 * `size`: the sizes of all parts of the answer, summed.
 *
 * @param {Asked} asked @param {import("../state/link.js").Event} event
 * @param {{target: string, baseline: string, size: number, names: string[]}} about @returns {Says.Path | null}
 */
export function pathOf(asked, event, { target, baseline, size, names }) {
    const found = explained(asked, event)
    if (!found) return null
    const { effect, error } = found
    const isLittle = Math.abs(effect) < SEEN * size
    const step = stepName(asked.reading, event.step)
    const name = event.feature !== null && names.length > 1 ? `${names[event.feature]} at ${step}` : step
    const said = `${name} alone, with ${baseline} in its place, makes ${signed(effect)} of ${target}`
    return {
        ...{ step: event.step, feature: event.feature, effect: short(effect), error: short(error) },
        lines: isLittle ? [] : linesOf(found, asked),
        said: said + (isLittle ? ": too little for a path." : carriedBy(asked, event.step, found)),
    }
}

/** What units carried on from steps, the largest part first, where it can be seen. @returns {Says.Carried[]} */
function linesOf(/** @type {Explained} */ { kept, reread, effect }, /** @type {Asked} */ { reading, left }) {
    const units = reading.lstm.hiddenSize
    // The units of a projection's h are not those of c.
    const isSame = !reading.lstm.projSize
    const all = kept.flatMap(([own], layer) =>
        Array.from(own, (value, at) => ({ layer, at, kept: value, reread: isSame ? reread[layer][0][at] : 0 })),
    )
    const sizes = all.map(one => Math.max(Math.abs(one.kept), Math.abs(one.reread)))
    return largestFirst(sizes)
        .slice(0, MOST_LINES)
        .filter(k => sizes[k] >= SEEN * Math.abs(effect))
        .map(k => ({
            ...{ layer: all[k].layer, step: left[Math.floor(all[k].at / units)], unit: all[k].at % units },
            ...{ kept: short(all[k].kept), reread: short(all[k].reread) },
        }))
}

/** Which units carried it, as the end of a sentence. @param {Asked} asked @param {number} event @param {Explained} found */
function carriedBy({ reading, left, step }, event, found) {
    if ((step + 1) * parametersOf(reading) * (RANDOM + LOOK) > MOST_PATCHED)
        return ". No unit is named: the text is too long to check that by patching while you wait."
    const at = Math.floor((left.indexOf(event) + step) / 2)
    const carriers = carriersAt(reading, found, at)
    const past = stepName(reading, left[at])
    const carriedByFirst = (/** @type {number} */ few) => sum(carriers.slice(0, few).map(({ carried }) => carried))
    const few = Array.from({ length: NAMED }, (_, k) => k + 1).find(
        some => carriedByFirst(some) / found.effect >= MOST_OF,
    )
    if (!few)
        return `. No unit is named: many carry it, the ${LOOK} largest ${signed(carriedByFirst(LOOK))} of it past ${past}.`
    const chosen = carriers.slice(0, few)
    const [carried, takes] = [carriedByFirst(few), takenBy(reading, found, step, at, chosen)]
    const byChance = median(
        drawn(carriers.slice(few), few).map(others => Math.abs(takenBy(reading, found, step, at, others))),
    )
    const names = unitsNamed(chosen, reading.lstm.numLayers)
    const others = `${few} random unit${few === 1 ? " moves" : "s move"} the answer by ${signed(byChance).slice(1)}`
    const [least, most] = AGREES
    const share = takes / carried
    if (!(least <= share && share <= most && byChance < Math.abs(takes) / 2))
        return (
            `. No unit is named: ${names} seem${few === 1 ? "s" : ""} to carry ${signed(carried)} past ${past}, but patching ` +
            `takes ${signed(takes)}, and ${others}.`
        )
    return (
        `, carried past ${past} by ${names}: ${signed(carried)}. Patching ${few === 1 ? "it" : "them"} there takes ` +
        `${signed(takes)}; ${others}.`
    )
}

/** What each unit carried past a step, the largest first. @param {Reading} reading @param {Explained} found
 * @param {number} at @returns {Carrier[]} */
function carriersAt({ lstm: { hiddenSize, projSize } }, { kept, reread }, at) {
    const all = kept.flatMap(([own], layer) =>
        Array.from({ length: hiddenSize }, (_, unit) => {
            const place = at * hiddenSize + unit
            // The units of a projection's h are not those of c.
            return { layer, unit, carried: own[place] + (projSize ? 0 : reread[layer][0][place]) }
        }),
    )
    return largestFirst(all.map(({ carried }) => Math.abs(carried))).map(k => all[k])
}

/** How much the answer falls where some units have, at a step, the memory of the run without the event.
 * @param {Reading} reading @param {Explained} found @param {number} step @param {number} at @param {Carrier[]} units */
function takenBy({ lstm, model }, { runs: [one, other], aim, answer }, step, at, units) {
    const gate = kindOf(lstm).memory
    const holds = units.map(({ layer, unit }) => {
        const value = other.layers[layer][0][gate][at * lstm.hiddenSize + unit]
        return { gate, value, layer, direction: 0, units: [unit], steps: [at] }
    })
    return answer - answered(aim, scores(/** @type {Model} */ (model), run(lstm, one.x, holds))[step])
}

/** Sets of `size` units drawn by chance, no two alike; fewer where there are no more. @param {Carrier[]} units
 * @param {number} size */
function drawn(units, size) {
    const draw = draws(0)
    /** @type {Map<string, Carrier[]>} */
    const sets = new Map()
    for (let tries = 0; units.length && sets.size < RANDOM && tries < 10 * RANDOM; tries++) {
        const numbers = new Set()
        while (numbers.size < Math.min(size, units.length)) numbers.add(draw() % units.length)
        const set = [...numbers].sort((a, b) => a - b)
        sets.set(
            `${set}`,
            set.map(number => units[number]),
        )
    }
    return [...sets.values()]
}

/** @param {number[]} values */
function median(values) {
    const sorted = values.sort((a, b) => a - b)
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}
