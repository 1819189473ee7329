/** Which step is now? Null while the whole picture is shown, else a number whose integer part is the newest column. */

/**
 * `at`: the time: how many of the visible columns `from` to `to` are read. `calm`: the visitor wants less motion.
 *
 * @typedef {{at: number | null, playing: boolean, speed: number, looping: boolean, calm: boolean,
 *     from: number, to: number}} Time
 */

// Milliseconds a step takes at speed 1, and the most that a whole long sequence takes.
const STEP = 700
const WHOLE = 40_000
// At this part of a step, all layers have read it.
const READ = 0.999

/** The columns that are played. @param {Time} time */
export const steps = ({ from, to }) => to + 1 - from

/**
 * `read` of the columns `from` to `to` are read, and `part` of the next one; null for the whole picture.
 *
 * @param {Time} time
 */
export function now(time) {
    if (time.at === null) return null
    const read = readAt(time)
    // A visitor who wants less motion sees all layers of a step at once.
    const part = time.calm ? 1 : Math.max(0, time.at - read)
    return { read, part, from: time.from, to: time.to }
}

/** The newest column's place among those played. @param {Time} time */
export function readAt(time) {
    return time.at === null ? steps(time) - 1 : Math.max(0, Math.floor(time.at))
}

/** The layers of a picture from below. @param {Picture} picture */
export function layersOf({ stacks }) {
    return [...new Set(stacks.map(({ layer }) => layer))]
}

/**
 * How many columns a layer has read: within a step the layers light up one after the other, and last (`layer` null)
 * the model's output.
 *
 * @param {number[]} layers @param {number | null} layer @param {{read: number, part: number}} moment
 */
export function readBy(layers, layer, { read, part }) {
    const at = layer === null ? -1 : layers.indexOf(layer)
    const place = at < 0 ? layers.length : at
    return read + (part >= place / (layers.length + 1) ? 1 : 0)
}

/**
 * All of the step `column` places from the first one is read.
 *
 * @param {Time} time @param {number} column @returns {Time}
 */
export function to(time, column) {
    return { ...time, playing: false, at: column + READ }
}

/**
 * One step back or forth from where it is; from the whole picture, back from its end or to its beginning.
 *
 * @param {Time} time @param {number} by
 */
export function moved(time, by) {
    const whole = by > 0 ? -1 : steps(time) - 1
    const from = time.at === null ? whole : Math.floor(time.at)
    return to(time, Math.max(0, Math.min(steps(time) - 1, from + by)))
}

/** Plays from the present step; from the end, or from the whole picture, starts at the beginning. @param {Time} time */
export function played(time) {
    const over = time.at === null || time.at >= steps(time) - 1
    return { ...time, playing: true, at: over ? -1 : time.at }
}

/** Plays or pauses; a pause within a step shows all of that step. @param {Time} time */
export function toggled(time) {
    return time.playing ? to(time, readAt(time)) : played(time)
}

/**
 * The time after some milliseconds. At the end it begins again, or the whole picture is shown.
 *
 * @param {Time} time @param {number} milliseconds @returns {Time}
 */
export function passed(time, milliseconds) {
    const at = (time.at ?? 0) + (milliseconds * time.speed) / Math.min(STEP, WHOLE / steps(time))
    if (at < steps(time) - 0.01) return { ...time, at }
    return time.looping ? { ...time, at: 0 } : { ...time, at: null, playing: false }
}

/**
 * The time for a picture with these visible columns: unchanged if there are as many as before, else the whole
 * picture. Playing continues while the visitor types.
 *
 * @param {Time} time @param {[number, number]} columns @param {boolean} sameBins @returns {Time}
 */
export function inColumns(time, [from, to], sameBins) {
    const next = { ...time, from, to }
    if (steps(next) === steps(time) && sameBins) return next
    return { ...next, at: time.playing ? Math.min(time.at ?? 0, steps(next) - 0.02) : null }
}
