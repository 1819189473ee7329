/**
 * What does a page in a frame take from the page around it? Its theme; and the frame becomes as high as the page, in
 * the place of the still pictures before it.
 */

const DARK = "(prefers-color-scheme: dark)"

/** @param {HTMLElement} root all of the page @param {(theme: "light" | "dark") => void} wear */
export function framed(root, wear) {
    const frame = frameHere()
    const dark = matchMedia(DARK)
    const put = () => wear(frame ? themeOf(frame.parentElement ?? frame) : dark.matches ? "dark" : "light")
    dark.addEventListener("change", put)
    put()
    if (!frame) return
    // A notebook changes its theme without a word to its frames.
    const wears = new MutationObserver(put)
    for (const part of [frame.ownerDocument.documentElement, frame.ownerDocument.body]) {
        wears.observe(part, { attributes: true })
    }
    const still = /** @type {HTMLElement | null} */ (frame.previousElementSibling)
    if (still?.matches(".gs-still")) still.hidden = true
    new ResizeObserver(() => {
        frame.style.height = `${Math.ceil(root.getBoundingClientRect().height)}px`
    }).observe(root)
}

/** The frame in which this page stands; null where there is none, or where the page around it is another's. */
function frameHere() {
    try {
        return /** @type {HTMLElement | null} */ (window.frameElement)
    } catch {
        return null
    }
}

/** The theme is dark if the text is light. @param {Element} part @returns {"light" | "dark"} */
export function themeOf(part) {
    const [r, g, b] = (getComputedStyle(part).color.match(/[\d.]+/g) ?? []).map(Number)
    return r + g + b > 382 ? "dark" : "light"
}
