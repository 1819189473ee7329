/** Where are the strips of one layer and direction, and what does Plotly get of them? */

import { BARE_AXIS, onThePage, stepAxis } from "./step_axis.js"

// What does Plotly get of one quantity? A heatmap on its fixed scale; numbers and gaps are drawn over it.

/** @typedef {import("../state/answer.js").OnCells} OnCells */

const LIMITS = { gates: [0, 1], states: [-1, 1] }
// Pixels of a cell that has room for its number.
const CELL_WITH_NUMBER = { height: 16, width: 40 }
// Cells that are lower or narrower have no gaps between them; flat ones neither, which takes Plotly five times as long.
const GAPS = 6
const FLAT = 3

/**
 * @param {string} quantity @param {"gates" | "states"} scale @param {Float32Array[]} z (unit, column)
 * @param {number[]} x the columns' middles @param {Look} look
 */
export function heatmap(quantity, scale, z, x, look) {
    const [zmin, zmax] = LIMITS[scale]
    const y = z.map((_, line) => line)
    return { type: "heatmap", name: quantity, z, x, y, zmin, zmax, colorscale: look[scale], showscale: false }
}

/** What has room on cells of a size. @param {number} height @param {number} width @returns {OnCells} */
export const onCells = (height, width) => ({
    numbers: height >= CELL_WITH_NUMBER.height && width >= CELL_WITH_NUMBER.width,
    gap: width > GAPS && height > FLAT,
    flat: height <= GAPS,
})

/** Zoom and pan end at the edges of the cells. @param {number} count */
export const edges = count => ({ minallowed: -0.5, maxallowed: count - 0.5 })

// How do the strips of a stack share its height? The memory c has the most.

/** @typedef {import("../state/answer.js").Place} Place */
/** @typedef {{quantity: string, rows: number, share: number}} Sharing A strip that takes a share of the height. */

// Pixels. Rows have a readable height until all strips together reach their maximum; then they shrink to one pixel.
const ROW = 15
const LEAST = 46
const MOST_TOGETHER = 830
// Between two strips, and of the lowest strip that a window makes. On a narrow page a name stands above each strip.
export const NAME = 15
export const SPACE = { wide: { gap: 10, lowest: 24 }, narrow: { gap: NAME + 2, lowest: 14 } }
// What stands above the strips at least.
const ABOVE = 34
// A stack of more units than this is as high as it needs, in a window too.
export const ALL_OF = 16
// The lowest row that has room for a number.
export const NUMBER = 16
// The lowest row that has room for its unit's number; and on a narrow page of c, where a finger finds it, unless the
// strips have room with lower ones.
const NAMED = 12
const FOUND = 8
// How many times as high as another strip c is.
const MEMORY = 1.7

/**
 * So many rows can be read: those of c with their values, or all with their units' numbers.
 *
 * @param {string[]} quantities @param {number} height @param {number} top where the strips begin
 * @param {import("./room.js").Frame["space"]} space
 */
