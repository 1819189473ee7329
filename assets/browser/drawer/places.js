/** Where on the page is a step? The picture is asked: the drawer has no columns of its own. */

/** @typedef {{left: number, width: number}} Span */

/**
 * Where a step stands in a stack, in pixels from the left of its strips; null if it is out of sight. Where a column has
 * several steps, each has its share of it.
 *
 * @param {Painted} stack @param {number} step @returns {Span | null}
 */
export function stepIn({ layout }, step) {
    const [first, last] = layout.xaxis.range
    const pixel = (/** @type {number} */ at) => ((at - first) / (last - first)) * layout.width
    const [left, right] = [Math.max(0, pixel(step - 0.5)), Math.min(layout.width, pixel(step + 0.5))]
    return right > left ? { left, width: right - left } : null
}

/**
 * The pixels from the left of a part of the page to a stack's strips.
 *
 * @param {Painted} stack @param {HTMLElement} part
 */
export function leftOf({ area }, part) {
    const scale = part.getBoundingClientRect().width / part.offsetWidth || 1
    return (area.getBoundingClientRect().left - part.getBoundingClientRect().left) / scale
}

/** The steps of a stack that are in sight. @param {Painted} stack */
export function stepsInSight({ layout, columns }) {
    const [first, last] = layout.xaxis.range
    return [Math.max(0, Math.ceil(first - 0.5)), Math.min(columns.steps - 1, Math.floor(last + 0.5))]
}
