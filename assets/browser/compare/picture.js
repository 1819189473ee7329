/**
 * What differs between two readings, step by step? Words, answers, and c of the units, in one table, and as rows for a
 * spreadsheet.
 */

import { onItsColour } from "../shared/colour.js"
import { element, svg } from "../shared/element.js"
import { fixed, signed } from "../shared/numbers.js"

// How is one number of two readings drawn: as a coloured cell, a bar, or an answer's chip?

// A smaller difference stands without its number.
const SEEN = 0.05

/** A state with its sign; next to nothing is 0. @param {number} value */
export const short = value => (Math.abs(value) < 0.005 ? "0" : signed(value, 2))

/**
 * A cell of a table in the colour of its number; empty where there is none.
 *
 * @param {number | null} value @param {Wire.Scale} scale
 */
export function cell(value, scale, written = short) {
    if (value === null) return element("td", { class: "gs-two-none" })
    return element("td", { ...onItsColour(value, scale), title: written(value) }, element("span", {}, written(value)))
}

/**
 * The same gate of A and of B, side by side in a cell.
 *
 * @param {number | null} a @param {number | null} b @param {Wire.Scale} scale
 */
export function halves(a, b, scale) {
    /** @param {number | null} value */
    const half = value =>
        element("i", onItsColour(value, scale), ...(value === null ? [] : [element("span", {}, fixed(value, 2))]))
    return element("td", { class: "gs-two-halves" }, element("div", {}, half(a), half(b)))
}

/**
 * A bar from the middle, up or down as far as the number goes, of the largest on the page; its number across from it.
 *
 * @param {number | null} value @param {number} largest
 */
export function bar(value, largest, written = short) {
    if (value === null) return element("td", { class: "gs-two-none" })
    const share = largest ? Math.abs(value) / largest : 0
    const inside = element("div", { style: `height: ${(50 * share).toFixed(1)}%` })
    const number = element("span", {}, Math.abs(value) < SEEN ? "" : written(value))
    return element("td", { class: `gs-two-bar${value < 0 ? " gs-down" : ""}`, title: written(value) }, inside, number)
}

/** An answer: filled where it is the one that matters. @param {import("./drawn.js").Chip} answer @param {boolean} filled */
export function chip({ label, share }, filled) {
    const sure = share === null ? "" : element("small", {}, fixed(share, 2))
    return element("span", { class: filled ? "gs-two-chip gs-filled" : "gs-two-chip" }, label, " ", sure)
}

// How do two series look, with what was forecast of each? As curves over the table's columns.

const HIGH = 96

/**
 * A cell over all columns: the values that were read and, one step later, what was forecast; A solid, B dashed.
 *
 * @param {NonNullable<import("./drawn.js").DrawnTwo["series"]>} series @param {number} columns
 */
export function curves({ read, forecast }, columns) {
    const came = forecast.map(values => [null, ...values.slice(0, -1)])
    const every = [...read, ...came].flat().flatMap(value => value ?? [])
    const [low, high] = [Math.min(...every), Math.max(...every)]
    const y = (/** @type {number} */ value) => 6 + (HIGH - 12) * (1 - (value - low) / (high - low || 1))
    /** @param {(number | null)[]} values @param {string} kind */
    const line = (values, kind) => {
        const points = values.map((value, k) => (value === null ? "" : `${k + 0.5},${y(value)}`)).join(" ")
        return svg("polyline", { class: kind, points, "vector-effect": "non-scaling-stroke" })
    }
    const drawing = svg(
        "svg",
        {
            viewBox: `0 0 ${columns} ${HIGH}`,
            preserveAspectRatio: "none",
            role: "img",
            "aria-label": "Values and forecasts",
        },
        line(came[0], "gs-forecast"),
        line(came[1], "gs-forecast gs-of-b"),
        line(read[0], "gs-read"),
        line(read[1], "gs-read gs-of-b"),
    )
    const key = element("small", {}, "A solid, B dashed; thin: the forecast for that step")
    const axis = element("small", { class: "gs-two-axis" }, `${high.toPrecision(3)} … ${low.toPrecision(3)}`)
    return element("td", { colspan: columns }, drawing, key, axis)
}

