/** Where do the drawer's bars, chips and words stand, and which are left out for want of room? */

import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { drawn as drawnOn, texts } from "./page.js"
import { GREYS } from "./pictures.js"

const { bars, colourRows, share, stepIn, stepsInSight } = await import("../../assets/browser/drawer/bars.js")
const { answerRows, sentences, withoutRow, wordsRow } = await import("../../assets/browser/drawer/rows.js")

beforeEach(() => Object.assign(globalThis, { devicePixelRatio: 1 }))

/** A stack whose strips are so wide, with these steps in sight. */
const stackOf = (width, range, steps = 99) =>
    /** @type {any} */ ({
        layout: { width, xaxis: { range } },
        columns: { steps },
        data: [
            {
                colorscale: [
                    [0, "#00ff00"],
                    [1, "#0000ff"],
                ],
                zmin: 0,
            },
            { colorscale: GREYS, zmin: -1 },
        ],
    })
const how = (stack, change = {}) => ({
    ...{ stack, name: step => `w${step}`, quoted: step => `“w${step}”`, left: 60, narrow: false, memory: "c" },
    ...change,
})

test("a step stands in its share of the strips, cut off at their ends, and nowhere out of sight", () => {
    const stack = stackOf(400, [1.5, 5.5])
    assert.deepEqual(
        [1, 2, 3, 5, 6].map(step => stepIn(stack, step)),
        [null, { left: 0, width: 100 }, { left: 100, width: 100 }, { left: 300, width: 100 }, null],
    )
    const cut = stackOf(400, [1.75, 5.75])
    assert.deepEqual(
        [2, 6].map(step => stepIn(cut, step)),
        [
            { left: 0, width: 75 },
            { left: 375, width: 25 },
        ],
    )
    for (const [range, steps, seen] of [
        [[-0.5, 3.5], 4, [0, 3]],
        [[-0.5, 3.5], 9, [0, 4]],
        [[1.5, 5.5], 99, [1, 6]],
        [[1.75, 5.25], 99, [2, 5]],
        [[-3, 9], 4, [0, 3]],
    ])
        assert.deepEqual(stepsInSight(stackOf(400, range, steps)), seen, `${range}`)
})

test("a share has two digits, a small one three, and none is −0.00", () => {
    assert.deepEqual([0, 0.00049, -0.00049, 0.0005, -0.0994, 0.0995, -0.0996, 1.234].map(share), [
        "0.00",
        "0.00",
        "0.00",
        "+0.001",
        "−0.099",
        "+0.10",
        "−0.10",
        "+1.23",
    ])
})

test("each share is a bar in its step's column, as high as it is of the largest, up or down, in any room", () => {
    for (const width of [1, 2, 6, 13, 14, 40, 92, 200])
        for (const [values, largest] of /** @type {[number[], number][]} */ ([
            [[2, -1, 0.01, 0], 2],
            [[0, 0], 1],
            [[-4], 4],
        ])) {
            const pressed = []
            const asked = { name: step => `w${step}`, press: step => pressed.push(step) }
            const root = bars(stackOf(4 * width, [-0.5, 3.5]), { first: 0, values }, asked)
            const canvas = root.querySelector("canvas")
            const boxes = canvas
                ? drawnOn(canvas, "fillRect").map(([left, top, wide, high]) => ({
                      left,
                      wide,
                      high,
                      end: top + high,
                      top,
                  }))
                : root.querySelectorAll("button").map((bar, k) => {
                      assert.equal(bar.getAttribute("title"), `w${k}: ${share(values[k])}`)
                      const [left, wide] = bar
                          .getAttribute("style")
                          .match(/[\d.]+(?=px)/g)
                          .map(Number)
                      const [high, side] = bar.children[0].getAttribute("style").split("; ")
                      const [top, end] = side === "bottom: 50%" ? [0, 17] : [17, 99]
                      return { left, wide, high: Number.parseFloat(high.slice(8)), top, end }
                  })
            assert.equal(boxes.length, values.length)
            for (const [k, { left, wide, high, top, end }] of boxes.entries()) {
                assert.ok(left >= k * width && left + wide <= (k + 1) * width && wide > 0)
                assert.ok(Math.abs(high - (15 * Math.abs(values[k])) / largest) < 1.01, `${high} at ${width}`)
                assert.equal(values[k] < 0 ? top : end, 17)
            }
            for (const k of values.keys()) {
                if (canvas) {
                    canvas.box = { left: 5, width: 4 * width }
                    canvas.told("click", { clientX: 5 + (k + 0.5) * width })
                } else root.querySelectorAll("button")[k].click()
            }
            assert.deepEqual(pressed, [...values.keys()])
        }
})

