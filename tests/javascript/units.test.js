import assert from "node:assert/strict"
import { test } from "node:test"
import { observers, onPage, Part, pixels, texts, textsOf } from "./page.js"
import { GREYS } from "./pictures.js"

const { colourOf } = await import("../../assets/browser/shared/colour.js")
const { draw, letters, stepOf } = await import("../../assets/browser/units/list.js")
const panel = await import("../../assets/browser/units/panel.js")

const STATES = { colorscale: GREYS, zmin: -2, zmax: 2 }
const GATES = { colorscale: GREYS, zmin: 0, zmax: 1 }
const row = change => ({
    ...{ key: "k", number: "7", title: "a title", note: "surely", share: 0.25, open: false, keeps: "3", lost: "0.1" },
    ...{ c: [0, 1.2, -0.4, null, 0.8], truth: [1, 1, 0, 0.5, 0.5], gates: { f: [0, 1, null, 0.5, 1] }, ...change },
})

/** A list of units in 854 pixels, of which 500 are the curves'. */
function listed(rows, change = {}) {
    const told = []
    const place = onPage(new Part("div"), { width: 854 })
    const heads = ["number", "keeps"].map(key => ({ key, title: key, under: `under ${key}` }))
    const data = { ...{ states: STATES, gates: GATES, name: "Units", tokens: [..."abcde"], between: " " }, rows, heads }
    const more = { sort: "keeps", about: "a corpus", left: "the rest", ...change }
    const show = now =>
        draw(place, /** @type {any} */ ({ ...data, ...more, ...now }), (...one) => told.push(one.join()))
    show({})
    return { place, told, show }
}

/** What attributes say, a line a part; a colour is its value's. */
const said = (parts, ...names) =>
    parts.map(part =>
        names.map(name => part.getAttribute(name).replace(/\d+\.\d+/g, number => +(+number).toFixed(2))).join(" "),
    )
const boxes = parts => said(parts, "x", "y", "width", "height")
const colours = (values, scale) => values.map(value => colourOf(value, scale))

test("a unit's curve is a bar a step from 0 to c, in the colours of all; below it what it tracks", () => {
    const { place } = listed([row({})])
    const [svg] = place.querySelectorAll("svg[role=img]")
    assert.deepEqual(said([svg], "width", "height", "aria-label"), ["500 48 c of unit 7, from −0.4 to +1.2"])
    // 42 pixels for 1.2 to −0.4: 0 is 31.5 pixels from above.
    const [zero, ...bars] = svg
        .querySelectorAll("path")
        .sort((a, b) => +a.hasAttribute("fill") - +b.hasAttribute("fill"))
    const [flat, high, low, last] = [0, 100, 200, 400].map(
        (x, n) => `M${x} ${[31.5, 0, 31.5, 10.5][n]}h100.3V${[31.5, 31.5, 42, 31.5][n]}h-100.3z`,
    )
    assert.deepEqual(said([zero, ...bars], "d"), ["M0 31.5H500", flat, high, low, last])
    assert.deepEqual(said(bars, "fill"), colours([0, 1.2, -0.4, 0.8], STATES))
    const lines = svg.querySelectorAll("rect")
    assert.deepEqual(boxes(lines), ["0 45 200 3", "300 45 200 3"])
    assert.deepEqual(said(lines, "fill-opacity"), ["1", "0.5"])
    assert.equal(listed([row({ truth: undefined, c: [] })]).place.querySelector("rect"), null)
})

test("an open unit has its curve's ends and its gates; many units have lower curves", () => {
    const { place } = listed([row({ open: true }), row({})])
    const curves = place => said(place.querySelectorAll("svg[role=img]"), "height")
    assert.deepEqual([...texts(place, ".gs-units-axis span"), ...curves(place)], ["+1.2", "−0.4", "120", "48"])
    assert.deepEqual(pixels(place.querySelector(".gs-units-axis"), "height"), [120])
    const gate = place.querySelector(".gs-units-gate")
    assert.equal(gate.textContent, "forget gate f")
    assert.deepEqual(said([gate.querySelector("svg")], "width", "height"), ["500 11"])
    const cells = gate.querySelectorAll("rect")
    assert.deepEqual(boxes(cells), ["0 0 100.3 11", "100 0 100.3 11", "300 0 100.3 11", "400 0 100.3 11"])
    assert.deepEqual(said(cells, "fill"), colours([0, 1, 0.5, 1], GATES))
    assert.deepEqual(
        [8, 9].map(n => curves(listed(Array(n).fill(row({}))).place)[0]),
        ["48", "26"],
    )
})

