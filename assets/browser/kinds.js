/**
 * What is an LSTM, a GRU or an RNN? One row a kind: what it computes, forwards and back, what can be held in it, and how
 * what it computes is drawn. Whoever needs to know asks the row.
 *
 * The equations are those of PyTorch's pages `nn.LSTM`, `nn.GRU` and `nn.RNN`; `lstm_core/recording/equations.py` gives
 * the papers. Blocks of weights stand in PyTorch's order.
 */

/**
 * @typedef {Object<string, Float32Array>} Values by letter, (unit)
 * @typedef {(letter: string, values: Float32Array) => Float32Array} Touch may hold some of the values
 * @typedef {(
 *     fromX: Float64Array, fromH: Float64Array, before: Values, touch: Touch,
 *     project: (shown: Float32Array) => Float32Array
 * ) => Values} Step One step, from W x + b and U h_before + b (blocks × unit) and the states before it.
 * @typedef {{fromX: Float64Array, fromH: Float64Array, before: Values, now: Values}} StepOfRun
 * @typedef {{atX: Float64Array, atH: Float64Array, kept: Float64Array}} Owed
 *     What a step hands back: M at what x adds and at what h before adds (blocks × unit), and at the memory before by what is kept
 *     of it (unit).
 * @typedef {(a: StepOfRun, b: StepOfRun) => (m: Float64Array, kept: Float64Array) => Owed} Back
 *     One step back through two runs, from M at h (before a projection) and at what is kept of the memory, each (unit).
 */

/** @param {number} z */
export const sigmoid = z => 1 / (1 + Math.exp(-z))

/** What gives a quantity (unit) by its letter, from its value at each unit; a plain loop, because Float32Array.from takes
 * ten times as long. @param {Touch} touch @param {number} units */
function quantities(touch, units) {
    return (/** @type {string} */ letter, /** @type {(u: number) => number} */ value) => {
        const values = new Float32Array(units)
        for (let u = 0; u < units; u++) values[u] = value(u)
        return touch(letter, values)
    }
}

/** @type {Step} */
function lstmStep(fromX, fromH, before, touch, project) {
    const units = fromX.length / 4
    const of = quantities(touch, units)
    /** @param {number} block @param {number} u */
    const z = (block, u) => fromX[block * units + u] + fromH[block * units + u]
    const i = of("i", u => sigmoid(z(0, u)))
    const f = of("f", u => sigmoid(z(1, u)))
    const g = of("g", u => Math.tanh(z(2, u)))
    const o = of("o", u => sigmoid(z(3, u)))
    const c = of("c", u => f[u] * before.c[u] + i[u] * g[u])
    const shown = Float32Array.from(c, (value, u) => o[u] * Math.tanh(value))
    return { i, f, g, o, c, h: touch("h", project(shown)) }
}

/** @type {Step} */
function gruStep(fromX, fromH, before, touch) {
    const units = fromX.length / 3
    const of = quantities(touch, units)
    const r = of("r", u => sigmoid(fromX[u] + fromH[u]))
    const z = of("z", u => sigmoid(fromX[units + u] + fromH[units + u]))
    const n = of("n", u => Math.tanh(fromX[2 * units + u] + r[u] * fromH[2 * units + u]))
    return { r, z, n, h: of("h", u => (1 - z[u]) * n[u] + z[u] * before.h[u]) }
}

/** A plain RNN's step. @param {(z: number) => number} bend @returns {Step} */
const rnnStep = bend => (fromX, fromH, _before, touch) => ({
    h: quantities(touch, fromX.length)("h", u => bend(fromX[u] + fromH[u])),
})

// Back through two runs, M is what an answer owes to a quantity, a bar the mean of both runs, and S the slope of the
// secant: S times a difference is exact. `lstm_core/explaining/explain.py` has the source.

/** @typedef {[number, number]} Pair a quantity in both runs */

/** The secant of σ: σ(high) σ(-low) (1 - e^-d) / d. @param {Pair} z */
export function sigmoidSlope([a, b]) {
    const [high, low] = [Math.max(a, b), Math.min(a, b)]
    const d = high - low
    return sigmoid(high) * sigmoid(-low) * (d > 0 ? -Math.expm1(-d) / d : 1)
}

/** The secant of tanh, from tanh z = 2 σ(2z) - 1. @param {Pair} z */
export const tanhSlope = ([a, b]) => 4 * sigmoidSlope([2 * a, 2 * b])

/** The secant of relu; 0 where both are 0, as PyTorch's derivative. @param {Pair} z */
const reluSlope = ([a, b]) => (a === b ? +(a > 0) : (Math.max(a, 0) - Math.max(b, 0)) / (a - b))

/** What gives a number of both runs by its unit. @param {StepOfRun} a @param {StepOfRun} b */
const pairs = (a, b) => (/** @type {(run: StepOfRun, u: number) => number} */ of) => (/** @type {number} */ u) =>
    /** @type {Pair} */ ([of(a, u), of(b, u)])

