/** Which cell is pinned? "layer.unit.step" in a link, with ".1" behind it in direction 1. */

/** @typedef {{layer: number, direction: number, unit: number, step: number}} Cell */

/** @param {string | undefined} pin @returns {Cell | null} */
export function cellOf(pin) {
    if (!pin) return null
    const [layer, unit, step, direction = 0] = pin.split(".").map(Number)
    return { layer, direction, unit, step }
}

/** @param {Cell} cell */
export function pinOf({ layer, direction, unit, step }) {
    return [layer, unit, step, ...(direction ? [1] : [])].join(".")
}

/** @param {Cell | null | undefined} one @param {Cell | null | undefined} other */
export function sameCell(one, other) {
    return !!one && !!other && pinOf(one) === pinOf(other)
}
