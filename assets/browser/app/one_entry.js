/**
 * Why is one press of Back enough to leave a page?
 *
 * A page that is opened without a link writes its link at once, and Streamlit makes a new entry of the history for it.
 * Going back from that entry would open the page without a link again. So the link takes the bare address's place.
 */

const push = history.pushState

history.pushState = (state, title, to) => {
    const stays = to != null && new URL(to, location.href).pathname === location.pathname
    const change = stays && location.search === "" ? history.replaceState : push
    change.call(history, state, title, to)
}
