/**
 * What do the modules draw on without a browser? Elements that are plain objects: as much of a page as they use. It has
 * no layout: a test says where an element is (`box`), and what was painted on a canvas is a list (`pen.calls`).
 */

const PROPERTIES = ["value", "checked", "disabled", "selected", "open", "title", "id", "href", "download", "tabindex"]
const BOX = { left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0 }

const camel = name => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())

/** A style: names as in JavaScript, and the page's own `--names`. */
class Style {
    setProperty(name, value) {
        this[name] = value
    }
    getPropertyValue(name) {
        return this[name] ?? ""
    }
    /** What an attribute says: "left: 3px; --names: 4". */
    read(text) {
        for (const [, name, value] of text.matchAll(/([\w-]+):\s*([^;]+)/g)) {
            this[name.startsWith("--") ? name : camel(name)] = value
        }
    }
}

class Listening {
    #heard = []
    addEventListener(type, call, options = {}) {
        const { once = false, signal = null, capture = options === true } = options
        const entry = { type, call, once, capture }
        this.#heard.push(entry)
        signal?.addEventListener("abort", () => this.removeEventListener(type, call))
    }
    removeEventListener(type, call) {
        this.#heard = this.#heard.filter(entry => entry.type !== type || entry.call !== call)
    }
    hear(event, captured) {
        for (const { type, call, once, capture } of [...this.#heard]) {
            if (type !== event.type || capture !== captured || event.ended) continue
            if (once) this.removeEventListener(type, call)
            call(event)
        }
    }
    /** Tells an element and all around it of an event, as the page does: `told("keydown", { key: "Enter" })`. */
    told(type, more = {}) {
        const event = {
            type,
            target: this,
            preventDefault() {
                this.defaultPrevented = true
            },
            stopPropagation() {
                this.stopped = true
            },
            stopImmediatePropagation() {
                this.stopped = this.ended = true
            },
            ...more,
        }
        const path = []
        for (let place = this; place; place = place.parentNode) path.push(place)
        if (this.isConnected && this !== document) path.push(document)
        for (const place of [...path].reverse()) if (!event.stopped) place.hear(event, true)
        for (const place of path) if (!event.stopped) place.hear(event, false)
        return event
    }
}

class Text {
    constructor(text) {
        this.textContent = `${text}`
    }
    remove() {
        this.parentNode?.drop(this)
    }
}

export class Part extends Listening {
    childNodes = []
    parentNode = null
    attributes = {}
    dataset = {}
    style = new Style()
    hidden = false
    width = 0
    height = 0

    constructor(name) {
        super()
        this.localName = name
        this.tagName = name.toUpperCase()
        if (name === "input") this.validity = { valid: true }
        if (name === "canvas") this.pen = penOf(this)
    }

    get className() {
        return this.attributes.class ?? ""
    }
    set className(names) {
        this.attributes.class = names
    }
    get classList() {
        const has = name => this.className.split(" ").includes(name)
        const toggle = (name, on = !has(name)) => {
            const others = this.className.split(" ").filter(other => other && other !== name)
            this.className = [...others, ...(on ? [name] : [])].join(" ")
        }
        return { contains: has, toggle, add: name => toggle(name, true), remove: name => toggle(name, false) }
    }
    setAttribute(name, value) {
        this.attributes[name] = `${value}`
        if (name === "hidden") this.hidden = true
        else if (name === "style") this.style.read(`${value}`)
        else if (name.startsWith("data-")) this.dataset[camel(name.slice(5))] = `${value}`
        else if (PROPERTIES.includes(name)) this[name] = value === "" ? true : value
    }
    getAttribute(name) {
        return this.attributes[name] ?? null
    }
    hasAttribute(name) {
        return name in this.attributes
    }
    removeAttribute(name) {
        delete this.attributes[name]
        if (name === "hidden") this.hidden = false
    }
    toggleAttribute(name, on) {
        if (on) this.setAttribute(name, "")
        else this.removeAttribute(name)
    }

