import assert from "node:assert/strict"
import { test } from "node:test"
import { tasksOf } from "../../assets/browser/app/tasks.js"
import { holding } from "../../assets/browser/state/holds.js"
import { pictureOf, stateOf } from "./pictures.js"

// Units 5 and 7: the f of the second is clearly least at step 2; less still is its first, which forgets nothing.
const VALUES = {
    f: [
        [0.1, 0.7, 0.6, 0.65],
        [0.05, 0.9, 0.2, 0.8],
    ],
    i: [
        [0.5, 0.5, 0.5, 0.5],
        [0.9, 0.2, 0.3, 0.8],
    ],
    g: [
        [0.1, 0.1, 0.1, 0.1],
        [0.1, 0.9, 0.1, -0.5],
    ],
}

function picture(change = {}) {
    const made = pictureOf({ steps: 4, units: 2, ...change })
    const [stack] = made.stacks
    stack.units = [5, 7]
    for (const trace of stack.figure.data) trace.z = VALUES[trace.name]?.map(row => Float32Array.from(row)) ?? trace.z
    return made
}

const at = (unit, step) => ({ layer: 0, direction: 0, unit, step })
const answer = (task, pin, rest = {}) => tasksOf(picture())[task].answer(stateOf({ picture: picture(), pin, ...rest }))

test("the tasks are of the unit that forgets most clearly", () => {
    const tasks = tasksOf(picture())
    assert.deepEqual(
        tasks.map(({ where }) => where),
        ["column", "f", "i g", "change"],
    )
    assert.match(tasks[1].says, /unit 7 forgets most/)
    assert.match(tasks[2].says, /changes unit 7 most by what it adds, up or down/)
    // At a step that answers neither.
    assert.deepEqual([tasks[1].begins, tasks[2].begins], [at(7, 0), at(7, 0)])
})

test("a picture that is too short, or without all four strips, has only what is to be read", () => {
    assert.equal(tasksOf(picture({ strips: [{ quantity: "f" }] })).length, 1)
    assert.equal(tasksOf(pictureOf({ steps: 2 })).length, 1)
    assert.equal(tasksOf(pictureOf({ steps: 3 })).length, 4)
    assert.equal(tasksOf(pictureOf({ steps: 8, per: 2 })).length, 1)
    assert.equal(tasksOf(pictureOf({ stacks: [] })).length, 1)
})

test("the word at which it forgets most is right, and f says how much it keeps", () => {
    const { right, says } = answer(1, at(7, 2))
    assert.equal(right, true)
    assert.match(says, /at “word 2” f is 0.20, so only 20% of c is kept/)
})

test("a word at which it forgets less is wrong; at the first there is nothing to forget", () => {
    const later = answer(1, at(7, 1))
    assert.equal(later.right, false)
    assert.match(later.says, /“word 1” it keeps 90%/)
    const first = answer(1, at(7, 0))
    assert.equal(first.right, false)
    assert.match(first.says, /nothing to forget yet/)
})

test("another unit's cell is told from the one that is meant, with its row", () => {
    const { right, says } = answer(1, at(5, 2))
    assert.equal(right, false)
    assert.match(says, /That is unit 5: look at unit 7, row 2/)
    assert.equal(answer(1, null), null)
    assert.equal(answer(2, null), null)
    assert.match(answer(2, at(5, 3)).says, /That is unit 5/)
})

test("most is added where i times g is largest, with either sign", () => {
    const right = answer(2, at(7, 3))
    assert.equal(right.right, true)
    assert.match(right.says, /i · g = 0.80 · −0.50 = −0.40 is added/)
    const wrong = answer(2, at(7, 1))
    assert.equal(wrong.right, false)
    assert.match(wrong.says, /0.20 · \+0.90 = \+0.18. Another word adds more, up or down/)
})

/** What is said of the last task once gates are held, and the model answers so before and after. */
function held(holds, { before = [], after = [], now = holds } = {}) {
    const made = picture({ held: holds === null ? null : { holds, before, after } })
    const state = stateOf({ picture: made, source: { model: "random" } })
    const [, , , task] = tasksOf(made)
    return task.answer({ ...state, ...holding(state, now ?? "") })
}

