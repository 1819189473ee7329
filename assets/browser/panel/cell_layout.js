/** Where are the parts of a drawn cell? Of an LSTM, a GRU and a plain RNN, in units of the drawing, about a pixel. */

/**
 * A wire: `of` is the number that flows through it (else its name is that number), `scale` whose colours it has.
 *
 * @typedef {{name: string, path: string, scale: string, of?: string, arrow?: boolean}} Wire
 * @typedef {{x: number, y: number, sign: string}} Mark Where wires meet (× and +), or a wire is bent.
 * @typedef {{name: string, x: number, y: number, scale: string, label: string, at: (number | string)[]}} Pill
 * A number on a wire, its label and the label's place.
 * @typedef {{name: string, x: number, bend: string, scale: string, title: string}} Gate
 * @typedef {{kind: string, wires: Wire[], marks: Mark[], pills: Pill[], gates: Gate[]}} Layout
 */

/** The size of a drawing, as a viewBox. */
export const SIZE = [0, 0, 320, 252]

const BEFORE = { name: "before", x: 24, y: 44, at: [22, 26] }
const KEPT = { name: "kept", x: 119, y: 44, label: "kept", at: [119, 26] }
const WRITTEN = { name: "written", x: 160, y: 75, label: "added", at: [134, 79, "end"] }
const RECALLED = { name: "recalled", x: 24, y: 194, scale: "states", label: "h before", at: [22, 176] }

/** What a cell reads goes to each of its gates. @param {number[]} gates @param {string} [path] @returns {Wire[]} */
const reading = (gates, path = `M 0 194 H ${Math.max(...gates)}`) => [
    { name: "reads", path, scale: "" },
    { name: "x", path: "M 160 218 V 194", scale: "" },
    ...gates.map(x => ({ name: `to ${x}`, path: `M ${x} 194 V 176`, scale: "", arrow: true })),
]

/** @param {string} scale @returns {Wire[]} */
const keeping = scale => [
    { name: "before", path: "M 0 44 H 69", scale, arrow: true },
    { name: "kept", path: "M 92 44 H 147", scale, arrow: true },
    { name: "written", path: "M 160 94 V 57", scale, arrow: true },
]

/** @type {Layout} */
export const LSTM = {
    kind: "LSTM",
    wires: [
        ...reading([82, 134, 186, 238]),
        ...keeping("memory"),
        { name: "to tanh", path: "M 238 44 V 57", of: "c", scale: "memory", arrow: true },
        { name: "c", path: "M 170 44 H 316", scale: "memory", arrow: true },
        { name: "f", path: "M 82 134 V 57", scale: "gates", arrow: true },
        { name: "i", path: "M 134 134 V 104 H 147", scale: "gates", arrow: true },
        { name: "g", path: "M 186 134 V 104 H 173", scale: "states", arrow: true },
        { name: "tanh", path: "M 238 80 V 92", scale: "states", arrow: true },
        { name: "o", path: "M 238 134 V 118", scale: "gates", arrow: true },
        { name: "h", path: "M 248 105 H 284 V 194 H 316", scale: "states", arrow: true },
    ],
    marks: [
        { x: 82, y: 44, sign: "×" },
        { x: 160, y: 44, sign: "+" },
        { x: 160, y: 104, sign: "×" },
        { x: 238, y: 70, sign: "tanh" },
        { x: 238, y: 105, sign: "×" },
    ],
    pills: [
        { ...BEFORE, scale: "memory", label: "c before" },
        { ...KEPT, scale: "memory" },
        { ...WRITTEN, scale: "memory" },
        { name: "c", x: 294, y: 44, scale: "memory", label: "c", at: [294, 26] },
        RECALLED,
        { name: "h", x: 294, y: 194, scale: "states", label: "h", at: [294, 176] },
    ],
    gates: [
        { name: "f", x: 82, bend: "σ", scale: "gates", title: "forget gate f" },
        { name: "i", x: 134, bend: "σ", scale: "gates", title: "input gate i" },
        { name: "g", x: 186, bend: "tanh", scale: "states", title: "candidate g" },
        { name: "o", x: 238, bend: "σ", scale: "gates", title: "output gate o" },
    ],
}

