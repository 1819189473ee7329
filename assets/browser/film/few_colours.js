/** Which 256 colours stand for all colours of a picture? Those found by cutting its colours into boxes (median cut). */

const MOST = 256

/** @typedef {{colour: number, count: number}} Counted A colour, 0xbbggrr, and how often it is in the picture. */

/**
 * At most 256 colours, 0xbbggrr, for the colours of pixels: a picture of few colours keeps them exactly.
 *
 * @param {Uint32Array} pixels as a canvas has them, 0xaabbggrr
 * @returns {number[]}
 */
export function fewColours(pixels) {
    const counts = new Map()
    for (const pixel of pixels) counts.set(pixel & 0xffffff, (counts.get(pixel & 0xffffff) ?? 0) + 1)
    let boxes = [boxOf(Array.from(counts, ([colour, count]) => ({ colour, count })))]
    while (boxes.length < MOST) {
        const widest = boxes.reduce((one, other) => (other.spread > one.spread ? other : one))
        if (widest.spread === 0) break
        boxes = [...boxes.filter(box => box !== widest), ...halves(widest)]
    }
    return boxes.map(colourOf)
}

/** The place of the nearest colour, remembered. @param {number[]} colours @returns {(pixel: number) => number} */
export function nearestIn(colours) {
    const places = new Map(colours.map((colour, place) => [colour, place]))
    return pixel => {
        const colour = pixel & 0xffffff
        const known = places.get(colour)
        if (known !== undefined) return known
        let [best, least] = [0, Infinity]
        colours.forEach((other, place) => {
            const far = distance(colour, other)
            if (far < least) [best, least] = [place, far]
        })
        places.set(colour, best)
        return best
    }
}

/** @param {number} colour */
const channels = colour => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255]

/** @param {number} one @param {number} other */
function distance(one, other) {
    const [a, b] = [channels(one), channels(other)]
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2
}

/** The mean of one channel. @param {Counted[]} counted @param {number} total @param {number} channel */
const meanOf = (counted, total, channel) =>
    counted.reduce((sum, { colour, count }) => sum + count * channels(colour)[channel], 0) / total

/** Colours with their widest channel, and how much of the picture is how far from their mean there. */
function boxOf(/** @type {Counted[]} */ counted) {
    const total = counted.reduce((sum, { count }) => sum + count, 0)
    const spreads = [0, 1, 2].map(channel => {
        const mean = meanOf(counted, total, channel)
        return counted.reduce((sum, { colour, count }) => sum + count * (channels(colour)[channel] - mean) ** 2, 0)
    })
    const spread = Math.max(...spreads)
    return { counted, total, spread, channel: spreads.indexOf(spread) }
}

/** A box cut in two at the mean of its widest channel. @param {ReturnType<typeof boxOf>} box */
function halves({ counted, total, channel }) {
    const mean = meanOf(counted, total, channel)
    const isLow = (/** @type {Counted} */ { colour }) => channels(colour)[channel] <= mean
    return [boxOf(counted.filter(isLow)), boxOf(counted.filter(one => !isLow(one)))]
}

/** @param {ReturnType<typeof boxOf>} box */
function colourOf({ counted, total }) {
    if (counted.length === 1) return counted[0].colour
    const [red, green, blue] = [0, 1, 2].map(channel => Math.round(meanOf(counted, total, channel)))
    return red | (green << 8) | (blue << 16)
}
