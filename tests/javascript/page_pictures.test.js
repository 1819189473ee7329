import assert from "node:assert/strict"
import { test } from "node:test"
import "./page.js"

const { numbersOf, pictures } = await import("../../assets/browser/slide/page_file.js")
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
