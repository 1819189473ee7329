/**
 * What did each input do for an answer, against a baseline? Two runs and one sweep back, as `lstm_core.explain`.
 */

import { vectors } from "../engine/model.js"
import { affine, run, scores, shownSize, sideBySide } from "../engine/run.js"
import { KINDS } from "../kinds.js"
import { label } from "../numbers/label.js"
import { largestFirst } from "../numbers/order.js"
import { valuesAt } from "../numbers/terms.js"
import { count, median } from "../shared/numbers.js"

// Which steps are read, what is recorded at them, and what are they called?

/** A step by its word; a step of a series by its number. @param {Reading} reading @param {number} step */
export function stepName({ tokens, series }, step) {
    if (!series) return `“${label(tokens[step])}”`
    return tokens[step] === `${step}` ? `step ${count(step)}` : label(tokens[step])
}

/** With seven digits, as many as a float32 has. @param {number} value */
export const short = value => +value.toPrecision(7)

/** @param {Iterable<number>} values */
export const sum = values => {
    let all = 0
    for (const value of values) all += value
    return all
}

/** The place of the largest number. @param {Float32Array} row */
export const best = row => row.reduce((most, share, k) => (share > row[most] ? k : most), 0)

/** The weights of an LSTM, in number. @param {Reading} reading */
export const parametersOf = ({ lstm }) => sum(Object.values(lstm.weights).map(({ data }) => data.length))

/** The steps that are read. @param {Reading} reading */
export const stepsLeft = ({ tokens, holds }) =>
    tokens.map((_, step) => step).filter(step => !holds.without.includes(step))

/** Some steps of x. @param {Reading} reading @param {number[]} steps */
export function rowsOf({ x, lstm: { inputSize } }, steps) {
    const rows = new Float32Array(steps.length * inputSize)
    steps.forEach((step, place) => {
        rows.set(x.subarray(step * inputSize, (step + 1) * inputSize), place * inputSize)
    })
    return rows
}

/** The states before a step of a reading, a layer each; none of one in both directions, which is read as a whole.
 * @param {Reading} reading @param {number} step */
export const statesBefore = ({ lstm, layers }, step) =>
    lstm.bidirectional ? [] : layers.map(([one]) => valuesAt(lstm, one, KINDS[lstm.kind].states, step - 1))

// Which inputs make an answer differ between two runs, and which units carried it? One sweep back through both, layer
// by layer: M is what the answer owes to each unit, in two ways at once, with all and directly, where nothing is read
// again through h. A kind's `back` takes it through one step.

/**
 * @typedef {{x: Float32Array, layers: Recorded[][]}} Run what is read, and what is recorded of it
 * @typedef {{inputs: Float64Array, direct: number, kept: Float64Array[][], reread: Float64Array[][]}} Split `inputs`:
 *     (time × feature), they sum to the effect; `direct`: their sum without h; `kept` (time × unit) and `reread`
 *     (time × h unit), by layer and direction: carried on from each step in the memory, and because h is read again.
 * @typedef {{layer: number, direction: number, size: number, steps: number}} Place `size`: how many numbers are read
 */

const WAYS = [0, 1]
const ALL = 0

/**
 * The parts of the answer `readout` · h of the last layer at step `at`: run a minus run b.
 *
 * @param {Recurrent} lstm @param {Run} a @param {Run} b @param {Float64Array} readout (direction × h unit)
 * @param {number} at @returns {Split}
 */
export function sweep(lstm, a, b, readout, at) {
    const steps = a.x.length / lstm.inputSize
    const [shown, directions] = [shownSize(lstm), lstm.bidirectional ? [0, 1] : [0]]
    const { memory } = KINDS[lstm.kind]
    /** What is owed to what a layer gives, by way. */
    let owed = WAYS.map(() => new Float64Array(steps * readout.length))
    for (const one of owed) one.set(readout, at * readout.length)
    /** @type {Float64Array[][]} */
    const kept = []
    /** @type {Float64Array[][]} */
    const reread = []
    for (let layer = lstm.numLayers - 1; layer >= 0; layer--) {
        const isLast = layer === lstm.numLayers - 1
        const size = layer ? directions.length * shown : lstm.inputSize
        const below = WAYS.map(() => new Float64Array(steps * size))
        kept.unshift([])
        reread.unshift([])
        for (const direction of directions) {
            const to = (/** @type {Float64Array} */ all, /** @type {number} */ t) => {
                const begin = (t * directions.length + direction) * shown
                return all.subarray(begin, begin + shown)
            }
            const place = { layer, direction, size, steps }
            const swept = layerBack(lstm, [a, b], place, (way, t) => to(owed[way], t), below)
            const [one, other] = [a, b].map(({ layers }) => layers[layer][direction])
            kept[0].push(swept.kept.map((m, k) => m * (one[memory][k] - other[memory][k])))
            // The answer itself reads h of the last layer.
            const read = (/** @type {number} */ k) => (isLast ? to(owed[ALL], Math.floor(k / shown))[k % shown] : 0)
            reread[0].push(swept.h.map((m, k) => (m + read(k)) * (one.h[k] - other.h[k])))
        }
        owed = below
    }
    const [inputs, direct] = owed.map(m => m.map((each, k) => each * (a.x[k] - b.x[k])))
    return { inputs, direct: direct.reduce((sum, part) => sum + part, 0), kept, reread }
}

