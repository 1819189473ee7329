/**
 * How did one word reach the answer? What each unit carried on from each step, as `dashboard/why/path.py` has it; no
 * unit is named, because that is checked by patching at random, as only the app does.
 */

import { largestFirst } from "../numbers/order.js"
import { explained } from "./explained.js"
import { short, signed, stepName } from "./names.js"

// The part of an effect from which on a line can be seen, and the most lines.
const SEEN = 0.02
const MOST_LINES = 600

/**
 * `size`: the sizes of all parts of the answer, summed.
 *
 * @param {import("./explained.js").Asked} asked @param {import("../state/drawer.js").Event} event
 * @param {{target: string, baseline: string, size: number, names: string[]}} about @returns {Wire.Path | null}
 */
export function pathOf(asked, event, { target, baseline, size, names }) {
    const found = explained(asked, event)
    if (!found) return null
    const { effect, error } = found
    const isLittle = Math.abs(effect) < SEEN * size
    const step = stepName(asked.reading, event.step)
    const name = event.feature !== null && names.length > 1 ? `${names[event.feature]} at ${step}` : step
    const said = `${name} alone, with ${baseline} in its place, makes ${signed(effect)} of ${target}`
    return {
        ...{ step: event.step, feature: event.feature, effect: short(effect), error: short(error) },
        lines: isLittle ? [] : linesOf(found, asked),
        said: isLittle ? `${said}: too little for a path.` : `${said}.`,
    }
}

/** What units carried on from steps, the largest part first, where it can be seen. @returns {Wire.Carried[]} */
function linesOf(
    /** @type {import("./explained.js").Explained} */ { kept, reread, effect },
    /** @type {import("./explained.js").Asked} */ { reading, left },
) {
    const units = reading.lstm.hiddenSize
    // The units of a projection's h are not those of c.
    const isSame = !reading.lstm.projSize
    const all = kept.flatMap(([own], layer) =>
        Array.from(own, (value, at) => ({ layer, at, kept: value, reread: isSame ? reread[layer][0][at] : 0 })),
    )
    const sizes = all.map(one => Math.max(Math.abs(one.kept), Math.abs(one.reread)))
    return largestFirst(sizes)
        .slice(0, MOST_LINES)
        .filter(k => sizes[k] >= SEEN * Math.abs(effect))
        .map(k => ({
            ...{ layer: all[k].layer, step: left[Math.floor(all[k].at / units)], unit: all[k].at % units },
            ...{ kept: short(all[k].kept), reread: short(all[k].reread) },
        }))
}
