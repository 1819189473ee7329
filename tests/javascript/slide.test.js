import assert from "node:assert/strict"
import { test } from "node:test"
import { nameOf } from "../../assets/browser/shared/give.js"
import { cell } from "../../assets/browser/shared/numbers.js"
import { wrapped } from "../../assets/browser/slide/files.js"
import "./page.js"
import { COLOURS, wholeAnswer } from "./pictures.js"

const { memorySheet, shownPart } = await import("../../assets/browser/slide/memory.js")

test("a text is broken between words", () => {
    assert.deepEqual(wrapped("one two three four", 9), ["one two", "three", "four"])
    assert.deepEqual([wrapped("ab cd", 5), wrapped("ab cd", 4)], [["ab cd"], ["ab", "cd"]])
    assert.deepEqual(wrapped("", 9), [])
    assert.deepEqual(wrapped("averylongword", 4), ["averylongword"])
})

test("no cell of a table is a formula, and a number stays one", () => {
    assert.equal(cell("=1+1"), "'=1+1")
    assert.equal(cell(-0.5), "-0.5")
    assert.equal(cell('say "a, b"'), '"say ""a, b"""')
    assert.deepEqual([null, undefined, Number.NaN, 0, "-1", "a\nb"].map(cell), ["", "", "", "0", "'-1", '"a\nb"'])
})

test("a file's name says what it is, in letters and numbers alone", () => {
    assert.equal(nameOf(["Giraffes in a field", "c"], "svg"), "gatescope-giraffes-in-a-field-c.svg")
    assert.equal(nameOf(["../=1+1 <b>", ""], "csv"), "gatescope-1-1-b.csv")
    assert.equal(nameOf(["Žirafy 長頸鹿"], "pdf"), "gatescope-žirafy-長頸鹿.pdf")
    assert.equal(nameOf(["", ""], "png"), "gatescope.png")
})

test("a long name ends with a whole word, and one of a single word is cut", () => {
    const [many, one] = [nameOf(["word ".repeat(99)], "svg"), nameOf(["x".repeat(999)], "svg")]
    assert.match(many, /^gatescope(-word){8}\.svg$/)
    assert.equal(one, `gatescope-${"x".repeat(40)}.svg`)
})

test("without numbers there is no sheet, and the sentence says what to do", () => {
    const sheet = memorySheet(wholeAnswer({ stacks: [] }), /** @type {any} */ ({}), COLOURS)
    return assert.rejects(sheet, /type a sentence/)
})

test("it is said which part is on a sheet, and nothing of a whole", () => {
    const stack = units => ({ layer: 0, direction: 0, units: Array(units).fill(0) })
    const letters = all => [...all].map(quantity => ({ quantity }))
    const numbers = (change = {}) =>
        /** @type {any} */ ({
            ...{ columns: { steps: 1_200 }, units: 5, few: "", model: { layers: 3 }, view: { rows: "index" } },
            ...{ stacks: [0, 1, 2].map(layer => ({ ...stack(5), layer })), strips: letters("figcoh"), ...change },
        })
    const said = (change, zoom = {}) => shownPart(numbers(change), { steps: null, units: null, ...zoom })
    assert.equal(said({}), "")
    assert.equal(said({ strips: letters("fch") }), "Shown: f, c and h of the six quantities. ")
    const own = { f: "z", i: "1 − z", g: "n", o: "r", c: "h" }
    assert.equal(said({ strips: letters("figoc"), letters: own }), "")
    assert.equal(said({ strips: letters("fc"), letters: own }), "Shown: z and h of the five quantities. ")
    assert.equal(
        said({}, { steps: [0.6, 1_003.4], units: [3.2, 2.9] }),
        "Shown: steps 1 to 1,003 of 1,200, unit 3 of 5. ",
    )
    // Less than a cell is in sight: that cell.
    assert.equal(said({}, { steps: [2.1, 2.2] }), "Shown: step 2 of 1,200. ")
    assert.equal(said({ view: { rows: "activity" } }, { units: [2.5, 0.5] }), "Shown: rows (by activity) 1 to 2 of 5. ")
    assert.equal(said({ stacks: [stack(5), { ...stack(5), layer: 2 }] }), "Shown: layers 0 and 2 of 3. ")
    const few = {
        units: 64,
        few: "12 of 64 units: the most telling",
        stacks: [0, 1, 2].map(layer => ({ ...stack(12), layer })),
    }
    assert.equal(said(few), "Shown: 12 of 64 units: the most telling. ")
    assert.equal(said(few, { units: [3.5, 1.5] }), "Shown: 2 of 64 units: the most telling. ")
})
