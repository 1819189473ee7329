/** What does the screen ask, what does it show of the answers, and what if there are none? */

import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { AGAIN, Newest, Refused, Unreachable } from "../../assets/browser/asking/answerer.js"
import { Questions } from "../../assets/browser/asking/questions.js"
import { termsOf } from "../../assets/browser/state/state.js"
import { Store } from "../../assets/browser/state/store.js"
import { clockStands, kept, later, NAMES, pictureOf, settled, stateOf, tick } from "./pictures.js"

const cell = { layer: 0, direction: 0, unit: 1, step: 2 }

/** A view without a page: its store, its questions, and what the answerer was asked and has not answered yet. */
function view() {
    const pictures = []
    const proofs = []
    const cells = []
    const answerer = /** @type {any} */ ({
        picture: (question, _, line) => kept(line ? cells : pictures)(question),
        recorded: kept(proofs),
    })
    const store = new Store(stateOf())
    const page = { room: 900, columns: () => page.room, layOut: (/** @type {any} */ numbers) => ({ ...numbers }) }
    const questions = new Questions(store, answerer, page, NAMES)
    return { store, questions, page, pictures, proofs, cells }
}

/** A view with its first picture. */
async function shown() {
    const made = view()
    made.questions.ask()
    await settled()
    await made.pictures[0].answer(pictureOf())
    return made
}

const read = (store, change) => store.set({ source: { ...store.state.source, ...change } })

clockStands()

test("another window takes the answer that is there, unless it has room for fewer or finer columns", async () => {
    const { pictures, questions, page, store } = await shown()
    const { picture } = store.state
    assert.equal(pictures[0].question.room, 900)
    const asked = async (/** @type {number} */ room) => {
        page.room = room
        questions.layAgain()
        await settled()
        return pictures.length
    }
    assert.equal(await asked(400), 1)
    assert.notEqual(store.state.picture, picture)
    assert.equal(await asked(3), 2)
    await pictures[1].answer(pictureOf({ steps: 8, per: 4 }))
    assert.equal(await asked(3), 2)
    assert.equal(await asked(20), 3)
    assert.equal(pictures[2].question.room, 20)
})

test("while a text that can't be read leaves the last picture, another window lays that out again", async () => {
    const { pictures, questions, store } = await shown()
    const { picture } = store.state
    read(store, { sentence: "1, x" })
    const view = { ...picture.view, sentence: "1, x" }
    await pictures[1].answer({ ...pictureOf({ view, unreadable: true, notices: ["Write a number."] }), stacks: [] })
    assert.equal(store.state.picture, picture)
    questions.layAgain()
    assert.notEqual(store.state.picture, picture)
    assert.deepEqual(store.state.picture.stacks, picture.stacks)
    assert.deepEqual(store.state.refused, { of: store.state.source, said: "Write a number." })
})

test("a move with a pinned cell is one question, which brings the cell's terms", async () => {
    const { pictures, cells, store } = await shown()
    store.set({ pin: cell })
    await cells[0].answer({ cell: { ...cell, c: 1 } })
    read(store, { hidden_dim: 4 })
    assert.deepEqual(pictures[1].question.cell, cell)
    await pictures[1].answer(pictureOf({ cell: { ...cell, c: 2 } }))
    assert.equal(termsOf(store.state).c, 2)
    assert.equal(cells.length, 1)
})

test("a pin asks for its terms once, and nothing else does", async () => {
    const { cells, store } = await shown()
    store.set({ pin: cell })
    assert.deepEqual(
        cells.map(({ question }) => question.cell),
        [cell],
    )
    await cells[0].answer({ cell: { ...cell, c: 1 } })
    store.set({ scene: "f" })
    assert.equal(cells.length, 1)
})

test("a late answer never overwrites a newer cell's terms", async () => {
    const { pictures, cells, store } = await shown()
    store.set({ pin: cell })
    read(store, { hidden_dim: 5 })
    await pictures[1].answer(pictureOf({ cell: { ...cell, c: "new" } }))
    await cells[0].answer({ cell: { ...cell, c: "old" } })
    assert.equal(termsOf(store.state).c, "new")
})