/**
 * One layer in one direction; adds what is owed to its input to `below`, and returns M at the memory and at h of each
 * step, by what is kept or read again later.
 *
 * @param {Recurrent} lstm @param {Run[]} runs @param {Place} place
 * @param {(way: number, t: number) => Float64Array} owed @param {Float64Array[]} below
 */
function layerBack(lstm, runs, place, owed, below) {
    const { direction, size, steps } = place
    const [units, shown, weight] = [lstm.hiddenSize, shownSize(lstm), weightsOf(lstm, place)]
    const [ih, hh, hr] = [weight("weight_ih"), weight("weight_hh"), weight("weight_hr")]
    const stepOf = runs.map(run => stepsOf(lstm, run, place))
    const found = { kept: new Float64Array(steps * units), h: new Float64Array(steps * shown) }
    /** @type {Float64Array[]} */
    const kept = WAYS.map(() => new Float64Array(units))
    const onH = new Float64Array(shown)
    for (let k = 0; k < steps; k++) {
        const t = direction ? k : steps - 1 - k
        const back = KINDS[lstm.kind].back(stepOf[0](t), stepOf[1](t))
        found.kept.set(kept[ALL], t * units)
        found.h.set(onH, t * shown)
        const again = onH.slice()
        for (const way of WAYS) {
            const m = owed(way, t).map((own, u) => own + (way === ALL ? again[u] : 0))
            const handed = back(hr ? times(m, hr) : m, kept[way])
            kept[way] = handed.kept
            if (way === ALL) onH.set(times(handed.atH, hh))
            times(handed.atX, ih).forEach((each, column) => {
                below[way][t * size + column] += each
            })
        }
    }
    return found
}

/** @param {Recurrent} lstm @param {Place} place */
const weightsOf =
    (lstm, { layer, direction }) =>
    (/** @type {string} */ name) =>
        lstm.weights[`${name}_l${layer}${direction ? "_reverse" : ""}`] ?? null

/**
 * What a layer computed at a step of a run, and from what.
 *
 * @param {Recurrent} lstm @param {Run} run @param {Place} place
 * @returns {(t: number) => import("../kinds.js").StepOfRun}
 */
function stepsOf(lstm, { x, layers }, place) {
    const { layer, direction, size } = place
    const { quantities, states } = KINDS[lstm.kind]
    const [weight, recorded] = [weightsOf(lstm, place), layers[layer][direction]]
    const read = layer ? sideBySide(layers[layer - 1], shownSize(lstm)) : x
    return t => {
        const before = valuesAt(lstm, recorded, states, t + (direction ? 1 : -1))
        return {
            fromX: affine(weight("weight_ih"), read, weight("bias_ih"), t * size),
            fromH: affine(weight("weight_hh"), before.h, weight("bias_hh")),
            before,
            now: valuesAt(lstm, recorded, quantities, t),
        }
    }
}

/** M times a weight: (rows) to (columns). @param {Float64Array} m @param {Matrix} weight */
function times(m, { rows, columns, data }) {
    const sums = new Float64Array(columns)
    for (let row = 0; row < rows; row++) {
        const each = m[row]
        if (each) for (let k = 0, from = row * columns; k < columns; k++) sums[k] += each * data[from + k]
    }
    return sums
}

// What did each input do for an answer, against a baseline? Two runs and one sweep back, as `lstm_core.explain`.

// A part that is this share of its step's erasure, or less, misses the step; an erasure counts above so many errors.
const MISSED = 0.1
const NOISE = 10

/**
 * @typedef {import("../state/link.js").Event} Event
 * @typedef {{weights: number[], constant: number}} Aim what is answered, of the scores
 * @typedef {{reading: Reading, left: number[], step: number, label: string, aim?: Aim}} Asked the steps that are read,
 *     and the place of the answer among them; `label`: what is asked about, "" for what the model says; `aim`: the
 *     answer, where it is known
 * @typedef {Split & {runs: Run[], answer: number, other: number, effect: number, aim: Aim,
 *     byStep: Float64Array, error: number, middle: Float32Array, says: number[], saysThen: number[]}} Explained `runs`: with
 *     the event and without it; `middle`: the baseline of a step; `says`, `saysThen`: what the model says, and what with the baseline;
 *     `error`: how far the sum of the parts is from the effect
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
    const row = names.map((_, column) => median(values.filter((_, at) => at % names.length === column)))
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
    const error = Math.abs(sum(split.inputs) - effect)
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
    const { lstm } = reading
    const each = left.map((step, place) => {
        // In one direction nothing changes before the step.
        const from = lstm.bidirectional ? 0 : place
        const x = replaced(reading, left.slice(from), middle, { step, feature: null })
        const layers = run(lstm, x, [], statesBefore(reading, step))
        const row = scores(model, layers)[at - from]
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
    if (gives === "classes" && labels.length > 1) {
        // Its rival is what is said without, or the next best.
        const [said, without] = chosen < 0 ? [scored, other] : [here, here]
        weights[[best(without), ...largestFirst([...said])].find(k => k !== first) ?? 0] = -1
    }
    if (gives !== "value" || !restored) return { weights, constant: 0 }
    return {
        weights: weights.map((weight, k) => weight * restored.deviation.data[k]),
        constant: restored.mean.data[first],
    }
}

/** What the answer is times h of the last layer. @param {Model} model @param {number[]} weights */
function readoutOf({ linear }, weights) {
    const { columns, data } = /** @type {{weight: Matrix}} */ (linear).weight
    return Float64Array.from({ length: columns }, (_, k) =>
        sum(weights.map((weight, row) => weight * data[row * columns + k])),
    )
}
