/**
 * What did each input do for an answer, against a baseline? Two runs and one sweep back, as `lstm_core.explain`.
 */

import { vectors } from "../engine/model.js"
import { run } from "../engine/run.js"
import { scores } from "../engine/says.js"
import { label } from "../numbers/label.js"
import { largestFirst } from "../numbers/order.js"
import { count } from "../shared/numbers.js"
import { best } from "./changes.js"
import { rowsOf, sum } from "./names.js"
import { sweep } from "./sweep.js"

// A part that is this share of its step's erasure, or less, misses the step; an erasure counts above so many errors.
const MISSED = 0.1
const NOISE = 10

/**
 * @typedef {import("../state/drawer.js").Event} Event
 * @typedef {{weights: number[], constant: number}} Aim what is answered, of the scores
 * @typedef {{reading: Reading, left: number[], step: number, label: string, aim?: Aim}} Asked the steps that are read,
 *     and the place of the answer among them; `label`: what is asked about, "" for what the model says; `aim`: the
 *     answer, where it is known
 * @typedef {import("./sweep.js").Split & {runs: import("./sweep.js").Run[], answer: number, other: number, effect: number, aim: Aim,
 *     byStep: Float64Array, error: number, middle: Float32Array, says: number[], saysThen: number[]}} Explained `runs`: with
 *     the event and without it; `middle`: the baseline of a step; `says`, `saysThen`: what the model says, and what with the baseline
 */

/** What stands in the place of words, and what it is called. @param {Model} model @returns {[Float32Array, string]} */
export function baselineOf({ embedding }) {
    const known = embedding.known?.() ?? []
    if (!known.length) return [new Float32Array(embedding.size), "the zero vector"]
    const middle = new Float64Array(embedding.size)
    for (const token of known) {
        const vector = /** @type {Float32Array} */ (embedding.vector(token))
        for (let k = 0; k < middle.length; k++) middle[k] += vector[k]
    }
    const name = `the mean vector of the ${count(known.length)} tokens that the model knows`
    return [Float32Array.from(middle, all => all / known.length), name]
}

/** The vector of the median of each column. @param {Reading} reading */
function middleOf({ series, model }) {
    const { names, values } = /** @type {import("../numbers/table.js").Table} */ (series)
    const row = names.map((_, column) => {
        const own = values.filter((_, at) => at % names.length === column).sort()
        return (own[Math.floor((own.length - 1) / 2)] + own[Math.floor(own.length / 2)]) / 2
    })
    return vectors(/** @type {Model} */ (model), [row.join(" ")])
}

/**
 * The answer explained, against the baseline in place of everything, or of one word or number; null where both readings
 * are equal.
 *
 * @param {Asked} asked @param {Event | null} event @returns {Explained | null}
 */
export function explained({ reading, left, step, label: name, aim: known }, event = null) {
    const { lstm } = reading
    const model = /** @type {Model} */ (reading.model)
    const x = rowsOf(reading, left)
    const middle = reading.series ? middleOf(reading) : baselineOf(model)[0]
    const other = replaced(reading, left, middle, event)
    if (x.every((value, at) => value === other[at])) return null
    const runs = [x, other].map(given => ({ x: given, layers: run(lstm, given) }))
    const said = runs.map(({ layers }) => scores(model, layers)[step])
    const aim = known ?? aimOf(model, said, name, reading.scores?.[left[step]])
    const [answer, otherAnswer] = said.map(row => answered(aim, row))
    const split = sweep(lstm, runs[0], runs[1], readoutOf(model, aim.weights), step)
    const byStep = Float64Array.from(left, (_, t) =>
        sum(split.inputs.subarray(t * lstm.inputSize, (t + 1) * lstm.inputSize)),
    )
    const effect = answer - otherAnswer
    const error = errorOf(split, byStep, effect, step, lstm)
    const [says, saysThen] = said.map(row => saidIn(model, row))
    return { ...split, runs, answer, other: otherAnswer, effect, aim, byStep, error, middle, says, saysThen }
}

/** x with the baseline in place of everything, or of one word or number.
 * @param {Reading} reading @param {number[]} left @param {Float32Array} middle @param {Event | null} event */
function replaced(reading, left, middle, event) {
    const size = middle.length
    return rowsOf(reading, left).map((value, at) => {
        const [row, feature] = [Math.floor(at / size), at % size]
        const isIn = !event || (left[row] === event.step && (event.feature ?? feature) === feature)
        return isIn ? middle[feature] : value
    })
}

/** The labels that a model says, by number: the largest of classes, and of a set all above a half.
 * @param {Model} model @param {Float32Array} row */
