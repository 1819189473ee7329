import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Newest } from "../../assets/browser/asking/answerer.js"
import { clockStands, later, settled, tick } from "./pictures.js"

/** A kind of question whose answers the test gives. */
function asking(pause = () => null) {
    const calls = []
    const answers = []
    const ask = (question, signal) => {
        const { promise, answer, fail } = later()
        signal.addEventListener("abort", () => fail(signal.reason))
        calls.push({ question, signal, answer, fail })
        return promise
    }
    return { calls, answers, newest: new Newest({ ask, answered: answer => answers.push(answer), pause }) }
}

const questions = calls => calls.map(({ question }) => question)

clockStands()

test("one question is under way at a time, and of those that wait only the newest is asked", async () => {
    const { calls, answers, newest } = asking()
    for (const question of ["a", "b", "c", "d"]) newest.put(() => question)
    assert.deepEqual(questions(calls), ["a"])
    await calls[0].answer("A")
    assert.deepEqual(questions(calls), ["a", "d"])
    await calls[1].answer("D")
    assert.deepEqual(answers, ["A", "D"])
})

test("a question is made when its turn comes", async () => {
    const { calls, newest } = asking()
    let width = 1
    newest.put(() => "first")
    newest.put(() => width)
    width = 2
    await calls[0].answer()
    assert.deepEqual(questions(calls), ["first", 2])
})

test("an overtaken question that takes long is given up, and its answer comes too late", async () => {
    const { calls, answers, newest } = asking()
    newest.put(() => "slow")
    newest.put(() => "next")
    mock.timers.tick(1_000)
    assert.equal(calls[0].signal.aborted, true)
    await settled()
    calls[0].answer("too late")
    await calls[1].answer("Next")
    assert.deepEqual(answers, ["Next"])
})

test("a question that nothing has overtaken may take as long as it takes", async () => {
    const { calls, newest } = asking()
    newest.put(() => "slow")
    mock.timers.tick(60_000)
    assert.equal(calls[0].signal.aborted, false)
})

test("a question that failed is asked again after its pause, or the newer one instead", async () => {
    const tries = []
    const { calls, newest } = asking((_, count) => {
        tries.push(count)
        return 500
    })
    newest.put(() => "a")
    for (const wanted of ["a", "a"]) {
        await calls.at(-1).fail(new Error("busy"))
        await tick(500)
        assert.equal(calls.at(-1).question, wanted)
    }
    await calls.at(-1).fail(new Error("busy"))
    newest.put(() => "b")
    assert.equal(calls.length, 3)
    await tick(500)
    assert.deepEqual(questions(calls), ["a", "a", "a", "b"])
    assert.deepEqual(tries, [0, 1, 2])
})

test("what waits for its pause can be woken", async () => {
    const { calls, newest } = asking(() => 1e9)
    newest.put(() => "a")
    await calls[0].fail(new Error("away"))
    newest.wake()
    await settled()
    assert.equal(calls.length, 2)
    newest.stop()
})

test("a dropped question is given up and not asked again", async () => {
    const { calls, answers, newest } = asking(() => 0)
    newest.put(() => "a")
    newest.drop()
    await settled()
    assert.equal(calls[0].signal.aborted, true)
    newest.put(() => "b")
    await calls[1].answer("B")
    assert.deepEqual(answers, ["B"])
    newest.stop()
    newest.put(() => "c")
    assert.equal(calls.length, 2)
})