/** Its h is a projection of all units: what one unit passes on is o · tanh c. @type {Layout} */
const PROJECTED = {
    ...LSTM,
    wires: LSTM.wires.map(wire => (wire.name === "h" ? { ...wire, of: "passed" } : wire)),
    pills: [
        ...LSTM.pills.filter(({ name }) => name !== "recalled" && name !== "h"),
        { name: "passed", x: 294, y: 194, scale: "states", label: "o · tanh c", at: [318, 222, "end"] },
    ],
}

/**
 * A cell in somebody's own code, as far as it was found: what it reads is not known. `shown`: how h comes of c, as in
 * "o ⊙ tanh(c)" or "tanh(c)"; "" without an h.
 *
 * @param {string} shown @returns {Layout}
 */
export function foundCell(shown) {
    const opens = shown.startsWith("o ⊙ ")
    const [bend = "", ...inner] = shown.replace("o ⊙ ", "").split("(").slice(0, -1)
    const sign = bend.length > 5 || inner.length ? `${bend.slice(0, 4)}…` : bend
    const there = [
        ...["before", "kept", "written", "f", "i", "g", "c"],
        ...(shown ? ["to tanh", "h"] : []),
        ...(opens ? ["o"] : []),
        ...(opens && bend ? ["tanh"] : []),
    ]
    const paths = {
        ...(opens ? {} : { h: "M 238 80 V 105 H 284 V 194 H 316" }),
        ...(bend ? {} : { "to tanh": "M 238 44 V 92" }),
    }
    return {
        kind: "found cell",
        wires: LSTM.wires
            .filter(({ name }) => there.includes(name))
            .map(wire => ({ ...wire, path: paths[/** @type {keyof typeof paths} */ (wire.name)] ?? wire.path })),
        marks: LSTM.marks
            .filter(mark => (mark.sign === "tanh" ? bend : mark.x < 238 || opens))
            .map(mark => (mark.sign === "tanh" ? { ...mark, sign } : mark)),
        pills: LSTM.pills.filter(({ name }) => name !== "recalled" && (name !== "h" || shown)),
        gates: LSTM.gates.filter(({ name }) => name !== "o" || opens).map(gate => ({ ...gate, bend: "" })),
    }
}

/** One state is memory and output: z keeps it, 1 − z lets the candidate in. @type {Layout} */
export const GRU = {
    kind: "GRU",
    wires: [
        ...reading([82, 150, 226], "M 56 44 V 194 H 226"),
        ...keeping("memory"),
        { name: "z", path: "M 82 134 V 57", scale: "gates", arrow: true },
        { name: "lets", path: "M 82 104 H 147", scale: "gates", arrow: true },
        { name: "r", path: "M 173 154 H 200", scale: "gates", arrow: true },
        { name: "n", path: "M 226 134 V 104 H 173", scale: "states", arrow: true },
        { name: "h", path: "M 170 44 H 316", scale: "memory", arrow: true },
    ],
    marks: [
        { x: 82, y: 44, sign: "×" },
        { x: 160, y: 44, sign: "+" },
        { x: 116, y: 104, sign: "1 −" },
        { x: 160, y: 104, sign: "×" },
    ],
    pills: [
        { ...BEFORE, scale: "memory", label: "h before" },
        { ...KEPT, scale: "memory" },
        { ...WRITTEN, scale: "memory" },
        { name: "h", x: 294, y: 44, scale: "memory", label: "h", at: [294, 26] },
    ],
    gates: [
        { name: "z", x: 82, bend: "σ", scale: "gates", title: "update gate z" },
        { name: "r", x: 150, bend: "σ", scale: "gates", title: "reset gate r" },
        { name: "n", x: 226, bend: "tanh", scale: "states", title: "candidate n" },
    ],
}

/** Nothing is kept: h is made anew at every step. @type {Layout} */
export const RNN = {
    kind: "plain RNN",
    wires: [...reading([160]), { name: "h", path: "M 160 134 V 44 H 316", scale: "memory", arrow: true }],
    marks: [],
    pills: [
        { ...RECALLED, scale: "memory" },
        { name: "h", x: 294, y: 44, scale: "memory", label: "h", at: [294, 26] },
    ],
    gates: [{ name: "h", x: 160, bend: "tanh", scale: "memory", title: "hidden state h" }],
}

/** @type {Layout} */
const RELU = { ...RNN, gates: RNN.gates.map(gate => ({ ...gate, bend: "relu" })) }

/** By the name that a kind's row gives it. @type {Object<string, Layout>} */
export const LAYOUTS = { lstm: LSTM, gru: GRU, rnn: RNN, relu: RELU, projected: PROJECTED }
