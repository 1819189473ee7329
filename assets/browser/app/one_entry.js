/**
 * Why does one press of Back leave a page, and why does it find the page before as it was?
 *
 * Streamlit writes a page's link when the server has computed it, so a link may come late or unasked:
 * - A page that is opened without a link, or with half of one, writes its own at once, with a new entry of the history:
 *   going back would open the page without a link again. So only what the visitor does makes an entry.
 * - The link may come before the page's own path; then it stands for a moment behind the path of the page that is left.
 * - When the visitor goes back or forward, an address of the page before may be still to come. So each is dropped until
 *   the run that answers the visitor has begun; that run says so (`dashboard/controls/visitor.py`).
 */

// Milliseconds within which a path follows its link.
const SOON = 1000
// The name that the run has in its first link.
const BEGUN = "begun"

const push = history.pushState.bind(history)
const replace = history.replaceState.bind(history)
/** The last change of the link on one path: the addresses before and after it, and whether it has its own entry. */
let last = { before: "", after: "", isOwn: false, at: -SOON }
/** Whether the visitor has done something on the page since it was opened. */
let hasActed = false
/** What the visitor went back or forward to, until the run that answers has begun. @type {string | null} */
let gone = null

for (const act of ["pointerdown", "keydown", "input"]) {
    addEventListener(act, () => ([hasActed, gone] = [true, null]), true)
}
addEventListener("popstate", () => ([hasActed, gone] = [false, said(location.search)]), true)

history.pushState = (state, title, to) => {
    const url = new URL(to ?? "", location.href)
    if (isLate(url)) return
    if (url.pathname === location.pathname) {
        const isOwn = hasActed && location.search !== "" && url.search !== ""
        last = { before: location.href, after: url.href, isOwn, at: performance.now() }
        return isOwn ? push(state, title, to) : replace(state, title, to)
    }
    hasActed = false
    const cameFirst = url.search !== "" && url.search === location.search && location.href === last.after
    if (!cameFirst || performance.now() - last.at > SOON) return push(state, title, to)
    if (last.isOwn) return replace(state, title, to)
    replace(history.state, "", last.before)
    push(state, title, to)
}

history.replaceState = (state, title, to) => {
    if (!isLate(new URL(to ?? "", location.href))) replace(state, title, to)
}

/** Whether an address is late, or only says that a run has begun. @param {URL} url */
function isLate(url) {
    const begun = url.searchParams.has(BEGUN)
    url.searchParams.delete(BEGUN)
    if (begun && said(url.search) === gone) gone = null
    return begun || gone !== null
}

/** What a link says, in whatever order. @param {string} link */
function said(link) {
    const parts = new URLSearchParams(link)
    parts.sort()
    return `${parts}`
}
