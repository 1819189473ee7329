import assert from "node:assert/strict"
import { test } from "node:test"
import { stillSaid } from "../../assets/browser/app/notices.js"

const before = { of: "", pin: "", notices: [] }

test("what is said about a link stays when the window asks again, and goes with the next view", () => {
    const linked = stillSaid(before, { view: { seed: 2 }, notices: ["seed=-2 is not possible"] })
    const resized = stillSaid(linked, { view: { seed: 2 }, notices: [] })
    assert.deepEqual(resized.notices, ["seed=-2 is not possible"])
    assert.deepEqual(stillSaid(resized, { view: { seed: 3 }, notices: [] }).notices, [])
    assert.deepEqual(stillSaid(resized, { view: { seed: 2 }, notices: ["another"] }).notices, ["another"])
    assert.deepEqual(stillSaid(linked, null), linked)
})

test("a pin that is not there is still said once the page has dropped it, until another cell is pinned", () => {
    const linked = stillSaid(before, { view: { pin: "0.9.0" }, notices: ["There is no cell 0.9.0"] })
    const resized = stillSaid(linked, { view: { pin: "" }, notices: [] })
    assert.deepEqual(resized.notices, ["There is no cell 0.9.0"])
    assert.deepEqual(stillSaid(resized, { view: { pin: "0.1.0" }, notices: [] }).notices, [])
})
