/**
 * Why this answer? What each word, or each feature at each step, did for it; and how one of them reached it.
 */

import { kindOf } from "../kinds.js"
import { label } from "../numbers/label.js"
import { largestFirst } from "../numbers/order.js"
import { count, finely, roughly } from "../shared/numbers.js"
import { baselineOf, explained, missedBy, parametersOf, short, stepName, stepsLeft, sum } from "./explained.js"

/**
 * @typedef {import("./explained.js").Explained} Explained
 * @typedef {import("./explained.js").Asked} Asked
 * @typedef {import("../state/link.js").Event} Event
 * @typedef {{layer: number, step: number, unit: number, kept: number, reread: number}} Carrier
 */

// The most multiplications of a reading that is explained, and of all texts without one word; the most features that are named, and labels to choose from;
// from how many times the effect on its parts are a balance of opposites.
const MOST = 150_000_000
const MOST_WITHOUT = 300_000_000
const FEATURES = 12
const LABELS = 100
const OPPOSED = 3

/** Why there is no answer at a cell's step; "" where there is one. @param {Reading} reading @param {Cell} cell */
export function noAnswer(reading, { step }) {
    if (!reading.model || reading.model.gives === "hidden")
        return "Nothing reads h here, so there is no answer to explain: choose a trained model."
    return reading.holds.without.includes(step)
        ? `${stepName(reading, step)} is left out, so there is no answer at it.`
        : ""
}

/** How many words are left out, one by one. @param {Reading} reading @param {number} step */
export function howMany(reading, step) {
    const read = reading.lstm.bidirectional ? reading.tokens.length : step + 1
    return Math.floor(MOST_WITHOUT / (read * parametersOf(reading)))
}

/** Why an answer is not explained; "" where it is. @param {Reading} reading @param {Cell} cell */
function notExplained(reading, { step }) {
    if (reading.holds.gates.length)
        return "While a gate is held, no answer is explained: press Undo to let go of what is held."
    const steps = reading.lstm.bidirectional ? reading.tokens.length : step + 1
    return steps * parametersOf(reading) > MOST
        ? `${count(steps)} steps of so large a model are too many to explain while you wait: lstm_core.explain does.`
        : ""
}

/**
 * The answer at a cell's step, explained, or why it is not.
 *
 * @param {Reading} reading @param {Cell} cell @param {string} label @param {Event | null} event
 * @returns {[Says.TheAnswer | null, string]}
 */
export function answerOf(reading, cell, label, event) {
    const why = noAnswer(reading, cell) || notExplained(reading, cell)
    if (why) return [null, why]
    const { lstm, series } = reading
    const model = /** @type {Model} */ (reading.model)
    // It knows nothing of later steps.
    const left = stepsLeft(reading).filter(step => lstm.bidirectional || step <= cell.step)
    const asked = { reading, left, step: left.indexOf(cell.step), label }
    const whole = explained(asked)
    const median = lstm.inputSize > 1 ? "the median of each feature" : "the median"
    const baseline = series ? median : baselineOf(model)[1]
    if (!whole) {
        const what = series ? "a given row" : baseline
        return [
            null,
            `Expected two readings that differ, got two equal ones: ${what} in place of everything changes nothing. ` +
                "Give another baseline or event.",
        ]
    }
    const parts = partsOf(reading, left, whole)
    const sizes = parts.map(row => sum(row.map(Math.abs)))
    const shown = largestFirst(sizes)
        .slice(0, FEATURES)
        .sort((a, b) => a - b)
    const [target, names] = [targetName(model, whole.aim.weights), model.embedding.columns ?? series?.names ?? []]
    const missed = left.length <= howMany(reading, cell.step) ? missedBy(asked, whole) : undefined
    const isThere = event && left.includes(event.step) && (event.feature ?? 0) < parts.length
    const isRead = isThere && (series || event.feature === null)
    // Without one word alone another label may come second.
    const ofTheSame = { ...asked, aim: whole.aim }
    const about = { target, baseline, size: sum(sizes), names }
    return [
        {
            ...{ target, baseline, effect: short(whole.effect), agrees: !missed },
            labels: model.labels.length > 1 && model.labels.length <= LABELS ? model.labels : [],
            features: series ? shown.map(feature => names[feature]) : [],
            parts: shown.map(feature => Array.from(parts[feature], short)),
            said: inWords(reading, cell.step, whole, about) + doubt(reading, left.length, missed, target),
            path: isRead && !lstm.bidirectional ? pathOf(ofTheSame, event, about) : null,
            no_path: lstm.bidirectional
                ? "It reads in both directions: no step cuts its past from its future, so there is no path over " +
                  `${kindOf(lstm).memory}.`
                : "",
        },
        "",
    ]
}

/** An answer; a character or symbol is quoted. @param {Model} model @param {number} number */
function answerName({ labels, reads }, number) {
    const name = label(labels[number])
    return reads === "characters" || reads === "symbols" ? `“${name}”` : name
}

/** What is answered, in words. @param {Model} model @param {number[]} weights */
function targetName(model, weights) {
    const chosen = answerName(model, weights.indexOf(Math.max(...weights)))
    const least = Math.min(...weights)
    if (least < 0) return `the lead of ${chosen} over ${answerName(model, weights.indexOf(least))}`
    return model.gives === "value" ? `the forecast of ${chosen}` : `the score of ${chosen}`
}

/** (feature, step): the parts in steps of the text; of words one row. @param {Reading} reading @param {number[]} left
 * @param {Explained} whole */
