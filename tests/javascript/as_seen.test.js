/** Is a part of a page as a picture what it was on the page: grounds, ramps, frames, drawings and lines of text? */

import assert from "node:assert/strict"
import { test } from "node:test"
import { frame, onPage, Part } from "./page.js"
import { settled } from "./pictures.js"
import { shownOf } from "./units_shown.js"

const is = check => ({ [Symbol.hasInstance]: check })
Object.assign(globalThis, {
    Element: Part,
    SVGElement: is(part => ["svg", "path", "text"].includes(part.localName)),
    SVGTextContentElement: is(part => part.localName === "text"),
    Text: is(part => !(part instanceof Part)),
    getComputedStyle: styleOf,
})
const USUAL = {
    ...{ display: "block", borderRadius: "0px", backgroundColor: "rgba(0, 0, 0, 0)", backgroundImage: "none" },
    ...{ outlineStyle: "none", outlineWidth: "0px", outlineColor: "rgb(9, 9, 9)", borderLeftWidth: "0px" },
    ...{ borderLeftColor: "rgb(8, 8, 8)", textOverflow: "clip", color: "rgb(1, 2, 3)" },
    ...{ fontFamily: "Sans", fontSize: "12px", fontStyle: "normal", fontWeight: "400" },
}
function styleOf(part) {
    const style = { ...USUAL, ...part.looks }
    return { ...style, getPropertyValue: name => style[name] ?? `own ${name}` }
}

/** A pen of one pixel, whose colour it reads; letters reach 9 pixels up. */
const own = Part.prototype.getContext
Part.prototype.getContext = function () {
    const pen = own.call(this)
    pen.measureText = () => ({ fontBoundingBoxAscent: 9 })
    pen.getImageData = (x, y) => {
        const [, red, green, blue, opacity] = /(\d+), (\d+), (\d+)(?:, ([\d.]+))?/.exec(pen.fillStyle).map(Number)
        const cleared = pen.calls.findLast(([name]) => name === "clearRect")
        const isClean = cleared.slice(1, 5).join() === "0,0,1,1" && x === 0 && y === 0
        const [filled] = pen.calls.findLast(([name]) => name === "fillRect").slice(1)
        return {
            data:
                isClean && filled === 0
                    ? [red, green, blue, 255 * (Number.isNaN(opacity) ? 1 : opacity)]
                    : [7, 7, 7, 7],
        }
    }
    return pen
}

/** Letters of 7 pixels from a text's own place; its words stand in lines of `wide` pixels, 20 apart. */
document.createRange = () => ({
    setStart(text, at) {
        Object.assign(this, { text, from: at })
    },
    setEnd(_, at) {
        this.to = at
    },
    getBoundingClientRect() {
        const { x = 0, y = 0, wide = Infinity, apart = 1 } = this.text.parentNode.written ?? {}
        const line = Math.floor((7 * this.from) / wide)
        const left = x + 7 * this.from - (line ? line * wide : 0)
        return { left, right: left + 7 * (this.to - this.from), top: y + 20 * line + apart * (this.from % 2) }
    },
})

const { asSeen } = await import("../../assets/browser/slide/as_seen.js")
const { element, svg } = await import("../../assets/browser/shared/element.js")
const { draw: drawUnits } = await import("../../assets/browser/units/list.js")

/** A part of the page: where it is, its looks, and where its text is written. */
const part = (name, [x, y, width, height], looks, ...children) => {
    const made = name === "svg" || name === "path" ? svg(name, {}, ...children) : element(name, {}, ...children)
    made.getBoundingClientRect = () => ({ x, y, width, height })
    return Object.assign(made, { looks, box: { width } })
}
const written = (made, x, y, wide, apart = 1) => Object.assign(made, { written: { x, y, wide, apart } })

