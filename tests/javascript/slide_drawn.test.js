import assert from "node:assert/strict"
import { test } from "node:test"
import { Part } from "./page.js"

const { element } = await import("../../assets/browser/shared/element.js")
const { slide, smallest } = await import("../../assets/browser/slide/slide.js")

const asked = []
/** What was read as an SVG. */
const parsed = []
const letters = size => {
    const text = new Part("text")
    text.style.fontSize = `${size}px`
    return text
}
let size = 14
Object.assign(globalThis, {
    Plotly: {
        toImage: async (_, { width, height }) => {
            asked.push([width, height].map(Math.round))
            return "data:image/svg+xml,%3Csvg d='M 0,1'/%3E"
        },
    },
    DOMParser: class {
        parseFromString(text) {
            parsed.push(text)
            const label = element("g", { class: "heatmap-label" }, letters(size))
            label.firstChild.append("-0.5")
            return { documentElement: element("svg", {}, label) }
        }
    },
    XMLSerializer: class {
        serializeToString(root) {
            return root
        }
    },
})

const SAYS = { title: "The title", question: "What is it?", made: "Made with gatescope." }
const LOOK = { ink: "#000", paper: "#fff" }
const plotOf = (width, height) => Object.assign(new Part("div"), { box: { width, height }, data: [], layout: {} })
const drawnOn = async columns => {
    asked.length = 0
    const root = /** @type {any} */ (await slide(columns, SAYS, LOOK))
    const box = part => ["x", "y", "width", "height"].map(name => Math.round(part.getAttribute(name)))
    const lines = Object.fromEntries(
        root.children.filter(part => part.localName === "text").map(part => [part.textContent, part]),
    )
    return { root, lines, pictures: root.children.filter(part => part.localName === "svg").map(box) }
}

test("title and question stand at the top of a slide and how it was made at its bottom, all within it", async () => {
    const { lines } = await drawnOn([{ title: "", plots: [plotOf(600, 300)] }])
    const y = text => +(+lines[text].getAttribute("y")).toFixed(1)
    // The size of letters is 22, 15 and 14; a line is 1.3 of that, and a letter stands at 0.8 of its line.
    assert.deepEqual(["The title", "What is it?", "Made with gatescope."].map(y), [42.9, 66.2, 704.4])
    assert.equal(lines["The title"].getAttribute("font-weight"), "bold")
})

test("of a painted picture's address what comes after its first comma is the picture", async () => {
    parsed.length = 0
    await drawnOn([{ title: "", plots: [plotOf(600, 300)] }])
    assert.deepEqual([...new Set(parsed)], ["<svg d='M 0,1'/>"])
})

test("a question that is the title is said once", async () => {
    const root = /** @type {any} */ (await slide([], { ...SAYS, question: "The title" }, LOOK))
    assert.equal(root.querySelectorAll("text").length, 2)
})

test("one picture fills the slide between its texts", async () => {
    const { pictures } = await drawnOn([{ title: "", plots: [plotOf(600, 300)] }])
    // Below 20 + 28.6 + 2 + 19.5 + 8 pixels of text, above 18.2 + 12 of it and 8 of air.
    assert.deepEqual(pictures, [[24, 78, 1232, 604]])
    assert.deepEqual(asked, [
        [600, 300],
        [1232, 604],
    ])
})

test("columns stand side by side, each with its name above it", async () => {
    const columns = ["left", "right"].map(title => ({ title, plots: [plotOf(600, 300)] }))
    const { pictures, lines } = await drawnOn(columns)
    assert.deepEqual(
        pictures.map(([x, , width]) => [x, width]),
        [
            [24, 607],
            [649, 607],
        ],
    )
    assert.deepEqual(
        pictures.map(([, y, , height]) => y + height),
        [682, 682],
    )
    assert.deepEqual(
        pictures.map(([, y]) => y),
        [104, 104],
    )
    assert.deepEqual(
        ["left", "right"].map(name => +lines[name].getAttribute("x")),
        [24, 649],
    )
    assert.equal(Math.round(lines.left.getAttribute("y")), 95)
})

test("pictures of a column share its height as on the page", async () => {
    const { pictures } = await drawnOn([{ title: "", plots: [plotOf(600, 300), plotOf(600, 100)] }])
    assert.deepEqual(
        pictures.map(([, y, , height]) => [y, height]),
        [
            [78, 439],
            [535, 146],
        ],
    )
})

test("small letters are enlarged to 14 pixels, and a number has its minus sign", async () => {
    size = 7
    const { root } = await drawnOn([{ title: "", plots: [plotOf(600, 300)] }])
    size = 14
    assert.deepEqual(asked, [
        [600, 300],
        [616, 302],
    ])
    assert.equal(root.querySelector(".heatmap-label text").textContent, "−0.5")
    const picture = root.children.at(-1)
    assert.deepEqual(picture.getAttribute("viewBox").split(" ").map(Math.round), [0, 0, 616, 302])
})

test("the smallest letters of a picture are found, and none are larger than needed", () => {
    const some = (...sizes) => smallest(element("svg", {}, ...sizes.map(letters)))
    assert.deepEqual([some(12, 9, 20), some(20), some(0, 13)], [9, 14, 13])
})