/** The sum in a row of a gate. @param {StepOfRun} a @param {StepOfRun} b @param {number} row @returns {Pair} */
const summed = (a, b, row) => [a.fromX[row] + a.fromH[row], b.fromX[row] + b.fromH[row]]

/** @param {Pair} values */
const mean = ([a, b], of = (/** @type {number} */ value) => value) => (of(a) + of(b)) / 2

/** A number for each unit. @param {number} units @param {(u: number) => number} value */
function each(units, value) {
    const values = new Float64Array(units)
    for (let u = 0; u < units; u++) values[u] = value(u)
    return values
}

/** Unit by unit. @param {Float64Array} m @param {Float64Array} slope */
const times = (m, slope) => m.map((each, u) => each * slope[u])

/** Blocks one after the other. @param {Float64Array[]} blocks */
const joined = (...blocks) => Float64Array.from(blocks.flatMap(block => [...block]))

/**
 * M_c += M_h ō S_tanh(c); M_z = [M_c ḡ S_i, M_c c̄_before S_f, M_c ī S_g, M_h t̄anh(c) S_o]; kept in c: M_c f̄.
 *
 * @type {Back}
 */
function lstmBack(a, b) {
    const units = a.now.c.length
    const z = (/** @type {number} */ block, /** @type {number} */ u) => summed(a, b, block * units + u)
    const both = pairs(a, b)
    const [c, before] = [both(({ now }, u) => now.c[u]), both(({ before }, u) => before.c[u])]
    const toI = each(units, u => mean(z(2, u), Math.tanh) * sigmoidSlope(z(0, u)))
    const toF = each(units, u => mean(before(u)) * sigmoidSlope(z(1, u)))
    const toG = each(units, u => mean(z(0, u), sigmoid) * tanhSlope(z(2, u)))
    const toO = each(units, u => mean(c(u), Math.tanh) * sigmoidSlope(z(3, u)))
    const toC = each(units, u => mean(z(3, u), sigmoid) * tanhSlope(c(u)))
    const f = each(units, u => mean(z(1, u), sigmoid))
    return (m, kept) => {
        const onC = kept.map((own, u) => own + m[u] * toC[u])
        const atZ = joined(times(onC, toI), times(onC, toF), times(onC, toG), times(m, toO))
        return { atX: atZ, atH: atZ, kept: times(onC, f) }
    }
}

/**
 * n reads U_n h_before + b_n = q through r: M_n = M_h (1 - z̄) S_n; M_z = [M_n q̄ S_r, M_h (h̄_before - n̄) S_z, M_n] where
 * x adds, and M_n r̄ at last where h adds; kept in h: M_h z̄.
 *
 * @type {Back}
 */
function gruBack(a, b) {
    const units = a.now.h.length
    const both = pairs(a, b)
    const [r, z] = ["r", "z"].map(letter => both(({ now }, u) => now[letter][u]))
    const change = both(({ before, now }, u) => before.h[u] - now.n[u])
    const q = both(({ fromH }, u) => fromH[2 * units + u])
    const inN = both(({ fromX, fromH, now }, u) => fromX[2 * units + u] + now.r[u] * fromH[2 * units + u])
    const toR = each(units, u => mean(q(u)) * sigmoidSlope(summed(a, b, u)))
    const toZ = each(units, u => mean(change(u)) * sigmoidSlope(summed(a, b, units + u)))
    const toN = each(units, u => (1 - mean(z(u))) * tanhSlope(inN(u)))
    const [throughR, keeps] = [each(units, u => mean(r(u))), each(units, u => mean(z(u)))]
    return (m, kept) => {
        const onH = kept.map((own, u) => own + m[u])
        const onN = times(onH, toN)
        const [atR, atZ] = [times(onN, toR), times(onH, toZ)]
        return { atX: joined(atR, atZ, onN), atH: joined(atR, atZ, times(onN, throughR)), kept: times(onH, keeps) }
    }
}

/** M_z = M_h S; nothing is kept, all is read again. @param {(z: Pair) => number} slope @returns {Back} */
const rnnBack = slope => (a, b) => {
    const toH = each(a.fromX.length, u => slope(summed(a, b, u)))
    return (m, kept) => {
        const atZ = times(m, toH)
        return { atX: atZ, atH: atZ, kept: kept.map(() => 0) }
    }
}

/** What h is in an LSTM with a projection. */
export const PROJECTED = "h is a projection of all units: h = W_hr (o · tanh c)."

/** @param {Recorded} recorded @returns {Recorded} */
function gruUpdate({ r, z, n, h }) {
    return { f: z, i: z.map(share => 1 - share), g: n, o: r, c: h }
}

/** Nothing is kept, except where nothing is read. @param {Recorded} recorded @param {(at: number) => boolean} isOut */
function rnnUpdate({ h }, isOut) {
    const f = h.map((_, at) => +isOut(at))
    return { f, i: f.map(share => 1 - share), g: h.map((value, at) => (isOut(at) ? 0 : value)), c: h }
}

