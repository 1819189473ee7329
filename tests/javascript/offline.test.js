import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"
import { readingOf } from "../../assets/browser/numbers/reading.js"
import { holding } from "../../assets/browser/state/holds.js"
import { WHOLE, zoomOf } from "../../assets/browser/state/zoom.js"
import { observers, onPage, Part } from "./page.js"
import { COLOURS, settled, VIEW, wholeAnswer } from "./pictures.js"
import { handed, recording } from "./told.js"
import { provedOf, zipped, zippedNumbers } from "./zipped.js"

const { OfflineView } = await import("../../assets/browser/app/offline_view.js")
const { Carried } = await import("../../assets/browser/asking/here.js")
const { mount } = await import("../../assets/browser/offline.js")

Object.assign(globalThis, { innerHeight: 800 })
const styled = color => () => ({ color, getPropertyValue: () => "" })

/** A view with room for a picture of so many pixels. */
async function shown(room = 520, zoom = WHOLE) {
    const numbers = wholeAnswer({ shapes: "(4, 3)", proof: "ok" })
    const view = new OfflineView(new Carried(numbers, null), { title: "a b", says: "made so", zoom, colours: COLOURS })
    onPage(view.root)
    const { store, picture } = view.body
    picture.box = { width: room }
    view.show()
    await settled()
    const layout = () => store.drawn.picture.stacks[0].figure.layout
    const widen = width => {
        picture.box = { width }
        view.body.resize()
    }
    return { view, store, layout, widen }
}

beforeEach(() => {
    document.body.replaceChildren()
    observers.length = 0
    Object.assign(globalThis, { getComputedStyle: styled("rgb(0, 0, 0)") })
})
afterEach(() => {
    document.documentElement.dataset.theme = ""
})

test("a page reads nothing of a link where it has no model, or one that it can't prove, and explains nothing", () => {
    const { names, why } = new Carried(wholeAnswer(), null)
    assert.deepEqual([names, why], [{ source: [], shown: [] }, null])
})

test("the heading is the author's until a reader's own text is drawn, and again with the author's text", async () => {
    const { view, store } = await shown()
    const headed = async sentence => {
        store.set({ source: { ...store.state.source, sentence }, picture: { ...store.drawn.picture } })
        await settled()
        return [view.root.querySelector("h1").textContent, document.title]
    }
    const { sentence } = store.state.source
    assert.deepEqual(await headed("so it goes"), ["so it goes", "so it goes"])
    assert.deepEqual(await headed(sentence), ["a b", "a b"])
})

test("a picture of some steps begins with these, and they are the whole", async () => {
    const { store, layout } = await shown(520, zoomOf("1-2"))
    const range = () => layout().xaxis.range
    const to = async zoom => {
        store.set({ zoom })
        await settled()
    }
    assert.deepEqual(range(), [0.5, 2.5])
    await to(zoomOf("1-1"))
    assert.deepEqual(range(), [0.5, 1.5])
    for (const beyond of [WHOLE, zoomOf("0-2"), zoomOf("1-3")]) {
        await to(zoomOf("1-1"))
        await to(beyond)
        assert.deepEqual(range(), [0.5, 2.5])
    }
})

/** A page with its model inside, which answers whatever is asked. */
async function computing() {
    const numbers = wholeAnswer({ proof: "ok" })
    const names = { source: ["sentence", "seed"], shown: ["quantities"] }
    const asked = []
    const made = new Carried(numbers, /** @type {any} */ ({ names, near: "1e-07", view: { holds: "" } }))
    const own = made.picture.bind(made)
    made.picture = async question => {
        if (made.isMadeOf(question.query)) return own(question)
        asked.push(question.query)
        return wholeAnswer({ view: { ...numbers.view, ...question.query } })
    }
    const view = new OfflineView(made, { title: "a b", says: "", zoom: WHOLE, colours: COLOURS })
    onPage(view.root)
    view.body.picture.box = { width: 520 }
    view.show()
    await settled()
    const { store } = view.body
    const back = view.root.querySelector(".gs-proved button")
    const read = async change => {
        store.set({ source: { ...store.state.source, ...change } })
        await settled()
        return back.hidden
    }
    return { view, store, back, read, asked }
}

test("a reader's own text is computed in the page, and a button leads back to the author's", async () => {
    const { view, store, back, read, asked } = await computing()
    assert.deepEqual([back.hidden, asked], [true, []])
    assert.match(view.root.querySelector(".gs-proved").textContent, /match PyTorch’s to 1e-07\. Back to the original$/)
    const { sentence } = store.state.source
    assert.equal(await read({ sentence: "so it goes" }), false)
    assert.equal(asked.at(-1).sentence, "so it goes")
    back.click()
    await settled()
    assert.deepEqual([store.state.source.sentence, back.hidden], [sentence, true])
    store.set({ shown: { ...store.state.shown, quantities: "c" } })
    await settled()
    assert.equal(back.hidden, false)
    back.click()
    await settled()
    assert.equal(back.hidden, true)
    store.set(holding(store.state, "f.0.1.2_0"))
    await settled()
    assert.equal(back.hidden, false)
    back.click()
    await settled()
    assert.deepEqual([back.hidden, store.state.holds.text], [true, ""])
})

test("a page draws the recording that it has inside, and says why it reads no other text if it can't", async () => {
    const { words, nan } = handed
    const about = { title: "a b", says: "Sequence 1 of 2. ", zoom: WHOLE, colours: COLOURS, nan, words }
    const mounted = async carried => {
        const place = onPage(new Part("main"))
        await mount(/** @type {any} */ (place), zipped(recording), /** @type {any} */ ({ ...about, carried }))
        place.querySelector(".gs-picture").box = { width: 520 }
        await settled()
        return [place.lastElementChild.lastElementChild.textContent, place.querySelector(".gs-proved") !== null, place]
    }
    const [says, reads, place] = await mounted(null)
    assert.match(says, /^Sequence 1 of 2\. nn\.LSTM, Random \(untrained\): .*; checked: .*\. Made with gatescope\.$/)
    assert.equal(reads, false)
    assert.equal(document.documentElement.dataset.theme, "light")
    assert.deepEqual(place.querySelector("h1").textContent, "a b")
    const source = { ...VIEW, sentence: "a b" }
    const proved = provedOf(readingOf(null, source, ""), source, 2)
    const carried = {
        about: { examples: {}, model: {} },
        file: zipped(new Uint8Array()),
        proved,
        usual: {},
        names: { source: [], shown: [] },
        view: { holds: "" },
    }
    assert.deepEqual((await mounted(carried)).slice(0, 2), [says, true])
    const wrong = { ...proved, values: zippedNumbers(proved.numbers.map(number => number + 1)) }
    const [refused, ...more] = await mounted({ ...carried, proved: wrong })
    assert.equal(refused, `${says} This page reads no other text: its h and c are 1e+00 from PyTorch’s.`)
    assert.equal(more[0], false)
})
