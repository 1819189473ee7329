/** What is drawn of two readings? Words, answers, and the units that carry the difference. */

import { headOf, roleOf, saysOf, titleOf } from "./sentences.js"

/**
 * @typedef {import("./two.js").Two} Two
 * @typedef {(number | null)[]} Row of a side, at the drawn pairs
 * @typedef {{label: string, share: number | null}} Chip
 * @typedef {{name: string, unit: number, role: string, c: Row[], f?: Row[], o?: Row[]}} CommonUnit
 * @typedef {{title: string, units: number[], c: Row[]}} OneModel
 * @typedef {ReturnType<typeof drawnOf>} DrawnTwo
 */

// The units under the one that carries the difference, and those of each of two models.
const [SMALL, OF_EACH] = [3, 8]

/** @param {Two} two */
export function drawnOf(two) {
    const { kind, turned, scales } = two.message
    const [units, others] = kind === "models" ? [[], null] : commonOf(two)
    const models = kind === "models" ? [modelOf(two, 0), modelOf(two, 1)] : []
    const drawn = [...units, ...models].flatMap(({ c }) => c.flat())
    return {
        head: headOf(two),
        says: saysOf(two),
        words: two.shown.map(pair => headsOf(two, pair)),
        answers: [0, 1].map(which => two.shown.map(pair => two.answer(which ? 1 : 0, pair))),
        turned: two.shown.flatMap((pair, k) => (turned.some(([at]) => at === pair) ? [k] : [])),
        shown: partOf(two),
        proof: proofOf(two),
        made: madeOf(two),
        series: seriesOf(two),
        scales,
        /** The end of the scale of c. */
        reach: Math.max(1, ...drawn.map(value => Math.abs(value ?? 0))),
        units,
        others,
        models,
        layers: two.sides.map(({ layer }) => layer),
    }
}

/** What A and B read at a pair; where both read the same number, its step. @param {Two} two @param {number} pair */
function headsOf(two, pair) {
    const same = two.readsNumbers && !two.message.differs.includes(pair)
    return same ? [`${two.step(0, pair)}`, `${two.step(0, pair)}`] : two.words(pair)
}

/** The units of both that are drawn, those first that carry the difference; and what is left of the others.
 * @param {Two} two @returns {[CommonUnit[], {name: string, values: number[]} | null]} */
function commonOf(two) {
    const { carrier } = two.message
    const [all, carriers] = [two.units(0), carrier?.units ?? []]
    // h sees tanh(c): what is apart beyond ±3 tells nothing.
    const seen = new Map(all.map(unit => [unit, Math.max(...two.shown.map(pair => two.apart(unit, pair, Math.tanh)))]))
    const largest = [...all].sort((a, b) => (seen.get(b) ?? 0) - (seen.get(a) ?? 0))
    const few = [...new Set([...carriers, ...largest])].slice(0, 1 + SMALL)
    const others = all.filter(unit => !few.includes(unit))
    const rows = few.map(unit => unitOf(two, unit, carrier && unit === carriers[0] ? roleOf(carrier) : ""))
    if (!others.length) return [rows, null]
    const name = `largest of ${others.length} others`
    return [rows, { name, values: two.shown.map(pair => two.farthest(others, pair)) }]
}

/** A unit in A and in B; of the one that carries the difference, what it keeps and shows.
 * @param {Two} two @param {number} unit @param {string} role @returns {CommonUnit} */
function unitOf(two, unit, role) {
    const both = (/** @type {import("./two.js").Letter} */ letter) => [
        two.row(0, letter, unit),
        two.row(1, letter, unit),
    ]
    // A plain RNN has no gates.
    const gates = /** @type {const} */ (["f", "o"]).filter(letter => role && two.hasGate(letter))
    return {
        name: `unit ${unit}`,
        unit,
        role,
        c: both("c"),
        ...Object.fromEntries(gates.map(gate => [gate, both(gate)])),
    }
}

