/** What does a unit's row show? Its number, what it tracks, how surely; its curve; how long it keeps; what is lost. */

import { textOf } from "../passages.js"
import { element } from "../shared/element.js"
import { band, curve, ends } from "./curve.js"

/**
 * A list and its room in pixels: of a step, of a line, of a curve, and of the curve that is unfolded.
 *
 * @typedef {Wire.UnitList & {step: number, room: number, high: number, open: number}} Look
 */

export const GATES = { f: "forget gate", i: "input gate", o: "output gate" }

/** @param {Wire.UnitRow} row @param {Look} look @param {(what: string, value: any) => void} tell */
export function rowOf(row, look, tell) {
    const name = element(
        "button",
        {
            type: "button",
            class: "gs-units-name",
            "data-key": row.key,
            "aria-expanded": `${row.open}`,
            tabindex: row.open ? 0 : -1,
            onclick: () => tell("opened", row.key),
        },
        element("b", {}, row.number),
        element("span", { class: "gs-units-title" }, row.title),
        element("span", { class: "gs-units-note" }, ...(row.share ? [bar(row.share)] : []), row.note),
    )
    const middle = element("div", { class: "gs-units-middle", onclick: () => tell("opened", row.key) })
    middle.append(...(row.passages ? passages(row, look, tell) : curves(row, look)))
    const numbers = [row.keeps, row.lost].map(text => element("span", { class: "gs-units-number" }, text))
    return element("li", { class: row.open ? "gs-units-row gs-open" : "gs-units-row" }, name, middle, ...numbers)
}

/** @param {number} share */
export const bar = share =>
    element("span", { class: "gs-units-bar" }, element("i", { style: `width: ${100 * share}%` }))

/** @param {Wire.UnitRow} row @param {Look} look */
function curves(row, { step, states, gates, high: closed, open }) {
    if (!row.open || !row.gates) return [curve(row, step, states, closed)]
    const [high, low] = ends(row)
    const about = { class: "gs-units-axis", style: `height: ${open}px` }
    const axis = element("div", about, element("span", {}, high), element("span", {}, low))
    const bands = Object.entries(row.gates).map(([gate, values]) =>
        element(
            "div",
            { class: "gs-units-gate" },
            element("span", {}, GATES[/** @type {keyof typeof GATES} */ (gate)], " ", element("i", {}, gate)),
            band(values, step, gates),
        ),
    )
    return [axis, curve(row, step, states, open), ...bands]
}

/**
 * Where a unit is strongest, the moment in one column, in colours of its own range; a click opens it on Memory.
 *
 * @param {Wire.UnitRow} row @param {Look} look @param {(what: string, value: any) => void} tell
 */
function passages({ key, passages: shown = [], number, reach = 1 }, { states, between, room }, tell) {
    const own = { ...states, zmin: -reach, zmax: reach }
    return shown.map((passage, at) =>
        element(
            "button",
            {
                type: "button",
                style: `width: ${room}px`,
                class: between ? "gs-units-passage gs-of-words" : "gs-units-passage",
                tabindex: -1,
                title: `${passage.value} · ${passage.where} · open it on the page Memory`,
                "aria-label": `Moment ${at + 1} of unit ${number}: ${passage.value}, ${passage.where}`,
                onclick: (/** @type {Event} */ event) => {
                    event.stopPropagation()
                    tell("passage", [key, at])
                },
            },
            textOf(passage, own, between),
        ),
    )
}
