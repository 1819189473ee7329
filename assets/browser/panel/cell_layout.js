/** Where are the parts of a drawn cell? Of an LSTM, a GRU and a plain RNN, in units of the drawing, about a pixel. */

/**
 * A wire: `of` is the number that flows through it (else its name is that number), `scale` whose colours it has; `isPlain`:
 * without an arrow.
 *
 * @typedef {{name: string, path: string, scale: string, of?: string, isPlain?: boolean}} Wire
 * @typedef {{x: number, y: number, sign: string}} Mark Where wires meet (× and +), or a wire is bent.
 * @typedef {{name: string, x: number, y: number, scale: string, label: string, at: (number | string)[]}} Pill
 * A number on a wire, its label and the label's place.
 * @typedef {{name: string, x: number, bend: string, scale: string, title: string, path?: string}} Gate `path`: of the wire
 * that leaves it.
 * @typedef {{kind: string, wires: Wire[], marks: Mark[], pills: Pill[], gates: Gate[]}} Layout
 */

/** The size of a drawing, as a viewBox. */
export const SIZE = [0, 0, 320, 252]

const RECALLED = { name: "recalled", x: 24, y: 194, scale: "states", label: "h before", at: [22, 176] }

/** What a kind has besides the wires of its gates, which read along `reads`. @param {Layout} parts @returns {Layout} */
function wired({ gates, wires, ...others }, reads = "M 0 194") {
    const places = gates.map(({ x }) => x)
    return {
        ...{ ...others, gates },
        wires: [
            { name: "reads", path: `${reads} H ${Math.max(...places)}`, scale: "", isPlain: true },
            { name: "x", path: "M 160 218 V 194", scale: "", isPlain: true },
            ...places.map(x => ({ name: `to ${x}`, path: `M ${x} 194 V 176`, scale: "" })),
            ...wires,
            ...gates.flatMap(({ name, scale, path }) => (path ? [{ name, scale, path }] : [])),
        ],
    }
}

/** What is kept, and what is added to it. @type {Wire[]} */
const KEEPING = [
    { name: "before", path: "M 0 44 H 69", scale: "memory" },
    { name: "kept", path: "M 92 44 H 147", scale: "memory" },
    { name: "written", path: "M 160 94 V 57", scale: "memory" },
]

/** The numbers on these, and of the state that comes of them. @param {string} state @returns {Pill[]} */
const kept = state => [
    { name: "before", x: 24, y: 44, scale: "memory", label: `${state} before`, at: [22, 26] },
    { name: "kept", x: 119, y: 44, scale: "memory", label: "kept", at: [119, 26] },
    { name: "written", x: 160, y: 75, scale: "memory", label: "added", at: [134, 79, "end"] },
    { name: state, x: 294, y: 44, scale: "memory", label: state, at: [294, 26] },
]

const LSTM = wired({
    kind: "LSTM",
    wires: [
        ...KEEPING,
        { name: "to tanh", path: "M 238 44 V 57", of: "c", scale: "memory" },
        { name: "c", path: "M 170 44 H 316", scale: "memory" },
        { name: "tanh", path: "M 238 80 V 92", scale: "states" },
        { name: "h", path: "M 248 105 H 284 V 194 H 316", scale: "states" },
    ],
    marks: [
        { x: 82, y: 44, sign: "×" },
        { x: 160, y: 44, sign: "+" },
        { x: 160, y: 104, sign: "×" },
        { x: 238, y: 70, sign: "tanh" },
        { x: 238, y: 105, sign: "×" },
    ],
    pills: [...kept("c"), RECALLED, { name: "h", x: 294, y: 194, scale: "states", label: "h", at: [294, 176] }],
    gates: [
        { name: "f", x: 82, bend: "σ", scale: "gates", title: "forget gate f", path: "M 82 134 V 57" },
        { name: "i", x: 134, bend: "σ", scale: "gates", title: "input gate i", path: "M 134 134 V 104 H 147" },
        { name: "g", x: 186, bend: "tanh", scale: "states", title: "candidate g", path: "M 186 134 V 104 H 173" },
        { name: "o", x: 238, bend: "σ", scale: "gates", title: "output gate o", path: "M 238 134 V 118" },
    ],
})

/** Its h is a projection of all units: what one unit passes on is o · tanh c. @type {Layout} */
const PROJECTED = {
    ...LSTM,
    wires: LSTM.wires.map(wire => (wire.name === "h" ? { ...wire, of: "passed" } : wire)),
    pills: [
        ...kept("c"),
        { name: "passed", x: 294, y: 194, scale: "states", label: "o · tanh c", at: [318, 222, "end"] },
    ],
}

/** One state is memory and output: z keeps it, 1 − z lets the candidate in. */
const GRU = wired(
    {
        kind: "GRU",
        wires: [
            ...KEEPING,
            { name: "lets", path: "M 82 104 H 147", scale: "gates" },
            { name: "h", path: "M 170 44 H 316", scale: "memory" },
        ],
        marks: [
            { x: 82, y: 44, sign: "×" },
            { x: 160, y: 44, sign: "+" },
            { x: 116, y: 104, sign: "1 −" },
            { x: 160, y: 104, sign: "×" },
        ],
        pills: kept("h"),
        gates: [
            { name: "z", x: 82, bend: "σ", scale: "gates", title: "update gate z", path: "M 82 134 V 57" },
            { name: "r", x: 150, bend: "σ", scale: "gates", title: "reset gate r", path: "M 173 154 H 200" },
            { name: "n", x: 226, bend: "tanh", scale: "states", title: "candidate n", path: "M 226 134 V 104 H 173" },
        ],
    },
    "M 56 44 V 194",
)

/** Nothing is kept: h is made anew at every step. @param {string} bend */
const rnn = bend =>
    wired({
        ...{ kind: "plain RNN", wires: [], marks: [] },
        pills: [RECALLED, { name: "h", x: 294, y: 44, scale: "memory", label: "h", at: [294, 26] }],
        gates: [{ name: "h", x: 160, bend, scale: "memory", title: "hidden state h", path: "M 160 134 V 44 H 316" }],
    })

/** By the name that a kind's row gives it. @type {Object<string, Layout>} */
export const LAYOUTS = { lstm: LSTM, gru: GRU, rnn: rnn("tanh"), relu: rnn("relu"), projected: PROJECTED }

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
