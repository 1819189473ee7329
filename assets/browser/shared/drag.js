/** What is a drag? The moves of a pressed pointer until it is let go; a part that is pressed gets them all. */

/**
 * `ended` is called where the pointer is let go, not where it is taken away: a finger that scrolls the page.
 *
 * @param {Element} part @param {PointerEvent} pressed
 * @param {(move: PointerEvent) => void} moved @param {(up: PointerEvent) => void} ended
 */
export function drag(part, pressed, moved, ended = () => {}) {
    const over = new AbortController()
    /** @param {string} type @param {(event: any) => void} call */
    const listen = (type, call) => part.addEventListener(type, call, { signal: over.signal })
    part.setPointerCapture(pressed.pointerId)
    listen("pointermove", moved)
    listen("pointercancel", () => over.abort())
    listen("pointerup", up => {
        over.abort()
        ended(up)
    })
}
