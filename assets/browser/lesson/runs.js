/**
 * What do the lesson's LSTM, GRU and RNN compute? One reading, three ways to read, three kinds of cell; and what stands
 * on the wires of a drawn cell.
 */

import { modelOf } from "../engine/model.js"
import { draws, normals, randomLstm, wordVectors } from "../engine/random.js"
import { run } from "../engine/run.js"
import { readSafetensors } from "../engine/safetensors.js"
import { words } from "../engine/tokens.js"
import { asUpdate, KINDS, kindOf } from "../kinds.js"
import { label } from "../numbers/label.js"
import { readingOf } from "../numbers/reading.js"
import { arithmetic } from "../panel/cell_words.js"
import { BOUND, roughly } from "../shared/numbers.js"

/**
 * One module's last layer over a text. `values`: by letter (step × unit), beside what it recorded as an update of a memory;
 * `start`: the states before the first step (0 if there are none), and before each step if `resets`; `x` (step × feature).
 *
 * @typedef {{lstm: Recurrent, tokens: string[], x: Float32Array | null, values: Recorded,
 *     start?: import("../kinds.js").Values, resets?: boolean}} Run
 * @typedef {{sentence: string, input_dim: number, hidden_dim: number, seed: number}} Source
 * @typedef {Run & {name: string, parameters: number, left: number[], said: Float32Array | null}} Kind `left`: the share of
 *     the first step that is left in h after each step; `said`: a trained model's probabilities at the last step.
 */

/** The most words that are read. */
export const MOST = 200
/** What each kind is called, by PyTorch's name of its module. @type {Object<string, string>} */
export const NAMES = { LSTM: "LSTM", GRU: "GRU", RNN: "plain RNN" }
const [LSTM, ...OTHERS] = ["LSTM", "GRU", "RNN_TANH"]
export const SYMBOLS = ["a", "b", "c", "d"]
const [BLANK, ASK] = [".", "?"]
// Units of a trained copy.
const UNITS = 4

/** The words of a text that are read. @param {string} text */
export const wordsRead = (text, most = MOST) => words(text).slice(0, most)

/** @param {Recurrent} lstm @param {string[]} tokens @param {Float32Array} x @param {Run["start"]} [start] @returns {Run} */
const runOf = (lstm, tokens, x, start) => ({
    ...{ lstm, tokens, x, start },
    values: asUpdate(lstm, run(lstm, x, [], start && [start]), [])[0][0],
})

/** The untrained module of a kind over the words. @param {Source} source @returns {Run} */
export function untrained({ sentence, input_dim, hidden_dim, seed }, kind = LSTM) {
    const read = words(sentence).slice(0, MOST)
    const lstm = randomLstm({ kind, inputSize: input_dim, hiddenSize: hidden_dim }, seed)
    return runOf(lstm, read.map(label), wordVectors(read, input_dim, seed))
}

/** The last layer of a picture, as the answerer has it. @param {Numbers} numbers @returns {Run} */
export function ofPicture({ stacks, labels, inputs }) {
    const [below, last] = stacks.slice(-2).length > 1 ? stacks.slice(-2) : [null, stacks[0]]
    const flat = (/** @type {Float32Array[]} */ z) =>
        Float32Array.from({ length: z.length * labels.length }, (_, at) => z[at % z.length][Math.floor(at / z.length)])
    const values = Object.fromEntries(last.values.map(({ quantity, z }) => [quantity, flat(z)]))
    const read = below ? below.values.find(({ quantity }) => quantity === "h")?.z : inputs?.z
    const lstm = /** @type {Recurrent} */ ({ kind: LSTM, hiddenSize: last.units.length, numLayers: stacks.length })
    return { lstm, tokens: labels, x: read ? flat(read) : null, values }
}

// How do three ways to read one sequence differ? In what each step starts from.