/** The units of one of two models that move most: unit 3 of one is nothing to unit 3 of the other.
 * @param {Two} two @param {import("./two.js").Which} which @returns {OneModel} */
function modelOf(two, which) {
    const rows = new Map(two.units(which).map(unit => [unit, two.row(which, "c", unit)]))
    const swing = (/** @type {number} */ unit) => {
        const there = (rows.get(unit) ?? []).flatMap(value => value ?? [])
        return Math.max(...there) - Math.min(...there)
    }
    const units = [...rows.keys()].sort((a, b) => swing(b) - swing(a)).slice(0, OF_EACH)
    const title = titleOf("AB"[which], two.sides[which])
    return { title: `${title}: the units that move most`, units, c: units.map(unit => rows.get(unit) ?? []) }
}

/** The values of A and B that were read, and what was forecast at each. @param {Two} two */
function seriesOf(two) {
    const of = (/** @type {import("./two.js").Which} */ which) => {
        const [series] = two.pictures[which].series.filter(({ read }) => read)
        const at = (/** @type {Float32Array | undefined} */ row, /** @type {number} */ pair) => {
            const step = two.step(which, pair)
            return step === null ? null : (row?.[step - two.pictures[which].columns.first] ?? null)
        }
        const rows = [series?.values[0], series?.foreseen?.[0]]
        return rows.map(row => row && two.shown.map(pair => at(row, pair)))
    }
    const [[a, ofA], [b, ofB]] = [of(0), of(1)]
    return a && b && ofA && ofB ? { read: [a, b], forecast: [ofA, ofB] } : null
}

/** Which steps of a longer text are drawn. @param {Two} two */
function partOf(two) {
    const there = two.shown.flatMap(pair => two.step(0, pair) ?? [])
    const steps = two.message.pairs.filter(([step]) => step !== null).length
    return there.length && there.length < steps ? `steps ${there[0]} to ${there.at(-1)} of ${steps}` : ""
}

/** How well both are checked. @param {Two} two */
function proofOf({ pictures: [a, b] }) {
    return a.proof === b.proof ? `both ${a.proof}` : `A ${a.proof} · B ${b.proof}`
}

/** How a figure of both was made, and with what. @param {Two} two */
function madeOf({ pictures }) {
    const made = pictures.map(({ view, file, made }, which) => {
        const text = file ?? `${view.sentence}`.replace(/\s+/g, " ").trim()
        const end = made.lastIndexOf(". ")
        return { by: `${"AB"[which]}: “${shortened(text)}”, ${made.slice(0, end)}. `, made: made.slice(end + 2) }
    })
    return made.map(({ by }) => by).join("") + made[0].made
}

// The most letters of a text in a caption.
const LONGEST = 70

/** @param {string} text */
const shortened = text => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text)

/** What is drawn as heatmaps: c of both, and f and o of the unit that carries the difference.
 * @param {DrawnTwo} drawn @returns {import("../shared/drawn_heatmaps.js").DrawnHeatmap[]} */
export function heatmapsOf({ words, units, models, layers }) {
    const one = (
        /** @type {string} */ name,
        /** @type {number} */ which,
        /** @type {number[]} */ of,
        /** @type {Row[]} */ rows,
    ) => {
        const z = rows.map(row => row.map(value => value ?? Number.NaN))
        const about = { name: `${name} of ${"AB"[which]}`, layer: layers[which], direction: 0, units: of }
        return { ...about, words: words.map(both => both[which] ?? ""), shape: [z.length, words.length], z }
    }
    const common = [0, 1].flatMap(which =>
        /** @type {const} */ (["c", "f", "o"]).flatMap(letter => {
            const there = units.filter(unit => unit[letter])
            const rows = there.map(unit => /** @type {Row[]} */ (unit[letter])[which])
            return there.length
                ? [
                      one(
                          letter,
                          which,
                          there.map(({ unit }) => unit),
                          rows,
                      ),
                  ]
                : []
        }),
    )
    return [...common, ...models.map(({ units, c }, which) => one("c", which, units, c))]
}