// Which numbers do two readings show? A row for each, for a spreadsheet: what it is of, its step, its word, its value.

/** @param {import("./drawn.js").DrawnTwo} drawn @returns {(string | number | null)[][]} */
export function numbersOf({ words, units, others, models }) {
    const of = (/** @type {string} */ name, /** @type {(number | null)[]} */ values, side = 0) =>
        values.map((value, at) => [name, at, words[at][side], value])
    return [
        ...units.flatMap(({ name, ...quantities }) =>
            /** @type {const} */ (["c", "f", "o"]).flatMap(letter =>
                (quantities[letter] ?? []).flatMap((values, side) =>
                    of(`${letter} of ${name}, ${"AB"[side]}`, values, side),
                ),
            ),
        ),
        ...(others ? of(`B − A of c, ${others.name}`, others.values) : []),
        ...models.flatMap(({ title, units: names, c }) =>
            c.flatMap((values, k) => of(`c of unit ${names[k]}, ${title}`, values)),
        ),
    ]
}

// What differs between two readings, step by step? Words, answers, and c of the units, in one table.

// A narrower column has no room for its numbers, in pixels.
const ROOM = 38
// The same for two numbers side by side, and for how sure an answer is.
const BOTH = 60
const SURENESS = 92
// The fewest pixels of a column, and those of the rows' names.
const [LEAST, NAMES] = [22, 118]

/** The table of two readings, and its colours below. @param {import("./drawn.js").DrawnTwo} drawn */
export function picture(drawn) {
    const { words, answers, turned, series, scales, reach, units, others, proof, shown, models } = drawn
    const memory = { ...scales.states, zmin: -reach, zmax: reach }
    const apart = units.flatMap(({ c: [a, b] }) => apartOf(a, b).map(value => Math.abs(value ?? 0)))
    const largest = Math.max(...apart, ...(others?.values ?? []), 0)
    const body = element("tbody", {})
    if (series) body.append(row("gs-two-curves", "value", "", [curves(series, words.length)]))
    for (const [side, said] of answers.entries()) {
        if (said.some(Boolean)) body.append(answersOf(said, "AB"[side], turned))
    }
    for (const one of units) body.append(...rowsOf(one, memory, scales.gates, largest))
    if (others) {
        const bars = others.values.map(value => bar(value, largest, number => fixed(number, 2)))
        body.append(row("gs-two-others", others.name, "", bars))
    }
    for (const one of models) body.append(...modelOf(one, memory, words.length))
    const wide = words.length * LEAST + NAMES
    const columns = [element("col", { class: "gs-two-names" }), ...words.map(() => element("col", {}))]
    const table = element(
        "table",
        { class: series ? "gs-two-table gs-of-numbers" : "gs-two-table", style: `min-width: ${wide}px` },
        element("caption", { class: "gs-unseen" }, "What differs, step by step"),
        element("colgroup", {}, ...columns),
        element("thead", {}, headOf(words)),
        body,
    )
    const root = element(
        "div",
        { class: "gs-two-picture", tabindex: 0, role: "region", "aria-label": "Step by step" },
        table,
    )
    new ResizeObserver(() => {
        const each = (table.clientWidth - NAMES) / words.length
        root.classList.toggle("gs-thin", each < ROOM)
        root.classList.toggle("gs-close", each < BOTH)
        root.classList.toggle("gs-narrow", each < SURENESS)
    }).observe(root)
    const gates = units.some(({ f }) => f) ? [legend("gates f o", scales.gates)] : []
    const said = [shown, proof].filter(Boolean).join(" · ")
    const below = element("p", { class: "gs-two-legend" }, legend("c", memory), ...gates, element("span", {}, said))
    return element("div", {}, root, below)
}

