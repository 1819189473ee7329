/** When has the browser painted what is on the page now? Nobody waits for that in a hidden page. */

/** @param {() => void} go is called then */
export function painted(go) {
    if (document.hidden) setTimeout(go)
    else requestAnimationFrame(() => setTimeout(go))
}