test("a cell whose terms can't be had is asked for once", async () => {
    const { cells, store } = await shown()
    store.set({ pin: cell })
    await cells[0].fail(new Refused("no numbers"))
    assert.equal(cells.length, 1)
    assert.equal(termsOf(store.state), null)
})

test("that nobody answers is said at once; a look asks once more, and of what waits for its next try the newest", async () => {
    const { questions, store, pictures } = await shown()
    questions.look()
    await pictures[1].fail(new Unreachable())
    assert.equal(store.state.connection, "away")
    questions.look()
    await tick(AGAIN)
    await pictures[2].answer(pictureOf())
    assert.equal(store.state.connection, "back")
    await tick(10_000)
    assert.deepEqual([store.state.connection, pictures.length], ["", 3])
})

test("a refused question is said and not asked again", async () => {
    const { pictures, store } = await shown()
    read(store, { hidden_dim: 5 })
    await pictures[1].fail(new Refused("too long"))
    assert.equal(store.state.said, "The picture could not be drawn: too long")
    await tick(60_000)
    assert.equal(pictures.length, 2)
})

test("a failure is said and tried again", async () => {
    const { pictures, store } = await shown()
    read(store, { hidden_dim: 5 })
    await pictures[1].fail(new Error("broken"))
    assert.equal(store.state.said, "The picture could not be drawn, and will be tried again: broken")
    await tick(2_000)
    await pictures[2].answer(pictureOf())
    assert.equal(store.state.said, "")
})

test("another model's example is asked for once it has taken the place of the last one", async () => {
    const { pictures, store } = await shown()
    read(store, { sentence: "an example" })
    await pictures[1].answer(pictureOf({ view: { sentence: "an example" } }))
    read(store, { model: "other" })
    assert.equal(pictures.length, 3)
    await pictures[2].answer(pictureOf({ examples: { one: "aabb" } }))
    assert.equal(store.state.source.sentence, "aabb")
    assert.equal(pictures.length, 4)
    assert.equal(pictures[3].question.query.sentence, "aabb")
})

test("a link's zoom that its picture does not have is asked for as the whole", async () => {
    const { questions, pictures, store } = view()
    store.set({ zoom: { steps: [0.5, 9.5], units: null } })
    questions.ask()
    await pictures.at(-1).answer(pictureOf())
    assert.equal(store.state.picture, null)
    assert.equal(pictures.at(-1).question.zoom, null)
    const asked = pictures.length
    await pictures.at(-1).answer(pictureOf())
    assert.equal(pictures.length, asked)
    assert.notEqual(store.state.picture, null)
})

test("a pinned cell at a word that is left out has no terms to ask for, at another word it has", async () => {
    const { cells, store } = await shown()
    store.set({ picture: pictureOf({ held: { holds: "w.2", before: [], after: [] } }) })
    store.set({ pin: cell })
    assert.equal(cells.length, 0)
    store.set({ pin: { ...cell, step: 1 } })
    assert.equal(cells.length, 1)
})

test("who left the page asks for nothing more and waits for nothing", async () => {
    const { pictures, cells, questions, store } = await shown()
    store.set({ pin: cell })
    read(store, { hidden_dim: 5 })
    await tick(400)
    assert.equal(store.state.waiting, true)
    questions.leave()
    await settled()
    const { waiting, picture } = store.state
    assert.equal(waiting, false)
    cells[0].fail(new Unreachable())
    pictures[1].answer(pictureOf())
    await tick(5_000)
    assert.deepEqual([cells.length, pictures.length, store.state.waiting], [1, 2, false])
    assert.equal(store.state.picture, picture)
})

/** A picture that the page computed. */
const own = (change = {}) => ({ ...pictureOf({ proof: "computed", ...change }), isComputed: true })
const checked = units => pictureOf({ units, proof: "checked" })