/** The lesson's own random numbers: `torch.manual_seed(seed)`, then the LSTM, `steps` inputs, two states.
 * @param {Source} source @param {number} steps */
export function lessonInputs({ input_dim, hidden_dim, seed }, steps) {
    const draw = draws(seed)
    const lstm = randomLstm({ inputSize: input_dim, hiddenSize: hidden_dim }, seed, draw)
    const randn = normals(draw)
    const x = Float32Array.from(Array.from({ length: steps }, () => [...randn(input_dim)]).flat())
    const state = () => ({ h: randn(hidden_dim), c: randn(hidden_dim) })
    return {
        lstm,
        x,
        tokens: Array.from({ length: steps }, (_, step) => `step ${step}`),
        first: state(),
        second: state(),
    }
}

/** A loop that hands the same state to each step, one that hands on its own, and one call. @param {Run} read
 * @param {Run["start"]} first of the first loop @param {Run["start"]} second of the others */
export function threeWays({ lstm, tokens, x }, first, second) {
    const given = /** @type {Float32Array} */ (x)
    const size = lstm.inputSize
    const loop = (/** @type {Run["start"]} */ start, /** @type {boolean} */ resets) => {
        let state = start
        const steps = tokens.map((token, t) => {
            const { values } = runOf(lstm, [token], given.subarray(t * size, (t + 1) * size), state)
            if (!resets) state = values
            return values
        })
        const all = (/** @type {string} */ letter) => Float32Array.from(steps.flatMap(step => [...step[letter]]))
        const values = Object.fromEntries([...KINDS.LSTM.quantities].map(letter => [letter, all(letter)]))
        return { lstm, tokens, x, values, start, resets }
    }
    return [loop(first, true), loop(second, false), runOf(lstm, tokens, given, second)]
}

/** The largest difference of h and c. @param {Run} a @param {Run} b */
export const farthest = ({ values: a }, { values: b }) =>
    Math.max(...["h", "c"].flatMap(letter => Array.from(a[letter], (value, at) => Math.abs(value - b[letter][at]))))

// What do three kinds of cell make of one text, and how much of its beginning do they keep?

/** @param {Run} read @param {Float32Array[]} others other first steps @param {Float32Array | null} said @returns {Kind} */
function kindOfCell(read, others, said) {
    const { lstm } = read
    const parameters = Object.values(lstm.weights).reduce((sum, { data }) => sum + data.length, 0)
    return { ...read, name: kindOf(lstm).name, parameters, left: leftOfFirst(read, others), said }
}

/** @param {Source} source */
export const untrainedKinds = source =>
    [LSTM, ...OTHERS].map(kind => kindOfCell(untrained(source, kind), [new Float32Array(source.input_dim)], null))

/** The copies that learned to remember the first symbol. @param {ArrayBuffer} file `models/copy/cells.safetensors`
 * @param {{cells: string, first: string, gap: number, trained_seed: number}} asked */
export function trainedKinds(file, { cells, first, gap, trained_seed }) {
    const { tensors } = readSafetensors(file)
    const text = `${first}${BLANK.repeat(gap)}${ASK}`
    return [LSTM, ...OTHERS].map(kind => {
        const { name, bend } = KINDS[kind]
        const begin = `${cells}/${name.toLowerCase()}/${UNITS}/`
        const own = Object.entries(tensors).filter(([weight]) => weight.startsWith(begin))
        const weights = own.map(([weight, { shape, data }]) => {
            const [, rows, columns = 1] = shape
            const from = trained_seed * rows * columns
            return [weight.slice(begin.length), { rows, columns, data: data.subarray(from, from + rows * columns) }]
        })
        const sizes = {
            kind: name,
            nonlinearity: bend,
            input_size: UNITS,
            hidden_size: UNITS,
            num_layers: 1,
            bias: true,
        }
        const embedding = { kind: "vocabulary", size: UNITS, tokens: [...SYMBOLS, BLANK, ASK] }
        const about = { reads: "symbols", gives: "classes", labels: SYMBOLS, embedding, lstm: sizes }
        const model = modelOf(about, Object.fromEntries(weights))
        const { lstm, tokens, x, layers, said } = readingOf(model, { sentence: text }, "")
        const others = SYMBOLS.filter(symbol => symbol !== first).map(symbol => model.embedding.vector(symbol))
        const read = { lstm, tokens, x, values: layers[0][0] }
        return kindOfCell(read, /** @type {Float32Array[]} */ (others), said?.at(-1) ?? null)
    })
}

