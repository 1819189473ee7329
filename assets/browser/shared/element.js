/**
 * How is an element made without HTML strings, in HTML or in SVG, and a table that is made only while its part is open?
 * What a visitor typed only becomes text.
 */

/**
 * element("a", {href: "#", class: "x"}, "text", child): an element with attributes, or handlers (onclick).
 *
 * @param {string} name @param {Object<string, any>} attributes @param {...(Node|string)} children @returns {any}
 */
export function element(name, attributes = {}, ...children) {
    return filled(document.createElement(name), attributes, children)
}

/**
 * A new element with its attributes, handlers and children.
 *
 * @param {Element} made @param {Object<string, any>} attributes @param {(Node|string)[]} children @returns {any}
 */
export function filled(made, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith("on")) made.addEventListener(key.slice(2), value)
        else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value)
    }
    made.append(...children)
    return made
}

/**
 * A button with a symbol, and a name for visitors who can't see the symbol.
 *
 * @param {string} name @param {string | Node} sign @param {(event: any) => void} onclick
 * @param {Object<string, any>} [about] its other attributes
 */
export const button = (name, sign, onclick, about) =>
    wordButton(sign, onclick, { "aria-label": name, title: name, ...about })

/**
 * A button that says what it does.
 *
 * @param {string | Node} says @param {(event: any) => void} onclick
 * @param {Object<string, any>} [about] its other attributes
 */
export const wordButton = (says, onclick, about) =>
    element("button", { type: "button", class: "gs-button", onclick, ...about }, says)

/**
 * A part of the page that opens at a click; `opened` is called when it opens or closes.
 *
 * @param {string | Node} summary @param {string | Node} content @param {((event: any) => void) | undefined} [opened]
 */
export function more(summary, content, opened) {
    return element("details", { class: "gs-more", ontoggle: opened }, element("summary", {}, summary), content)
}

// How is an SVG element made? As `element` makes one of HTML.

/** @param {string} name @param {Object<string, any>} attributes @param {...(Node|string)} children @returns {any} */
export function svg(name, attributes = {}, ...children) {
    return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children)
}

// How do many numbers reach who reads rather than looks? As a table that is made only while its part is open.

/**
 * The part, `root`; `show(made)` makes the table anew, also when the part opens later.
 *
 * @param {string} summary @param {string} label @param {string} [kind] its class
 */
export function foldedTable(summary, label, kind = "") {
    const about = { class: `gs-table ${kind}`, tabindex: 0, role: "region", "aria-label": label }
    const place = element("div", about)
    /** @type {() => (Node | string)} */
    let made = () => ""
    const fill = () => root.open && place.replaceChildren(made())
    const root = more(summary, place, fill)
    const show = (/** @type {() => Node} */ make) => {
        made = make
        fill()
    }
    return { root, show }
}

/** A table in rows of elements, after those that name its columns.
 * @param {string} caption @param {Node[]} heads @param {Node[][]} rows */
export function tableOf(caption, heads, rows) {
    const lines = rows.map(cells => element("tr", {}, ...cells))
    const [head, body] = [element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...lines)]
    return element("table", {}, element("caption", {}, caption), head, body)
}

/** What names a column. @param {string} name */
export const columnHead = name => element("th", { scope: "col" }, name)
