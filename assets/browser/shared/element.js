/** How is an element made without HTML strings? What a visitor typed only becomes text. */

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
