import assert from "node:assert/strict"
import { test } from "node:test"
import {
    arrived,
    asked,
    atTime,
    beginning,
    isOfTheTextBefore,
    pinned,
    withReader,
    zoomed,
} from "../../assets/browser/state/state.js"
import { to } from "../../assets/browser/state/time.js"
import { modelOf, NAMES, pictureOf, stateOf } from "./pictures.js"

const cell = { layer: 0, direction: 0, unit: 1, step: 2 }
const drawn = (change = {}, picture = pictureOf()) => {
    const state = stateOf({ source: { sentence: "a b c d", file: "" }, shown: { layers: "" } })
    return { ...state, ...arrived(state, picture, NAMES), ...change }
}

test("the first picture says what its link meant", () => {
    const picture = pictureOf()
    picture.view.pin = "0.1.2"
    const state = { ...stateOf({ link: { sentence: "x", pin: "0.1.2", embed: "true" } }) }
    const change = arrived(state, picture, NAMES)
    assert.deepEqual(change.source, { sentence: "a b c d", model: "random", hidden_dim: 3, file: undefined })
    assert.deepEqual(change.pin, cell)
    assert.deepEqual(change.link, {})
})

test("lines of a sentence end as a text box ends them", () => {
    const picture = pictureOf()
    picture.view.sentence = "a\r\nb"
    assert.equal(arrived(stateOf(), picture, NAMES).source.sentence, "a\nb")
})

test("until the first picture a question asks what the link asks, and then what the controls say", () => {
    assert.deepEqual(asked(stateOf({ link: { seed: "7" } })), { seed: "7" })
    assert.deepEqual(asked(drawn()).seed, undefined)
})

test("a pin stays in a picture that has its cell and goes from one that has not", () => {
    const state = drawn({ pin: cell })
    assert.deepEqual(arrived(state, pictureOf(), NAMES).pin, cell)
    assert.equal(arrived(state, pictureOf({ steps: 2 }), NAMES).pin, null)
    assert.equal(arrived(state, pictureOf({ units: 1 }), NAMES).pin, null)
    assert.equal(arrived(state, pictureOf({ places: [[1, 0]] }), NAMES).pin, null)
    assert.equal(arrived(state, pictureOf({ stacks: [] }), NAMES).pin, null)
})

test("a picture brings the pinned cell's terms along, and no other cell's", () => {
    const terms = { ...cell, c: 0.5 }
    const picture = pictureOf({ cell: terms })
    assert.equal(arrived(drawn({ pin: cell }), picture, NAMES).terms.values, terms)
    assert.equal(arrived(drawn({ pin: { ...cell, step: 1 } }), picture, NAMES).terms, null)
    assert.equal(arrived(drawn(), picture, NAMES).terms, null)
})

test("a zoom into another sentence is forgotten and the whole asked for", () => {
    const state = drawn({ zoom: { steps: [0.5, 1.5], units: null } })
    assert.deepEqual(arrived(state, pictureOf({ steps: 7 }), NAMES), { zoom: { steps: null, units: null } })
    assert.equal(arrived(state, pictureOf(), NAMES).zoom, state.zoom)
})

test("an example of another model gives way to the new model's first", () => {
    const state = drawn({ source: { sentence: "an example", file: "" } })
    const other = pictureOf({ examples: { one: "aabb", two: "ab" } })
    assert.deepEqual(arrived(state, other, NAMES).source, { sentence: "aabb", file: "" })
    // A file that was opened while the new model's picture was on its way is still read.
    const opened = drawn({ source: { sentence: "an example", file: "key" } })
    assert.deepEqual(arrived(opened, other, NAMES).source, { sentence: "aabb", file: "key" })
    const own = drawn({ source: { sentence: "my own words", file: "" } })
    assert.equal(arrived(own, other, NAMES).source, own.source)
})

/** A text that the tagger showed, and what another model, which is asked for now, makes of it. */
const asksFor = (sentence, model = "counter") => ({ source: { sentence, model, tokens: "words" } })
const viewOf = (sentence, model = "counter") => ({ ...asksFor(sentence, model).source })
const TAGGER = { view: viewOf("my words", "tagger"), examples: { one: "an example" } }
const COUNTER = { view: viewOf("my words"), examples: { two: "ab" }, unreadable: true }