    get children() {
        return this.childNodes.filter(node => node instanceof Part)
    }
    get options() {
        return this.children
    }
    get firstChild() {
        return this.childNodes[0] ?? null
    }
    get lastChild() {
        return this.childNodes.at(-1) ?? null
    }
    get firstElementChild() {
        return this.children[0] ?? null
    }
    get lastElementChild() {
        return this.children.at(-1) ?? null
    }
    get childElementCount() {
        return this.children.length
    }
    appendChild(part) {
        this.append(part)
        return part
    }
    closest(wanted) {
        const isOne = listed(wanted).some(one => isWithin(this, one.split(/\s+/).reverse()))
        return isOne ? this : (this.parentNode?.closest(wanted) ?? null)
    }
    get parentElement() {
        return this.parentNode
    }
    get isConnected() {
        return this === document.documentElement || !!this.parentNode?.isConnected
    }
    get textContent() {
        return this.childNodes.map(node => node.textContent).join("")
    }
    set textContent(text) {
        this.replaceChildren(...(text === "" ? [] : [text]))
    }
    #taken(parts) {
        return parts.map(part => {
            const node = part instanceof Part || part instanceof Text ? part : new Text(part)
            node.remove()
            node.parentNode = this
            return node
        })
    }
    append(...parts) {
        this.childNodes.push(...this.#taken(parts))
    }
    prepend(...parts) {
        this.childNodes.unshift(...this.#taken(parts))
    }
    replaceChildren(...parts) {
        for (const node of this.childNodes) node.parentNode = null
        this.childNodes = []
        this.append(...parts)
    }
    replaceWith(other) {
        const around = this.parentNode
        const at = around.childNodes.indexOf(this)
        around.childNodes.splice(at, 1, ...around.#taken([other]))
        this.parentNode = null
    }
    after(...parts) {
        const around = this.parentNode
        around.childNodes.splice(around.childNodes.indexOf(this) + 1, 0, ...around.#taken(parts))
    }
    drop(node) {
        this.childNodes = this.childNodes.filter(other => other !== node)
        node.parentNode = null
    }
    remove() {
        this.parentNode?.drop(this)
    }
    contains(other) {
        return other === this || (!!other && this.contains(other.parentNode ?? null))
    }

    /** By "name", ".class", "[attribute=value]", ":not(.x)", ":first-child", ":last-child", "a b", "a > b", and lists of those. */
    querySelectorAll(wanted) {
        const inside = this.children.flatMap(part => [part, ...part.querySelectorAll("*")])
        if (wanted === "*") return inside
        return inside.filter(part => listed(wanted).some(one => isWithin(part, one.split(/\s+/).reverse())))
    }
    querySelector(wanted) {
        return this.querySelectorAll(wanted)[0] ?? null
    }

    get clientWidth() {
        return this.box?.width ?? 0
    }
    getBoundingClientRect() {
        const { left = 0, top = 0, width = 0, height = 0 } = this.box ?? {}
        return { ...BOX, left, top, width, height, right: left + width, bottom: top + height }
    }
    getClientRects() {
        return this.hidden ? [] : [this.getBoundingClientRect()]
    }
    compareDocumentPosition(other) {
        const all = document.querySelectorAll("*")
        const follows = all.indexOf(this) < all.indexOf(other)
        return follows ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING
    }
    cloneNode(isDeep) {
        const copy = new Part(this.localName)
        for (const [name, value] of Object.entries(this.attributes)) copy.setAttribute(name, value)
        if (isDeep) copy.append(...this.childNodes.map(child => child.cloneNode(true)))
        return copy
    }
    focus() {
        document.activeElement = this
    }
    click() {
        this.told("click", { button: 0 })
    }
    setPointerCapture() {}
    scrollIntoView() {}
    animate() {
        return {}
    }
    select() {}
    getContext() {
        return this.pen
    }
}

/** The selectors of a list; a comma within brackets ends none. */
const listed = wanted => wanted.split(/,(?![^(]*\))/).map(one => one.trim())

/** Whether the first selector fits a part, and the others what is around it, from the inside. */
function isWithin(part, [selector, ...outer]) {
    if (!fits(part, selector)) return false
    if (!outer.length) return true
    if (outer[0] === ">") return !!part.parentNode && isWithin(part.parentNode, outer.slice(1))
    for (let place = part.parentNode; place; place = place.parentNode) {
        if (isWithin(place, outer)) return true
    }
    return false
}

function fits(part, selector) {
    return selector.match(/\[[^\]]+\]|:not\([^)]*\)|:(?:first|last)-child|[.#]?[^.#[:]+/g).every(one => {
        if (one.startsWith(":not")) return !listed(one.slice(5, -1)).some(other => fits(part, other))
        if (one === ":first-child") return part.parentNode?.firstElementChild === part
        if (one === ":last-child") return part.parentNode?.lastElementChild === part
        if (one.startsWith(".")) return part.classList.contains(one.slice(1))
        if (one.startsWith("#")) return part.id === one.slice(1)
        if (!one.startsWith("[")) return part.localName === one
        const [name, value] = one.slice(1, -1).replaceAll('"', "").split("=")
        return part.hasAttribute(name) && (value === undefined || part.getAttribute(name) === value)
    })
}

/** A pen that remembers what it did, [name, ...numbers, fillStyle and alpha of then]. */
function penOf(canvas) {
    const pen = { calls: [], fillStyle: "", globalAlpha: 1, canvas }
    const looks = () => ({ fill: pen.fillStyle, alpha: pen.globalAlpha })
    for (const name of [
        "fillRect",
        "strokeRect",
        "clearRect",
        "fillText",
        "roundRect",
        "drawImage",
        "rect",
        "scale",
        "translate",
        "rotate",
        "setTransform",
        "putImageData",
    ]) {
        pen[name] = (...given) => pen.calls.push([name, ...given, looks()])
    }
    for (const name of ["save", "restore", "beginPath", "clip", "fill", "moveTo", "lineTo", "stroke", "setLineDash"])
        pen[name] = () => {}
    pen.createImageData = (width, height) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) })
    return pen
}

