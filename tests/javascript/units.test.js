import assert from "node:assert/strict"
import { test } from "node:test"
import { observers, onPage, Part, pixels, texts, textsOf } from "./page.js"
import { FACTS, moment, shownOf, told } from "./units_shown.js"

const { colourOf } = await import("../../assets/browser/shared/colour.js")
const { draw } = await import("../../assets/browser/units/list.js")
const { listOf } = await import("../../assets/browser/units/listed.js")
const panel = await import("../../assets/browser/units/panel.js")

/** The list in 854 pixels, of which 500 are the curves'. */
function listed(shown) {
    const heard = []
    const place = onPage(new Part("div"), { width: 854 })
    const show = now => draw(place, now, (...one) => heard.push(one.join()))
    show(shown)
    return { place, heard, show }
}

/** The panel beside a list of these units, and what it reports. */
function beside(shown) {
    const heard = []
    const place = onPage(new Part("div"), { width: 400 })
    panel.draw(place, {}, what => heard.push(what))
    listed(shown)
    return { place, heard }
}

/** What attributes say, a line a part; a colour is its value's. */
const said = (parts, ...names) =>
    parts.map(part =>
        names.map(name => part.getAttribute(name).replace(/\d+\.\d+/g, number => +(+number).toFixed(2))).join(" "),
    )
const numbers = place => texts(place, ".gs-units-name b")
const UNCLAIMED = { ...FACTS, opens: null }
const WITH_TRUTH = shownOf(
    { "0.0": { told: told("digit"), here: [0.75, "AUC"], c: [0, 1.2, -0.4, null, 0.8] } },
    { truths: { digit: [1, 1, 0, 0.5, 0.5] }, opened: { key: "0.1" } },
)

test("a unit's curve is a bar a step from 0 to c, in the colours of all; below it what it tracks", () => {
    const { place } = listed(WITH_TRUTH)
    const svg = place.querySelectorAll("svg[role=img]").find(one => one.querySelector("rect"))
    assert.equal(svg.getAttribute("aria-label"), "c of unit 0, from −0.4 to +1.2")
    const bars = svg.querySelectorAll("path").filter(one => one.hasAttribute("fill"))
    const { states } = listOf(WITH_TRUTH)
    assert.equal(states.zmax, 1.5)
    const levels = [0, 1.2, -0.45, 0.75].map(value => colourOf(value, states))
    assert.deepEqual(said(bars, "fill"), levels, "in ten steps of the scale, none for a step without a number")
    assert.deepEqual(said(svg.querySelectorAll("rect"), "x", "width", "fill-opacity"), [
        "0 100 1",
        "100 100 1",
        "300 100 0.5",
        "400 100 0.5",
    ])
    assert.deepEqual(texts(place, ".gs-units-foot > :last-child"), ["what the unit tracks is true here"])
})

test("an open unit has its curve's ends and its gates", () => {
    const { place } = listed(shownOf())
    assert.deepEqual(texts(place, ".gs-units-axis span"), ["+1.2", "−0.4"])
    const gate = place.querySelector(".gs-units-gate")
    assert.equal(gate.textContent, "forget gate f")
    const gates = { colorscale: shownOf().look.gates, zmin: 0, zmax: 1 }
    assert.deepEqual(
        said(gate.querySelectorAll("rect"), "fill"),
        [0, 1, 0.5, 1].map(value => colourOf(value, gates)),
    )
})

