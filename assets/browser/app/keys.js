/** Which keys does the picture have, wherever the focus is? Space plays, and Escape undoes and unpins. */

/**
 * Listens until `signal` ends, unless another element uses the key.
 *
 * @param {Element} root the view @param {{play: () => void, back: () => void}} does @param {AbortSignal} [signal]
 */
export function listenToKeys(root, { play, back }, signal) {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
        const target = /** @type {Element} */ (event.target)
        // If no element has the focus, the body gets the key.
        if (!root.isConnected) return
        if (target !== document.body && !root.contains(target)) return
        if (event.key === " " && !target.closest("input, textarea, select, button, summary")) {
            event.preventDefault()
            play()
        }
        if (event.key === "Escape" && !target.closest(".gs-menu[open]")) back()
    }
    document.addEventListener("keydown", pressed, { signal })
}
