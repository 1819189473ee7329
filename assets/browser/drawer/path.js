/**
 * How did a word reach the answer? Lines over the strip of c: thick where a unit kept it in c, dotted where it was read
 * again through h.
 */

import { rowOfC } from "../picture/cover.js"
import { fixed } from "../shared/numbers.js"
import { svg } from "../shared/svg.js"
import { whyOf } from "../state/drawer.js"
import { heldNow, isLeftOut } from "../state/holds.js"
import { stepIn } from "./places.js"

// Pixels: the widest line, and the narrowest.
const WIDEST = 9
const NARROWEST = 1.2
/** The part of an effect from which on a line is drawn. */
const SEEN = 0.05

/** @param {Store} store @param {Heatmaps} heatmaps */
export function pathOverC(store, heatmaps) {
    /** @type {any[]} */
    let drawn = []
    store.afterDrawn(["why", "drawer", "pin", "presenting"], state => {
        for (const root of drawn) root.remove()
        const path = state.drawer.open ? whyOf(state)?.values?.answer?.path : null
        drawn = path
            ? heatmaps.stacks.filter(({ direction }) => !direction).map(stack => overlay(stack, path, state))
            : []
    })
}

/** @param {Painted} stack @param {Wire.Path} path @param {State} state */
function overlay(stack, path, state) {
    const root = svg("svg", { class: "gs-path", "aria-hidden": "true", width: stack.layout.width, height: "100%" })
    const isRead = (/** @type {number} */ step) => !isLeftOut(heldNow(state), step)
    for (const line of path.lines.filter(({ layer }) => layer === stack.layer)) {
        root.append(...linesOf(stack, line, path, isRead))
    }
    stack.area.append(root)
    return root
}

/**
 * The two lines of a unit from a step to the next one that is read, or to the answer.
 *
 * @param {Painted} stack @param {Wire.Carried} line @param {Wire.Path} path @param {(step: number) => boolean} isRead
 */
function linesOf(stack, { layer, step, unit, kept, reread }, { effect }, isRead) {
    const [row, from] = [rowOfC(stack, unit), stepIn(stack, step)]
    if (!row || !from) return []
    let next = step + 1
    while (!isRead(next)) next += 1
    const to = stepIn(stack, next)
    const [x1, x2] = [from.left + from.width / 2, to ? to.left + to.width / 2 : from.left + from.width]
    const most = Math.min(WIDEST, Math.max(NARROWEST, row.height * 0.4))
    /** @param {number} value */
    const widthOf = value => Math.max(NARROWEST, Math.min(1, Math.abs(value / effect)) * most)
    const about = { "data-layer": layer, "data-unit": unit, "data-step": step }
    const ways = [
        { name: "kept", value: kept, y: row.middle },
        { name: "reread", value: reread, y: row.middle + Math.min(row.height * 0.3, widthOf(kept) / 2 + 3) },
    ]
    return ways
        .filter(({ value }) => Math.abs(value) >= SEEN * Math.abs(effect))
        .flatMap(({ name, value, y }) => {
            const against = value * effect < 0 ? " gs-against" : ""
            const width = widthOf(value)
            const dots = name === "reread" ? { "stroke-dasharray": `0 ${fixed(width * 2.2, 1)}` } : {}
            const line = { x1, x2, y1: y, y2: y, ...dots }
            const said = {
                [`data-${name}`]: value,
                "stroke-width": width,
                class: `gs-path-${name}${against}`,
                ...about,
            }
            return [
                svg("line", { ...line, "stroke-width": width + 2.5, class: "gs-path-edge" }),
                svg("line", { ...line, ...said }),
            ]
        })
}
