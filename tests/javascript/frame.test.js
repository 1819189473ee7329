import assert from "node:assert/strict"
import { test } from "node:test"
import { linkIn, linkOf } from "../../assets/browser/asking/link.js"
import { frameOf, whoReaches, whoRefuses } from "../../assets/browser/controls/share_menu.js"
import { linkTo } from "../../assets/browser/state/link.js"
import { arrived, beginning } from "../../assets/browser/state/state.js"
import { to } from "../../assets/browser/state/time.js"
import { zoomOf, zoomText } from "../../assets/browser/state/zoom.js"
import { NAMES, pictureOf, stateOf } from "./pictures.js"

const opened = (link, picture) => {
    const state = beginning({ link, coarse: false, calm: false })
    return { ...state, ...arrived(state, picture, NAMES) }
}

/** A rule of a link, whose values are as the pattern says. */
const ruled = change => ({
    ...{ low: null, high: null, gates: null, most: null, expected: "it takes a 1", instead: "4" },
    ...change,
})
const TOLD = /** @type {any} */ ({
    handed: { source: ["model", "seed"] },
    rules: {
        seed: ruled({ pattern: "\\s*\\d{1,9}\\s*", low: 1, high: 512 }),
        holds: ruled({ pattern: ".*", gates: { f: [0, 1], g: [-1, 1] }, most: 3 }),
        model: ruled({ pattern: "a|b" }),
    },
    opening: { model: "a", seed: "2" },
})

test("a value of a link that is not possible is left out and said; a link that names nothing opens the beginning", () => {
    for (const [name, possible, impossible] of [
        ["seed", ["1", " 7 ", "512"], ["0", "513", "x", "1.5", "1".repeat(50)]],
        [
            "holds",
            ["f.0.1.2_0 g.0.1.2_-1", "f.0.all.2-4_1", "f.0.all.4-2_1"],
            ["f.0.1.2_1.01", "g.0.1.2_-1.01", "f.0.all.2-5_1"],
        ],
    ])
        for (const value of [...possible, ...impossible]) {
            const { link, notices } = linkIn({ model: "b", [name]: value }, TOLD)
            const is = possible.includes(value)
            assert.deepEqual(link, is ? { model: "b", [name]: value } : { model: "b" }, value)
            const said = value.length > 40 ? `${value.slice(0, 39)}…` : value
            assert.deepEqual(
                notices,
                is ? [] : [`${name}=${said} is not possible: it takes a 1. ${name} is 4 instead.`],
            )
        }
    const opens = address => linkIn(address, TOLD).link
    assert.deepEqual([opens({}), opens({ zoom: "1-2" })], [TOLD.opening, { ...TOLD.opening, zoom: "1-2" }])
    assert.deepEqual(
        [opens({ seed: "3" }), opens({ model: "x", seed: "3" })],
        [{ seed: "3" }, { model: "a", seed: "3" }],
    )
})

test("a link has what is not as usual, and no text that is too long for it", () => {
    const usual = { model: "a", sentence: "x", holds: "", pin: "", file: "" }
    const made = (longest, view) => {
        const { link, pins, notices } = linkOf(
            { ...usual, ...view },
            { usual, links: { always: ["model"], never: ["file"], longest } },
        )
        return [link, pins, notices.length]
    }
    const view = { sentence: "a text", pin: "0.1.2", file: "key" }
    const whole = "model=a&sentence=a+text&pin=0.1.2"
    assert.deepEqual(made(whole.length, view), [whole, true, 0])
    assert.deepEqual(made(whole.length - 1, { ...view, seed: 3 }), ["model=a&seed=3", false, 1])
})

