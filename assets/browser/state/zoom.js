/**
 * Which words are selected, and which part of the picture is visible? A range of steps and a range of units, each null
 * for all.
 */

// Which words are selected, to ask where else the same happens? The first and the last step of a stretch.

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

// Which part of the picture is visible? A range of steps and a range of units, each null for all.

/** @typedef {{steps: number[] | null, units: number[] | null}} Zoom */

/** @type {Zoom} */
export const WHOLE = { steps: null, units: null }

/** @param {Zoom} zoom */
export const isZoomed = ({ steps, units }) => !!(steps || units)

/** The rows of a picture's heatmaps. @param {Picture} picture */
const rows = picture => picture.stacks[0]?.units.length ?? 0

/**
 * The zoom in a new picture: kept if the picture has as many steps and units, else the whole picture.
 *
 * @param {Zoom} zoom @param {Picture | null} last @param {Picture} picture @returns {Zoom}
 */
export function keptZoom(zoom, last, picture) {
    if (!last || !isZoomed(zoom)) return zoom
    const steps = last.columns.steps === picture.columns.steps ? zoom.steps : null
    const units = rows(last) === rows(picture) ? zoom.units : null
    return steps === zoom.steps && units === zoom.units ? zoom : { steps, units }
}

/**
 * The zoom in a link, "2-9" or "2-9.0-3": the first and the last step, then the first and the last row; a part that
 * is left out is whole.
 *
 * @param {string} [text] @returns {Zoom}
 */
export function zoomOf(text = "") {
    const [steps = "", units = ""] = text.split(".")
    return { steps: rangeOf(steps), units: rangeOf(units)?.reverse() ?? null }
}

/** The range of some places, from edge to edge. @param {string} text */
function rangeOf(text) {
    const places = brushOf(text)
    return places && [places[0] - 0.5, places[1] + 0.5]
}

/** The zoom as a link writes it: whole steps and rows; "" for the whole picture. @param {Zoom} zoom */
export function zoomText({ steps, units }) {
    const written = (/** @type {number[] | null} */ range) =>
        range ? `${Math.max(0, Math.ceil(range[0]))}-${Math.floor(range[1])}` : ""
    const rows = written(units && [...units].reverse())
    return written(steps) + (rows && `.${rows}`)
}

/** The zoom, if a picture has it, else the whole picture. @param {Zoom} zoom @param {Picture} picture */
export function zoomWithin(zoom, picture) {
    const fits = (/** @type {number[] | null} */ range, /** @type {number} */ places) =>
        !range || Math.max(...range) <= places - 0.5
    return fits(zoom.steps, picture.columns.steps) && fits(zoom.units, rows(picture)) ? zoom : { ...WHOLE }
}

/** The first and the last visible column. @param {Columns} columns @param {Zoom} zoom @returns {[number, number]} */
export function columnsInSight(columns, { steps }) {
    if (!steps) return [0, columns.number - 1]
    const column = (/** @type {number} */ step) =>
        columns.of(Math.max(columns.first, Math.min(columns.end - 1, Math.round(step))))
    return [column(Math.ceil(steps[0])), column(Math.floor(steps[1]))]
}

/** The first and the last visible row of so many. @param {number} number @param {Zoom} zoom
 * @returns {[number, number]} */
export function rowsInSight(number, { units }) {
    const [from, to] = units ? [Math.min(...units), Math.max(...units)] : [0, number - 1]
    return [Math.max(0, Math.ceil(from)), Math.min(number - 1, Math.floor(to))]
}

/**
 * The zoom to a column's steps, and some steps to its left and right.
 *
 * @param {Columns} columns @param {number} column
 */
export function around(columns, column) {
    const [from, to] = columns.edges(column)
    const middle = (from + to) / 2
    const half = Math.max(20, 2 * columns.per)
    return [Math.max(-0.5, middle - half), Math.min(columns.steps - 0.5, middle + half)]
}

/** The zoom that shows every step. @param {Picture} picture @returns {Zoom} */
export const whole = ({ columns, fits }) => ({ units: null, steps: fits ? null : [-0.5, columns.steps - 0.5] })

/**
 * The zoom in or out, around the middle of the visible part.
 *
 * @param {Zoom} zoom @param {Picture} picture @param {number} factor @returns {Zoom}
 */
export function scaled(zoom, picture, factor) {
    const { columns } = picture
    const units = rows(picture)
    const steps = widened(zoom.steps ?? picture.range, columns.steps, factor) ?? whole(picture).steps
    // Who looks for a step among thousands keeps all units in sight.
    if (!columns.complete || columns.per > 1) return { ...zoom, steps }
    const upward = zoom.units ? [...zoom.units].reverse() : [-0.5, units - 0.5]
    const seen = widened(upward, units, factor)
    return { steps, units: seen ? seen.reverse() : null }
}

/**
 * A range `factor` times as wide, within those of so many places; null where it is all of them.
 *
 * @param {number[]} range @param {number} places @param {number} factor
 */
function widened([from, to], places, factor) {
    const [least, most] = [-0.5, places - 0.5]
    const middle = (from + to) / 2
    const half = Math.max(0.5, ((to - from) / 2) * factor)
    const range = [Math.max(least, middle - half), Math.min(most, middle + half)]
    return range[0] <= least && range[1] >= most ? null : range
}
