/** When does the browser paint, and when has it painted, what is on the page now? Nobody waits for that in a hidden page. */

/** @param {() => void} go is called just before */
export function painting(go) {
    if (document.hidden) setTimeout(go)
    else requestAnimationFrame(go)
}

/** @param {() => void} go is called then, after what else has waited for the frame */
export function painted(go) {
    painting(() => setTimeout(() => setTimeout(go)))
}
