/** Which values of a step are held? */

/**
 * What puts the held values in at one step, in place; of several holds the last one counts.
 *
 * @param {Hold[]} holds @param {{layer: number, direction: number, step: number}} at
 * @returns {import("../kinds.js").Touch}
 */
export function touchOf(holds, { layer, direction, step }) {
    const here = holds.filter(
        hold => hold.layer === layer && hold.direction === direction && (hold.steps?.includes(step) ?? true),
    )
    return (letter, values) => {
        for (const { gate, value, units } of here) {
            if (gate !== letter) continue
            if (units) for (const unit of units) values[unit] = value
            else values.fill(value)
        }
        return values
    }
}
