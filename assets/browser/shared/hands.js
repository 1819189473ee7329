/**
 * How does a hand reach a part of the page? By a drag, by the arrow keys, and by a click that may lead to another tab.
 */

// What is a drag? The moves of a pressed pointer until it is let go; a part that is pressed gets them all.

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

// How do several buttons take one Tab stop? The arrow keys lead from one to the next (ARIA's roving tabindex).

/** @type {Record<string, number>} */
const BY = { ArrowLeft: -1, ArrowRight: 1 }

/** @param {any[]} buttons from left to right */
export function roving(buttons) {
    const reach = (/** @type {any} */ button) => {
        for (const one of buttons) one.setAttribute("tabindex", one === button ? "0" : "-1")
    }
    buttons.forEach((button, place) => {
        button.addEventListener("focus", () => reach(button))
        button.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
            const by = BY[event.key]
            if (!by) return
            event.preventDefault()
            const next = buttons[(place + by + buttons.length) % buttons.length]
            reach(next)
            next.focus()
        })
    })
    reach(buttons[0])
}

// Does a click lead on in this tab? The browser itself follows a click that asks for another tab.

/** @param {MouseEvent} event */
export const isPlain = event => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)

/** What a link does at a click. @template T @param {T} to @param {(to: T) => void} go */
export const leads = (to, go) => (/** @type {MouseEvent} */ event) => {
    if (!isPlain(event)) return
    event.preventDefault()
    go(to)
}