async function seen(root, { width = 300, high = 200, shorten = undefined } = {}) {
    const place = onPage(new Part("main"))
    const made = asSeen(place, root, width, high, shorten)
    const [beside] = place.children
    const before = [
        beside.style.width,
        beside.className,
        beside.hasAttribute("aria-hidden"),
        beside.firstChild === root,
    ]
    frame(0)
    frame(16)
    const picture = /** @type {any} */ (await made)
    await settled()
    assert.deepEqual([before, place.children.length], [[`${width}px`, "gs-on-slide", true, true], 0])
    return picture
}
const told = (parts, ...names) => parts.map(one => names.map(name => one.getAttribute(name)).join(" "))
const rectangles = picture =>
    told(
        picture.querySelectorAll("rect"),
        ...["x", "y", "width", "height", "rx", "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width"],
    )

test("a ground, a ramp of colours and a frame are where they were, from the part's own corner", async () => {
    const ground = part("i", [20, 40, 60, 10], { backgroundColor: "rgba(10, 20, 30, 0.5)", borderRadius: "4px" })
    const ramp = part("i", [30, 60, 90, 8], {
        backgroundImage: "linear-gradient(rgb(1, 1, 1), rgba(2, 2, 2, 0.25), rgb(3, 3, 3))",
    })
    const framed = part("i", [12, 22, 5, 6], { borderLeftWidth: "2px", borderLeftColor: "rgb(5, 6, 7)" })
    const outlined = part("i", [13, 23, 4, 4], {
        ...{ outlineStyle: "solid", outlineWidth: "3px", outlineColor: "rgb(6, 6, 6)", borderLeftWidth: "2px" },
    })
    const away = [
        part("i", [12, 22, 50, 6], { display: "none", backgroundColor: "rgb(1, 1, 1)" }),
        part("i", [12, 22, 1.9, 6], { backgroundColor: "rgb(1, 1, 1)" }),
        part("i", [12, 22, 2, 6], { borderLeftWidth: "2px", borderLeftColor: "rgba(5, 6, 7, 0)" }),
    ]
    const thin = part("i", [14, 24, 2, 3], { backgroundColor: "rgb(4, 4, 4)" })
    const picture = await seen(part("div", [10, 20, 300, 100], {}, ground, ramp, framed, outlined, thin, ...away))
    const none = "   "
    assert.deepEqual(rectangles(picture), [
        `10 20 60 10 4 rgb(10,20,30) 0.500${none}`,
        `20 40 30.5 8  rgb(1,1,1) 1.000${none}`,
        `50 40 30.5 8  rgb(2,2,2) 0.250${none}`,
        `80 40 30.5 8  rgb(3,3,3) 1.000${none}`,
        "2 2 5 6 0 none  rgb(5,6,7) 1.000 2px",
        "3 3 4 4 0 none  rgb(6,6,6) 1.000 3px",
        `4 4 2 3 0 rgb(4,4,4) 1.000${none}`,
    ])
})

test("what is higher than its place is made smaller, after what has no room is taken away", async () => {
    const boxes = async (height, high) => {
        let shortened = 0
        const root = part("div", [0, 0, 300, height], {})
        const picture = await seen(root, { high, shorten: () => shortened++ })
        assert.equal(shortened, 1)
        return told([picture, picture.firstChild], "width", "height", "viewBox")
    }
    assert.deepEqual(await boxes(100, 200), ["300 200 0 0 300 200", "300 200 0 0 300 200"])
    assert.deepEqual(await boxes(500, 200), ["300 200 0 0 300 200", "300 200 0 0 300 500"])
    await seen(part("div", [0, 0, 300, 500], {}))
})

test("a drawing keeps the look that it has on the page, and its texts their letters", async () => {
    const [path, text] = [svg("path", { d: "M0 0" }), svg("text", {}, "a")]
    path.looks = { fill: "red", stroke: "blue" }
    text.looks = { fontSize: "9px", "stroke-width": "3px" }
    const drawing = part("svg", [15, 25, 50, 60], { fill: "green" }, path, text)
    const picture = await seen(part("div", [10, 20, 300, 100], {}, drawing))
    const copy = picture.querySelectorAll("svg").at(-1)
    assert.deepEqual(told([copy], "x", "y", "width", "height"), ["5 5 50 60"])
    const looks = [copy, ...copy.querySelectorAll("*")].map(({ style }) => [style.fill, style.stroke, style.fontSize])
    assert.deepEqual(looks, [
        ["green", "own stroke", undefined],
        ["red", "blue", undefined],
        ["own fill", "own stroke", "9px"],
    ])
    assert.deepEqual([copy.querySelector("text").style["stroke-width"], path.style.fill], ["3px", undefined])
})

