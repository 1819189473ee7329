/** What does each column of a picture stand for? One step, or a bin of several where there are too many to show. */

const count = number => number.toLocaleString("en")

export class Columns {
    constructor({ columns, labels }) {
        Object.assign(this, columns)
        this.labels = labels
    }

    /** The first step past the columns. */
    get end() { return Math.min(this.steps, this.first + this.number * this.per) }

    /** Whether every step of the sequence is in some column. */
    get complete() { return this.end - this.first >= this.steps }

    /** The column of a step, or -1. */
    of(step) { return step >= this.first && step < this.end ? Math.floor((step - this.first) / this.per) : -1 }

    /** The first step of a column. */
    step(column) { return this.first + column * this.per }

    /** Where a column begins and ends on the axis of steps. */
    edges(column) {
        const begins = this.step(column) - 0.5
        return [begins, Math.min(this.steps - 0.5, begins + this.per)]
    }

    /** A step's word, or its number where its word is not at hand. */
    word(step) { return this.labels[step - this.first] ?? `step ${count(step)}` }

    name(column) {
        const step = this.step(column)
        if (this.per === 1) return this.word(step)
        return `steps ${count(step)} to ${count(Math.min(step + this.per, this.steps) - 1)}`
    }

    /** Where a column lies in the sequence, in words. */
    where(column) {
        const step = this.step(column)
        return this.per === 1 ? `step ${count(step)}` : `${count(Math.min(this.per, this.steps - step))} steps`
    }

    same(other) {
        return other && ["first", "per", "number", "steps"].every(key => this[key] === other[key])
    }
}