/** How far h is from that of the nearest reading with another first step, as a share of that after the first step.
 * @param {Run} read @param {Float32Array[]} others */
function leftOfFirst({ lstm, x, values, tokens }, others) {
    if (!tokens.length) return []
    const units = lstm.hiddenSize
    const readings = others.map(first => {
        const changed = Float32Array.from(/** @type {Float32Array} */ (x))
        changed.set(first)
        return run(lstm, changed)[0][0].h
    })
    const apart = tokens.map((_, t) => {
        const own = values.h.subarray(t * units, (t + 1) * units)
        return Math.min(...readings.map(h => Math.hypot(...own.map((value, unit) => value - h[t * units + unit]))))
    })
    return apart.map(distance => distance / apart[0])
}

// What stands on the wires of a drawn cell?

/** What a unit keeps and adds at a step. @param {Run} read @param {number} unit @param {number} step */
export function cellOf({ lstm, values, start, resets }, unit, step) {
    const { own: kind, bend } = kindOf(lstm)
    const units = lstm.hiddenSize
    const at = (/** @type {string} */ letter, t = step) => values[letter]?.[t * units + unit]
    const before = (/** @type {string} */ letter) =>
        step && !resets ? at(letter, step - 1) : (start?.[letter]?.[unit] ?? 0)
    const recorded = Object.fromEntries([..."figcoh"].map(letter => [letter, at(letter)]))
    return arithmetic(recorded, { before: before("c"), recalled: before("h") }, { kind, bend }, "")
}

/** The unit to which most is added at a step; without an input gate, whose h changes most. @param {Run} read
 * @param {number} step */
export function tellingUnit(read, step) {
    const told = Array.from({ length: read.lstm.hiddenSize }, (_, unit) => {
        const { written, h = 0, before } = cellOf(read, unit, step)
        return Math.abs(kindOf(read.lstm).own ? h - before : written)
    })
    return told.indexOf(Math.max(...told))
}

/** A quantity as rows (unit, step). @param {Run} read @param {string} letter */
export const rowsOf = ({ lstm: { hiddenSize }, tokens, values }, letter) =>
    Array.from({ length: hiddenSize }, (_, unit) =>
        Float32Array.from(tokens, (_, step) => values[letter][step * hiddenSize + unit]),
    )

// Does the page compute as PyTorch did? It reads again what PyTorch has read, and compares each number.

/** The largest difference, as in 1e-07. Throws an Error where it is more than rounding. @param {Wire.LessonProof[]} runs */
export function nearness(runs) {
    const far = runs.flatMap(({ kind, source, h }) => {
        const asked = /** @type {Source} */ (source)
        const read = kind ? untrained(asked, kind) : ofTheLesson(asked, h.length)
        return h.flatMap((row, step) =>
            row.map((value, unit) => Math.abs(read.values.h[step * row.length + unit] - value)),
        )
    })
    const most = Math.max(...far)
    if (!(most <= BOUND))
        throw new Error(`This browser does not compute as PyTorch does: h is ${roughly(most)} from it.`)
    return `checked here: matches PyTorch to ${roughly(most)} on ${runs.length} stored runs`
}

/** @param {Source} source @param {number} steps */
function ofTheLesson(source, steps) {
    const { lstm, tokens, x, second } = lessonInputs(source, steps)
    return runOf(lstm, tokens, x, second)
}
