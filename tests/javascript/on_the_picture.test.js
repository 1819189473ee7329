import assert from "node:assert/strict"
import { test } from "node:test"
import { onPage, pixels, texts } from "./page.js"
import { pictureOf, stateOf, timeOf } from "./pictures.js"

const { Answers, chipOf, strength } = await import("../../assets/browser/picture/answers.js")
const { cover } = await import("../../assets/browser/picture/cover.js")
const { element } = await import("../../assets/browser/shared/element.js")

const AXES = ["yaxis", "yaxis2", "yaxis3", "yaxis4", "yaxis5", "yaxis6"]
const NAMED = ["cover", "now", "carried", "area", "numbers"]

/** A picture's stacks as they are painted, 100 pixels a column and 20 a strip of two units. */
function painted(picture, steps = null) {
    const { columns } = picture
    const range = steps ?? [-0.5, columns.steps - 0.5]
    const layout = { width: 100 * columns.number, height: 120, font: { family: "sans" }, xaxis: { range } }
    for (const axis of AXES) layout[axis] = { range: [1.5, -0.5] }
    return picture.stacks.map(stack => ({
        ...stack,
        ...Object.fromEntries(NAMED.map(name => [name, element(name === "numbers" ? "canvas" : "div")])),
        columns,
        data: stack.figure.data,
        layout,
        onCells: stack.figure.data.map(() => ({ numbers: true, gap: false, flat: true })),
    }))
}

const bothDirections = () => {
    const places = [0, 1].map(direction => [0, direction])
    return pictureOf({ units: 2, places })
}

test("what is not read is covered to the end, and the newest column is framed", () => {
    const picture = bothDirections()
    const stacks = painted(picture)
    cover(stacks, stateOf({ picture, time: timeOf({ at: 1.5 }) }))
    assert.deepEqual(pixels(stacks[0].cover, "left", "width"), [200, 200])
    assert.deepEqual(pixels(stacks[0].now, "left", "width", "top", "height"), [99, 101, -3, 126])
    assert.equal(stacks[0].cover.classList.contains("gs-to-the-end"), true)
    // From the right: the last two columns are read.
    assert.deepEqual(pixels(stacks[1].cover, "left", "width"), [0, 200])
    assert.deepEqual(pixels(stacks[1].now, "left", "width"), [199, 101])
    assert.equal(stacks[1].cover.classList.contains("gs-to-the-end"), false)
    assert.ok(stacks.every(({ cover, now }) => !cover.hidden && !now.hidden))
    cover(stacks, stateOf({ picture, time: timeOf({ at: 3.5 }) }))
    assert.deepEqual(
        stacks.map(({ cover, now }) => [cover.hidden, now.hidden]),
        [
            [true, false],
            [true, false],
        ],
    )
    cover(stacks, stateOf({ picture, time: timeOf({}) }))
    assert.ok(stacks.every(({ cover, now }) => cover.hidden && now.hidden))
})

const said = labels => labels.map((label, step) => ({ step, label, share: 0.5 }))
const ANSWERED = { said: said([..."abcd"]), level: true, shares: false, place: { top: 30, height: 20 } }

test("an answer is under its word, and is seen once the word is read", () => {
    const picture = pictureOf({ units: 2, answers: ANSWERED })
    const [stack] = painted(picture)
    const answers = new Answers()
    answers.draw(picture, stack)
    const chips = () => answers.root.children
    assert.deepEqual(
        chips().map(chip => [chip.textContent, ...pixels(chip, "left", "width")]),
        [
            ["a", 0, 100],
            ["b", 100, 100],
            ["c", 200, 100],
            ["d", 300, 100],
        ],
    )
    answers.reveal(stateOf({ picture, time: timeOf({ at: 1.5 }) }))
    assert.deepEqual(
        chips().map(({ style }) => style.visibility),
        ["", "", "hidden", "hidden"],
    )
    answers.reveal(stateOf({ picture, time: timeOf({ at: 0.5, from: 1 }) }))
    assert.deepEqual(
        chips().map(({ style }) => style.visibility),
        ["", "", "hidden", "hidden"],
    )
    answers.reveal(stateOf({ picture, time: timeOf({}) }))
    assert.ok(chips().every(({ style }) => style.visibility === ""))
})

test("a hold's other answer stands beside the one of before, and only there", () => {
    const picture = pictureOf({ units: 2, answers: ANSWERED, held: { holds: "", before: [..."axcd"] } })
    const [stack] = painted(picture)
    const answers = new Answers()
    answers.draw(picture, stack)
    assert.deepEqual(texts(answers.root, "s"), ["x"])
    assert.equal(answers.root.children[1].textContent, "bx")
})

test("where both answers of a hold have no room, the new one stands whole and framed, and says the one of before", () => {
    const before = ["PUNCT", ..."bcd"]
    const held = { ...ANSWERED, said: said(["PROPN", ..."bcd"]) }
    const picture = pictureOf({ units: 2, answers: held, held: { holds: "", before } })
    const answers = new Answers()
    answers.draw(picture, painted(picture)[0])
    const [chip, other] = answers.root.children
    assert.deepEqual([chip.textContent, chip.title], ["PROPN", "PROPN: 0.50, without the hold PUNCT"])
    assert.ok(chip.classList.contains("gs-was-once") && !other.classList.contains("gs-was-once"))
})

test("an answer is chosen by a click or by the keys, and all of them are one Tab stop", () => {
    const picture = pictureOf({ units: 2, answers: ANSWERED })
    const chose = []
    const answers = new Answers(step => chose.push(step))
    onPage(answers.root)
    answers.draw(picture, painted(picture)[0])
    const chips = answers.root.children
    const stops = () => chips.map(chip => +chip.getAttribute("tabindex"))
    assert.deepEqual(stops(), [0, -1, -1, -1])
    chips[2].lastChild.told("click")
    chips[0].focus()
    for (const key of ["ArrowRight", "Enter", "x", " "]) document.activeElement.told("keydown", { key })
    assert.deepEqual(chose, [2, 1, 1])
    assert.deepEqual(stops(), [-1, 0, -1, -1])
})

test("a word that has no room beside the others stands upright, a letter never does", () => {
    const upright = level => {
        const answers = new Answers()
        const picture = pictureOf({ units: 2, answers: { ...ANSWERED, said: said(["a", "noun"]), level } })
        answers.draw(picture, painted(picture)[0])
        return answers.root.children.map(chip => chip.classList.contains("gs-upright"))
    }
    assert.deepEqual(
        [upright(true), upright(false)],
        [
            [false, false],
            [false, true],
        ],
    )
})

test("a chip is as strong as its answer is sure, and strong letters begin at 0.6", () => {
    assert.deepEqual(
        [strength(null), strength(0), strength(0.3), strength(0.6), strength(1)].map(at => +at.toFixed(3)),
        [0.1, 0.1, 0.3, 0.84, 1],
    )
    const sure = share => chipOf({ step: 2, label: "noun", share }, true)
    assert.deepEqual(
        [0.59, 0.6, null].map(share => sure(share).classList.contains("gs-sure")),
        [false, true, false],
    )
    assert.equal(onPage(sure(0.25)).title, "noun: 0.25")
    assert.equal(sure(0.25).textContent, "noun0.25")
    assert.equal(sure(null).textContent, "noun")
    assert.equal(sure(0.6).style.getPropertyValue("--strength"), "84%")
})
