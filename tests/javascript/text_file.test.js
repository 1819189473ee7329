import assert from "node:assert/strict"
import { test } from "node:test"
import { textIn } from "../../assets/browser/asking/here.js"

test("a text is read, and another file is refused by its name, with what can be opened", async () => {
    assert.equal(await textIn(new File(["naïve 1, 2\n"], "a.txt")), "naïve 1, 2\n")
    const picture = new File([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13)], "dog.png")
    await assert.rejects(
        textIn(picture),
        /^Error: Expected a text in UTF-8, got dog\.png, .* Open a text, or .* \.csv file\.$/,
    )
})
