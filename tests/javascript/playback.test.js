import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../assets/browser/state/store.js"
import { frame, onPage } from "./page.js"
import { pictureOf, stateOf, timeOf } from "./pictures.js"

const { allSaid, Playback } = await import("../../assets/browser/controls/playback.js")

/** A playback on the page, over a picture of four words. */
function shown(change = {}) {
    const store = new Store(stateOf({ time: timeOf({ calm: false, ...change }) }))
    const playback = new Playback(store)
    onPage(playback.root)
    store.set({ picture: pictureOf() })
    return { store, playback, press: name => playback.root.querySelectorAll(`[aria-label=${name}]`)[0].click() }
}

test("the readout says that all is shown, or from where to where", () => {
    const { columns } = pictureOf({ steps: 4 })
    assert.equal(allSaid(columns, timeOf({})), "all 4 steps")
    assert.equal(allSaid(columns, timeOf({ from: 1, to: 2 })), "steps 1 to 2")
    assert.equal(allSaid(pictureOf({ steps: 1 }).columns, timeOf({ to: 0 })), "1 step")
    const binned = pictureOf({ steps: 9, per: 2 }).columns
    assert.equal(allSaid(binned, timeOf({ from: 3, to: 4 })), "steps 6 to 8")
})

test("the slider goes from the first step to the last one and stands at the newest", () => {
    const { store, playback } = shown()
    assert.deepEqual([playback.scrub.max, playback.scrub.value], [3, 3])
    assert.equal(playback.label.textContent, "all 4 steps")
    store.set({ time: timeOf({ at: 1.5 }) })
    assert.equal(playback.scrub.value, 1)
    assert.equal(playback.label.textContent, "step 1 (0–3)")
    store.set({ time: timeOf({ at: 0.5, from: 2 }) })
    assert.equal(playback.label.textContent, "step 2 (0–3)")
    assert.equal(playback.scrub.max, 1)
})

test("a step forward from the whole picture is its first, a step back its last but one", () => {
    const { store, playback } = shown()
    const newest = () => Math.floor(store.state.time.at)
    const [back, forward] = playback.root.querySelectorAll("button").slice(1, 3)
    assert.deepEqual(
        [back, forward].map(({ title }) => title),
        ["Step back", "Step forward"],
    )
    forward.click()
    assert.equal(newest(), 0)
    forward.click()
    assert.equal(newest(), 1)
    back.click()
    back.click()
    assert.equal(newest(), 0)
    store.set({ time: timeOf({}) })
    back.click()
    assert.equal(newest(), 2)
})

test("it plays a step in 0.7 s, and twice as quickly at speed 2", () => {
    for (const [speed, at] of [
        [1, 0],
        [2, 1],
    ]) {
        const { store, press } = shown({ speed })
        press("Play")
        for (const time of [1000, 1350, 1700]) frame(time)
        assert.equal(store.state.time.at, at)
        press("Pause")
        frame(1800)
    }
})

test("it rests at the end with the whole picture; in a loop it begins again", () => {
    for (const looping of [false, true]) {
        const { store, press } = shown({ looping })
        press("Play")
        frame(0)
        frame(5 * 700)
        assert.deepEqual([store.state.time.at, store.state.time.playing], looping ? [0, true] : [null, false])
        if (looping) press("Pause")
        frame(5 * 700)
    }
})

test("nothing moves once it is paused or has left the page, and it goes on when it is back", () => {
    const { store, playback, press } = shown()
    press("Play")
    frame(0)
    frame(700)
    playback.root.remove()
    frame(1400)
    frame(2100)
    assert.equal(store.state.time.at, 0)
    onPage(playback.root)
    playback.goOn()
    frame(9000)
    frame(9700)
    assert.equal(store.state.time.at, 1)
    press("Pause")
    frame(9800)
    frame(20_000)
    assert.equal(Math.floor(store.state.time.at), 1)
})

test("the first visit's own play is slow, and ends with the whole picture at a press elsewhere", () => {
    const { store, playback } = shown()
    playback.playOnce()
    assert.deepEqual([store.state.time.playing, store.state.time.speed], [true, 0.5])
    document.body.told("pointerdown")
    assert.deepEqual([store.state.time.playing, store.state.time.speed, store.state.time.at], [false, 1, null])
    frame(0)
    for (const [change, plays] of [
        [{ calm: true }, false],
        [{ to: 1 }, true],
        [{ to: 0 }, false],
    ]) {
        const other = shown(change)
        other.playback.playOnce()
        assert.equal(other.store.state.time.playing, plays)
    }
})

test("a press on the loop begins it, and another one ends it", () => {
    const { store, playback } = shown()
    const pressed = [1, 2].map(() => {
        playback.loop.click()
        return [store.state.time.looping, playback.loop.getAttribute("aria-pressed")].join()
    })
    assert.deepEqual(pressed, ["true,true", "false,false"])
})

test("without steps there is nothing to play", () => {
    const { store, playback } = shown()
    assert.equal(playback.root.hidden, false)
    store.set({ time: timeOf({ to: -1 }) })
    assert.equal(playback.root.hidden, true)
})

test("the speeds are a half, one, two and four, and one is chosen at first", () => {
    const { store, playback } = shown()
    assert.deepEqual(
        playback.speed.children.map(one => [one.textContent, one.getAttribute("value"), one.hasAttribute("selected")]),
        [
            ["0.5×", "0.5", false],
            ["1×", "1", true],
            ["2×", "2", false],
            ["4×", "4", false],
        ],
    )
    playback.speed.value = "4"
    playback.speed.told("change")
    assert.equal(store.state.time.speed, 4)
    playback.scrub.value = "2"
    playback.scrub.told("input")
    assert.equal(Math.floor(store.state.time.at), 2)
    assert.equal(playback.scrub.getAttribute("aria-valuetext"), "step 2 (0–3)")
    assert.equal(playback.loop.getAttribute("aria-pressed"), "false")
})
