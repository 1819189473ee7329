/** How much does an answer change, and does it become another one? As `dashboard/why/changes.py` says. */

// The change of an answer that is marked, and that is offered as what turns it.
export const FRAMED = 0.02
export const WORTH = 0.1

/** @param {Float32Array} row */
export const best = row => row.reduce((most, share, k) => (share > row[most] ? k : most), 0)

/**
 * How much an answer changes; of forecasts as a share of `spread`, how far those of the whole reading lie apart.
 *
 * @param {Model} model @param {Float32Array} before @param {Float32Array} after @param {number} spread
 */
export function unlike({ gives }, before, after, spread) {
    if (gives === "classes") return Math.abs(after[best(before)] - before[best(before)])
    const most = Math.max(...before.map((value, k) => Math.abs(after[k] - value)))
    return gives === "set" ? most : most / (spread || 1)
}

/**
 * By how much a change turns the answer into another one; 0 where it stays.
 *
 * @param {Model} model @param {Float32Array} before @param {Float32Array} after
 */
export function turned({ gives }, before, after) {
    if (gives === "classes") {
        const [old, now] = [best(before), best(after)]
        return old === now ? 0 : Math.min(before[old] - after[old], after[now] - before[now])
    }
    if (gives !== "set") return 0
    return Math.max(...before.map((value, k) => (value > 0.5 === after[k] > 0.5 ? 0 : Math.abs(after[k] - value))))
}

/** How far the answers of a whole reading lie apart. @param {Float32Array[]} said */
export function spreadOf(said) {
    const there = said.filter(row => !row.some(Number.isNaN))
    const ends = Array.from(there[0] ?? [], (_, k) =>
        there.reduce(([a, b], row) => [Math.min(a, row[k]), Math.max(b, row[k])], [Infinity, -Infinity]),
    )
    return Math.max(...ends.map(([low, high]) => high - low))
}