test("the last task is done once the forget gate is held open, and what that changes is said", () => {
    const words = [..."ABCD"]
    assert.deepEqual(held("f.0.7.2_1", { before: words, after: [..."ABXD"] }), {
        right: true,
        says: "“word 2” was C and is now X. Escape undoes it.",
    })
    assert.equal(
        held("f.0.7.2_1", { before: words, after: [..."ABXY"] }).says,
        "“word 2” was C and is now X, and 1 more change. Escape undoes it.",
    )
    const none = "The memory after it changes, and no answer does. Escape undoes it."
    assert.equal(held("f.0.7.2_1", { before: words, after: words }).says, none)
    assert.equal(held("i.0.7.2_0 f.0.7.2_1").right, true)
})

test("another hold is told from the one that is meant, and no hold is no answer", () => {
    const wrong = { right: false, says: "That is another hold. Escape undoes it; then press f → 1." }
    for (const holds of ["f.0.7.2_0", "i.0.7.2_1", "f.0.7.2_0.5", "w.2"]) assert.deepEqual(held(holds), wrong, holds)
    assert.equal(held("f.0.7.2_1", { now: "" }), null)
    assert.equal(held(null, { now: "f.0.7.2_1" }), null)
})

test("the tasks speak of a GRU in its own letters, and its z may be held open", () => {
    const gru = picture({ kind: "gru", letters: { f: "z", i: "1 − z", g: "n", o: "r", c: "h" } })
    const tasks = tasksOf(gru)
    assert.match(tasks[0].says, /that gives h\.$/)
    assert.match(tasks[1].says, /in the strip z\.$/)
    assert.match(tasks[2].says, /1 − z and n are both strong/)
    assert.match(tasks[3].says, /press z → 1/)
    const state = stateOf({ picture: { ...gru, held: { holds: "z.0.7.2_1", before: [], after: [] } } })
    const held = { ...state, ...holding(state, "z.0.7.2_1") }
    assert.equal(tasks[3].answer(held).right, true)
    assert.match(tasks[1].answer({ ...state, pin: at(7, 2) }).says, /z is 0\.20, so only 20% of h is kept/)
    assert.match(tasks[2].answer({ ...state, pin: at(7, 3) }).says, /\(1 − z\) · n = /)
    assert.match(tasksOf(picture({ kind: "rnn", strips: [{ quantity: "c" }] }))[0].says, /no gates/)
})

test("the tasks begin at a step that answers none of them, on the last layer that reads forwards", () => {
    const made = picture({
        places: [
            [0, 0],
            [1, 0],
            [1, 1],
        ],
    })
    for (const stack of made.stacks) {
        stack.units = [5, 7]
        for (const { name, z } of stack.figure.data)
            if (VALUES[name]) z.splice(0, 2, ...VALUES[name].map(row => Float32Array.from(row)))
    }
    const tasks = tasksOf(made)
    assert.deepEqual(tasks[1].begins, { layer: 1, direction: 0, unit: 7, step: 0 })
    // The first step answers what is added most, and the second what is forgotten most.
    const [{ figure }] = made.stacks.slice(1)
    const of = name => figure.data.find(trace => trace.name === name).z
    of("f")[1].set([0, 0.1, 0.9, 0.8])
    of("i")[1].set([1, 0, 0, 0])
    of("g")[1].set([-1, 0.9, 0.9, 0.9])
    assert.equal(tasksOf(made)[1].begins?.step, 2)
    // Of equal ones the first, and at one gap the first unit.
    for (const row of of("f")) row.set([0, 0.5, 0.5, 0.9])
    assert.match(tasksOf(made)[1].says, /unit 5 forgets most/)
    assert.equal(tasksOf(picture({ columns: undefined, places: [[0, 1]] })).length, 1)
})

test("a picture of a part of the steps has no tasks, for the first word is not in it", () => {
    const made = picture()
    made.columns.first = 1
    assert.equal(tasksOf(made).length, 1)
})
