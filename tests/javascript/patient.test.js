import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Busy, patiently, Refused } from "../../assets/browser/asking/answerer.js"
import { clockStands, settled, tick } from "./pictures.js"

/** Asks a server that gives these answers, one a try; an error is thrown. */
function asking(...answers) {
    const said = []
    let tries = 0
    const download = async () => {
        const next = answers[tries++]
        if (next instanceof Error) throw next
        return next
    }
    const store = /** @type {any} */ ({ set: change => said.push(change.said) })
    const coming = patiently(store, download)
    return { coming, said, tries: () => tries }
}

clockStands()

test("an export is asked for again while the server is busy, and the visitor reads so", async () => {
    const { coming, said, tries } = asking(new Busy(1_000), new Busy(1_000), "file")
    await settled()
    assert.equal(tries(), 1)
    assert.match(said[0], /busy; trying again/)
    await tick(999)
    assert.equal(tries(), 1)
    await tick(1)
    assert.equal(tries(), 2)
    mock.timers.tick(1_000)
    assert.equal(await coming, "file")
    assert.equal(said.at(-1), "")
})

test("without a time from the server each wait is twice the one before", async () => {
    const { coming, tries } = asking(new Busy(null), new Busy(null), "file")
    for (const [wait, made] of [
        [500, 1],
        [1_000, 2],
    ]) {
        await settled()
        await tick(wait - 1)
        assert.equal(tries(), made)
        mock.timers.tick(1)
    }
    assert.equal(await coming, "file")
})

test("another error is not asked again, and an answer at once says nothing", async () => {
    const refused = asking(new Refused("too large"))
    await assert.rejects(refused.coming, Refused)
    assert.equal(refused.tries(), 1)
    const given = asking("file")
    assert.equal(await given.coming, "file")
    assert.deepEqual(given.said, [])
})