test("a feature's row has a colour in each column that is in sight, and says where it is most", () => {
    const row = (width, values, first = 2) => {
        const asked = { press() {}, name: step => `w${step}` }
        return colourRows(stackOf(width, [1.5, 5.5]), { first, rows: [values], features: ["rain"] }, asked)[0]
    }
    for (const width of [2, 24, 28, 400]) {
        const cells = drawnOn(row(width, [0.25, 1, -2], 1), "fillRect")
        assert.equal(cells.length, 2, "the first is out of sight")
        for (const [k, [left, , wide]] of cells.entries())
            assert.ok(left >= (k * width) / 4 && wide >= 1 && left + wide <= Math.max(left + 1, ((k + 1) * width) / 4))
    }
    for (const [values, label] of /** @type {[number[], string][]} */ ([
        [[1, -2, 2], "rain: most at w3, −2.00"],
        [[0, 0], "rain: most at w2, 0.00"],
    ]))
        assert.equal(row(28, values).getAttribute("aria-label"), label)
    const rain = row(28, [0.5, 1])
    rain.box = { left: 0, width: 28 }
    const titles = [3, 10, 17].map(clientX => {
        rain.told("pointermove", { clientX })
        return rain.title
    })
    assert.deepEqual(titles, ["rain, w2: +0.50", "rain, w3: +1.00", ""])
})

test("as many words stand over the columns as there is room for, that of the cell marked", () => {
    const shown = (width, range, steps, step = 0) => {
        const { children } = wordsRow(how(stackOf(width, range, steps)), /** @type {any} */ ({ cell: { step } }))
            .children[1]
        return [...children].map(word => [word.textContent, word.className, word.getAttribute("style")].join("|"))
    }
    assert.deepEqual(shown(200, [-0.5, 3.5], 4, 1), [
        "w0||left: 0px; width: 50px",
        "w1|gs-here|left: 50px; width: 50px",
        "w2||left: 100px; width: 50px",
        "w3||left: 150px; width: 50px",
    ])
    assert.deepEqual(shown(180, [-0.5, 3.5], 4), ["w0|gs-here|left: 0px; width: 90px", "w2||left: 90px; width: 90px"])
    assert.deepEqual(
        shown(400, [1.5, 5.5], 99).map(word => word.split("|")[0]),
        ["w2", "w3", "w4", "w5"],
    )
})

const WITHOUT = [0, 1, 2, 3, 4, 5, 6, 7].map(step => ({
    step,
    label: `L${step}`,
    share: 0.5 + step / 100,
    framed: step > 0,
}))
const rowOf = (width, without, change = {}, range = [-0.5, 7.5]) =>
    withoutRow(
        how(stackOf(width, range)),
        /** @type {any} */ ({ cell: { step: 3 }, without, no_without: "", ...change }),
    )

test("the answer without each word is a chip in its column where half a chip has room, else in words", () => {
    const chips = rowOf(8 * 42, WITHOUT).querySelectorAll(".gs-answer")
    assert.deepEqual(
        chips.map(({ style: { left, width }, classList }) => [left, width, classList.contains("gs-framed")]),
        WITHOUT.map((_, k) => [`${42 * k}px`, "42px", k > 0]),
    )
    assert.equal(rowOf(8 * 41, WITHOUT).querySelector(".gs-answer"), null)
    const sure = width => /0\.5/.test(rowOf(8 * width, WITHOUT).querySelector(".gs-answer").textContent)
    assert.deepEqual([sure(83), sure(84)], [false, true])
    const itself = width =>
        rowOf(8 * width, WITHOUT)
            .querySelectorAll(".gs-why-own")
            .map(one => one.getAttribute("style"))
    assert.deepEqual([itself(103).length, itself(104).length], [0, 1])
})

