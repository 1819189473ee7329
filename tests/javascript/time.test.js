import assert from "node:assert/strict"
import { test } from "node:test"
import * as time from "../../assets/browser/state/time.js"

const whole = { at: null, playing: false, speed: 1, looping: false, calm: false, from: 2, to: 6 }
const at = moment => ({ ...whole, at: moment })
/** The column, of those that are played, that is the newest one. */
const newest = moment => Math.floor(/** @type {number} */ (moment.at))

test("a step goes to the neighbour and stays within the columns", () => {
    assert.equal(newest(time.moved(at(2.3), 1)), 3)
    assert.equal(newest(time.moved(at(2.3), -1)), 1)
    assert.equal(newest(time.moved(at(4.9), 1)), 4)
    assert.equal(newest(time.moved(at(0.9), -1)), 0)
})

test("a pause stays at its step and shows all of it", () => {
    const paused = time.toggled({ ...at(2.3), playing: true })
    assert.equal(paused.playing, false)
    assert.equal(newest(paused), 2)
    assert.equal(time.readBy([0, 1], 1, time.now(paused)), 3)
})

test("a pause before the first step is at the first step", () => {
    assert.equal(newest(time.toggled({ ...at(-0.5), playing: true })), 0)
})

test("playing goes on from a step and begins anew from the end or the whole picture", () => {
    assert.equal(time.toggled(at(1.5)).at, 1.5)
    assert.equal(time.toggled(at(4.999)).at, -1)
    assert.equal(time.toggled(whole).at, -1)
    assert.equal(time.toggled(whole).playing, true)
})

test("a long sequence takes no longer than forty seconds", () => {
    assert.equal(time.passed({ ...at(0), to: 40_001, playing: true }, 1_000).at, 1_000)
})

test("layers light up one after the other within a step, the model last", () => {
    const moment = time.now(at(1.5))
    assert.deepEqual(
        [0, 1, null].map(layer => time.readBy([0, 1], layer, moment)),
        [2, 2, 1],
    )
})

test("another number of columns shows the whole picture, except while it plays", () => {
    assert.equal(time.inColumns(at(2), [0, 3], true).at, null)
    assert.equal(time.inColumns(at(2), [0, 4], false).at, null)
    assert.equal(time.inColumns(at(2), [1, 5], true).at, 2)
    assert.equal(time.inColumns({ ...at(4.5), playing: true }, [0, 3], true).at, 3.98)
})
