/** What does a long sequence look like in a few columns? As `lstm_core/plots/bins.py` says. */

/**
 * Values by row and column.
 *
 * @typedef {{low: Float32Array[], mean: Float32Array[], high: Float32Array[], extreme: Float32Array[],
 *     other: Float32Array[]}} Bins `extreme`: the value of each bin that is farthest from its mean; `other`: the other
 *     end.
 */

/** Values of some units that came in columns, as a recording has them. */
export class InColumns {
    /** @param {Omit<Wire.Quantity, "quantity">} values @param {number[]} units of their rows */
    constructor({ z, other = z, mean = z }, units = whole(z.length)) {
        this.rows = { z, other, mean }
        this.units = units
    }

    /** Those of some units, in their order. @param {number[]} units @returns {Bins} */
    of(units) {
        const at = units.map(unit => this.units.indexOf(unit))
        const [extreme, other, mean] = [this.rows.z, this.rows.other, this.rows.mean].map(rows => at.map(k => rows[k]))
        const ends = (/** @type {(a: number, b: number) => number} */ end) =>
            extreme.map((row, k) => row.map((value, column) => end(value, other[k][column])))
        return {
            ...{ mean, extreme, other },
            // Hardly anybody asks for these.
            get low() {
                return ends(Math.min)
            },
            get high() {
                return ends(Math.max)
            },
        }
    }
}

/**
 * Bins, one for each column, of some of the units of values (step × unit).
 *
 * @param {Wire.Columns} columns @param {Float32Array | InColumns} values @param {number} size how many units
 * there are @param {number[]} units which of them
 * @returns {Bins}
 */
export function taken({ first, per, number, steps }, values, size, units = whole(size)) {
    if (values instanceof InColumns) return values.of(units)
    // A step alone is its own least, mean and most.
    if (per === 1) {
        const rows = units.map(unit => {
            const row = new Float32Array(number)
            for (let k = 0; k < number; k++) row[k] = values[(first + k) * size + unit]
            return row
        })
        return { low: rows, mean: rows, high: rows, extreme: rows, other: rows }
    }
    const [low, mean, high, extreme, other] = Array.from({ length: 5 }, () => units.map(() => new Float32Array(number)))
    units.forEach((unit, row) => {
        for (let column = 0; column < number; column++) {
            const begin = first + column * per
            const end = Math.min(steps, begin + per)
            let [sum, least, most] = [0, Infinity, -Infinity]
            for (let step = begin; step < end; step++) {
                const value = values[step * size + unit]
                sum += value
                least = Math.min(least, value)
                most = Math.max(most, value)
            }
            low[row][column] = least
            high[row][column] = most
            mean[row][column] = sum / (end - begin)
            const above = Math.fround(most - mean[row][column]) > Math.fround(mean[row][column] - least)
            extreme[row][column] = above ? most : least
            other[row][column] = above ? least : most
        }
    })
    return { low, mean, high, extreme, other }
}

/** The distance of each value (step × unit) from the one of the step before. @param {Float32Array} values */
export const changes = (values, /** @type {number} */ size) =>
    values.map((value, at) => (at < size ? 0 : Math.abs(value - values[at - size])))

/** 0, 1, …, all but the number itself. @param {number} number */
export const whole = number => Array.from({ length: number }, (_, k) => k)