/**
 * How a step is shown. `sum`: what a unit keeps and adds, by letter, where a gate keeps; `needs`: the letters
 * that are drawn of a step; `named`: those of the drawn cell that are its own; `offered`: the values at which its gates are
 * held; `drawing`: the name of its layout.
 *
 * @typedef {{sum?: {state: string, keep: string, letIn: string, what: string}, needs: string,
 *     named?: (values: {f: number, i: number, g: number, o: number}) => Object<string, number>,
 *     offered: Object<string, number[]>, drawing: string, memory: string, bend?: string}} ShownKind
 *
 * `states`: those that go on, with its memory; `keeps`: what multiplies the memory before, if a gate does. `skipped`: the
 * values where nothing is read, so that all is kept. `own`: as a message calls a kind that is no LSTM; `update`: how such
 * a kind is drawn, in an LSTM's letters (`lstm_core/traces/trace.py`).
 *
 * @typedef {ShownKind & {name: string, step: Step, back: Back, blocks: number, quantities: string, gates: string,
 *     states: string, keeps: string, skipped: Object<string, number>, own?: "gru" | "rnn",
 *     update?: (recorded: Recorded, isOut: (at: number) => boolean) => Recorded}} Kind
 */

/** @type {Object<string, Kind>} */
export const KINDS = {
    LSTM: {
        ...{ name: "LSTM", step: lstmStep, back: lstmBack, blocks: 4, quantities: "ifgoch", gates: "fio" },
        ...{ states: "hc", memory: "c", keeps: "f", skipped: { f: 1, i: 0, g: 0 } },
        sum: { state: "c", keep: "f", letIn: "i", what: "g" },
        ...{ offered: { f: [0, 1], i: [0, 1], o: [0], c: [0] }, needs: "figcoh", drawing: "lstm" },
    },
    GRU: {
        ...{ name: "GRU", step: gruStep, back: gruBack, blocks: 3, quantities: "rznh", gates: "rz", own: "gru" },
        ...{ states: "h", memory: "h", keeps: "z", skipped: { z: 1, n: 0 }, update: gruUpdate },
        sum: { state: "h", keep: "z", letIn: "1 − z", what: "n" },
        ...{ offered: { z: [0, 1], r: [0, 1], h: [0] }, needs: "figc", drawing: "gru" },
        named: ({ f, i, g, o }) => ({ z: f, lets: i, n: g, r: o }),
    },
    RNN_TANH: rnn("tanh", Math.tanh, tanhSlope, "rnn"),
    RNN_RELU: rnn("relu", z => Math.max(0, z), reluSlope, "relu"),
}

/** @param {string} bend @param {(z: number) => number} value @param {(z: Pair) => number} slope @param {string} drawing
 * @returns {Kind} */
function rnn(bend, value, slope, drawing) {
    return {
        ...{ name: "RNN", step: rnnStep(value), back: rnnBack(slope), blocks: 1, quantities: "h", gates: "" },
        ...{ states: "h", memory: "h", keeps: "", skipped: {}, own: "rnn", bend, update: rnnUpdate },
        ...{ offered: { h: [0] }, needs: "c", drawing },
    }
}

/** A cell in somebody's own code: what it reads is not known, and nothing runs in the page. @type {ShownKind} */
export const FOUND = { ...KINDS.LSTM, needs: "figc" }

/**
 * The row of a picture, or of a step's numbers: `kind` and `bend` as in a message, `found` how h comes of c in somebody's
 * own code.
 *
 * @param {{kind?: string, bend?: string, found?: string | null}} shown @returns {ShownKind}
 */
export function kindShown({ kind, bend = "tanh", found = null }) {
    if (!kind) return found === null ? KINDS.LSTM : FOUND
    const rows = Object.values(KINDS).filter(({ own }) => own === kind)
    return rows.find(row => row.bend === bend) ?? rows[0]
}

/** The row of a module. @param {Recurrent} lstm */
export const kindOf = lstm => KINDS[lstm.kind]

/** The words of each quantity that is drawn. @param {Recurrent} lstm @param {Wire.Words} words */
export function stripsOf(lstm, words) {
    const { own } = kindOf(lstm)
    return own || lstm.projSize ? words.own[own ?? "projected"] : words.strips
}

/** What each quantity is called in a cell that is no LSTM. @param {Wire.StripWords[]} strips @returns {Object<string, string>} */
export const lettersOf = strips =>
    Object.fromEntries(strips.map(({ quantity, letter = quantity, title }) => [quantity, letter || title]))

/** What is recorded, beside it as an update of a memory, in an LSTM's letters. @param {Recurrent} lstm
 * @param {Recorded[][]} layers @param {number[]} without the steps that are left out */
export function asUpdate(lstm, layers, without) {
    const { update } = kindOf(lstm)
    if (!update) return layers
    const isOut = (/** @type {number} */ at) => without.includes(Math.floor(at / lstm.hiddenSize))
    return layers.map(layer => layer.map(recorded => ({ ...recorded, ...update(recorded, isOut) })))
}
