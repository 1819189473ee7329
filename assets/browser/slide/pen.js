/** How do the hands that draw on the page draw a file? With a canvas whose pen writes SVG. */

import { svg } from "../shared/svg.js"

/** A place to draw into, as `picture/` takes it: it has a pen, and its style says where it stands. @returns {any} */
export function canvas() {
    const pen = new Pen()
    return { style: {}, hidden: false, getContext: () => pen, pen }
}

/** What was drawn, where it stands; nothing if it is hidden.
 * @param {{style: CSSStyleDeclaration, hidden: boolean, pen: Pen}} canvas */
export function drawn({ style, hidden, pen }) {
    if (hidden || !pen.root.childNodes.length) return []
    const [x, y] = [style.left, style.top].map(side => Number.parseFloat(side) || 0)
    if (x || y) pen.root.setAttribute("transform", `translate(${x} ${y})`)
    return [pen.root]
}

/** The strokes of a canvas that `picture/` uses, in pixels of the page. */
class Pen {
    fillStyle = "#000"
    strokeStyle = "#000"
    font = "12px sans-serif"
    textAlign = "left"
    globalAlpha = 1
    root = svg("g")
    #into = this.root
    /** @type {Object<string, number>} */
    #path = {}

    save() {}
    beginPath() {}
    // A file has no pixels of a screen.
    setTransform() {}
    clearRect() {}

    restore() {
        this.#into = this.root
    }

    /** @param {number} x @param {number} y @param {number} width @param {number} height */
    rect(x, y, width, height) {
        this.roundRect(x, y, width, height, 0)
    }

    /** @param {number} x @param {number} y @param {number} width @param {number} height @param {number} rx */
    roundRect(x, y, width, height, rx) {
        this.#path = { x, y, width, height, rx }
    }

    fill() {
        this.#add("rect", { ...this.#path, fill: this.fillStyle })
    }

    clip() {
        const { x, y, width, height } = this.#path
        const viewBox = `${x} ${y} ${width} ${height}`
        this.#into = this.root.appendChild(svg("svg", { x, y, width, height, viewBox }))
    }

    /** @param {number} x @param {number} y @param {number} width @param {number} height */
    fillRect(x, y, width, height) {
        this.#add("rect", { x, y, width, height, fill: this.fillStyle })
    }

    /** @param {number} x @param {number} y @param {number} width @param {number} height */
    strokeRect(x, y, width, height) {
        this.#add("rect", { x, y, width, height, fill: "none", stroke: this.strokeStyle })
    }

    /** @param {string} text @param {number} x @param {number} y */
    fillText(text, x, y) {
        const [, weight, size] = /^(\d+ )?([\d.]+px)/.exec(this.font) ?? []
        const anchor = { center: "middle", right: "end" }[this.textAlign]
        const look = { "font-size": size, "font-weight": weight?.trim(), "text-anchor": anchor, fill: this.fillStyle }
        this.#add("text", { x, y, dy: "0.35em", ...look }, text)
    }

    /** @param {string} name @param {Object<string, any>} attributes @param {...string} children */
    #add(name, attributes, ...children) {
        const opacity = this.globalAlpha < 1 ? this.globalAlpha : null
        this.#into.append(svg(name, { ...attributes, opacity }, ...children))
    }
}