test("heads sort, a row opens, arrows walk from name to name, and the list stays as wide as its place", () => {
    const { place, heard, show } = listed(shownOf({}, { sort: "keeps" }))
    const heads = place.querySelectorAll(".gs-units-head button")
    assert.deepEqual(textsOf(heads), ["range of c", "keeps ↓steps in a row"])
    assert.deepEqual(said(heads, "aria-pressed"), ["false", "true"])
    assert.deepEqual(numbers(place), ["1", "2", "3", "0"], "the largest first, equal ones in their order")
    const names = () => place.querySelectorAll(".gs-units-name")
    assert.deepEqual(said(names(), "tabindex", "aria-expanded").slice(2), ["-1 false", "0 true"])
    heads[0].click()
    names()[1].click()
    assert.deepEqual(heard, ["sort,tracks", "opened,0.2"])
    names()[1].focus()
    const walked = ["ArrowDown", "x", "ArrowDown", "ArrowUp", "ArrowDown", "ArrowDown"].map(key => {
        const { defaultPrevented } = document.activeElement.told("keydown", { key })
        return `${defaultPrevented ? "to" : "at"} ${names().indexOf(document.activeElement)}`
    })
    assert.deepEqual(walked, ["to 2", "at 2", "to 3", "to 2", "to 3", "to 3"])
    show(shownOf({}, { sort: "keeps", tokens: [..."abcdefghi"] }))
    const [first, , , last] = names()
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
    const foot = ["4 of 4 units over the first 5 of the text’s steps", "c −1.5+1.5", "gates 01"]
    assert.deepEqual(textsOf(place.lastChild.children), foot)
    assert.deepEqual(place.numbers()[1].join(), "c of unit 1,1,b,1.2")
})

test("the list is in the order of a column, and has the opened unit always", () => {
    const columns = { lost: [0, 3, 1, 2], tracks: [0.5, -1, 3, 2] }
    const shown = change => listOf(shownOf({}, { facts: FACTS, columns, ...change }))
    const order = change => shown(change).rows.map(({ number }) => number)
    assert.deepEqual(order({}), ["2", "3", "0", "1"])
    assert.deepEqual(order({ sort: "lost" }), ["1", "3", "2", "0"])
    assert.deepEqual(order({ most: 2, opened: { key: "0.1" } }), ["1", "2"])
    assert.equal(shown({ most: 2 }).left, "2 of 4 units")
    assert.deepEqual(
        shown({}).heads.map(({ title, under }) => `${title}, ${under}`),
        ["what they track, on unseen texts", "keeps, steps in a row", "without it, bits lost"],
    )
})

test("a row says what its unit tells, how surely, and what this text shows of that", () => {
    const note = (row, truth) => {
        const { rows } = listOf(
            shownOf({ "0.0": { told: told("digit"), c: [1], ...row } }, { truths: { digit: truth } }),
        )
        return rows[0].note
    }
    assert.equal(note({ here: [1, "AUC"] }, [0, 1]), "AUC 0.90, here 1.00")
    assert.equal(note({ here: [0.49, "AUC"] }, [0, 1]), "AUC 0.90, fails here")
    assert.equal(note({ here: [0.1, "R²"] }, [0, 1]), "AUC 0.90, here 0.10")
    assert.equal(note({ here: null }, [0, 0]), "AUC 0.90, never true here")
    assert.equal(note({ here: null }, [1, 1]), "AUC 0.90, always true here")
    assert.equal(note({}, [1, 0]), "AUC 0.90")
    const titles = listOf(shownOf({ 0.3: { told: told("digit", { sign: -1 }), c: [] } })).rows.map(row => row.title)
    assert.deepEqual(titles, ["−0.4 to +1.2", "−0.2 to 0.0", "0.0 to 0.0", "low at digits"])
})

test("in a corpus a row has its strongest moment, the opened one several; a click opens it and nothing else", () => {
    const moments = [moment({ is_so: true }), moment({ is_so: false, line: 4 })]
    const row = { told: told("blank"), c: undefined, moments, reach: 1 }
    const rows = { "0.0": row, 0.1: { ...row, moments: moments.slice(1) }, 0.2: row, 0.3: row }
    const { place, heard } = listed(shownOf(rows, { tokens: [], facts: null }))
    const [, second] = place.querySelectorAll(".gs-units-passage")
    assert.equal(second.getAttribute("aria-label"), "Moment 2 of unit 0: +1.00, text 3:4")
    assert.match(second.querySelector("mark span").getAttribute("style"), /background: rgb\(0,0,0\)/)
    assert.deepEqual(pixels(second, "width"), [500])
    second.click()
    assert.deepEqual(heard, ["passage,0.0,1"])
    const head = place.querySelector(".gs-units-head .gs-faint").textContent
    assert.equal(head, "each unit where it is strongest, the moment in one column")
    const notes = listOf(shownOf(rows, { tokens: [] })).rows.map(({ note }) => note)
    assert.deepEqual(
        notes,
        [", not at 1 of these 2", ", not at this moment", "", ""].map(note => `AUC 0.90${note}`),
    )
    assert.deepEqual(texts(place, ".gs-units-head button")[1], "half is leftafter … steps")
})

