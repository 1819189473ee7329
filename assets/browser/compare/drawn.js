/** What is drawn of two readings? Words, answers, the units that carry the difference, and the panel of its proof. */

import { fixed } from "../shared/numbers.js"
import { asks, headOf, quoted, roleOf, saysOf, titleOf, unseen } from "./sentences.js"
import { chipOf } from "./two.js"

/**
 * @typedef {import("./two.js").Two} Two
 * @typedef {(number | null)[]} Row of a side, at the drawn pairs
 * @typedef {{label: string, share: number | null, filled?: boolean}} Chip
 * @typedef {{name: string, unit: number, role: string, c: Row[], f?: Row[], o?: Row[]}} CommonUnit
 * @typedef {{title: string, units: number[], c: Row[]}} OneModel
 * @typedef {ReturnType<typeof drawnOf>} DrawnTwo
 * @typedef {ReturnType<typeof panelOf>} Panel
 */

// The units under the one that carries the difference, those of each of two models, and those whose swap is drawn.
const [SMALL, OF_EACH, TRIED] = [3, 8, 10]
// The most units that a link of a swap holds.
const HELD = 40

/** @param {Two} two */
export function drawnOf(two) {
    const { kind, carrier, turned, scales } = two.message
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
        panel: carrier && panelOf(two, carrier),
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

/** The panel: which unit carries it, both ways, what undoes it, and where it is kept unseen.
 * @param {Two} two @param {Wire.Carrier} by */
function panelOf(two, by) {
    const { a, b, alone, order } = by
    const units = by.units.length ? by.units : order.slice(0, 1)
    const name = units.length === 1 ? `unit ${units[0]}` : `${units.length} units`
    const others = order.length - units.length
    const rest = order.slice(TRIED).map(unit => alone[unit])
    const last = by.undone[by.undone.length - 1]
    /** @type {[string, Wire.TurnedAnswer, string, Wire.TurnedAnswer, Wire.TurnedAnswer][]} */
    const ways = [
        ["B as it is", b, `${name} from A`, last.carriers, a],
        ["A as it is", a, `${name} from B`, by.a_with, b],
    ]
    if (others) ways.push(["B as it is", b, `${others} others from A`, last.others, a])
    return {
        asks: asks(two, by),
        from: b.near,
        to: a.near,
        rows: order
            .slice(0, TRIED)
            .sort((x, y) => x - y)
            .map(unit => ({ name: `unit ${unit}`, near: alone[unit], carries: by.units.includes(unit) })),
        rest: rest.length ? `${rest.length} others: at most ${fixed(Math.max(...rest), 2)}` : "",
        ways: ways.map(([before, was, put, becomes, wanted]) => {
            const [from, to, aim] = [was, becomes, wanted].map(answer => chipOf(answer, two))
            const filled = two.message.gives === "value" ? becomes.like_a === wanted.like_a : to.label === aim.label
            return { before, was: { ...from, filled: true }, put, becomes: { ...to, filled } }
        }),
        undo: undoOf(two, by, name, others),
        unseen: unseen(two, by),
        links: linksOf(two, by, units),
    }
}

/** B's answer with A's c put in at each step in between.
 * @param {Two} two @param {Wire.Carrier} by @param {string} name @param {number} others */
function undoOf(two, { undone, turned }, name, others) {
    const row = (/** @type {string} */ named, /** @type {Wire.TurnedAnswer[]} */ said) => {
        const like = said.filter(({ like_a }) => like_a).length
        const every = said.length === 1 ? "Undone." : "Undone, at any of these."
        const some = like ? `Undone at ${like} of ${said.length}.` : "Not undone."
        const answers = said.map(answer => ({ ...chipOf(answer, two), filled: answer.like_a }))
        return { name: named, answers, says: like === said.length ? every : some }
    }
    const rows = [
        row(
            name,
            undone.map(({ carriers }) => carriers),
        ),
    ]
    if (others)
        rows.push(
            row(
                `${others} others`,
                undone.map(one => one.others),
            ),
        )
    return {
        asks: `B’s answer at ${quoted(two.words(turned)[1], two)}, with c from A at one step:`,
        at: undone.map(({ steps }) => {
            const [a, b] = [two.wordAt(0, steps[0]), two.wordAt(1, steps[1])]
            return a === b ? `${b}` : `${a} | ${b}`
        }),
        rows,
    }
}

/** The swap, and both texts as they are, on Memory: with the carrying unit pinned.
 * @param {Two} two @param {Wire.Carrier} by @param {number[]} units */
function linksOf(two, { steps: [a, b], layer }, units) {
    const holds = units.slice(0, HELD).map(unit => {
        const value = two.at(0, "c", unit, a) ?? 0
        return `c.${layer}.${unit}.${b}_${+value.toFixed(6)}`
    })
    const link = (
        /** @type {number} */ which,
        /** @type {number} */ step,
        /** @type {Object<string, string>} */ more,
    ) => {
        const { file: _, ...query } = two.sides[which].query
        return `${new URLSearchParams({ ...query, pin: `${layer}.${units[0]}.${step}`, ...more })}`
    }
    return [
        { name: "Try the swap", query: link(1, b, { holds: holds.join(" ") }) },
        { name: "A on Memory", query: link(0, a, {}) },
        { name: "B on Memory", query: link(1, b, {}) },
    ]
}

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
