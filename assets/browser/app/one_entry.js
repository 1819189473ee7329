/**
 * Why is one press of Back enough to leave a page, and why does it find the page before as it was?
 *
 * A page that is opened without a link writes its link at once, and Streamlit makes a new entry of the history for it:
 * going back would open the page without a link again. And the link may come before the page's own path; then it stands
 * for a moment behind the path of the page that is left.
 */

// Milliseconds within which a path follows its link.
const SOON = 1000

const push = history.pushState.bind(history)
const replace = history.replaceState.bind(history)
/** The last change of the link on one path: the addresses before and after it, and whether it has its own entry. */
let last = { before: "", after: "", isOwn: false, at: -SOON }

history.pushState = (state, title, to) => {
    const url = new URL(to ?? "", location.href)
    if (url.pathname === location.pathname) {
        const isOwn = location.search !== "" && url.search !== ""
        last = { before: location.href, after: url.href, isOwn, at: performance.now() }
        return isOwn ? push(state, title, to) : replace(state, title, to)
    }
    const cameFirst = url.search !== "" && url.search === location.search && location.href === last.after
    if (!cameFirst || performance.now() - last.at > SOON) return push(state, title, to)
    if (last.isOwn) return replace(state, title, to)
    replace(history.state, "", last.before)
    push(state, title, to)
}