test("a size that is not trained becomes the one that was read, once that is said", () => {
    const typed = drawn({ source: { sentence: "a b c d", hidden_dim: "10" } })
    const picture = pictureOf({ units: 8, model: modelOf({ sizes: { hidden_dim: [8, 16] } }) })
    const said = { ...picture, notices: ["No tagger was trained with hidden_dim 10"] }
    assert.equal(arrived(typed, picture, NAMES).source.hidden_dim, "10", "a picture of what was asked before")
    assert.equal(arrived(typed, said, NAMES).source.hidden_dim, 8)
})

test("a text that a model can't read waits for one that can; the model's own example is read meanwhile", () => {
    const typed = drawn(asksFor("my words"), pictureOf(TAGGER))
    const aside = arrived(typed, pictureOf(COUNTER), NAMES)
    const waits = { sentence: "my words", model: "tagger", tokens: "words" }
    // Its picture is not shown: the example's is asked for.
    assert.deepEqual(aside, { ...asksFor("ab"), waits })
    const counts = {
        ...typed,
        ...aside,
        ...arrived({ ...typed, ...aside }, pictureOf({ ...COUNTER, unreadable: false }), NAMES),
    }
    assert.deepEqual([counts.source.sentence, counts.waits], ["ab", waits])
    // Each other model is asked for the text first.
    const asked = { ...counts, ...withReader(counts, { model: "brackets" }) }
    assert.deepEqual(asked.source, viewOf("my words", "brackets"))
    const brackets = pictureOf({ ...COUNTER, view: viewOf("my words", "brackets"), examples: { three: "()" } })
    assert.deepEqual(arrived(asked, brackets, NAMES), { ...asksFor("()", "brackets"), waits })
    const back = { ...counts, ...withReader(counts, { model: "tagger" }) }
    assert.deepEqual([back.source.sentence, arrived(back, pictureOf(TAGGER), NAMES).waits], ["my words", null])
})

test("what is typed or chosen while a model is on its way stays", () => {
    for (const [sentence, model] of [
        ["more words", "counter"],
        ["my words", "brackets"],
    ]) {
        const asked = drawn(asksFor(sentence, model), pictureOf(TAGGER))
        const late = arrived(asked, pictureOf(COUNTER), NAMES)
        assert.deepEqual([late.source, late.waits], [asked.source, null])
    }
})

test("what is typed for a model is read as it is, also where most of it is unknown; so is an example", () => {
    const typed = drawn(asksFor("my words"), pictureOf({ ...COUNTER, unreadable: false }))
    const read = arrived(typed, pictureOf(COUNTER), NAMES)
    assert.deepEqual([read.source.sentence, read.waits, read.picture.unreadable], ["my words", null, true])
    const last = pictureOf(TAGGER)
    const ofExample = pictureOf({ ...COUNTER, view: viewOf("an example") })
    const example = arrived(drawn(asksFor("an example"), last), ofExample, NAMES)
    assert.deepEqual([example.source.sentence, example.waits], ["ab", null])
    // So is the text of a link, of which there is no picture yet.
    const first = arrived(stateOf(asksFor("my words")), pictureOf(COUNTER), NAMES)
    assert.deepEqual([first.source.sentence, first.waits], ["my words", null])
    const none = arrived(drawn(asksFor("my words"), last), pictureOf({ ...COUNTER, examples: {} }), NAMES)
    assert.deepEqual([none.source.sentence, none.waits], ["my words", null])
})

test("a list with a word among its numbers leaves the last picture where it is and says why", () => {
    const view = { sentence: "1, x", model: "random", tokens: "numbers" }
    const nothing = { unreadable: true, stacks: [], notices: ["Write a number there."] }
    const typed = drawn({ source: view }, pictureOf({ view: { ...view, sentence: "1, 2" } }))
    const refused = { of: view, said: "Write a number there." }
    assert.deepEqual(arrived(typed, pictureOf({ ...nothing, view }), NAMES), { refused })
    assert.deepEqual(
        [
            { ...typed, refused },
            { ...typed, refused: null },
        ].map(isOfTheTextBefore),
        [true, false],
    )
    // A size that is not possible leaves the text's own picture.
    assert.equal(isOfTheTextBefore({ ...typed, refused, picture: pictureOf({ view }) }), false)
    // Another reader's picture, or none at all, would not belong to what the controls say.
    const other = pictureOf({ ...nothing, view: { ...view, model: "series" }, examples: {} })
    assert.equal(arrived(typed, other, NAMES).picture, other)
    const emptied = pictureOf({ ...nothing, view, unreadable: false })
    assert.equal(arrived(typed, emptied, NAMES).picture, emptied)
})

