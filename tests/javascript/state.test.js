/** What is on screen, and how do a picture, a pin, a zoom and the time change it? */

import assert from "node:assert/strict"
import { test } from "node:test"
import {
    arrived,
    atTime,
    beginning,
    isOfTheTextBefore,
    looked,
    pinned,
    termsOf,
    withReader,
    zoomed,
} from "../../assets/browser/state/state.js"
import { Store } from "../../assets/browser/state/store.js"
import * as time from "../../assets/browser/state/time.js"
import { to } from "../../assets/browser/state/time.js"
import { brushOf, brushText, brushWithin } from "../../assets/browser/state/zoom.js"
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
    assert.equal(termsOf(drawn({ picture, pin: cell })), terms)
    assert.equal(termsOf(drawn({ picture, pin: { ...cell, step: 1 } })), undefined)
    assert.equal(termsOf(drawn({ picture })), undefined)
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

test("time is that of a link only within the steps that are played", () => {
    const opened = at => {
        const state = beginning({ link: { at, zoom: "1-2" }, coarse: false, calm: false })
        return arrived(state, pictureOf(), NAMES).time.at
    }
    assert.deepEqual(["0", "1", "2", "3"].map(opened), [null, 0.999, 1.999, null])
})

const cellAt = (unit, step) => ({ layer: 0, direction: 0, unit, step })
/** A picture in which c of unit 1 changes most at step 2. */
function jumping(rest = {}) {
    const picture = pictureOf(rest)
    for (const { figure } of picture.stacks) {
        const [, row] = figure.data.find(({ name }) => name === "c").z
        for (let step = 2; step < row.length; step++) row[step] = -0.9
    }
    return picture
}

test("with nothing pinned the cellAt whose memory changes most is looked at", () => {
    assert.deepEqual(looked(stateOf({ picture: jumping() })), cellAt(1, 2))
})

test("the pinned cellAt comes before that under the pointer, and that before the most telling", () => {
    const picture = jumping()
    const hover = cellAt(0, 3)
    assert.equal(looked(stateOf({ picture, hover })), hover)
    assert.deepEqual(looked(stateOf({ picture, hover, pin: cellAt(2, 1) })), cellAt(2, 1))
    assert.deepEqual(looked(stateOf({ picture, hover: cellAt(7, 3) })), cellAt(1, 2))
})

test("of a part of a picture it is in that part, also where the same change is seen before it", () => {
    const picture = pictureOf({ steps: 9, units: 3 })
    // A text that repeats itself: the memory of all units changes as much at every third step.
    const { z } = picture.stacks[0].figure.data.find(({ name }) => name === "c")
    for (const row of z) row.set([1, 0, 0, 1, 0, 0, 1, 0, 0])
    for (const from of [0, 1, 2, 3, 4, 5, 6])
        for (const first of [0, 1, 2]) {
            const zoom = { steps: [from - 0.5, from + 1.5], units: [2.5, first - 0.5] }
            const { step, unit } = looked(stateOf({ picture, zoom }))
            assert.ok(from <= step && step < from + 2 && unit >= first, `${from}: step ${step} of unit ${unit}`)
        }
})

test("a stretch is read from a link and written as it was", () => {
    assert.deepEqual(brushOf("8-12"), [8, 12])
    assert.deepEqual(brushOf("8-8"), [8, 8], "a single word")
    assert.equal(brushText([8, 12]), "8-12")
    assert.equal(brushText(null), "")
    for (const wrong of ["", "12-8", "a-b", "1", "1-2-3", "-1-2"]) assert.equal(brushOf(wrong), null)
})

test("a stretch is there only in a picture that has its steps, one a column", () => {
    assert.deepEqual(brushWithin([1, 3], pictureOf({ steps: 4 })), [1, 3])
    assert.equal(brushWithin([1, 4], pictureOf({ steps: 4 })), null)
    assert.equal(brushWithin([1, 3], pictureOf({ steps: 8, per: 2 })), null)
    assert.equal(brushWithin(null, pictureOf()), null)
})

test("selected words go with their text", () => {
    const state = stateOf({ brush: [1, 2] })
    const drawn = { ...state, ...arrived(state, pictureOf(), NAMES) }
    assert.deepEqual(arrived(drawn, pictureOf(), NAMES).brush, [1, 2])
    assert.equal(arrived(drawn, pictureOf({ steps: 7 }), NAMES).brush, null)
})