function partsOf({ series, lstm }, left, { inputs, byStep }) {
    const [rows, size] = [series ? lstm.inputSize : 1, lstm.inputSize]
    return Array.from({ length: rows }, (_, feature) => {
        const row = new Float64Array(left[left.length - 1] + 1)
        left.forEach((step, place) => {
            row[step] = series ? inputs[place * size + feature] : byStep[place]
        })
        return row
    })
}

/**
 * The sums, and how much of them came through c alone.
 *
 * @param {Reading} reading @param {number} step @param {Explained} whole @param {{target: string, baseline: string}} about
 */
function inWords(reading, step, whole, { target, baseline }) {
    const model = /** @type {Model} */ (reading.model)
    const what = model.reads.replace(/s$/, "")
    const { answer, other, effect, error, direct, inputs, byStep, says, saysThen } = whole
    const isSame = `${says}` === `${saysThen}` && says.some(number => whole.aim.weights[number])
    const names = saysThen.map(number => answerName(model, number)).join(", ")
    const then = names && `the model says ${names}${isSame ? " too" : ""} and `
    const gross = sum((reading.series ? inputs : byStep).map(Math.abs)) / Math.abs(sum(inputs))
    const opposed =
        gross >= OPPOSED
            ? ` Large parts cancel here: without their signs they add up to ${gross.toFixed(1)} times the difference.`
            : ""
    return (
        `At ${stepName(reading, step)} ${target} is ${finely(answer)}; if every ${what} is replaced by ${baseline}, ` +
        `${then}it is ${finely(other)}. The parts add up to the difference, ${finely(effect)}, with a rounding error of ` +
        `${roughly(error)}${isSame ? "; they say only what makes the model more or less sure" : ""}.` +
        `${ways(effect, direct, kindOf(reading.lstm))}${opposed}`
    )
}

/**
 * What a single erasure says of the parts: that they are no causes, or that it was not tried.
 *
 * @param {Reading} reading @param {number} steps @param {ReturnType<typeof missedBy> | undefined} missed undefined:
 *     not tried
 * @param {string} target
 */
function doubt(reading, steps, missed, target) {
    if (missed === undefined) return ` Whether single erasures agree was not tried: ${count(steps)} steps are many.`
    if (!missed) return ""
    return (
        ` But ${stepName(reading, missed.step)} alone makes ${finely(missed.erased)} of ${target}, and its part is ` +
        `${finely(missed.part)}: do not read the parts as causes.`
    )
}

/**
 * How much of the effect came through the memory alone; in amounts where the two ways oppose each other. A plain RNN
 * keeps nothing, so there are no two ways.
 *
 * @param {number} effect @param {number} direct @param {import("../kinds.js").Kind} kind
 */
function ways(effect, direct, { memory, keeps }) {
    if (!effect || !keeps) return ""
    const share = Math.round((100 * direct) / effect) / 100
    const isShown = memory === "h"
    if (share >= 0 && share <= 1)
        return (
            ` ${Math.abs((100 * direct) / effect).toFixed(0)}% of it came through the memory ${memory} alone; the rest ` +
            `${isShown ? "was" : "went out through h and was"} read again.`
        )
    return (
        ` Two ways oppose each other: ${finely(direct)} came through the memory ${memory} alone, ` +
        `${finely(effect - direct)} ${isShown ? "was read again" : "went through h"}.`
    )
}

// How did one word reach the answer? What each unit carried on from each step.

// The part of an effect from which on a line can be seen, and the most lines.
const SEEN = 0.02
const MOST_LINES = 600

/**
 * `size`: the sizes of all parts of the answer, summed.
 *
 * @param {Asked} asked @param {Event} event
 * @param {{target: string, baseline: string, size: number, names: string[]}} about @returns {Says.Path | null}
 */
function pathOf(asked, event, { target, baseline, size, names }) {
    const found = explained(asked, event)
    if (!found) return null
    const { effect } = found
    const isLittle = Math.abs(effect) < SEEN * size
    const step = stepName(asked.reading, event.step)
    const name = event.feature !== null && names.length > 1 ? `${names[event.feature]} at ${step}` : step
    const said = `${name} alone, with ${baseline} in its place, makes ${finely(effect)} of ${target}`
    const carriers = isLittle ? [] : carriersOf(asked, found)
    return {
        ...{ step: event.step, feature: event.feature, effect: short(effect), lines: linesOf(carriers, effect) },
        said: `${said}${isLittle ? ": too little for a path" : ""}.`,
    }
}

/** What each unit carried on from each step, in c and read again through h. @returns {Carrier[]} */
function carriersOf(/** @type {Asked} */ { reading: { lstm }, left }, /** @type {Explained} */ { kept, reread }) {
    const units = lstm.hiddenSize
    return kept.flatMap(([own], layer) =>
        Array.from(own, (value, at) => {
            // The units of a projection's h are not those of c.
            const again = lstm.projSize ? 0 : reread[layer][0][at]
            const place = { layer, step: left[Math.floor(at / units)], unit: at % units }
            return { ...place, kept: value, reread: again }
        }),
    )
}

/** The largest parts that can be seen. @param {Carrier[]} carriers @param {number} effect @returns {Says.Carried[]} */
function linesOf(carriers, effect) {
    const sizes = carriers.map(({ kept, reread }) => Math.max(Math.abs(kept), Math.abs(reread)))
    return largestFirst(sizes)
        .slice(0, MOST_LINES)
        .filter(k => sizes[k] >= SEEN * Math.abs(effect))
        .map(k => {
            const { layer, step, unit, kept, reread } = carriers[k]
            return { layer, step, unit, kept: short(kept), reread: short(reread) }
        })
}