function saidIn({ gives, labels }, row) {
    if (gives === "classes") return [best(row)]
    return gives === "set" ? labels.map((_, k) => k).filter(k => row[k] >= 0) : []
}

/**
 * The step that the parts miss, and what it alone makes of the answer; null if they miss none. As `Explained.missed` has
 * it: of the steps whose erasure moves the answer most or turns it.
 *
 * @param {Asked} asked @param {Explained} whole
 * @returns {{step: number, erased: number, part: number} | null}
 */
export function missedBy({ reading, left, step: at }, { answer, aim, byStep, error, middle, says }) {
    const model = /** @type {Model} */ (reading.model)
    const each = left.map((step, place) => {
        const layers = run(reading.lstm, replaced(reading, left, middle, { step, feature: null }))
        const row = scores(model, layers)[at]
        const erased = answer - answered(aim, row)
        return { step, erased, size: Math.abs(erased), part: byStep[place], says: saidIn(model, row) }
    })
    const [most] = each.sort((a, b) => b.size - a.size)
    // An erasure as small as the rounding error says nothing.
    const counts = each.filter(one => one.size > NOISE * error && (one === most || `${one.says}` !== `${says}`))
    return counts.find(({ erased, size, part }) => part * Math.sign(erased) <= MISSED * size) ?? null
}

/** @param {Aim} aim @param {Float32Array} row the scores */
export const answered = ({ weights, constant }, row) => sum(row.map((score, k) => score * weights[k])) + constant

/**
 * The answer that is meant: weights of the scores, and a constant; of a forecast in the units of the data.
 *
 * @param {Model} model @param {Float32Array[]} said the scores with and without @param {string} name
 * @param {Float32Array | undefined} here the scores in the picture @returns {Aim}
 */
function aimOf({ gives, labels, restored }, [scored, other], name, here = scored) {
    const weights = labels.map(() => 0)
    const chosen = gives === "value" && !labels.includes(name) ? 0 : labels.indexOf(name)
    const first = chosen < 0 ? best(scored) : chosen
    weights[first] = 1
    if (gives === "classes" && labels.length > 1)
        weights[rivalOf(chosen < 0 ? [scored, other] : [here, here], first)] = -1
    if (gives !== "value" || !restored) return { weights, constant: 0 }
    return {
        weights: weights.map((weight, k) => weight * restored.deviation.data[k]),
        constant: restored.mean.data[first],
    }
}

/** What is said without, or the next best. @param {Float32Array[]} said @param {number} first */
function rivalOf([scored, other], first) {
    const instead = best(other)
    return instead === first ? largestFirst([...scored]).filter(k => k !== first)[0] : instead
}

/** What the answer is times h of the last layer. @param {Model} model @param {number[]} weights */
function readoutOf({ linear }, weights) {
    const { columns, data } = /** @type {{weight: Matrix}} */ (linear).weight
    return Float64Array.from({ length: columns }, (_, k) =>
        sum(weights.map((weight, row) => weight * data[row * columns + k])),
    )
}

/** How far the sum of the parts, and of what is carried past any step, is from the effect.
 * @param {import("./sweep.js").Split} split @param {Float64Array} byStep @param {number} effect
 * @param {number} at
 * @param {Recurrent} lstm */
function errorOf({ inputs, kept, reread }, byStep, effect, at, lstm) {
    let most = Math.abs(sum(inputs) - effect)
    if (lstm.bidirectional) return most
    const [units, shown] = [lstm.hiddenSize, lstm.projSize || lstm.hiddenSize]
    let later = 0
    for (let t = byStep.length - 1; t >= 0; t--) {
        const carried = kept.map(([one]) => sum(one.subarray(t * units, (t + 1) * units)))
        const again = reread.map(([one]) => sum(one.subarray(t * shown, (t + 1) * shown)))
        if (t <= at) most = Math.max(most, Math.abs(sum(carried) + sum(again) + later - effect))
        later += byStep[t]
    }
    return most
}

/** An answer; a character or symbol is quoted. @param {Model} model @param {number} number */
export function answerName({ labels, reads }, number) {
    const name = label(labels[number])
    return reads === "characters" || reads === "symbols" ? `“${name}”` : name
}

/** What is answered, in words. @param {Model} model @param {number[]} weights */
export function targetName(model, weights) {
    const chosen = answerName(model, weights.indexOf(Math.max(...weights)))
    const least = Math.min(...weights)
    if (least < 0) return `the lead of ${chosen} over ${answerName(model, weights.indexOf(least))}`
    return model.gives === "value" ? `the forecast of ${chosen}` : `the score of ${chosen}`
}