test("heads sort, a row opens, arrows walk from name to name, and the list stays as wide as its place", () => {
    const { place, told, show } = listed([row({ key: "a", open: true }), row({ key: "b" }), row({ key: "c" })])
    const heads = place.querySelectorAll(".gs-units-head button")
    assert.deepEqual(textsOf(heads), ["numberunder number", "keeps ↓under keeps"])
    assert.deepEqual(said(heads, "aria-pressed"), ["false", "true"])
    const names = () => place.querySelectorAll(".gs-units-name")
    assert.deepEqual(said(names(), "tabindex", "aria-expanded"), ["0 true", "-1 false", "-1 false"])
    heads[0].click()
    names()[1].click()
    assert.deepEqual(told, ["sort,number", "opened,b"])
    names()[0].focus()
    const walked = ["ArrowDown", "x", "ArrowDown", "ArrowUp", "ArrowDown", "ArrowDown"].map(key => {
        const { defaultPrevented } = document.activeElement.told("keydown", { key })
        return `${defaultPrevented ? "to" : "at"} ${names().indexOf(document.activeElement)}`
    })
    assert.deepEqual(walked, ["to 1", "at 1", "to 2", "to 1", "to 2", "to 2"])
    show({ left: "others" })
    const [first, , last] = names()
    assert.equal(document.activeElement, last)
    for (const [width, kept, curve] of /** @type {[number, boolean, string][]} */ ([
        [854, true, "500"],
        [954, false, "600"],
    ])) {
        place.box = { width }
        observers.findLast(({ part }) => part === place).call([{ target: place }])
        assert.deepEqual(
            [names()[0] === first, place.querySelector("svg[role=img]").getAttribute("width")],
            [kept, curve],
        )
    }
    assert.deepEqual(textsOf(place.lastChild.children), [
        "others",
        "c −2+2",
        "gates 01",
        "what the unit tracks is true here",
    ])
    assert.equal(place.numbers().slice(1, 3).join(" "), "c of unit 7,1,b,1.2 c of unit 7,2,c,-0.4")
})

test("a step is as wide as there is room, a word at least 46 pixels, a letter 6.4; what has no room is cut", () => {
    const steps = (between, ...rooms) => rooms.map(room => stepOf({ tokens: Array(10).fill("a"), between }, room))
    assert.deepEqual([...steps(" ", 100, 600, 9000), ...steps("", 10, 100, 9000)], [46, 60, 240, 6.4, 10, 40])
    assert.equal(stepOf({ tokens: [], between: " " }, 100), 100)
    const line = letters({ tokens: ["antelopes", "eight888"], between: " " }, 60).children
    assert.deepEqual([...textsOf(line), ...said(line, "x")], ["antelop…", "eight888", "30", "90"])
    assert.equal(letters({ tokens: ["ab"], between: "" }, 6).style.fontSize, "10px")
})

test("where a unit is strongest there is a line a moment, which opens it and nothing else", () => {
    const passage = { tokens: ["a", "b"], numbers: [1, -1], first: 1, last: 1, value: "+1.0", where: "text 3" }
    const { place, told } = listed([row({ passages: [passage, passage], reach: 1 })], { tokens: [] })
    const [, second] = place.querySelectorAll(".gs-units-passage")
    assert.equal(second.getAttribute("aria-label"), "Moment 2 of unit 7: +1.0, text 3")
    assert.match(second.querySelector("mark span").getAttribute("style"), /background: rgb\(0,0,0\)/)
    assert.deepEqual(pixels(second, "width"), [500])
    second.click()
    assert.deepEqual(told, ["passage,k,1"])
    assert.equal(place.querySelector(".gs-units-head .gs-faint").textContent, "a corpus")
})

test("of a unit it is drawn how often c has each value, what it tracks and what is lost without it", () => {
    const place = new Part("div")
    const drawn = more => panel.draw(/** @type {any} */ (place), /** @type {any} */ ({ states: STATES, ...more }))
    const title = ["T", "under"]
    const bars = [{ name: "n", share: 0.3, text: "30%" }]
    drawn({ histogram: { title, edges: [-1, 0, 1], counts: [4, 1] }, tracks: { title, bars } })
    const often = place.querySelectorAll("rect")
    assert.deepEqual(boxes(often), ["0 2 199.5 56", "200 30 199.5 28"])
    assert.deepEqual(said(often, "fill"), colours([-0.5, 0.5], STATES))
    assert.deepEqual(texts(place, "text"), ["−1.0", "+1.0"])
    assert.equal(place.querySelector(".gs-units-bar i").style.width, "30%")
    drawn({ lost: { title, all: [0, 0.5, 1], own: 0.5, number: "7" } })
    assert.deepEqual(said(place.querySelectorAll("path"), "d"), ["M4 2V20", "M200 2V20", "M396 2V20", "M200 2V20"])
    assert.deepEqual(said(place.querySelectorAll("text"), "x", "y"), ["8 33", "200 33"])
    assert.deepEqual(texts(place, ".gs-own"), ["", "7"])
    drawn({ lost: { title, all: [0, 1], own: 0.05, number: "7" } })
    assert.deepEqual(texts(place, "text"), ["7"], "a 0 beside it has no room")
    drawn({ coloured: { tokens: ["a", "⏎", "b"], numbers: [2, -2, null], between: " " } })
    const [a, end, b] = place.querySelectorAll("span").map(part => part.getAttribute("style") ?? "")
    assert.deepEqual([/rgb\(255,255,255\)/.test(a), /rgb\(0,0,0\)/.test(end), b], [true, true, ""])
    assert.deepEqual([place.textContent, place.querySelectorAll("br").length], ["a ⏎b", 1])
})
