/** What stands at the top of every page? The name, the menus, and on a narrow screen the pages by name. */

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
    new ResizeObserver(() => centre(all, all.querySelector("[aria-current]"))).observe(all)
    const bars = element("div", { class: "gs-menus", role: "toolbar", "aria-label": "Menus" }, ...menus)
    roving([...bars.children].map(one => one.querySelector("summary") ?? one))
    return element("div", { class: "gs-topbar" }, brand, bars, ...(links.length > 1 ? [all] : []))
}

/** On a narrow screen the row of pages is scrolled until the page on screen is in its middle. @param {Element} row
 * @param {Element | null} current */
function centre(row, current) {
    if (!current || !row.clientWidth) return
    const { left, width } = current.getBoundingClientRect()
    row.scrollLeft += left + width / 2 - (row.getBoundingClientRect().left + row.clientWidth / 2)
}

export const presentButton = (/** @type {() => void} */ begin) =>
    wordButton("Present", begin, { title: "The picture alone, large, for a lecture (key p)" })

/** Whether the page stands inside another one: then it has no bar. */
export const isEmbedded = () => new URLSearchParams(location.search).getAll("embed").includes("true")
