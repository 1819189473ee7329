import assert from "node:assert/strict"
import { test } from "node:test"
import "./page.js"

const { picture } = await import("../../assets/browser/units/exported.js")

const HEADS = ["tracks", "keeps", "without it"].map(title => ({ title }))
const rows = Array.from({ length: 9 }, (_, n) => ({
    number: `${n}`,
    title: `title ${n}`,
    note: "",
    keeps: "7",
    lost: "+1",
}))

test("a list of units is exported with as many rows as there is room for, its letters between name and numbers", () => {
    const data = /** @type {any} */ ({ tokens: Array(600).fill("a"), between: "", heads: HEADS, rows })
    const root = picture(data, 1200, 200)
    const [letters] = root.children.filter(part => part.localName === "svg")
    assert.deepEqual(
        ["x", "width"].map(name => +letters.getAttribute(name)),
        [190, 1200 - 190 - 2 * 64],
    )
    const said = root.children.filter(part => part.localName === "text").map(part => part.textContent)
    assert.deepEqual(said.filter(text => /title/.test(text)).length, 5)
    assert.deepEqual(said.slice(0, 3), ["tracks", "keeps", "without it"])
})