test("a text is written line by line, on its letters' own line, and cut where the page cuts it", async () => {
    const lines = async (text, wide, looks = {}, width = 100) => {
        const place = written(part("p", [30, 50, width, 40], looks, text), 34, 52, wide)
        const picture = await seen(part("div", [10, 20, 300, 100], {}, place))
        return picture.querySelectorAll("text").map(line => [...told([line], "x", "y", "fill"), line.textContent])
    }
    assert.deepEqual(await lines("one two  three ", 1000), [["24 41 rgb(1,2,3)", "one two  three"]])
    assert.deepEqual(await lines("one two three", 28), [
        ["24 41 rgb(1,2,3)", "one"],
        ["24 61 rgb(1,2,3)", "two"],
        ["24 81 rgb(1,2,3)", "three"],
    ])
    const ellipsis = { textOverflow: "ellipsis" }
    assert.deepEqual(await lines("abcdefghij", 1000, ellipsis, 70), [["24 41 rgb(1,2,3)", "abcdefghij"]])
    assert.deepEqual(await lines("abcdefghij", 1000, ellipsis, 69), [["24 41 rgb(1,2,3)", "abcdefghij"]])
    assert.deepEqual(await lines("abcdefghij", 1000, ellipsis, 68), [["24 41 rgb(1,2,3)", "abcdefgh…"]])
    assert.deepEqual(await lines("abcdefghij", 1000, ellipsis, 35), [["24 41 rgb(1,2,3)", "abcd…"]])
    assert.deepEqual(await lines("abcdefghij", 1000, {}, 35), [["24 41 rgb(1,2,3)", "abcdefghij"]])
    for (const [apart, count] of [
        [1.9, 1],
        [2, 2],
    ]) {
        const apartBy = written(part("p", [30, 50, 90, 40], {}, "ab de"), 34, 52, 90, apart)
        assert.equal((await seen(apartBy)).querySelectorAll("text").length, count)
    }
    const place = written(part("p", [30, 50, 90, 40], {}, "a"), 34, 52, 90)
    const [line] = (await seen(place)).querySelectorAll("text")
    assert.deepEqual([line.style.fontSize, line.style.whiteSpace, ...told([line], "x", "y")], ["12px", "pre", "4 11"])
})

test("a list of units as a picture has as many rows as its place, and says how many that are", async () => {
    const heights = Object.getOwnPropertyDescriptor(Part.prototype, "offsetHeight")
    Object.defineProperty(Part.prototype, "offsetHeight", {
        configurable: true,
        get() {
            return 20 * this.querySelectorAll("li").length
        },
    })
    const place = /** @type {any} */ (onPage(new Part("div"), { width: 500 }))
    drawUnits(place, shownOf(), () => {})
    for (const [high, kept] of [
        [80, 4],
        [79, 3],
        [60, 3],
        [5, 1],
    ]) {
        const made = place.picture(300, high)
        await settled()
        const list = place.children.at(-1).firstChild
        list.getBoundingClientRect = () => ({ x: 0, y: 0, width: 300, height: 400 })
        frame(0)
        frame(16)
        const picture = await made
        assert.equal(picture.getAttribute("height"), `${high}`)
        assert.deepEqual(
            [list.querySelectorAll("li").length, list.querySelector(".gs-units-foot").firstChild.textContent],
            [kept, `${kept} of 4 rows`],
        )
    }
    if (heights) Object.defineProperty(Part.prototype, "offsetHeight", heights)
    else delete (/** @type {any} */ (Part.prototype).offsetHeight)
})
