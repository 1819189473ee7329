/** How do the strips of a stack share its height? The memory c has the most. */

/** @typedef {import("../state/answer.js").Place} Place */
/** @typedef {{quantity: string, rows: number, share: number}} Sharing A strip that takes a share of the height. */

// Pixels. Rows have a readable height until all strips together reach their maximum; then they shrink to one pixel.
const ROW = 15
const LEAST = 46
const MOST_TOGETHER = 830
// Between two strips; on a narrow page a name stands there.
export const GAP = 10
export const GAP_NARROW = 30
// What stands above the strips at least, and the lowest strip that a window makes.
const ABOVE = 34
const LOWEST = 24
// A stack of more units than this is as high as it needs, in a window too.
export const ALL_OF = 16
// The lowest row that has room for a number.
export const NUMBER = 16
// The lowest row that has room for its unit's number.
const NAMED = 12
// How many times as high as another strip c is.
const MEMORY = 1.7

/**
 * So many rows can be read: those of c with their values, or all with their units' numbers.
 *
 * @param {string[]} quantities @param {number} height @param {number} top where the strips begin
 */
export function mostRows(quantities, height, top) {
    const others = quantities.filter(quantity => quantity !== "c").length
    const gaps = GAP * (quantities.length - 1)
    const valued = (height - Math.max(top, 3 * ABOVE) - gaps - LOWEST * others) / (NUMBER + 0.5)
    const [main, all] = others < quantities.length ? [MEMORY, others + MEMORY] : [1, others]
    const named = ((height - top - gaps) * main) / all / NAMED
    return Math.max(1, Math.min(ALL_OF, Math.floor(Math.max(others < quantities.length ? valued : 0, named))))
}

/** Where the last of a stack's strips ends. @param {Place[]} places */
export const bottomOf = places => places[places.length - 1].top + places[places.length - 1].height

/** @param {string} quantity @param {number} rows @returns {Sharing} */
const sharing = (quantity, rows) => ({ quantity, rows, share: quantity === "c" ? MEMORY : 1 })

/**
 * The places of strips one under the other from `top` pixels on.
 *
 * @param {{quantity: string, rows: number}[]} strips @param {number} units @param {number | null} height to fill
 * @param {number} gap @param {number} top @param {number} above the pixels between the words and the strips
 * @returns {Place[]}
 */
export function placesOf(strips, units, height, gap, top, above) {
    const own = strips.map(({ quantity, rows }) => sharing(quantity, rows))
    if (height === null) return placed(own, top, gap, null)
    const shared = withRoomForNumbers(own, units, height)
    return placed(shared, top, gap, filled(shared, units, height, gap, top, above))
}

/**
 * The height of a stack that fills a window, or more if its rows would be too low.
 *
 * @param {Sharing[]} strips @param {number} units @param {number} height @param {number} gap @param {number} top
 * @param {number} above
 */
function filled(strips, units, height, gap, top, above) {
    if (units <= ALL_OF) {
        return Math.max(height - 1, top + strips.reduce((sum, { share }) => sum + share * LOWEST + gap, 0) - gap)
    }
    const own = placed(
        strips.map(({ quantity }) => sharing(quantity, units)),
        ABOVE,
        gap,
        null,
    )
    return Math.max(height - 1, bottomOf(own) + above)
}

/**
 * The strips, with a larger share for c if its numbers then have room and the other strips stay high enough.
 *
 * @param {Sharing[]} strips @param {number} units @param {number} height
 */
function withRoomForNumbers(strips, units, height) {
    const others = strips.filter(({ quantity }) => quantity !== "c").length
    if (!others || strips.length === others) return strips
    const room = height - 3 * ABOVE - GAP * (strips.length - 1)
    const needed = (NUMBER + 0.5) * units
    const each = (room - needed) / others
    if (each < LOWEST || each >= needed / MEMORY) return strips
    return strips.map(strip => (strip.quantity === "c" ? { ...strip, share: needed / each } : strip))
}

/** @param {Sharing[]} strips @param {number} top @param {number} gap @param {number | null} fill @returns {Place[]} */
function placed(strips, top, gap, fill) {
    const most = MOST_TOGETHER / strips.reduce((sum, { share }) => sum + share, 0)
    const own = strips.map(({ share, rows }) => Math.max(share * Math.min(most, Math.max(LEAST, ROW * rows)), rows))
    const together = own.reduce((sum, height) => sum + height, 0)
    const stretch = fill === null ? 1 : (fill - top - gap * (strips.length - 1)) / together
    let next = top
    return own.map(wanted => {
        const place = { top: next, height: Math.round(wanted * stretch) }
        next += place.height + gap
        return place
    })
}
