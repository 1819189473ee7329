/** How do several buttons take one Tab stop? The arrow keys lead from one to the next (ARIA's roving tabindex). */

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
