/** How does a clicked square open into its cell? The drawing moves out of it, and grows to its place. */

// Milliseconds.
const OPENS = 280

/** @param {Element} square @param {HTMLElement | SVGElement} drawing */
export function openOutOf(square, drawing) {
    const [from, to] = [square, drawing].map(part => part.getBoundingClientRect())
    // On a narrow page the cell is below the window.
    if (!from.width || !to.width || to.top > window.innerHeight) return
    // A lecture magnifies the page.
    const scale = to.width / drawing.clientWidth
    const place = `translate(${(from.left - to.left) / scale}px, ${(from.top - to.top) / scale}px)`
    const small = `${place} scale(${from.width / to.width}, ${from.height / to.height})`
    // A second click is for what lies under the drawing.
    const all = { transformOrigin: "0 0", pointerEvents: "none" }
    drawing.animate(
        [
            { ...all, transform: small, opacity: 0.4 },
            { ...all, transform: "none", opacity: 1 },
        ],
        { duration: OPENS, easing: "cubic-bezier(.2, .7, .3, 1)" },
    )
}
