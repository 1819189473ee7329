/** Elements without HTML strings: what a person typed is only ever text. */

/** element("a", {href: "#", class: "x"}, "text", child): an element with attributes, or handlers (onclick). */
export function element(name, attributes = {}, ...children) {
    const made = document.createElement(name)
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith("on")) made.addEventListener(key.slice(2), value)
        else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value)
    }
    made.append(...children)
    return made
}
