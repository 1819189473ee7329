import assert from "node:assert/strict"
import { test } from "node:test"
import { onPage, Part, texts, textsOf } from "./page.js"
import { GREYS } from "./pictures.js"

const here = /** @type {any} */ (globalThis)
here.ResizeObserver ??= class {
    observe() {}
}
const { draw } = await import("../../assets/browser/compare.js")

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
