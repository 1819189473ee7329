import assert from "node:assert/strict"
import { test } from "node:test"
import { Part } from "./page.js"

const { numbersOf, offlinePage, pictures } = await import("../../assets/browser/slide/page_file.js")
const { element } = await import("../../assets/browser/shared/element.js")

/** A page, from top to bottom; `plot(name)` is a graph on it. */
function pageOf(...parts) {
    document.body.replaceChildren(...parts)
}
const plot = (name, width = 100) => {
    const made = element("div", { class: "gs-pictured", id: name })
    made.box = { width, height: 50 }
    return made
}
const titled = (name, question) =>
    element("div", { class: "st-key-page-title" }, element("h1", {}, name), element("p", {}, question))
const found = () => pictures().map(({ title, heading, columns }) => [title, heading, columns.map(namesIn)])
const namesIn = ({ title, plots }) => [title, ...plots.map(({ id }) => id)]

test("a picture is called after the heading or the bold words before it; two of one name are numbered", () => {
    const bold = (...said) => element("p", {}, ...said)
    pageOf(
        plot("first"),
        titled(" The page ", "Why?"),
        element("h2", {}, "Heading"),
        plot("a"),
        bold(element("strong", {}, "Bold"), ": words"),
        plot("b"),
        bold("not ", element("strong", {}, "first")),
        Object.assign(element("h3", {}, "folded"), { hidden: true }),
        plot("c"),
        plot("closed", 0),
        element("h4", {}, "Later"),
    )
    const one = (title, heading, name) => [title, heading, [["", name]]]
    assert.deepEqual(found(), [
        one("The page", "The page", "first"),
        one("Heading", "Heading", "a"),
        one("Bold", "Bold", "b"),
        one("Bold (2)", "Bold", "c"),
    ])
})

test("pictures side by side are one, with the names of their columns; a row of one column is none", () => {
    const row = (...places) => element("div", { "data-testid": "stHorizontalBlock" }, ...places)
    const place = (...parts) => element("div", {}, ...parts)
    const strong = name => element("p", {}, element("strong", {}, name))
    pageOf(
        element("h2", {}, "Two models"),
        row(place(strong("A"), plot("a"), plot("a2")), place(), place(strong("B"), plot("b"))),
        element("h2", {}, "Beside"),
        row(place(plot("c")), place(plot("d"))),
        row(place(plot("e")), place(element("p", {}, "text"))),
    )
    assert.deepEqual(found().slice(0, 2), [
        [
            "Side by side: A · B",
            "Two models",
            [
                ["A", "a", "a2"],
                ["B", "b"],
            ],
        ],
        [
            "Side by side: Beside",
            "Beside",
            [
                ["", "c"],
                ["", "d"],
            ],
        ],
    ])
    assert.deepEqual(
        found()
            .slice(2)
            .map(([title, , [[, name]]]) => [title, name]),
        [
            ["A", "a"],
            ["A (2)", "a2"],
            ["B", "b"],
            ["Beside", "c"],
            ["Beside (2)", "d"],
            ["Beside (3)", "e"],
        ],
    )
})

test("a CSV has a row for each number, with its picture's name, and its texts are no formulas", () => {
    const numbers = () => [["=c", "the, end", 0, -1]]
    const [title, says] = ["", { title: "The page" }]
    const lines = ["picture,series,x,y,value", `The page,'=c,"the, end",0,-1`, ""]
    assert.deepEqual(numbersOf([{ title, plots: [{ numbers }] }], says).split("\r\n"), lines)
})

/** Another document, for a page that is a file: its text is told by `htmlOf`. */
document.implementation = {
    createHTMLDocument(title) {
        const page = { documentElement: new Part("html"), head: new Part("head"), body: new Part("body") }
        page.head.append(element("title", {}, title))
        page.documentElement.append(page.head, page.body)
        Object.defineProperty(page.documentElement, "outerHTML", { get: () => htmlOf(page.documentElement) })
        const importNode = (node, isDeep) => document.importNode(node, isDeep)
        return { ...page, importNode, createElement: name => new Part(name) }
    },
}
const htmlOf = part =>
    part instanceof Part
        ? `<${part.localName}>${part.childNodes.map(htmlOf).join("")}</${part.localName}>`
        : part.textContent

test("a page that works offline has all its texts and pictures", async () => {
    const picture = async (width, height) => element("svg", {}, `${width} × ${height}`)
    const plot = width => ({ picture, clientWidth: width, clientHeight: 6 })
    const columns = /** @type {any} */ ([
        { title: "Left", plots: [plot(5), plot(7)] },
        { title: "", plots: [plot(9)] },
    ])
    const says = { title: "The title", question: "Why?", made: "Made." }
    const text = await (await offlinePage(columns, says, { ink: "#111", paper: "#eee" })).text()
    assert.match(
        text,
        /^<!doctype html><meta charset="utf-8"><html><head><title>The title<\/title>.*color: #111; background: #eee/,
    )
    const drawn = "<div><h2>Left</h2><svg>5 × 6</svg><svg>7 × 6</svg></div><div><svg>9 × 6</svg></div>"
    assert.ok(text.endsWith(`<body><h1>The title</h1><p>Why?</p><main>${drawn}</main><p>Made.</p></body></html>`))
})
