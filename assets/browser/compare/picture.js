/** What differs between two readings, step by step? Words, answers, and c of the units, in one table. */

import { element } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { bar, cell, chip, halves, short } from "./cells.js"
import { curves } from "./curves.js"

// A narrower column has no room for its numbers, in pixels.
const ROOM = 38
// The same for two numbers side by side, and for how sure an answer is.
const BOTH = 60
const SURENESS = 92
// The fewest pixels of a column, and those of the rows' names.
const [LEAST, NAMES] = [22, 118]

/** The table of two readings, and its colours below. @param {Wire.Drawn} drawn */
export function picture(drawn) {
    const { words, answers, turned, series, scales, reach, units, others, proof, shown, models } = drawn
    const memory = { ...scales.states, zmin: -reach, zmax: reach }
    const apart = units.flatMap(({ c: [a, b] }) => apartOf(a, b).map(value => Math.abs(value ?? 0)))
    const largest = Math.max(...apart, ...(others?.values ?? []), 0)
    const body = element("tbody", {})
    if (series) body.append(row("gs-two-curves", "value", "", [curves(series, words.length)]))
    for (const [side, said] of answers.entries()) {
        if (said.length) body.append(answersOf(said, "AB"[side], turned))
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

/** The words; where the two differ, A's stands over B's. @param {Wire.Drawn["words"]} words */
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
 * @param {(Wire.Said | null)[]} said @param {string} letter @param {number[]} turned
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
 * @param {Wire.OneModel} model @param {Wire.Scale} memory @param {number} columns
 */
function modelOf({ title, units, c }, memory, columns) {
    const head = element("th", { colspan: columns + 1, scope: "colgroup" }, title)
    const cells = c.map(values => values.map(value => cell(value, memory)))
    const rows = cells.map((own, k) => row("gs-two-of-model", units[k], "c", own))
    return [element("tr", { class: "gs-two-model" }, head), ...rows]
}

/** @param {(number | null)[]} a @param {(number | null)[]} b */
const apartOf = (a, b) => a.map((value, k) => (value === null || b[k] === null ? null : b[k] - value))

/**
 * c of a unit in A and in B, and the difference; of the one that carries it, what it keeps and shows.
 *
 * @param {Wire.CommonUnit} unit @param {Wire.Scale} memory @param {Wire.Scale} gates @param {number} largest
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
