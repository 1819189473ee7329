/** How is an SVG element made? As `element` makes one of HTML. */

/**
 * @param {string} name @param {Object<string, any>} attributes @param {...(Node|string)} children
 * @returns {any}
 */
export function svg(name, attributes = {}, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name)
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith("on")) made.addEventListener(key.slice(2), value)
        else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value)
    }
    made.append(...children)
    return made
}