const wholeTime = { at: null, playing: false, speed: 1, looping: false, calm: false, from: 2, to: 6 }
const timeAt = moment => ({ ...wholeTime, at: moment })
/** The column, of those that are played, that is the newestOf one. */
const _newestOf = moment => Math.floor(/** @type {number} */ (moment.at))

test("a long sequence takes no longer than forty seconds", () => {
    assert.equal(time.passed({ ...timeAt(0), to: 40_001, playing: true }, 1_000).at, 1_000)
})

test("another number of columns shows the wholeTime picture, except while it plays", () => {
    assert.equal(time.inColumns(timeAt(2), [0, 3], true).at, null)
    assert.equal(time.inColumns(timeAt(2), [0, 4], false).at, null)
    assert.equal(time.inColumns(timeAt(2), [1, 5], true).at, 2)
    assert.equal(time.inColumns({ ...timeAt(4.5), playing: true }, [0, 3], true).at, 3.98)
})

test("a view hears of its own parts of the state alone", () => {
    const store = new Store(stateOf())
    const heard = []
    store.on(["pin"], () => heard.push("pin"))
    store.on(["zoom", "said"], () => heard.push("zoom or said"))
    store.set({ said: "hello", zoom: { steps: [0, 1], units: null } })
    assert.deepEqual(heard, ["zoom or said"])
})

test("what a view sets while it renders is heard after this round, by all", () => {
    const store = new Store(stateOf())
    const heard = []
    store.on(["said"], ({ said }) => {
        heard.push(said)
        store.set({ scene: "f" })
        heard.push("round")
    })
    store.on(["scene"], ({ scene }) => heard.push(scene))
    store.set({ said: "hello" })
    assert.deepEqual(heard, ["hello", "round", "f"])
})

/** A store with a picture, what it has told its views, and what waits until the browser has painted or paints. Time
 * goes on when a test lets it. */
function painting({ mock }) {
    mock.timers.enable({ apis: ["setTimeout"] })
    const heard = []
    const waiting = []
    const soon = []
    const store = new Store(
        stateOf({ picture: null }),
        go => waiting.push(go),
        go => soon.push(go),
    )
    store.afterDrawn(["pin"], ({ picture, pin }) => heard.push(`around ${picture.columns.steps} ${!!pin}`))
    store.onDrawn([], ({ picture }) => heard.push(`heatmaps ${picture.columns.steps}`))
    store.onRest(() => heard.push("rest"))
    store.set({ picture: pictureOf({ steps: 1 }) })
    const goOn = milliseconds => mock.timers.tick(milliseconds)
    const paint = (calls = waiting) => calls.splice(0).map(go => go())
    return { store, heard: () => heard.splice(0), waiting, soon, goOn, paint }
}

test("the next picture is painted before what is around it", t => {
    const { store, heard, paint, goOn } = painting(t)
    goOn(200)
    heard()
    store.set({ picture: pictureOf({ steps: 2 }) })
    assert.deepEqual(heard(), ["heatmaps 2"])
    paint()
    assert.deepEqual(heard(), ["around 2 false"])
})

test("while a hand moves a picture and what is around it are painted in one frame, until it rests", t => {
    const { store, heard, waiting, soon, paint, goOn } = painting(t)
    goOn(200)
    store.set({ picture: pictureOf({ steps: 2 }) })
    paint()
    heard()
    goOn(100)
    store.set({ picture: pictureOf({ steps: 3 }) })
    assert.deepEqual([store.moving, heard(), waiting.length], [true, ["heatmaps 3"], 0])
    paint(soon)
    assert.deepEqual(heard(), ["around 3 false"])
    goOn(100)
    assert.deepEqual([store.moving, heard()], [true, []])
    goOn(30)
    assert.deepEqual([store.moving, heard()], [false, ["rest"]])
})

test("a new pin is not kept waiting by a picture", t => {
    const { store, heard, paint, goOn } = painting(t)
    goOn(200)
    heard()
    store.set({ picture: pictureOf({ steps: 2 }) })
    store.set({ pin: { layer: 0, direction: 0, unit: 0, step: 0 } })
    assert.deepEqual(heard(), ["heatmaps 2", "around 2 true"])
    paint()
    assert.deepEqual(heard(), ["around 2 true"])
})
