/** Does a click lead on in this tab? The browser itself follows a click that asks for another tab. */

/** @param {MouseEvent} event */
export const isPlain = event => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)

/** What a link does at a click. @template T @param {T} to @param {(to: T) => void} go */
export const leads = (to, go) => (/** @type {MouseEvent} */ event) => {
    if (!isPlain(event)) return
    event.preventDefault()
    go(to)
}
