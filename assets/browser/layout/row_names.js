/** Where are the units' numbers? At the left of their rows: of c always, of the other strips where rows are high. */

import { roundUp } from "../shared/numbers.js"

/** @typedef {{unit: number, y: number, strong: boolean, pinned: boolean}} RowName `strong`: in the strip of c. */

// Pixels from one number to the next, at least.
const LEAST = 11

/**
 * @param {{units: number[], places: import("../state/answer.js").Place[], data: {name: string, z: ArrayLike<any>}[],
 *     layout: any}} stack as Plotly draws it @param {number | null} pinned a unit @returns {RowName[]}
 */
export function rowNames({ units, places, data, layout }, pinned) {
    const main = Math.max(
        0,
        data.findIndex(({ name }) => name === "c"),
    )
    return data.flatMap(({ z }, strip) => {
        // A projection's h has other units.
        if (z.length !== units.length) return []
        const { top, height } = places[strip]
        const [bottom, first] = layout[strip ? `yaxis${strip + 1}` : "yaxis"].range
        const row = height / (bottom - first)
        const strong = strip === main
        const every = strong && row < LEAST ? roundUp(LEAST / row) : 1
        if (!strong && row < LEAST) return []
        const names = units.map((unit, line) => ({ unit, line, y: top + (line - first) * row, strong }))
        const own = names.find(({ unit }) => unit === pinned)
        return names
            .filter(name => name.y >= top && name.y <= top + height)
            .filter(name => name === own || (name.line % every === 0 && !(own && Math.abs(own.y - name.y) < LEAST)))
            .map(({ line, ...name }) => ({ ...name, pinned: name.unit === pinned }))
    })
}
