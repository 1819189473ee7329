/** What is drawn of two readings? Words, answers, and the units that carry the difference, A over B. */

import { scaleTo } from "../numbers/stacks.js"
import { roleOf, titleOf } from "./sentences.js"

/** @typedef {import("./two.js").Two} Two */
/** @typedef {import("../picture/rows.js").Strip} Strip */

// The units under the one that carries the difference, and those of each of two models.
const [SMALL, OF_EACH] = [3, 8]
// Pixels of a row, of the curves, and of the narrowest column.
const [HIGH, CURVES, LEAST] = [17, 92, 22]
const BOTH = /** @type {const} */ ([0, 1])
const FORK = { light: "#fbebd6", dark: "#4a3413" }
const LINES = { a: "#c2571a", b: { light: "#12617d", dark: "#5caabf" } }

/** The rows of both. @param {Two} two @param {Look} look @param {"light" | "dark"} theme */
export function rowsOf(two, look, theme) {
    const { message, shown } = two
    const turned = new Set(message.turned.map(([pair]) => pair))
    const words = shown.map(pair => headsOf(two, pair))
    const forks = words.map(([a, b]) => (a === b ? null : { label: b ?? "–", share: null, strong: true }))
    const answers = BOTH.map(which => ({
        name: `${"AB"[which]} answers`,
        labels: shown.map(pair => {
            const said = two.answer(which, pair)
            return said && { ...said, strong: turned.has(pair) }
        }),
    }))
    const labelled = [{ name: "B reads", labels: forks, ground: FORK[theme] }, ...answers].filter(({ labels }) =>
        labels.some(Boolean),
    )
    const strips = message.kind === "models" ? BOTH.map(which => movingMost(two, which)) : common(two)
    const states = strips.filter(({ scale }) => scale !== "gates")
    const most = Math.max(0, ...states.flatMap(({ z }) => z.flatMap(row => Array.from(row, one => Math.abs(one) || 0))))
    // One scale for c and for how far it is apart.
    for (const strip of states) Object.assign(strip, { scale: "states", reach: scaleTo(most) })
    const tokens = words.map(([a]) => a ?? "–")
    return {
        layer: two.sides[0].layer,
        strips,
        tokens,
        labelled,
        curves: curvesOf(two, theme),
        look,
        theme,
        high: HIGH,
        least: LEAST * tokens.length,
    }
}

/** What A and B read at a pair; where both read the same number, its step. @param {Two} two @param {number} pair */
function headsOf(two, pair) {
    const same = two.readsNumbers && !two.message.differs.includes(pair)
    return same ? [`${two.step(0, pair)}`, `${two.step(0, pair)}`] : two.words(pair)
}

/** The units of both, those first that carry the difference; of the first one what it keeps and shows; and by how much
 * c is apart, also of the units that are not drawn. @param {Two} two @returns {Strip[]} */
function common(two) {
    const { carrier } = two.message
    const [all, carriers] = [two.units(0), carrier?.units ?? []]
    // h sees tanh(c): what is apart beyond ±3 tells nothing.
    const seen = new Map(all.map(unit => [unit, Math.max(...two.shown.map(pair => two.apart(unit, pair, Math.tanh)))]))
    const largest = [...all].sort((a, b) => (seen.get(b) ?? 0) - (seen.get(a) ?? 0))
    const few = [...new Set([...carriers, ...largest])].slice(0, 1 + SMALL)
    const others = all.filter(unit => !few.includes(unit))
    /** @param {import("./two.js").Letter} quantity @param {number} unit */
    const both = (quantity, unit, title = `unit ${unit}`) => ({
        ...{ quantity, title, name: `${quantity} of unit ${unit}`, units: [unit, unit], rows: ["A", "B"] },
        z: BOTH.map(which => two.row(which, quantity, unit)),
    })
    /** @type {Strip[]} */
    const strips = few.flatMap((unit, n) => {
        if (n || !carriers.length) return [both("c", unit)]
        // A plain RNN has no gates.
        const gates = /** @type {const} */ (["f", "o"]).filter(letter => two.hasGate(letter))
        const does = gates.map(gate => ({ ...both(gate, unit, gate === "f" ? "kept" : "shown"), scale: "gates" }))
        return [{ ...both("c", unit), question: carrier ? roleOf(carrier) : "", marked: true }, ...does]
    })
    const apart = few.map(unit => two.row(0, "c", unit).map((a, k) => two.row(1, "c", unit)[k] - a))
    const rest = two.shown.map(pair => two.farthest(others, pair))
    strips.push({ quantity: "", title: "B − A", name: "B − A of c", z: apart, rows: few.map(String) })
    if (!others.length) return strips
    const title = `${others.length} others`
    return [...strips, { quantity: "", title, name: "|B − A| of c", z: [rest], rows: ["max"] }]
}

