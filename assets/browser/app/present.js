/** What stands at the top of every page, which keys has it, and how does it look from the last row of a lecture? */

import { element, wordButton } from "../shared/element.js"
import { leads, roving } from "../shared/hands.js"

/**
 * `pages`: each page's title by its name in the address; `home`: the path below which they are; `here`: the page on
 * screen; `go(page)` opens another one. Streamlit's own header has the pages' names on a wide screen, and shows none of
 * them on a phone.
 *
 * @param {{pages: Object<string, string>, home: string, here: string}} where @param {(page: string) => void} go
 * @param {...Node} menus
 */
export function bar({ pages, home, here }, go, ...menus) {
    // The pages' names have a link to the same page.
    const brand = element("a", { class: "gs-brand", tabindex: -1, href: home, onclick: leads("", go) }, "gatescope")
    const links = Object.entries(pages).map(([page, title]) => {
        const current = page === here && "page"
        return element("a", { href: home + page, "aria-current": current, onclick: leads(page, go) }, title)
    })
    // Alone a page has nothing to lead to.
    const all = element("nav", { class: "gs-pages", "aria-label": "Pages" }, ...links)
    const current = all.querySelector("[aria-current]")
    // On a narrow screen the row of pages is scrolled until the page on screen is in its middle.
    new ResizeObserver(() => {
        if (current) all.scrollLeft = current.offsetLeft - (all.clientWidth - current.offsetWidth) / 2
    }).observe(all)
    const bars = element("div", { class: "gs-menus", role: "toolbar", "aria-label": "Menus" }, ...menus)
    roving([...bars.children].map(one => one.querySelector("summary") ?? one))
    return element("div", { class: "gs-topbar" }, brand, bars, ...(links.length > 1 ? [all] : []))
}

export const presentButton = (/** @type {() => void} */ begin) =>
    wordButton("Present", begin, { title: "The picture alone, large, for a lecture (key p)" })

/** Whether the page stands inside another one: then it has no bar. */
export const isEmbedded = () => new URLSearchParams(location.search).getAll("embed").includes("true")

// How does the page look from the last row of a lecture? The picture alone, in large type, as wide as the window.

// The stage in its own pixels: so high, or at least so wide, it is magnified until it fills the window. Its smallest
// letters are 12 pixels, which is 2 % of its height.
const STAGE = { height: 590, least: 760 }
const MARK = "data-gs-present"
// A page of texts and figures is magnified at most so much, and as far as all of it is in the window; in percent.
const MOST = 150
const LEAST = 80
const STEP = 5
// Milliseconds that the way out is seen after the pointer has moved.
const SEEN = 3_000
const page = document.documentElement

export const isPresenting = () => page.hasAttribute(MARK)

/** Begins or ends. After a key or a click the browser may give the whole screen; a link alone gives the window.
 * @param {boolean} on */
export function present(on) {
    if (on === isPresenting()) return
    page.toggleAttribute(MARK, on)
    fit()
    if (on && navigator.userActivation?.isActive) page.requestFullscreen?.().catch(() => {})
    if (!on && document.fullscreenElement) document.exitFullscreen()
}

/**
 * Listens for the keys of a lecture until `signal` ends: p begins and ends, Escape ends, the arrows and a clicker's
 * keys call `step(1)` or `step(-1)`. A pointer that moves shows a button that ends. `changed(on)` is called after a
 * beginning and an end.
 *
 * @param {{step: (by: number) => void, changed: (on: boolean) => void, isHere: () => boolean}} told
 * @param {AbortSignal} signal
 */
export function listenToLecturer({ step, changed, isHere }, signal) {
    const turn = (/** @type {boolean} */ on) => {
        present(on)
        changed(on)
    }
    const leave = wordButton("Leave (Esc)", () => turn(false), { class: "gs-button gs-leave", hidden: true })
    let seen = 0
    const show = () => {
        if (!isHere() || !isPresenting()) return
        if (!leave.isConnected) document.body.append(leave)
        leave.hidden = false
        clearTimeout(seen)
        seen = setTimeout(() => {
            leave.hidden = true
        }, SEEN)
    }
    for (const moved of ["pointermove", "pointerdown"]) document.addEventListener(moved, show, { signal })
    signal.addEventListener("abort", () => leave.remove())
    const key = (/** @type {KeyboardEvent} */ event) => {
        if (!isHere() || event.ctrlKey || event.metaKey || event.altKey) return
        const on = isPresenting()
        const by = on && STEPS[event.key]
        if (by) step(by)
        else if (event.key === "Escape" && on) turn(false)
        else if (event.key === "p" && !types(/** @type {Element} */ (event.target))) turn(!on)
        else return
        event.preventDefault()
        event.stopPropagation()
    }
    // Before the picture, whose own arrow keys walk from cell to cell.
    document.addEventListener("keydown", key, { signal, capture: true })
    // Escape leaves the whole screen without a word to the page.
    const left = () => isHere() && isPresenting() && !document.fullscreenElement && turn(false)
    document.addEventListener("fullscreenchange", left, { signal })
    window.addEventListener("resize", fit, { signal })
    return turn
}

/** @type {Object<string, number>} */
const STEPS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }

/** Whether a key that is pressed here writes a letter. @param {Element} target */
const types = target =>
    !!target.closest?.("textarea, select, [contenteditable], input:not([type=range], [type=checkbox])")

function fit() {
    // A phone's letters are never smaller than on the page.
    const wide = Math.max(1, window.innerWidth / STAGE.least)
    page.style.setProperty("--gs-stage", `${Math.min(wide, window.innerHeight / STAGE.height)}`)
    fitPage()
}

/** Magnifies a page of texts and figures in a lecture; its figures and texts change their heights with it. */
export function fitPage() {
    const block = document.querySelector(".stMainBlockContainer:not(:has(.gatescope, .gs-units, .gs-two))")
    const presented = block && isPresenting()
    for (let percent = presented ? MOST : 100; ; percent -= STEP) {
        page.style.setProperty("--gs-page", `${percent / 100}`)
        if (!presented || percent <= LEAST || block.scrollHeight * percent <= 100 * window.innerHeight) return
    }
}

// Which keys does the picture have, wherever the focus is? Space plays, and Escape undoes and unpins.

/**
 * Listens until `signal` ends, unless another element uses the key.
 *
 * @param {Element} root the view @param {{play: () => void, back: () => void}} does @param {AbortSignal} [signal]
 */
export function listenToKeys(root, { play, back }, signal) {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
        const target = /** @type {Element} */ (event.target)
        // If no element has the focus, the body gets the key.
        if (!root.isConnected) return
        if (target !== document.body && !root.contains(target)) return
        if (event.key === " " && !target.closest("input, textarea, select, button, summary")) {
            event.preventDefault()
            play()
        }
        if (event.key === "Escape") back()
    }
    document.addEventListener("keydown", pressed, { signal })
}
