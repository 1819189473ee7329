/**
 * Where does a part of the page stand, when is it painted, and what is around it? Its pixels, its frames, and the page
 * that it is framed in.
 */

/** Puts a part of the page where it stands, each side in pixels. @param {{style: any}} part
 * @param {Object<string, number>} box */
export function place({ style }, box) {
    for (const [side, pixels] of Object.entries(box)) style[side] = `${pixels}px`
}

/** How much a lecture magnifies the page. */
export function magnified() {
    const page = document.documentElement
    return page.hasAttribute("data-gs-present") ? +page.style.getPropertyValue("--gs-stage") || 1 : 1
}

/** The pen of an empty canvas of such a size, as sharp as the screen, also in a magnified lecture.
 * @param {HTMLCanvasElement} canvas @param {{width: number, height: number, left?: number, top?: number}} box */
export function penOf(canvas, box) {
    const scale = devicePixelRatio * magnified()
    const [width, height] = [Math.round(box.width * scale), Math.round(box.height * scale)]
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
    place(canvas, box)
    // A new size takes new memory and empties the canvas; else it is emptied by hand.
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    pen.setTransform(scale, 0, 0, scale, 0, 0)
    pen.clearRect(0, 0, box.width, box.height)
    return pen
}

// Has anything changed since the last time? Else a view has nothing to do, as in most frames while it plays.

/** A function that tells whether any of its arguments differs from the last time. */
export function changes() {
    /** @type {any[]} */
    let last = []
    return (/** @type {any[]} */ ...now) => {
        const same = now.length === last.length && now.every((part, k) => Object.is(part, last[k]))
        last = now
        return !same
    }
}

// When does the browser paint, and when has it painted, what is on the page now? Nobody waits for that in a hidden
// page.

/** @param {() => void} go is called just before */
export function painting(go) {
    if (document.hidden) setTimeout(go)
    else requestAnimationFrame(go)
}

/** @param {() => void} go is called then, after what else has waited for the frame */
export function painted(go) {
    painting(() => setTimeout(() => setTimeout(go)))
}

// What does a page in a frame take from the page around it? Its theme; and the frame becomes as high as the page, in
// the place of the still pictures before it.

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
export function frameHere() {
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
