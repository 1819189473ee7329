/** Has anything changed since the last time? Else a view has nothing to do, as in most frames while it plays. */

/** A function that tells whether any of its arguments differs from the last time. */
export function changes() {
    /** @type {any[]} */
    let last = []
    return (/** @type {any[]} */ ...now) => {
        const same = now.length === last.length && now.every((part, k) => Object.is(part, last[k]))
        last = now
        return !same
    }
}
