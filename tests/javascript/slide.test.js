import assert from "node:assert/strict"
import { test } from "node:test"
import { nameOf } from "../../assets/browser/shared/give.js"
import { cell } from "../../assets/browser/shared/numbers.js"
import { wrapped } from "../../assets/browser/slide/files.js"

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
