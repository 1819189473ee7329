/** Is there something below the screen? A sign at its foot says so, as long as it has not been seen. */

import { element } from "./dom.js"

// So many pixels of it at the foot of the screen are not yet a sight of it.
const PEEP = 60

/** A button that leads to `part` of the page, there while that lies below the screen. */
export function signTo(part, text) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)")
    const sign = element("button", {
        type: "button", class: "gs-button gs-below", hidden: true,
        onclick: () => part.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" }),
    }, text)
    // What is hidden has no box and is neither in sight nor below.
    const look = () => {
        const { top, height } = part.getBoundingClientRect()
        sign.hidden = !height || top < window.innerHeight - PEEP
    }
    new IntersectionObserver(look, { rootMargin: `0px 0px -${PEEP}px 0px` }).observe(part)
    new ResizeObserver(look).observe(part)
    return sign
}