/** All calls of a name that a canvas's pen had, without its looks. */
export const drawn = (canvas, name) =>
    canvas.pen.calls.filter(([called]) => called === name).map(([, ...given]) => given.slice(0, -1))

class Page extends Listening {
    documentElement = new Part("html")
    head = new Part("head")
    body = new Part("body")
    activeElement = this.body
    isConnected = true
    hidden = false
    styleSheets = []
    constructor() {
        super()
        this.documentElement.append(this.head, this.body)
    }
    createElement(name) {
        return new Part(name)
    }
    createElementNS(_, name) {
        return new Part(name)
    }
    /** A part of another page for this one; without `isDeep` nothing that is inside it. */
    importNode(node, isDeep) {
        if (!isDeep) node.replaceChildren()
        return node
    }
    querySelectorAll(wanted) {
        return this.documentElement.querySelectorAll(wanted)
    }
    querySelector(wanted) {
        return this.documentElement.querySelector(wanted)
    }
    getElementById(id) {
        return this.querySelectorAll("*").find(part => part.id === id) ?? null
    }
}

/** What is asked of the next frame; `frame(time)` is that frame. */
const waiting = []
export function frame(time) {
    for (const call of waiting.splice(0)) call(time)
}

/** What observes the page, to be told by a test: `observers.at(-1).call(entries)`. */
export const observers = []
class Observer {
    constructor(call) {
        this.call = call
        observers.push(this)
    }
    observe(part) {
        this.part = part
    }
    disconnect() {}
}

class Box {
    constructor(left, top, width, height) {
        Object.assign(this, { left, top, width, height, right: left + width, bottom: top + height })
    }
}

/** What the window hears: `atWindow.told("resize")`. */
export const atWindow = new Listening()
const location = new URL("http://here/")
const goTo = (_, __, link) => {
    location.href = `${new URL(link, location)}`
}

globalThis.navigator ??= /** @type {any} */ ({})
globalThis.document = /** @type {any} */ (new Page())
Object.assign(globalThis, {
    window: globalThis,
    innerWidth: 1200,
    innerHeight: 800,
    devicePixelRatio: 1,
    location,
    history: { state: null, pushState: goTo, replaceState: goTo },
    addEventListener: (...given) => atWindow.addEventListener(...given),
    requestAnimationFrame: call => waiting.push(call),
    IntersectionObserver: Observer,
    ResizeObserver: Observer,
    HTMLElement: Part,
    DOMRect: Box,
    Node: { DOCUMENT_POSITION_PRECEDING: 2, DOCUMENT_POSITION_FOLLOWING: 4 },
    matchMedia: () => ({ matches: false, addEventListener() {} }),
    getComputedStyle: () => ({ color: "#000", getPropertyValue: () => "" }),
})

Part.prototype.on = () => {}
Part.prototype.checkVisibility = () => true
globalThis.Plotly = /** @type {any} */ ({ react() {}, purge() {}, relayout() {} })
Object.defineProperty(globalThis, "localStorage", {
    value: { getItem: () => "seen", setItem() {} },
    configurable: true,
    writable: true,
})

/** Puts a part on the page. */
export function onPage(part, box) {
    part.box = box
    document.body.append(part)
    return part
}

/** How many pixels an element's style says of some sides. */
export const pixels = ({ style }, ...sides) => sides.map(side => Number.parseFloat(style[side]))

/** What some elements say. */
export const textsOf = parts => parts.map(part => part.textContent)

/** The texts of all elements of a kind in a place. */
export const texts = (place, wanted) => textsOf(place.querySelectorAll(wanted))
