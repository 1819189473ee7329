/** Is there something below the screen? A sign at its foot says so, as long as it has not been seen. */

import { element } from "./dom.js"

/** A button that leads to `part` of the page, there while that lies below the screen. */
export function signTo(part, text) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)")
    const sign = element("button", {
        type: "button", class: "gs-button gs-below", hidden: true,
        onclick: () => part.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" }),
    }, text)
    // What is hidden has no box and is neither in sight nor below.
    new IntersectionObserver(([{ isIntersecting, boundingClientRect: { top, height } }]) => {
        sign.hidden = isIntersecting || !height || top < 0
    }).observe(part)
    return sign
}