test("of the opened unit it is drawn how often c has each value, what it tracks and what is lost without it", () => {
    const rows = { "0.0": { told: null, moments: [], reach: 2 } }
    const table = { c_min: -1, c_max: 1, c_mean: 0 }
    const corpus = {
        histogram: [
            [-1, 0, 1],
            [4, 1],
        ],
        table,
        related: [],
    }
    const { place } = beside(shownOf(rows, { tokens: [], opened: corpus }))
    const often = place
        .querySelectorAll(".gs-panel-bars i")
        .map(bar => bar.getAttribute("style").match(/height: \d+%/)[0])
    assert.deepEqual(often, ["height: 100%", "height: 50%"], "the square root")
    assert.deepEqual(texts(place, ".gs-panel-bars small"), ["−1.0", "+1.0"])
    assert.deepEqual(texts(place, "h4"), ["Unit 0"])
    assert.equal(place.querySelector(".gs-unit-links button"), null)
    const every = [
        told("digit", { score: 0.8, sign: -1 }),
        told("blank", { score: 0.59 }),
        told("indent", { measure: "R²" }),
    ]
    const known = own => {
        const lost = [own, 0, 0.5, 1]
        return beside(shownOf({}, { facts: { ...UNCLAIMED, lost }, opened: { told: every }, columns: { lost } })).place
    }
    const half = known(0.5)
    const named = place => texts(place, ".gs-panel-strip").join()
    assert.equal(named(half), "00")
    assert.deepEqual(texts(half, ".gs-panel-bar"), ["a digit: lowAUC 0.80", "indentR² 0.90"])
    assert.match(half.querySelector(".gs-units-bar i").getAttribute("style"), /^width: 60/)
    assert.equal(named(known(0.05)), "0", "a 0 beside it has no room")
    assert.match(texts(half, ".gs-panel-title")[0], /^What it tracks on 15 paragraphs not looked at before$/)
    const coins = beside(shownOf({}, { facts: UNCLAIMED, opened: { told: [every[1]] } })).place
    const none = "Nothing that has a name here (AUC below 0.6, R² below 0.04) on 15 paragraphs not looked at before."
    assert.equal(texts(coins, ".gs-panel-title")[0], `What it tracks ${none}`)
})

test("the opened unit's text has its colours; a click leads to its largest c on Memory, or to a corpus", () => {
    const { place, heard } = beside(shownOf({ "0.0": { told: null, c: [2, -2, null] } }, { tokens: ["a", "\n", "b"] }))
    const [a, end, b] = place.querySelectorAll(".gs-panel-text span").map(part => part.getAttribute("style") ?? "")
    assert.deepEqual([/rgb\(255,255,255\)/.test(a), /rgb\(0,0,0\)/.test(end), b], [true, true, ""])
    const text = place.querySelector(".gs-panel-text")
    assert.deepEqual([text.textContent, text.querySelectorAll("br").length], ["a ⏎b", 1])
    const [memory, corpus] = place.querySelector(".gs-unit-links").children
    assert.equal(memory.getAttribute("href"), "./?pin=0.0.1")
    assert.ok(memory.told("click").defaultPrevented)
    corpus.click()
    assert.deepEqual(heard, ["memory", "elsewhere"])
    listed(shownOf({}, { opened: { key: "0.3" } }))
    assert.deepEqual(texts(place, "h4"), ["Unit 3"], "it follows the list")
})
