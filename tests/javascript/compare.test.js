import assert from "node:assert/strict"
import { test } from "node:test"
import { observers, onPage, Part, texts, textsOf } from "./page.js"
import { GREYS } from "./pictures.js"

const { draw } = await import("../../assets/browser/compare.js")
const { element } = await import("../../assets/browser/shared/element.js")

const ANSWERS = [
    { label: "NOUN", share: 0.9 },
    { label: "VERB", share: 0.75 },
]
const TWO = {
    head: "“a” or “b”",
    says: "Unit 2 carries it.",
    words: [
        ["a", "b"],
        ["c", "c"],
    ],
    answers: [
        [ANSWERS[0], ANSWERS[0]],
        [ANSWERS[0], ANSWERS[1]],
    ],
    turned: [1],
    proof: "both are checked",
    shown: "",
    series: null,
    scales: { states: { colorscale: GREYS, zmin: -1, zmax: 1 }, gates: { colorscale: GREYS, zmin: 0, zmax: 1 } },
    reach: 2,
    units: [
        {
            name: "unit 2",
            role: "carries it",
            c: [
                [-2, 1],
                [2, 0],
            ],
            f: [
                [0, 1],
                [1, 0.5],
            ],
            o: [
                [0, 1],
                [1, null],
            ],
        },
    ],
    others: { name: "largest of 3 others", values: [1, 0] },
    models: [],
    carrier: null,
}

function drawn(changed = {}) {
    const place = onPage(new Part("div"))
    draw(place, { ...TWO, ...changed })
    return place
}

const rows = place => place.querySelectorAll("tr").map(row => texts(row, "td"))

test("words fork where they differ, and the answers that differ are framed", () => {
    const place = drawn()
    assert.deepEqual(texts(place, ".gs-two-fork span"), ["a", "b"])
    assert.deepEqual(texts(place, ".gs-turned"), ["NOUN 0.90", "VERB 0.75"])
})

test("c of A, c of B and B − A stand one below the other, then what is kept and shown", () => {
    const [, , , a, b, difference, kept, shown, others] = rows(drawn())
    assert.deepEqual(
        [a, b, difference],
        [
            ["−2.00", "+1.00"],
            ["+2.00", "0"],
            ["+4.00", "−1.00"],
        ],
    )
    assert.deepEqual(
        [kept, shown],
        [
            ["0.001.00", "1.000.50"],
            ["0.001.00", "1.00"],
        ],
    )
    assert.deepEqual(others, ["1.00", ""])
})

test("each scale says its ends, those of gates without a sign", () => {
    const scales = drawn().querySelectorAll(".gs-two-legend > span")
    assert.deepEqual(textsOf(scales), ["c −2.00  +2.00", "gates f o 0  1", "both are checked"])
})

test("all bars have the scale of the largest difference on the page, and a negative one points down", () => {
    const bars = (/** @type {any} */ changed) =>
        drawn(changed)
            .querySelectorAll(".gs-two-bar")
            .map(bar => [bar.querySelector("div").getAttribute("style"), bar.getAttribute("class").includes("gs-down")])
    assert.deepEqual(bars({}), [
        ["height: 50.0%", false],
        ["height: 12.5%", true],
        ["height: 12.5%", false],
        ["height: 0.0%", false],
    ])
    // Another unit may differ more than those that have rows.
    assert.deepEqual(bars({ others: { name: "largest of 3 others", values: [8, 0] } }).slice(0, 3), [
        ["height: 25.0%", false],
        ["height: 6.3%", true],
        ["height: 50.0%", false],
    ])
})

test("numbers that are read are curves from the least to the most, and a forecast stands at the step that it is for", () => {
    const series = {
        read: [
            [0, 10],
            [5, null],
        ],
        forecast: [
            [2.5, 99],
            [7.5, 99],
        ],
    }
    const cell = drawn({ series }).querySelector(".gs-two-curves td")
    assert.deepEqual(
        cell.querySelectorAll("polyline").map(line => `${line.className}: ${line.getAttribute("points").trim()}`),
        ["gs-forecast: 1.5,69", "gs-forecast gs-of-b: 1.5,27", "gs-read: 0.5,90 1.5,6", "gs-read gs-of-b: 0.5,48"],
    )
    assert.equal(cell.querySelector(".gs-two-axis").textContent, "10.0 … 0.00")
})