export function mostRows(quantities, height, top, { gap, lowest }) {
    const others = quantities.filter(quantity => quantity !== "c").length
    const gaps = gap * (quantities.length - 1)
    const valued = (height - Math.max(top, 3 * ABOVE) - gaps - lowest * others) / (NUMBER + 0.5)
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
 * @param {{quantity: string, rows: number}[]} strips @param {number} units
 * @param {Pick<import("./room.js").Frame, "height" | "narrow" | "space">} frame @param {number} top
 * @param {number} above the pixels between the words and the strips
 * @returns {Place[]}
 */
export function placesOf(strips, units, { height, narrow, space }, top, above) {
    const own = strips.map(({ quantity, rows }) => sharing(quantity, rows))
    if (height === null) return placed(own, top, space.gap, null)
    const room = height - (narrow ? top : 3 * ABOVE) - space.gap * (strips.length - 1)
    const shared = withRoomForC(own, units, room, space.lowest, narrow)
    return placed(shared, top, space.gap, filled(shared, units, height, space, top, above))
}

/**
 * The height of a stack that fills a window, or more if its rows would be too low.
 *
 * @param {Sharing[]} strips @param {number} units @param {number} height
 * @param {import("./room.js").Frame["space"]} space @param {number} top @param {number} above
 */
function filled(strips, units, height, { gap, lowest }, top, above) {
    if (units <= ALL_OF) {
        return Math.max(height - 1, top + strips.reduce((sum, { share }) => sum + share * lowest + gap, 0) - gap)
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
 * The strips, with a larger share for c if its numbers then have room and the other strips stay high enough; on a narrow
 * page if a finger then finds its rows.
 *
 * @param {Sharing[]} strips @param {number} units @param {number} room @param {number} lowest @param {boolean} narrow
 */
function withRoomForC(strips, units, room, lowest, narrow) {
    const others = strips.filter(({ quantity }) => quantity !== "c").length
    if (!others || strips.length === others) return strips
    let needed = (NUMBER + 0.5) * units
    if (narrow && (room - needed) / others < lowest) {
        needed = Math.max(MEMORY * lowest, Math.min(FOUND * units, room - others * lowest))
    }
    const each = narrow ? Math.max(lowest, (room - needed) / others) : (room - needed) / others
    if (each < lowest || each >= needed / MEMORY) return strips
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

// Where are the strips of one layer and direction, and what does Plotly get of them?

/**
 * What all stacks of a picture have in common; `below`: the pixels between the words and the strips.
 *
 * @typedef {{numbers: Numbers, range: [number, number], look: Look, frame: import("./room.js").Frame, below: number,
 *     sheet?: boolean}} Common
 */

/** @param {StackValues} sent @param {Common} common @returns {Stack} */
export function stackOf(sent, { numbers, range, look, frame, below, sheet = false }) {
    const { columns, reach, projects } = numbers
    const { units, values } = sent
    const { width } = frame
    const { axis, top, unread } = stepAxis(columns, width, range, below, sheet)
    const strips = values.map(({ quantity, z }) => ({ quantity, rows: z.length }))
    const rows = frame.scrolls ? units.length : Math.min(units.length, ALL_OF)
    const places = placesOf(strips, rows, frame, top, below)
    const end = bottomOf(places)
    const few = units.length < numbers.units
    const column = (columns.per * width) / (range[1] - range[0])
    const data = values.map(({ quantity, z, ...bins }, n) => ({
        ...heatmap(quantity, scaleOf(numbers, quantity), z, columns.positions, look),
        ...((quantity === "c" || (quantity === "h" && projects)) && { zmin: -reach, zmax: reach }),
        ...bins,
        meta: { layer: sent.layer, direction: sent.direction, ...(few && { units }) },
        yaxis: n ? `y${n + 1}` : "y",
    }))
    const layout = {
        ...onThePage(look),
        width: Math.round(width),
        height: end + 1,
        margin: { l: 0, r: 0, t: top, b: 1 },
        hovermode: false,
        xaxis: { range: [...range], anchor: "y", ...edges(columns.steps), ...axis, ...BARE_AXIS },
        ...unitAxes(strips, places, top, end),
    }
    const cells = places.map(({ height }, n) => onCells(height / strips[n].rows, column))
    return { ...sent, figure: { data, layout }, places, onCells: cells, unread }
}

/** @param {Numbers} numbers @param {string} quantity */
function scaleOf({ strips }, quantity) {
    return strips.find(strip => strip.quantity === quantity)?.scale ?? "states"
}

/**
 * The rows of each strip, the first on top, in a figure whose axes go from `top` to `bottom`.
 *
 * @param {{rows: number}[]} strips @param {Place[]} places @param {number} top @param {number} bottom
 * @returns {Record<string, object>}
 */
function unitAxes(strips, places, top, bottom) {
    const inside = bottom - top
    const axes = places.map((place, n) => {
        const { rows } = strips[n]
        const below = (bottom - place.top - place.height) / inside
        const axis = {
            domain: [Math.max(0, below), Math.min(1, below + place.height / inside)],
            range: [rows - 0.5, -0.5],
            showticklabels: false,
            ...edges(rows),
            ...BARE_AXIS,
            // A zoom into a unit applies to every strip that has it; a projection's h has other units.
            ...(n > 0 && rows === strips[0].rows && { matches: "y" }),
        }
        return [n ? `yaxis${n + 1}` : "yaxis", axis]
    })
    return Object.fromEntries(axes)
}

/** Shows some rows of every strip. @param {any} layout @param {number[]} rows the range of a strip's axis */
export function showRows(layout, rows) {
    for (const key of Object.keys(layout)) if (key.startsWith("yaxis")) layout[key].range = [...rows]
}