test("the pinned unit is followed through time", () => {
    const state = drawn({ pin: cell })
    assert.deepEqual(atTime(state, { ...state.time, at: 0.999 }).pin, { ...cell, step: 0 })
    assert.equal(atTime(state, { ...state.time, at: null }).pin, cell)
    const binned = drawn({ picture: pictureOf({ steps: 8, per: 2 }), pin: cell })
    assert.equal(atTime(binned, { ...binned.time, at: 0.999 }).pin, cell)
})

test("a zoom counts time in the columns in sight before their picture arrives", () => {
    const state = drawn({ pin: { ...cell, step: 3 } })
    const near = { ...state, ...zoomed(state, { steps: [1.5, 3.5], units: null }) }
    assert.deepEqual([near.time.from, near.time.to, near.time.at], [2, 3, null])
    assert.equal(near.pin.step, 3)
    const first = { ...near, ...atTime(near, to(near.time, 0)) }
    assert.equal(first.pin.step, 2)
    const after = arrived(first, state.picture, NAMES)
    assert.deepEqual([after.time.at, after.pin.step], [first.time.at, 2])
})

test("a unit that reads from the right is followed to the left", () => {
    const picture = pictureOf({ places: [[0, 1]] })
    const state = drawn({ pin: { ...cell, direction: 1 } }, picture)
    assert.equal(atTime(state, { ...state.time, at: 0.999 }).pin.step, 3)
})

test("time goes to a cell that is pinned while it counts, from either side", () => {
    const state = drawn(
        {},
        pictureOf({
            places: [
                [0, 0],
                [0, 1],
            ],
        }),
    )
    const playing = { ...state, time: { ...state.time, at: 0.2, playing: true } }
    const change = pinned(playing, { ...cell, step: 3 })
    assert.equal(Math.floor(change.time.at), 3)
    assert.equal(change.time.playing, false)
    assert.equal(Math.floor(pinned(playing, { ...cell, direction: 1, step: 3 }).time.at), 0)
    assert.deepEqual(pinned(state, cell), { pin: cell })
})

test("a page begins as its link and its visitor want it", () => {
    const begun = beginning({ link: { zoom: "1-2", brush: "0-1", present: "1", scene: "s" }, coarse: true, calm: true })
    assert.deepEqual([begun.zoom.steps, begun.brush, begun.presenting, begun.scene], [[0.5, 2.5], [0, 1], true, "s"])
    assert.deepEqual([begun.drag, begun.time.calm, begun.time.playing], [false, true, false])
    const plain = beginning({ link: { present: "0" }, coarse: false, calm: false })
    assert.deepEqual([plain.presenting, plain.scene, plain.drag, plain.time.looping], [false, "", "zoom", false])
    assert.deepEqual([plain.time.speed, plain.time.from, plain.time.to], [1, 0, -1])
    assert.deepEqual(plain.scope, { everyStep: false, everyUnit: false })
})

test("a link that holds a gate at every step or in all units opens with the next hold there too", () => {
    const opened = holds => {
        const picture = pictureOf()
        picture.view.holds = holds
        const change = arrived(stateOf(), picture, NAMES)
        return [change.holds.text, change.scope]
    }
    assert.deepEqual(opened("f.0.1.all_1"), ["f.0.1.all_1", { everyStep: true, everyUnit: false }])
    assert.deepEqual(opened("i.0.1.2_0 f.0.all.2_1"), ["i.0.1.2_0 f.0.all.2_1", { everyStep: false, everyUnit: true }])
    assert.deepEqual(opened(""), ["", { everyStep: false, everyUnit: false }])
})

test("a model without examples, and one with the same example, changes no text", () => {
    const state = drawn({ source: { sentence: "an example", file: "" } })
    assert.equal(arrived(state, pictureOf({ examples: {} }), NAMES).source, state.source)
    assert.equal(
        arrived(state, pictureOf({ examples: { other: "x", same: "an example" } }), NAMES).source,
        state.source,
    )
})

test("time is that of a link only within the steps that are played", () => {
    const opened = at => {
        const state = beginning({ link: { at, zoom: "1-2" }, coarse: false, calm: false })
        return arrived(state, pictureOf(), NAMES).time.at
    }
    assert.deepEqual(["0", "1", "2", "3"].map(opened), [null, 0.999, 1.999, null])
})

test("a window that is moved over as many steps stays at its moment", () => {
    const picture = pictureOf({ steps: 6 })
    const time = { ...stateOf().time, at: 1.99, from: 0, to: 2 }
    const moved = zoomed(stateOf({ picture, time }), { steps: [0.5, 3.5], units: null })
    assert.deepEqual([moved.time.at, moved.time.from, moved.time.to], [1.99, 1, 3])
})
