import assert from "node:assert/strict"
import { test } from "node:test"
import { onPage, Part, textsOf } from "./page.js"
import { told } from "./told.js"
import { zippedNumbers } from "./zipped.js"

const settled = () => new Promise(done => setTimeout(done, 20))
const { draw } = await import("../../assets/browser/train.js")

/** f, i and c of one unit over two steps. */
const picture = (epoch, says, c = [epoch, 0 - epoch]) => ({
    ...{ epoch, says, forecast: [], proof: "checked: matches PyTorch to 1e-07" },
    cells: zippedNumbers([0.1, 0.2, 0.3, 0.4, ...c]),
})
const BEFORE = {
    ...{ run: 1, task: "counter", description: "Count the a’s.", of: 4, losses: [], accuracies: [], forecasts: false },
    ...{ least: 0.143, left: null, trains: false, over: false, ended: "", tokens: ["a", "b"], right: [[], ["end"]] },
    ...{
        came: [],
        pictures: [picture(0, [["a"], ["b"]])],
        units: 1,
        layers: 1,
        learnt: null,
        colours: told.handed.colours,
    },
}
const RUNS = {
    ...{ ...BEFORE, trains: true, losses: [0.5, 0.25], accuracies: [0.5, 1], left: 12 },
    pictures: [0, 1, 2].map(epoch => picture(epoch, epoch ? [["b"], ["end"]] : [["a"], ["b"]])),
}
const learnt = (main, more) => ({
    scores: { "right for every n up to": main },
    shown: 20,
    unit: null,
    change: {},
    ...more,
})
const OVER = { ...RUNS, over: true, left: null, learnt: learnt(97, { unit: 0, change: { a: -0.99, b: 1 } }) }

async function shown(...trainings) {
    const heard = []
    const place = onPage(new Part("div"), { width: 900 })
    for (const one of [...trainings, ...trainings]) {
        draw(place, one, (...said) => heard.push(said))
        await settled()
        for (const drawn of place.querySelectorAll(".gs-drawn")) drawn.box = { width: 400, height: 0 }
    }
    return { place, heard }
}
const headline = ({ place }) => place.querySelector("h2").textContent
const titles = ({ place }) => textsOf(place.querySelectorAll("h3"))
const move = (place, which, epoch) => {
    const scrubber = place.querySelectorAll("input").find(one => one.getAttribute("aria-label") === `Epoch ${which}`)
    scrubber.value = epoch
    scrubber.told("input")
}

test("what a training says: before, meanwhile, and after with what it has learnt, or has not", async () => {
    assert.equal(headline(await shown(BEFORE)), "Untrained, it has learnt nothing yet.")
    assert.equal(headline(await shown(RUNS)), "Learning: epoch 2 of 4")
    const counts = "Unit 0 has learnt to count, −0.99 at each a, +1.00 at each b: right for every n up to 97."
    assert.equal(headline(await shown(OVER)), counts)
    const without = { ...OVER, learnt: learnt(20) }
    assert.match(headline(await shown(without)), /^It has learnt to count, in several units together/)
    for (const [main, said] of [
        [19, "only up to n = 19"],
        [0, "for no n"],
    ]) {
        const wrong = { ...OVER, learnt: learnt(main, { unit: 0, change: { a: -1, b: 1 } }) }
        assert.equal(headline(await shown(wrong)), `It has not learnt to count: right ${said}.`)
    }
    const forecast = (own, last) => ({ ...OVER, task: "series", learnt: { ...learnt(0), scores: { own, last } } })
    assert.match(headline(await shown(forecast(0.6, 0.7))), /no more than to repeat the last value/)
    assert.match(headline(await shown(forecast(0.7, 0.6))), /^It foretells 70% of what varies/)
})

test("the scrubber's two handles choose the pictures; the second follows the training until it is moved", async () => {
    const made = await shown(RUNS)
    assert.deepEqual(titles(made), ["beforeepoch 0, untrained0 of 1 right", "nowepoch 21 of 1 right"])
    move(made.place, "now", 1)
    draw(made.place, { ...RUNS, losses: [0.5, 0.25, 0.2], accuracies: [0.5, 1, 1] }, () => {})
    await settled()
    assert.match(titles(made)[1], /^nowepoch 1/)
    move(made.place, "before", 3)
    assert.match(titles(made)[0], /^beforeepoch 1/, "it is never after now")
})

test("c is drawn as bars on one scale before and now, and the console has its numbers", async () => {
    const { place } = await shown(OVER)
    const all = globalThis.gatescope
        .heatmaps()
        .filter(({ name }) => name === "c")
        .slice(-2)
    assert.deepEqual(
        all.map(({ z }) => z),
        [[[0, 0]], [[2, -2]]],
    )
    const [before, now] = place
        .querySelectorAll("[data-quantity=c]")
        .map(strip => strip.querySelectorAll("rect").map(one => +one.getAttribute("height")))
    assert.ok(Math.max(...before.slice(1)) === 0)
    assert.equal(now[1], now[2], "a bar for +2 and one for −2")
})

test("a wrong answer is struck through, a right one stands on a ground, and what nobody can know neither", async () => {
    const { place } = await shown(OVER)
    const [before, now] = place.querySelectorAll(".gs-drawing")
    const struck = part =>
        part.querySelectorAll("text").filter(one => one.getAttribute("text-decoration") === "line-through")
    assert.deepEqual(textsOf(struck(before)), ["b"])
    assert.deepEqual(textsOf(struck(now)), [])
    assert.equal(now.querySelectorAll(".gs-label").length, 1)
})

test("a trained model opens on Memory", async () => {
    const { place, heard } = await shown(OVER)
    place
        .querySelectorAll("button")
        .find(one => one.textContent === "Open on Memory")
        .click()
    assert.deepEqual(heard, [["memory", true]])
    const running = await shown(RUNS)
    assert.ok(!textsOf(running.place.querySelectorAll("button")).includes("Open on Memory"))
})
