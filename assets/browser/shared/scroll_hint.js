/** Is a part of the page below the viewport? A button at the bottom says so until the part has been seen. */

import { wordButton } from "./element.js"

// A part with fewer pixels than this in the viewport does not count as seen.
const PEEP = 60

/**
 * A button that scrolls to `part` of the page; visible while the part is below the viewport.
 *
 * @param {Element} part @param {string} text
 */
export function scrollHint(part, text) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)")
    const scroll = () => part.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" })
    const hint = wordButton(text, scroll, { class: "gs-button gs-below", hidden: true })
    // A hidden part has no box: it is neither visible nor below.
    const look = () => {
        const { top, height } = part.getBoundingClientRect()
        hint.hidden = !height || top < window.innerHeight - PEEP
    }
    new IntersectionObserver(look, { rootMargin: `0px 0px -${PEEP}px 0px` }).observe(part)
    new ResizeObserver(look).observe(part)
    return hint
}