/** Which colours a scale has, from its smallest to its largest. @param {string} name @param {Wire.Scale} scale */
function legend(name, { colorscale, zmin, zmax }) {
    const ramp = `background: linear-gradient(to right, ${colorscale.map(([, colour]) => colour).join()})`
    const end = (/** @type {number} */ value) => (zmin < 0 ? short(value) : `${value}`)
    return element(
        "span",
        {},
        element("em", {}, name),
        ` ${end(zmin)} `,
        element("i", { style: ramp }),
        ` ${end(zmax)}`,
    )
}

/** The words; where the two differ, A's stands over B's. @param {(string | null)[][]} words */
function headOf(words) {
    const heads = words.map(([a, b]) =>
        a === b
            ? element("th", { scope: "col" }, a ?? "")
            : element(
                  "th",
                  { scope: "col", class: "gs-two-fork" },
                  element("span", {}, a ?? "–"),
                  element("span", {}, b ?? "–"),
              ),
    )
    return element("tr", {}, element("td", { class: "gs-two-names" }), ...heads)
}

/**
 * What one side answers: filled and framed where the other says something else.
 *
 * @param {(import("./drawn.js").Chip | null)[]} said @param {string} letter @param {number[]} turned
 */
function answersOf(said, letter, turned) {
    const cells = said.map((answer, k) => {
        const differs = turned.includes(k)
        const kind = differs ? "gs-two-said gs-turned" : "gs-two-said"
        return element("td", { class: kind }, answer ? chip(answer, differs) : "")
    })
    return row("gs-two-answers", letter === "A" ? "answers" : "", letter, cells)
}

/**
 * c of some units of one model, under its name.
 *
 * @param {import("./drawn.js").OneModel} model @param {Wire.Scale} memory @param {number} columns
 */
function modelOf({ title, units, c }, memory, columns) {
    const head = element("th", { colspan: columns + 1, scope: "colgroup" }, title)
    const cells = c.map(values => values.map(value => cell(value, memory)))
    const rows = cells.map((own, k) => row("gs-two-of-model", `unit ${units[k]}`, "c", own))
    return [element("tr", { class: "gs-two-model" }, head), ...rows]
}

/** @param {(number | null)[]} a @param {(number | null)[]} b */
const apartOf = (a, b) => a.map((value, k) => (value === null || b[k] === null ? null : b[k] - value))

/**
 * c of a unit in A and in B, and the difference; of the one that carries it, what it keeps and shows.
 *
 * @param {import("./drawn.js").CommonUnit} unit @param {Wire.Scale} memory @param {Wire.Scale} gates @param {number} largest
 */
function rowsOf({ name, role, c: [a, b], f, o }, memory, gates, largest) {
    const kind = role ? "gs-two-carrier" : "gs-two-small"
    const title = element("b", {}, name)
    const [ofA, ofB] = [a, b].map(values => values.map(value => cell(value, memory)))
    const apart = apartOf(a, b).map(value => bar(value, largest))
    const rows = [
        row(`${kind} gs-first`, title, role ? "c A" : "A", ofA),
        row(kind, role, role ? "c B" : "B", ofB),
        row(`${kind} gs-two-bars`, "", "B − A", apart),
    ]
    /** @param {(number | null)[][] | undefined} values @param {string} does @param {string} letter */
    const gate = (values, does, letter) => {
        if (!values) return
        const [ofA, ofB] = values
        const both = ofA.map((value, k) => halves(value, ofB[k], gates))
        rows.push(row(`${kind} gs-two-gate`, `${does} A | B`, letter, both))
    }
    gate(f, "kept", "f")
    gate(o, "shown", "o")
    return rows
}

/** @param {string} kind @param {string | Node} name @param {string} letter @param {Node[]} cells */
function row(kind, name, letter, cells) {
    const head = [element("span", {}, name), element("em", {}, letter)]
    return element("tr", { class: kind }, element("th", { scope: "row", class: "gs-two-names" }, ...head), ...cells)
}
