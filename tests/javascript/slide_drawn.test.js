import assert from "node:assert/strict"
import { test } from "node:test"
import { Part } from "./page.js"

const { element } = await import("../../assets/browser/shared/element.js")
const { slide } = await import("../../assets/browser/slide/page_file.js")

const asked = []
const letters = size => {
    const text = new Part("text")
    text.style.fontSize = `${size}px`
    return text
}
const size = 14
Object.assign(globalThis, {
    Plotly: {
        toImage: async (_, { width, height }) => {
            asked.push([width, height].map(Math.round))
            return "data:image/svg+xml,%3Csvg d='M 0,1'/%3E"
        },
    },
    DOMParser: class {
        parseFromString(text) {
            assert.equal(text, "<svg d='M 0,1'/>")
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

test("a question that is the title is said once", async () => {
    const root = /** @type {any} */ (await slide([], { ...SAYS, question: "The title" }, LOOK))
    assert.equal(root.querySelectorAll("text").length, 2)
})

test("whatever is on a slide is on its paper, and no text or picture lies over another", async () => {
    for (const columns of [
        [{ title: "", plots: [plotOf(600, 300)] }],
        [{ title: "", plots: [plotOf(600, 300), plotOf(600, 100)] }],
        ["left", "right"].map(title => ({ title, plots: [plotOf(600, 300)] })),
    ]) {
        const { pictures, lines } = await drawnOn(columns)
        const texts = Object.entries(lines).map(([text, part]) => [text, +part.getAttribute("y")])
        const above = texts.filter(([text]) => text !== SAYS.made).map(([, y]) => y)
        for (const [n, [x, y, width, height]] of pictures.entries()) {
            assert.ok(
                x >= 0 &&
                    x + width <= 1280 &&
                    y > Math.max(...above) &&
                    y + height < lines[SAYS.made].getAttribute("y"),
            )
            for (const [left, top] of pictures.slice(n + 1)) assert.ok(left >= x + width || top >= y + height)
        }
        assert.equal(pictures.length, columns.flatMap(({ plots }) => plots).length)
        assert.ok(+lines["The title"].getAttribute("y") < +lines["What is it?"].getAttribute("y"))
    }
})
