/** What does a model in training make of an example after an epoch? Two gates, the memory, and its answers. */

import { unzipped } from "../shared/unzipped.js"

// As `dashboard/train_one/example.py` sends them; the most units that are drawn.
const LETTERS = ["f", "i", "c"]
const MOST = 8
// Pixels: of a row of a gate at most, of all strips, and less beside curves.
const [ROW, ALL, CURVES] = [17, 395, 90]
// The least height of a row of bars, as a share of the average.
const LEAST = 0.4

/** A picture with its numbers, (unit, step) by letter.
 * @typedef {Wire.Picture & {numbers: Object<string, Float32Array[]>}} Drawn */

/** What was unpacked last. @type {Map<string, Object<string, Float32Array[]>>} */
let known = new Map()

/** @param {Wire.Training} training @returns {Promise<Drawn[]>} */
export async function opened({ pictures }) {
    const numbers = await Promise.all(pictures.map(picture => known.get(picture.cells) ?? numbersIn(picture)))
    known = new Map(pictures.map(({ cells }, n) => [cells, numbers[n]]))
    return pictures.map((picture, n) => ({ ...picture, numbers: numbers[n] }))
}

/** @param {Wire.Picture} picture */
async function numbersIn({ cells, says, forecast }) {
    const all = new Float32Array(await unzipped(cells).arrayBuffer())
    const steps = says.length || forecast.length
    const units = all.length / steps / LETTERS.length
    const row = (/** @type {number} */ n) => all.subarray(n * steps, (n + 1) * steps)
    return Object.fromEntries(
        LETTERS.map((letter, n) => [letter, Array.from({ length: units }, (_, unit) => row(n * units + unit))]),
    )
}

/** The latest picture that is not after an epoch. @param {Drawn[]} drawn @param {number} epoch */
export const pictureAt = (drawn, epoch) => /** @type {Drawn} */ (drawn.findLast(picture => picture.epoch <= epoch))

/** The units that are drawn: those whose memory moves most in the last picture. @param {Drawn[]} drawn */
function unitsOf(drawn) {
    const { c } = drawn[drawn.length - 1].numbers
    const range = c.map(values => Math.max(...values) - Math.min(...values))
    const first = range.map((_, unit) => unit).sort((a, b) => range[b] - range[a])
    return first.slice(0, MOST).sort((a, b) => a - b)
}

/** The ends of each unit's axis: as far as its memory ever reaches, and no less than a share of what all reach on average.
 * @param {Drawn[]} drawn @param {number[]} units */
function axesOf(drawn, units) {
    const ends = units.map(unit => {
        const all = drawn.flatMap(({ numbers }) => Array.from(numbers.c[unit]))
        return [Math.min(0, ...all), Math.max(0, ...all)]
    })
    const least = (LEAST * ends.reduce((sum, [low, high]) => sum + high - low, 0)) / units.length || 1
    return ends.map(([low, high]) => /** @type {[number, number]} */ ([low, Math.max(high, low + least)]))
}

/** How many of the steps that have a right answer were right, and of how many. @param {Wire.Training} training
 * @param {Wire.Picture} picture */
export function rightOf({ right }, { says }) {
    const asked = right.flatMap((labels, step) => (labels.length ? [says[step].join() === labels.join()] : []))
    return { right: asked.filter(Boolean).length, of: asked.length }
}

/**
 * @param {Wire.Training} training @param {Drawn[]} drawn @param {Drawn} picture
 * @param {{look: Look, theme: "light" | "dark"}} how @returns {import("../picture/rows.js").Rows}
 */
export function rowsOf({ tokens, right, came, layers, forecasts }, drawn, { numbers, says, forecast }, how) {
    const units = unitsOf(drawn)
    const own = (/** @type {string} */ letter) => units.map(unit => numbers[letter][unit])
    const bars = axesOf(drawn, units)
    const reach = Math.max(...bars.flat().map(Math.abs))
    const about = { units, rows: units.map(String) }
    /** @type {import("../picture/rows.js").Strip[]} */
    const strips = [
        { ...about, quantity: "f", title: "forget gate", question: "keep?", z: own("f"), scale: "gates" },
        { ...about, quantity: "i", title: "input gate", question: "let in?", z: own("i"), scale: "gates" },
        { ...about, quantity: "c", title: "cell state", question: "the memory", z: own("c"), reach, bars },
    ]
    const labels = (/** @type {string[]} */ one) => one.join(" ") || "·"
    const answers = says.map((one, step) => {
        const asked = right[step].length > 0
        const isRight = asked && one.join() === right[step].join()
        return { label: labels(one), share: null, strong: isRight, struck: asked && !isRight }
    })
    const wanted = right.map(one => (one.length ? { label: labels(one), share: null, strong: false } : null))
    const { ink, faint, gates } = how.look
    const labelled = [
        { name: "says next", labels: answers, ground: gates[1][1] },
        { name: "right", labels: wanted },
    ]
    const of = [
        { name: "what came", values: came, line: { stroke: faint, "stroke-width": 1.5 } },
        { name: "its forecast", values: [NaN, ...forecast.slice(0, -1)], line: { stroke: ink } },
    ]
    return {
        ...how,
        tokens: tokens.length ? tokens : came.map((_, step) => `${step}`),
        high: Math.min(ROW, (ALL - (forecasts ? CURVES : 0)) / (7 * units.length)),
        strips,
        // A forecast has curves in place of answers.
        labelled: forecasts ? [] : labelled,
        curves: forecasts ? { of } : undefined,
        layer: layers - 1,
    }
}