test("what a column has no room for is left out: numbers, two of them, how sure an answer is", () => {
    const place = drawn()
    const [root] = place.querySelectorAll(".gs-two-picture")
    const left = [37, 38, 59, 60, 91, 92].map(each => {
        root.querySelector("table").box = { width: 118 + 2 * each }
        observers.findLast(({ part }) => part === root).call()
        return ["thin", "close", "narrow"].filter(name => root.classList.contains(`gs-${name}`)).length
    })
    assert.deepEqual(left, [3, 2, 2, 1, 1, 0])
})

test("of more than eight words the page is told that there are many", () => {
    const many = number =>
        drawn({ words: Array(number).fill(["a", "a"]), answers: [], units: [], others: null }).querySelector(".gs-many")
    assert.deepEqual([!!many(8), !!many(9)], [false, true])
})

test("c of other models stands under their names, and no difference is no bar", () => {
    const c = [
        [1, null],
        [0.004, -1],
    ]
    const models = [{ title: "another", units: ["unit 1", "unit 4"], c }]
    const place = drawn({ models, units: [], others: { name: "others", values: [0, 0] } })
    const [head] = place.querySelectorAll(".gs-two-model th")
    assert.deepEqual([head.textContent, head.getAttribute("colspan")], ["another", "3"])
    const of = place.querySelectorAll(".gs-two-of-model").map(row => texts(row, "td"))
    assert.deepEqual(of, [
        ["+1.00", ""],
        ["0", "−1.00"],
    ])
    const [bar] = place.querySelectorAll(".gs-two-bar div")
    assert.equal(bar.getAttribute("style"), "height: 0.0%")
})

test("a step without a partner is left empty", () => {
    const place = drawn({
        words: [
            ["a", null],
            ["c", "c"],
        ],
        answers: [],
        units: [
            {
                name: "unit 0",
                role: "",
                c: [
                    [1, 1],
                    [null, 2],
                ],
            },
        ],
        others: null,
        models: [],
    })
    const [, a, b, difference] = rows(place)
    assert.deepEqual(
        [a, b, difference],
        [
            ["+1.00", "+1.00"],
            ["", "+2.00"],
            ["", "+1.00"],
        ],
    )
})

/** How large two readings are in a lecture: so high at a size, in a window with so much room; the last word so wide. */
function presentedIn({ room = 650, high = () => 500, word = 95, left = 600, table = 600 }) {
    const stage = onPage(element("div", { class: "stMainBlockContainer" }, element("div", {})), { top: 40 })
    Object.assign(stage, { clientHeight: room + 30 + 10, currentCSSZoom: 2 })
    document.documentElement.setAttribute("data-gs-present", "")
    draw(stage.firstChild, TWO)
    const root = stage.querySelector(".gs-two")
    root.box = { top: 100 }
    Object.defineProperties(root, {
        offsetHeight: { get: () => high(+root.style["--gs-fit"]) },
        offsetWidth: { value: 1000 },
    })
    root.querySelector(".gs-two-left").box = { width: left }
    root.querySelector(".gs-two-table").box = { width: table }
    root.querySelectorAll("thead th").at(-1).box = { width: word }
    observers.findLast(({ part }) => part === stage).call()
    document.documentElement.removeAttribute("data-gs-present")
    return +root.style["--gs-fit"].slice(0, 6)
}

test("in a lecture two readings are as large as the window and their words allow", () => {
    for (const [size, room] of /** @type {[number, any][]} */ ([
        [1.3, {}],
        [1.2, { room: 649.9 }],
        [1.2, { room: 600 }],
        [1.1, { room: 599.9 }],
        [1, { room: 549.9 }],
        [1, { word: 94 }],
        [0.5, { room: 250 }],
        [0.5, { room: 500, high: size => (size > 1 ? 900 : 1000) }],
        [1, { word: 94, table: 500 }],
        [0.8, { word: 94, table: 850 }],
        [0.5, { room: 250, table: 850 }],
        // What is smaller has fewer lines.
        [0.65, { high: size => (size < 1 ? 1000 : 1300) }],
        [0.628, { high: size => (size < 0.635 ? 1000 : size < 1 ? 1010 : 1300), room: 638 }],
        [0.5, { high: size => (size <= 0.5 ? 1200 : 1300) }],
    ]))
        assert.equal(presentedIn(room), size, JSON.stringify([size, room]))
    const outside = drawn().querySelector(".gs-two")
    observers.findLast(({ part }) => part === outside).call()
    assert.equal(outside.style["--gs-fit"], "1")
})