/** The units of one of two models that move most: unit 3 of one is nothing to unit 3 of the other.
 * @param {Two} two @param {import("./two.js").Which} which @returns {Strip} */
function movingMost(two, which) {
    const rows = new Map(two.units(which).map(unit => [unit, two.row(which, "c", unit)]))
    const swing = (/** @type {number} */ unit) => {
        const there = (rows.get(unit) ?? []).filter(Number.isFinite)
        return Math.max(...there) - Math.min(...there)
    }
    const units = [...rows.keys()].sort((a, b) => swing(b) - swing(a)).slice(0, OF_EACH)
    const [title, ...more] = titleOf("AB"[which], two.sides[which]).split(", ")
    const about = { quantity: "c", title, question: more.join(", ") || "moves most", name: `c of ${title}` }
    return { ...about, units, rows: units.map(unit => `${unit}`), z: units.map(unit => rows.get(unit) ?? []) }
}

/** The values of A and B that were read, and what was forecast of each one step before. @param {Two} two
 * @param {"light" | "dark"} theme */
function curvesOf(two, theme) {
    const of = BOTH.flatMap(which => {
        const { series, columns } = two.pictures[which]
        const one = series.find(({ read }) => read)
        if (!one?.foreseen) return []
        const [read, foreseen] = [one.values[0], one.foreseen[0]].map(row =>
            two.shown.map(pair => row[(two.step(which, pair) ?? NaN) - columns.first] ?? NaN),
        )
        const line = which ? { stroke: LINES.b[theme], "stroke-dasharray": "5 3" } : { stroke: LINES.a }
        const forecast = { name: `forecast of ${"AB"[which]}`, values: [NaN, ...foreseen.slice(0, -1)] }
        return [
            { name: `value of ${"AB"[which]}`, values: read, line },
            { ...forecast, line: { ...line, "stroke-width": 1 } },
        ]
    })
    return of.length ? { of, high: CURVES } : undefined
}

/** Which steps of a longer text are drawn. @param {Two} two */
export function partOf(two) {
    const there = two.shown.flatMap(pair => two.step(0, pair) ?? [])
    const steps = two.message.pairs.filter(([step]) => step !== null).length
    return there.length && there.length < steps ? `steps ${there[0]} to ${there.at(-1)} of ${steps}` : ""
}

/** How well both are checked. @param {Two} two */
export function proofOf({ pictures: [a, b] }) {
    return a.proof === b.proof ? `both ${a.proof}` : `A ${a.proof} · B ${b.proof}`
}

// The most letters of a text in a caption.
const LONGEST = 70

/** How a figure of both was made, and with what. @param {Two} two */
export function madeOf({ pictures }) {
    const made = pictures.map(({ view, file, made }, which) => {
        const text = file ?? `${view.sentence}`.replace(/\s+/g, " ").trim()
        const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
        const end = made.lastIndexOf(". ")
        return { by: `${"AB"[which]}: “${short}”, ${made.slice(0, end)}. `, made: made.slice(end + 2) }
    })
    return made.map(({ by }) => by).join("") + made[0].made
}