test("while a hand moves PyTorch is asked when it rests, and of each picture once", async () => {
    const { pictures, proofs, questions, store } = await shown()
    await tick(200)
    const move = async (/** @type {number} */ units) => {
        read(store, { hidden_dim: units })
        await pictures.at(-1).answer(own({ units }))
        return proofs.length
    }
    assert.equal(await move(4), 1, "a single move")
    await proofs[0].answer(checked(4))
    assert.deepEqual([await move(5), await move(6)], [1, 1])
    assert.equal(store.state.picture.stacks[0].units.length, 6)
    await tick(130)
    assert.deepEqual([proofs.length, proofs[1].question.query.hidden_dim], [2, 6])
    await tick(200)
    await proofs[1].answer(checked(6))
    await tick(200)
    assert.deepEqual([proofs.length, store.state.picture.proof], [2, "checked"])
    assert.equal(await move(7), 3)
    await proofs[2].answer(checked(7))
    await move(8)
    assert.equal(await move(9), 3)
    questions.leave()
    await tick(200)
    assert.equal(proofs.length, 3, "nobody is there any more")
})

test("a late proof says nothing of a newer picture, and a pinned cell waits for its own", async () => {
    const { cells, pictures, proofs, store } = await shown()
    read(store, { hidden_dim: 4 })
    await pictures[1].answer(own({ units: 4 }))
    read(store, { hidden_dim: 5 })
    await pictures[2].answer(own({ units: 5 }))
    await proofs[0].answer(checked(4))
    store.set({ pin: cell })
    await settled()
    assert.deepEqual([store.state.picture.stacks[0].units.length, store.state.picture.proof], [5, "computed"])
    assert.equal(cells.length, 0)
    await tick(200)
    await proofs[1].answer(checked(5))
    assert.equal(store.state.picture.proof, "checked")
    assert.equal(cells.length, 1)
})

test("what is asked for in the place of a computed picture, PyTorch says at once", async () => {
    const { pictures, proofs, store } = await shown()
    read(store, { sentence: "1, x" })
    const view = { ...pictureOf().view, sentence: "1, x" }
    await pictures[1].answer({ ...own({ view, unreadable: true }), stacks: [] })
    assert.equal(proofs.length, 1)
})

test("a picture of no cells of an LSTM has terms of none, and nobody is asked for them", async () => {
    for (const change of [{ model: { asks: false } }, { found: "a cell of one's own" }]) {
        const { cells, store } = await shown()
        const picture = pictureOf({ found: null, ...change })
        store.set({ picture, pin: cell })
        assert.deepEqual([cells.length, termsOf(store.state)], [0, null])
    }
})

/** A kind of question whose answers the test gives. */
function asksNewest(pause = () => null) {
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

const questionsOf = calls => calls.map(({ question }) => question)

test("one question is under way at a time, and of those that wait only the newest is asked", async () => {
    const { calls, answers, newest } = asksNewest()
    for (const question of ["a", "b", "c", "d"]) newest.put(() => question)
    assert.deepEqual(questionsOf(calls), ["a"])
    await calls[0].answer("A")
    assert.deepEqual(questionsOf(calls), ["a", "d"])
    await calls[1].answer("D")
    assert.deepEqual(answers, ["A", "D"])
})

test("an overtaken question that takes long is given up, and its answer comes too late", async () => {
    const { calls, answers, newest } = asksNewest()
    newest.put(() => "slow")
    newest.put(() => "next")
    mock.timers.tick(1_000)
    assert.equal(calls[0].signal.aborted, true)
    await settled()
    calls[0].answer("too late")
    await calls[1].answer("Next")
    assert.deepEqual(answers, ["Next"])
})

test("a question that failed is asked again after its pause, or the newer one instead", async () => {
    const { calls, newest } = asksNewest(() => 500)
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
    assert.deepEqual(questionsOf(calls), ["a", "a", "a", "b"])
})

test("a dropped question is given up and not asked again", async () => {
    const { calls, answers, newest } = asksNewest(() => 0)
    newest.put(() => "a")
    newest.drop()
    await settled()
    assert.equal(calls[0].signal.aborted, true)
    newest.put(() => "b")
    await calls[1].answer("B")
    assert.deepEqual(answers, ["B"])
})
