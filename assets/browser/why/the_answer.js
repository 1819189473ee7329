/** Why this answer? What each word, or each feature at each step, did for it. */

import { kindOf } from "../kinds.js"
import { largestFirst } from "../numbers/order.js"
import { count, roughly } from "../shared/numbers.js"
import { howMany } from "./changes.js"
import { baselineOf, explained, missedBy } from "./explained.js"
import { answerName, parametersOf, short, signed, stepName, stepsLeft, sum, targetName } from "./names.js"
import { pathOf } from "./path.js"

/** @typedef {import("./explained.js").Explained} Explained */

// The most multiplications of a reading that is explained; the most features that are named, steps that have
// parts, and labels to choose from; from how many times the effect on its parts are a balance of opposites.
const MOST = 150_000_000
const FEATURES = 12
const STEPS = 2_000
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
 * @param {Reading} reading @param {Cell} cell @param {string} label
 * @param {import("../state/link.js").Event | null} event
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
    const middle = lstm.inputSize > 1 ? "the median of each feature" : "the median"
    const baseline = series ? middle : baselineOf(model)[1]
    if (!whole) {
        const what = series ? "a given row" : baseline
        return [
            null,
            `Expected two readings that differ, got two equal ones: ${what} in place of everything changes nothing. ` +
                "Give another baseline or event.",
        ]
    }
    const parts = partsOf(reading, left, whole)
    const shown = largestFirst(parts.map(row => sum(row.map(Math.abs))))
        .slice(0, FEATURES)
        .sort((a, b) => a - b)
    const first = lstm.bidirectional ? 0 : Math.max(0, parts[0].length - STEPS)
    const target = targetName(model, whole.aim.weights)
    const missed = left.length <= howMany(reading, cell.step) ? missedBy(asked, whole) : undefined
    const is =
        event && left.includes(event.step) && (event.feature === null || (series && event.feature < parts.length))
    // Without one word alone another label may come second.
    const ofTheSame = { ...asked, aim: whole.aim }
    const size = sum(parts.map(row => sum(row.map(Math.abs))))
    return [
        {
            target,
            labels: model.labels.length > 1 && model.labels.length <= LABELS ? model.labels : [],
            baseline,
            effect: short(whole.effect),
            error: short(whole.error),
            direct: whole.effect ? short(whole.direct / whole.effect) : null,
            features: series ? shown.map(feature => namesOf(reading)[feature]) : [],
            ...{ first, parts: shown.map(feature => Array.from(parts[feature].slice(first, first + STEPS), short)) },
            said:
                answerInWords(reading, cell.step, whole, target, baseline) +
                doubt(reading, left.length, missed, target),
            agrees: !missed,
            path:
                is && !lstm.bidirectional
                    ? pathOf(ofTheSame, event, { target, baseline, size, names: namesOf(reading) })
                    : null,
            no_path: lstm.bidirectional
                ? "It reads in both directions: no step cuts its past from its future, so there is no path over " +
                  `${kindOf(lstm).memory}.`
                : "",
        },
        "",
    ]
}

/** What a series' features are called. @param {Reading} reading */
const namesOf = ({ model, series }) => model?.embedding.columns ?? series?.names ?? []

/** (feature, step): the parts in steps of the text; of words one row. */
function partsOf(
    /** @type {Reading} */ { series, lstm },
    /** @type {number[]} */ left,
    /** @type {Explained} */ { inputs, byStep },
) {
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
 * @param {Reading} reading @param {number} step @param {Explained} whole @param {string} target
 * @param {string} baseline
 */
function answerInWords(reading, step, whole, target, baseline) {
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
        `At ${stepName(reading, step)} ${target} is ${signed(answer)}; if every ${what} is replaced by ${baseline}, ` +
        `${then}it is ${signed(other)}. The parts add up to the difference, ${signed(effect)}, with a rounding error of ` +
        `${roughly(error)}${isSame ? "; they say only what makes the model more or less sure" : ""}.${ways(effect, direct, kindOf(reading.lstm))}` +
        opposed
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
        ` But ${stepName(reading, missed.step)} alone makes ${signed(missed.erased)} of ${target}, and its part is ` +
        `${signed(missed.part)}: do not read the parts as causes.`
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
        ` Two ways oppose each other: ${signed(direct)} came through the memory ${memory} alone, ` +
        `${signed(effect - direct)} ${isShown ? "was read again" : "went through h"}.`
    )
}
