import assert from "node:assert/strict"
import { test } from "node:test"
import { observers, onPage, Part } from "./page.js"

const asked = []
globalThis.Plotly = /** @type {any} */ ({
    react: (place, data, layout) => {
        asked.push([data, layout.width])
        place.layout = layout
    },
})
const { draw } = await import("../../assets/browser/chart.js")

function placeOf(width) {
    const place = onPage(new Part("div"), { width })
    place.on = () => {}
    return place
}
const figure = data => ({ data: [data], layout: { height: 5 } })

test("a figure is as wide as its place, an older one is not drawn over a newer one", async () => {
    const place = placeOf(300)
    asked.length = 0
    await draw(place, { figure: figure("second"), number: 2, config: {} })
    await draw(place, { figure: figure("first"), number: 1, config: {} })
    await draw(place, { figure: figure("third"), number: 3, config: {} })
    assert.deepEqual(asked, [
        [["second"], 300],
        [["third"], 300],
    ])
})

test("what is closed is drawn once it has a width, and again for another width only", async () => {
    const place = placeOf(0)
    asked.length = 0
    await draw(place, { figure: figure("d"), number: 1, config: {} })
    assert.deepEqual(asked, [])
    const seen = width => {
        place.box = { width }
        observers[0].call([{ target: place }])
    }
    for (const width of [200, 200, 250]) seen(width)
    place.remove()
    seen(300)
    assert.deepEqual(asked, [
        [["d"], 200],
        [["d"], 250],
    ])
})

test("numbers that would run into each other are left out; a finger moves the wider figure instead", async () => {
    const seen = []
    globalThis.Plotly.react = (_, [{ z, texttemplate }], { width }) => seen.push([z, texttemplate, width])
    const wide = { z: "z", texttemplate: "%{z}" }
    const layout = { margin: { l: 40, r: 0 }, xaxis: { range: [-0.5, 9.5] } }
    const { matchMedia } = globalThis
    globalThis.matchMedia = /** @type {any} */ (() => ({ matches: true }))
    const { draw: byFinger } = await import("../../assets/browser/chart.js?by-another-finger")
    globalThis.matchMedia = matchMedia
    for (const one of [draw, byFinger]) {
        for (const width of [380, 379])
            await one(placeOf(width), { figure: { data: [wide], layout }, number: 1, config: {} })
    }
    assert.deepEqual(seen, [
        ["z", "%{z}", 380],
        ["z", undefined, 379],
        ["z", "%{z}", 380],
        ["z", "%{z}", 520],
    ])
})

test("a finger moves the page over a figure that says nothing, and numbers get their minus sign once a place", async () => {
    globalThis.Plotly.react = (place, _, layout) => Object.assign(place, { layout })
    const { matchMedia } = globalThis
    globalThis.matchMedia = /** @type {any} */ (() => ({ matches: true }))
    const { draw: byFinger } = await import("../../assets/browser/chart.js?by-a-third-finger")
    globalThis.matchMedia = matchMedia
    for (const [one, hovermode, isStill] of /** @type {[any, any, boolean][]} */ ([
        [draw, false, false],
        [draw, "closest", false],
        [byFinger, false, true],
        [byFinger, "closest", false],
        [byFinger, undefined, false],
    ])) {
        const place = placeOf(300)
        let heard = 0
        place.on = () => heard++
        for (const number of [1, 2])
            await one(place, { figure: { data: [{}], layout: { hovermode } }, number, config: {} })
        assert.deepEqual([place.classList.contains("gs-still"), heard], [isStill, 1])
    }
})
