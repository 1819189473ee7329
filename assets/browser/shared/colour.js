/** Which colour has a number? That of its heatmap's scale; and which ink is read on it? */

/** A value's colour on a heatmap's scale, as [red, green, blue]. @param {number} value @param {ColourScale} scale */
function channelsOf(value, { colorscale, zmin, zmax }) {
    const at = Math.max(0, Math.min(1, (value - zmin) / (zmax - zmin))) * (colorscale.length - 1)
    const below = Math.min(colorscale.length - 2, Math.floor(at))
    const part = at - below
    const channels = (/** @type {string} */ colour) => [1, 3, 5].map(k => parseInt(colour.slice(k, k + 2), 16))
    const low = channels(colorscale[below][1])
    const high = channels(colorscale[below + 1][1])
    return low.map((channel, k) => Math.round(channel + part * (high[k] - channel)))
}

/** A value's colour on its heatmap's scale. @param {number} value @param {ColourScale} trace */
export const colourOf = (value, trace) => `rgb(${channelsOf(value, trace).join()})`

// A scale in so many colours: a table of them is quicker than a new one for each of thousands of cells.
const SHADES = 255

/** `pixel`: as an image has it, opaque; `ink`: what is read on it.
 * @typedef {{colour: string, pixel: number, ink: string}} Shade */
/** The tables of scales that are drawn now. @type {WeakMap<ColourScale["colorscale"], Shade[]>} */
const tables = new WeakMap()

/** What says the colour of a value other than NaN on its heatmap's scale. @param {ColourScale} trace */
export function shadesOf({ colorscale, zmin, zmax }) {
    const shade = (/** @type {number} */ k) => {
        const scale = { colorscale, zmin: 0, zmax: SHADES }
        const [r, g, b] = channelsOf(k, scale)
        return { colour: `rgb(${r},${g},${b})`, pixel: 0xff000000 + (b << 16) + (g << 8) + r, ink: inkOn(k, scale) }
    }
    const table = tables.get(colorscale) ?? Array.from({ length: SHADES + 1 }, (_, k) => shade(k))
    tables.set(colorscale, table)
    return (/** @type {number} */ value) =>
        table[Math.round(Math.max(0, Math.min(1, (value - zmin) / (zmax - zmin))) * SHADES)]
}

/**
 * The ink that is read on a value's colour: dark or light, whichever differs more from it.
 *
 * @param {number} value @param {ColourScale} trace
 */
export function inkOn(value, trace) {
    const [r, g, b] = channelsOf(value, trace).map(channel => {
        const share = channel / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    // At this luminance black and white have the same contrast (WCAG 2).
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff"
}

/** The style of what stands on the colour of its number; none without a number.
 * @param {number | null} value @param {ColourScale} scale */
export const onItsColour = (value, scale) =>
    value === null ? {} : { style: `background: ${colourOf(value, scale)}; color: ${inkOn(value, scale)}` }
