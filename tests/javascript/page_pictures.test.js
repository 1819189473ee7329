import assert from "node:assert/strict"
import { test } from "node:test"
import { runInNewContext } from "node:vm"
import { Part } from "./page.js"

const { numbersOf, offlinePage, pictures } = await import("../../assets/browser/slide/page_file.js")
const { element } = await import("../../assets/browser/shared/element.js")

Object.assign(globalThis, {
    XMLSerializer: class {
        serializeToString(root) {
            return root
        }
    },
    DOMParser: class {
        parseFromString(text) {
            return { body: { textContent: text.replace(/<[^>]*>/g, "") } }
        }
    },
})

/** A page, from top to bottom; `plot(name)` is a graph on it. */
function pageOf(...parts) {
    document.body.replaceChildren(...parts)
}
const plot = (name, width = 100) => {
    const made = element("div", { class: "gs-drawn js-plotly-plot", id: name })
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

/** A graph with what Plotly has unpacked of it. */
const unpacked = (traces, layout = {}) => ({
    _fullData: traces.map(one => ({ visible: true, ...one })),
    _fullLayout: layout,
})

test("a heatmap is a row for each cell, by the names on its axes; a line one for each point", () => {
    const layout = {
        xaxis: { tickvals: [0, 1], ticktext: ["<b>the</b>", "end"] },
        yaxis2: { tickvals: [0, 1] },
        yaxis3: { tickvals: [5], ticktext: ["five"] },
    }
    const heatmap = {
        type: "heatmap",
        name: "c",
        z: [
            [0.5, -1],
            [2, 3],
        ],
        yaxis: "y2",
    }
    const line = { type: "scatter", name: "loss", x: [1, 7], y: [5, 6], xaxis: "x", yaxis: "y3" }
    const hidden = { ...line, visible: "legendonly" }
    const plots = [unpacked([heatmap, line, hidden], layout)]
    assert.deepEqual(numbersOf([{ title: "", plots }], { title: "The page" }).split("\r\n"), [
        "picture,series,x,y,value",
        "The page,c,the,0,0.5",
        "The page,c,end,0,-1",
        "The page,c,the,1,2",
        "The page,c,end,1,3",
        "The page,loss,end,five,",
        "The page,loss,7,6,",
        "",
    ])
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
globalThis.fetch = /** @type {any} */ (async () => new Response("/* the library */"))

test("a page that works offline has all its texts and draws each picture in its place, as wide as that", async () => {
    const graph = (name, title) => ({ data: [{ name }], layout: { width: 300, height: 200, title } })
    const picture = async (width, height) => element("svg", {}, element("text", {}, `${width} × ${height}`))
    const columns = /** @type {any} */ ([
        { title: "Left", plots: [graph("a", "</script>"), graph("b")] },
        { title: "", plots: [graph("c"), { picture, clientWidth: 5, clientHeight: 6 }] },
    ])
    const says = { title: "The title", question: "Why?", made: "Made." }
    const text = await (await offlinePage(columns, says, { ink: "#111", paper: "#eee" })).text()
    assert.ok(text.startsWith('<!doctype html><meta charset="utf-8"><html><head><title>The title</title>'))
    assert.match(text, /color: #111; background: #eee/)
    const body = /<body>(.*)<\/body>/s.exec(text)?.[1] ?? ""
    const column = "<div><h2>Left</h2><div></div><div></div></div><div><div></div><svg><text>5 × 6</text></svg></div>"
    assert.ok(
        body.startsWith(`<h1>The title</h1><p>Why?</p><main>${column}</main><p>Made.</p><script>/* the library */<`),
    )
    const scripts = [...body.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script)
    assert.equal(scripts.length, 2)
    const calls = []
    const Plotly = { newPlot: (...given) => calls.push(JSON.parse(JSON.stringify(given))) }
    runInNewContext(scripts[1], { document: { querySelectorAll: () => ["place 1", "place 2", "place 3"] }, Plotly })
    assert.deepEqual(
        calls.map(([place, [{ name }], layout]) => [place, name, layout]),
        [
            ["place 1", "a", { height: 200, title: "</script>", autosize: true }],
            ["place 2", "b", { height: 200, autosize: true }],
            ["place 3", "c", { height: 200, autosize: true }],
        ],
    )
    const { displaylogo, responsive, modeBarButtons } = calls[0][3]
    assert.deepEqual([displaylogo, responsive, modeBarButtons], [false, true, [["toImage"]]])
})
