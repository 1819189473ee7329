/** Which unit carries the difference, and what undoes it? What one swap after the other did to the answer. */

import { drawRows } from "../picture/rows.js"
import { element } from "../shared/element.js"
import { fixed } from "../shared/numbers.js"
import { asks, quoted, unseen } from "./sentences.js"
import { chipOf } from "./two.js"

/** @typedef {import("./two.js").Two} Two */

// The units whose swap is drawn, and the most that a link of a swap holds.
const [TRIED, HELD] = [10, 40]

/** The units that are swapped, what they are called, and how many others there are. @param {Wire.Carrier} by */
function swapped({ units, order }) {
    const all = units.length ? units : order.slice(0, 1)
    const [others, name] = [order.length - all.length, all.length === 1 ? `unit ${all[0]}` : `${all.length} units`]
    return { all, name, others: others ? `${others} others` : "" }
}

/** By unit, how near its c alone brings B to A's answer; the units that are drawn, then the others. @param {Wire.Carrier} by */
export function nearness({ order, alone }) {
    const of = (/** @type {number[]} */ units) => units.map(unit => ({ unit, near: alone[unit] }))
    return { drawn: of(order.slice(0, TRIED).sort((a, b) => a - b)), others: of(order.slice(TRIED)) }
}

/** An answer: filled where it is the one that matters. @param {{label: string, share: number | null}} answer
 * @param {boolean} filled */
function chip({ label, share }, filled) {
    const sure = share === null ? "" : element("small", {}, fixed(share, 2))
    return element("span", { class: filled ? "gs-two-chip gs-filled" : "gs-two-chip" }, label, " ", sure)
}

/** The panel at the right. @param {Two} two @param {Wire.Carrier} by */
export function proof(two, by) {
    const { drawn, others } = nearness(by)
    const bars = drawn.map(({ unit, near }) =>
        element(
            "tr",
            { class: by.units.includes(unit) ? "gs-carries" : "" },
            element("th", { scope: "row" }, `unit ${unit}`),
            element("td", { class: "gs-two-track" }, element("div", { style: `width: ${100 * near}%` })),
            element("td", {}, fixed(near, 2)),
        ),
    )
    const most = fixed(Math.max(...others.map(({ near }) => near)), 2)
    const hidden = unseen(two, by)
    return element(
        "aside",
        { class: "gs-two-proof" },
        element("h3", {}, "Which unit carries it?"),
        element("p", {}, asks(two, by)),
        element("p", { class: "gs-faint" }, `B as it is: ${fixed(by.b.near, 2)} · A: ${fixed(by.a.near, 2)}`),
        element("table", { class: "gs-two-alone" }, element("tbody", {}, ...bars)),
        others.length ? element("p", { class: "gs-faint" }, `${others.length} others: at most ${most}`) : "",
        element("h3", {}, "What does the swap change?"),
        element("ul", { class: "gs-two-ways" }, ...waysOf(two, by)),
        ...(hidden ? [element("h3", {}, "Kept, but not shown"), element("p", {}, hidden)] : []),
        element("p", { class: "gs-two-links" }, ...linksOf(two, by)),
    )
}

/** One swap each: an answer before it, what is put in, and the answer after it.
 * @param {Two} two @param {Wire.Carrier} by */
function waysOf(two, by) {
    const [{ name, others }, { a, b, a_with }] = [swapped(by), by]
    const last = by.undone[by.undone.length - 1]
    /** @type {[string, Wire.TurnedAnswer, string, Wire.TurnedAnswer, Wire.TurnedAnswer][]} */
    const ways = [
        ["B as it is", b, `${name} from A`, last.carriers, a],
        ["A as it is", a, `${name} from B`, a_with, b],
    ]
    if (others) ways.push(["B as it is", b, `${others} from A`, last.others, a])
    return ways.map(([before, was, put, becomes, wanted]) => {
        const [from, to, aim] = [was, becomes, wanted].map(answer => chipOf(answer, two))
        const turned = two.message.gives === "value" ? becomes.like_a === wanted.like_a : to.label === aim.label
        const arrow = element("span", { class: "gs-two-arrow" }, `→ ${put} →`)
        return element("li", {}, element("span", {}, before), chip(from, true), arrow, chip(to, turned))
    })
}

/** The swap, and both texts as they are, on Memory: with the carrying unit pinned. @param {Two} two @param {Wire.Carrier} by */
function linksOf(two, by) {
    const [{ all }, { layer, steps }] = [swapped(by), by]
    const holds = all.slice(0, HELD).map(unit => {
        const value = two.at(0, "c", unit, steps[0]) || 0
        return `c.${layer}.${unit}.${steps[1]}_${+value.toFixed(6)}`
    })
    /** @type {[string, import("./two.js").Which, Object<string, string>][]} */
    const links = [
        ["Try the swap", 1, { holds: holds.join(" ") }],
        ["A on Memory", 0, {}],
        ["B on Memory", 1, {}],
    ]
    return links.map(([name, which, more], k) => {
        const { file: _, ...query } = two.sides[which].query
        const link = new URLSearchParams({ ...query, pin: `${layer}.${all[0]}.${steps[which]}`, ...more })
        const kind = k ? "gs-button" : "gs-button gs-first"
        return element("a", { class: kind, href: `./?${link}`, target: "_self" }, `${name} →`)
    })
}

/** A place for rows that may be wider than it. @param {string} name */
export const region = name => element("div", { class: "gs-two-rows", tabindex: 0, role: "region", "aria-label": name })

/** B's answer with A's c put in, at each step between. @param {Two} two @param {Wire.Carrier} by
 * @param {Pick<import("../picture/rows.js").Rows, "look" | "theme">} how */
export function undo(two, by, how) {
    const [{ name, others }, { undone, turned }] = [swapped(by), by]
    const tokens = undone.map(({ steps }) => {
        const [a, b] = [two.wordAt(0, steps[0]), two.wordAt(1, steps[1])]
        return a === b ? `${b}` : `${a} | ${b}`
    })
    const ways = [{ name, said: undone.map(({ carriers }) => carriers) }]
    if (others) ways.push({ name: others, said: undone.map(one => one.others) })
    const told = ways.map(({ name, said }) => {
        const like = said.filter(({ like_a }) => like_a).length
        const every = said.length === 1 ? "undone" : "undone at any of these"
        return `${name}: ${like === said.length ? every : like ? `undone at ${like} of ${said.length}` : "not undone"}`
    })
    const place = region("What would undo it")
    const labelled = ways.map(({ name, said }) => ({
        name,
        labels: said.map(answer => ({ ...chipOf(answer, two), strong: answer.like_a })),
    }))
    const said = `B’s answer at ${quoted(two.words(turned)[1], two)}, with c from A at one step: ${told.join("; ")}.`
    const { look, theme } = how
    drawRows(place, { strips: [], tokens, labelled, high: 0, least: 70 * tokens.length, look, theme })
    return element(
        "section",
        { class: "gs-two-undo" },
        element("h3", {}, "What would undo it?"),
        element("p", {}, said),
        place,
    )
}