test("where no column has room the nearest five answers that change are named", () => {
    const named = without => texts(rowOf(80, without), ".gs-why-chips, p")
    const five = [3, 4, 5, 6, 7].map(step => `without “w${step}”: L${step} 0.5${step}`).join("")
    assert.deepEqual(named(WITHOUT), [`of 7 that change, the nearest: ${five}`])
    assert.deepEqual(named(WITHOUT.slice(3)), [five])
    assert.deepEqual(named([{ ...WITHOUT[2], share: null }]), ["without “w2”: L2"])
    assert.deepEqual(named([WITHOUT[0]]), ["Without any one of them it changes by less than 0.02."])
    assert.deepEqual(named([]), [])
    assert.deepEqual(texts(rowOf(80, [], { no_without: "Too many." }), "p"), ["Too many."])
    assert.equal(texts(rowOf(8 * 42, WITHOUT, { no_without: "Of many." }), "p").join(), "Of many.")
})

const ANSWER = /** @type {any} */ ({
    ...{ target: "t", labels: ["A", "B"], features: [], first: 0, parts: [[0.5, 1]], said: "It is +1.50." },
    ...{ path: null, no_path: "", agrees: true },
})
const OPEN = { open: true, event: null, label: "" }
const answers = (width, change = {}, drawer = OPEN, chosen = []) =>
    answerRows(
        how(stackOf(width, [-0.5, 1.5])),
        /** @type {any} */ ({ answer: { ...ANSWER, ...change }, no_answer: "" }),
        drawer,
        event => chosen.push(event),
    )

test("the largest parts are buttons where the bars are too thin for that, and where there are several features", () => {
    assert.deepEqual([answers(28).length, answers(20).length, answers(20, { no_path: "Both ways." }).length], [1, 2, 1])
    const chosen = []
    const event = { step: 1, feature: null }
    const [chip] = answers(20, {}, { ...OPEN, event }, chosen)[1].querySelectorAll(".gs-chip")
    assert.deepEqual([chip.textContent, chip.getAttribute("aria-pressed")], ["w1 +1.00", "true"])
    chip.click()
    assert.deepEqual(chosen, [event])
    const named = features => {
        const rows = answers(400, { features, parts: features.map((_, k) => [0.5, +!k]) })
        return [rows.length, ...texts(rows.at(-1), ".gs-chip")].join(" | ")
    }
    assert.equal(named(["rain"]), "2 | w1 +1.00 | w0 +0.50")
    assert.equal(named(["rain", "sun"]), "3 | rain, w1 +1.00 | rain, w0 +0.50 | sun, w0 +0.50")
})

test("parts that single erasures contradict are drawn as no causes", () => {
    const drawn = [true, false].map(agrees => answers(400, { agrees })[0])
    assert.match(drawn.map(one => one.textContent).join(), /^why this answer.*,parts, not causes/)
    assert.equal(drawn.map(one => one.classList.contains("gs-why-no-cause")).join(), "false,true")
})

test("what is asked about is chosen among the labels, and the path's words are those of the path shown", () => {
    const asked = []
    const said = (change = {}, drawer = OPEN) =>
        sentences(
            how(stackOf(400, [-0.5, 1.5])),
            /** @type {any} */ ({ answer: { ...ANSWER, ...change } }),
            drawer,
            label => asked.push(label),
        )
    const select = said({}, { ...OPEN, label: "B" })[0].querySelector("select")
    assert.deepEqual(
        select.children.map(one => [one.textContent, one.getAttribute("value"), one.hasAttribute("selected")]),
        [
            ["the answer here", "", false],
            ["A", "A", false],
            ["B", "B", true],
        ],
    )
    select.value = "A"
    select.told("change")
    assert.deepEqual(asked, ["A"])
    assert.equal(said({ labels: [] })[0].querySelector("select"), null)
    const second = (change, drawer = OPEN) => said(change, drawer)[1].querySelector("p").textContent
    const path = { step: 1, feature: null, said: "It makes +0.50." }
    assert.match(second({}), /^Press a word to see what it does alone, and its path over c: thick/)
    assert.match(second({ features: ["rain"] }), /^Press a number to see/)
    assert.match(second({ path }), /^Press a word/)
    assert.equal(second({ path }, { ...OPEN, event: { step: 1, feature: null } }), "It makes +0.50.")
    assert.equal(second({ path, no_path: "Both ways." }, { ...OPEN, event: { step: 1, feature: null } }), "Both ways.")
    assert.deepEqual(
        sentences(how(stackOf(1, [0, 1])), /** @type {any} */ ({ answer: null }), OPEN, () => {}),
        [],
    )
})