test("who can open an address is said of this machine and of a network alone", () => {
    for (const host of ["localhost", "127.1.2.3", "[::1]", "0.0.0.0", "app.localhost"])
        assert.match(whoReaches(host, true), /^Only this computer can open it.* export an interactive page/)
    for (const host of ["10.0.0.7", "192.168.1.2", "172.16.0.1", "172.31.9.9", "studio.local", "teacher-pc"])
        assert.match(whoReaches(host, true), /^Only computers in the same network/)
    for (const host of ["gatescope.example.org", "172.32.0.1", "8.8.8.8", "127.example.org"])
        assert.equal(whoReaches(host, true), "")
    assert.match(whoReaches("", false), /^Only this computer can open it: the page is a file.* put this page’s folder/)
})

test("a link that many servers refuse is said, and what to send in its place", () => {
    const link = letters => `https://example.org/?sentence=${"a".repeat(letters)}`
    assert.equal(whoRefuses(link(7000), true), "")
    assert.match(whoRefuses(link(9970), true), /^This link has 10,000 letters, .*better export an interactive page/)
    assert.match(whoRefuses(link(9970), false), /better send the text itself\.$/)
})

test("the code of an embedded view is HTML in which nothing of the link ends the attribute", () => {
    const code = frameOf(`https://example.org/?sentence="><script>&pin=0.1.2&embed=false`)
    const [, source] = /^<iframe src="([^"]*)" title="gatescope" [^<>]*><\/iframe>$/.exec(code) ?? []
    const query = new URL(source.replaceAll("&amp;", "&")).searchParams
    assert.deepEqual([query.get("sentence"), query.get("pin")], ['"><script>', "0.1.2"])
    assert.deepEqual(query.getAll("embed"), ["true"])
    assert.ok(!source.includes("<"))
})

test("a zoom is written in whole steps and rows, and read again", () => {
    for (const text of ["2-9", "2-9.0-3", ".1-2"]) assert.equal(zoomText(zoomOf(text)), text)
    assert.equal(zoomText({ steps: [1.7, 5.2], units: null }), "2-5")
    assert.equal(zoomText({ steps: null, units: null }), "")
    assert.deepEqual(zoomOf("2-9.0-3"), { steps: [1.5, 9.5], units: [3.5, -0.5] })
    for (const text of ["", "9-2", "a-b", "-1-2", "1e3-2", undefined]) {
        assert.deepEqual(zoomOf(text), { steps: null, units: null })
    }
})

test("a link opens the zoom and the time that it was made at", () => {
    const picture = pictureOf({ steps: 8 })
    const zoom = { steps: [1.5, 5.5], units: [1.5, -0.5] }
    const time = to({ ...stateOf().time, from: 2, to: 5 }, 1)
    const link = linkTo(stateOf({ picture, zoom, time, presenting: true, scene: "forget" }), "")
    const said = Object.fromEntries(link)
    assert.deepEqual(
        { ...said, sentence: "" },
        { sentence: "", zoom: "2-5.0-1", at: "3", present: "1", scene: "forget" },
    )
    const other = opened(said, picture)
    assert.deepEqual(other.zoom, zoom)
    assert.equal(Math.floor(other.time.at), 1)
    assert.deepEqual([other.presenting, other.scene], [true, "forget"])
})

test("a zoom or a time that a picture does not have opens all of it", () => {
    const picture = pictureOf({ steps: 4 })
    assert.deepEqual(opened({ zoom: "1-2.0-9" }, picture).zoom, { steps: null, units: null })
    for (const at of ["4", "-1", "x", "1.5", "99999999"]) assert.equal(opened({ at }, picture).time.at, null)
    assert.equal(opened({ zoom: "2-3", at: "1" }, picture).time.at, null)
})

test("a text that a link can't take along takes no zoom and no time along either", () => {
    const picture = pictureOf({ pins: false })
    const zoom = { steps: [0.5, 1.5], units: null }
    const time = to({ ...stateOf().time, from: 0, to: 3 }, 1)
    assert.equal(`${linkTo(stateOf({ picture, zoom, time }), "")}`, "sentence=a+b+c+d")
})
