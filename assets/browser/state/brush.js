/** Which words are selected, to ask where else the same happens? The first and the last step of a stretch. */

/** @typedef {[number, number]} Stretch */

/** The stretch in a link, "8-12"; null for none. @param {string} [text] @returns {Stretch | null} */
export function brushOf(text = "") {
    const [, first, last] = /^(\d{1,6})-(\d{1,6})$/.exec(text) ?? []
    return first === undefined || +last < +first ? null : [+first, +last]
}

/** @param {Stretch | null} brush */
export const brushText = brush => (brush ? brush.join("-") : "")

/** The stretch between two steps. @param {number} one @param {number} other @returns {Stretch} */
export const stretchOf = (one, other) => [Math.min(one, other), Math.max(one, other)]

/**
 * A stretch whose end at step `from` goes to step `to`; a new one if it does not end there.
 *
 * @param {Stretch | null} brush @param {number} from @param {number} to @returns {Stretch}
 */
export function stretched(brush, from, to) {
    if (brush?.[1] === from) return stretchOf(brush[0], to)
    if (brush?.[0] === from) return stretchOf(to, brush[1])
    return stretchOf(from, to)
}

/**
 * The stretch, if a picture has its steps, one in each column.
 *
 * @param {Stretch | null} brush @param {Picture} picture
 */
export function brushWithin(brush, { columns }) {
    return brush && columns.per === 1 && brush[1] < columns.steps ? brush : null
}
