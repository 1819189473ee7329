/** How is an SVG element made? As `element` makes one of HTML. */

import { filled } from "./element.js"

/** @param {string} name @param {Object<string, any>} attributes @param {...(Node|string)} children @returns {any} */
export function svg(name, attributes = {}, ...children) {
    return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children)
}
