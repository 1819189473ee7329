import assert from "node:assert/strict"
import { test } from "node:test"
import { drawn, onPage, pixels, texts, textsOf } from "./page.js"
import { pictureOf, stateOf, timeOf } from "./pictures.js"

const { Answers, chipOf, strength } = await import("../../assets/browser/picture/answers.js")
const { carry, cover } = await import("../../assets/browser/picture/cover.js")
const { drawOnCells, edgesOf } = await import("../../assets/browser/picture/cell_layer.js")
const { drawRowNames } = await import("../../assets/browser/picture/names.js")
const { colourOf } = await import("../../assets/browser/shared/colour.js")
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

const cell = (step, rest = {}) => ({ layer: 0, direction: 0, unit: 1, step, ...rest })

test("the arrow of the memory is over the border to the step before, in the middle of the unit's row of c", () => {
    const picture = bothDirections()
    const stacks = painted(picture)
    carry(stacks, cell(2), [])
    // c is the fourth strip, from 60 to 80; the second of two rows is in the middle of its lower half.
    assert.deepEqual(pixels(stacks[0].carried, "left", "top", "width"), [200 - 22, 75, 44])
    assert.deepEqual([stacks[0].carried.hidden, stacks[1].carried.hidden], [false, true])
    carry(stacks, cell(2, { direction: 1 }), [])
    assert.deepEqual(pixels(stacks[1].carried, "left", "top", "width"), [300 - 22, 75, 44])
    assert.equal(stacks[1].carried.classList.contains("gs-from-the-right"), true)
    assert.deepEqual([stacks[0].carried.hidden, stacks[1].carried.hidden], [true, false])
    // Of 60 pixels a number leaves 12 at each side.
    stacks[0].layout.width *= 0.6
    carry(stacks, cell(2), [])
    assert.deepEqual(pixels(stacks[0].carried, "width"), [24])
})

test("no arrow reaches a first step, from either side, nor comes out of a column that is not in sight", () => {
    const picture = bothDirections()
    const stacks = painted(picture)
    const hidden = () => stacks.map(({ carried }) => carried.hidden)
    carry(stacks, cell(0), [])
    assert.deepEqual(hidden(), [true, true])
    carry(stacks, cell(3, { direction: 1 }), [])
    assert.deepEqual(hidden(), [true, true])
    carry(stacks, cell(2), [2])
    assert.equal(stacks[0].carried.hidden, true, "its memory was given anew")
    carry(stacks, null, [])
    assert.deepEqual(hidden(), [true, true])
    const zoomed = painted(pictureOf({ units: 2 }), [1.5, 3.5])
    carry(zoomed, cell(2), [])
    assert.equal(zoomed[0].carried.hidden, true)
    carry(zoomed, cell(3), [])
    assert.equal(zoomed[0].carried.hidden, false)
})

test("no arrow stands in a row of units that is not in sight", () => {
    const [stack] = painted(bothDirections())
    const shown = (range, unit) => {
        stack.layout[`yaxis${stack.data.findIndex(({ name }) => name === "c") + 1}`].range = range
        carry([stack], cell(2, { unit }), [])
        return !stack.carried.hidden
    }
    for (const [range, seen] of [
        [[0.5, -0.5], [0]],
        [[1.5, 0.5], [1]],
        [
            [1.5, -0.5],
            [0, 1],
        ],
    ])
        assert.deepEqual(
            [0, 1].filter(unit => shown(range, unit)),
            seen,
        )
})

test("the arrow stands in the first row of units and in the first strip too", () => {
    const [stack] = painted(bothDirections())
    const at = stack.data.findIndex(({ name }) => name === "c")
    for (const named of ["data", "places"]) stack[named] = [stack[named][at]]
    carry([{ ...stack, places: [{ top: 0, height: 20 }] }], cell(2, { unit: 0 }), [])
    assert.deepEqual([stack.carried.hidden, ...pixels(stack.carried, "top")], [false, 5])
})

const SCALE = {
    zmin: -1,
    zmax: 1,
    colorscale: [
        [0, "#204080"],
        [0.5, "#ffffff"],
        [1, "#801000"],
    ],
}

test("the numbers of units are strong in c and of the pinned unit, and pale elsewhere", () => {
    const [stack] = painted(pictureOf({ units: 2 }))
    stack.rows = element("canvas")
    stack.places = stack.places.map((_, row) => ({ top: 60 * row, height: 50 }))
    const drawnFor = pin => {
        stack.rows.pen.calls.length = 0
        drawRowNames(stack, pin, "light", 0)
        const numbers = stack.rows.pen.calls.filter(([name]) => name === "fillText")
        return numbers.map(([, unit, , y, { alpha }]) => `${unit}${alpha < 1 ? "" : "!"} ${y}`).join()
    }
    const strips = own =>
        [..."figcoh"].map(
            (name, k) => `0${name === "c" ? "!" : ""} ${60 * k + 13},1${own || name === "c" ? "!" : ""} ${60 * k + 38}`,
        )
    assert.equal(drawnFor(null), strips(false).join())
    assert.equal(drawnFor(cell(2)), strips(true).join())
    const [[x, y, width, height]] = drawn(stack.rows, "roundRect")
    assert.deepEqual([x + width, y, height], [28, 217.5 - 8, 16], "around the number in c, which ends at 24")
    assert.equal(drawnFor(cell(2, { direction: 1 })), strips(false).join())
})

test("a gate's number has no sign, and its ink is that of the gates' scale", () => {
    const [stack] = painted(pictureOf({ steps: 2, units: 1 }))
    const gates = {
        zmin: 0,
        zmax: 1,
        colorscale: [
            [0, "#ffffff"],
            [1, "#000000"],
        ],
    }
    stack.data = [{ ...gates, name: "f", z: [[0.25, 0.95]] }]
    drawOnCells(stack, "#eee")
    const said = stack.numbers.pen.calls.filter(([name]) => name === "fillText")
    assert.deepEqual(
        said.map(([, text, , , { fill }]) => [text, fill]),
        [
            ["0.25", "#000000"],
            ["0.95", "#ffffff"],
        ],
    )
})

test("a cell that we paint has its scale's colour at its place, and none without a number", () => {
    const [stack] = painted(pictureOf({ steps: 3, units: 2 }))
    const z = [
        [-1, 0.25, NaN],
        [1, -0.5, 7],
    ]
    stack.data = [{ ...SCALE, name: "c", z }]
    Object.assign(stack, { behind: true, drawing: Promise.resolve() })
    drawOnCells(stack, "#eee")
    const [[pixels, ...place]] = drawn(stack.numbers, "drawImage")
    const { across, down } = edgesOf(stack, 0)
    assert.deepEqual(
        [across, down],
        [
            [0, 100, 200, 300],
            [0, 10, 20],
        ],
    )
    assert.deepEqual(place, [across[0], down[0], across[3] - across[0], down[2] - down[0]])
    const [[{ width, height, data }, ...at]] = drawn(pixels, "putImageData")
    assert.deepEqual([width, height, ...at], [3, 2, 0, 0])
    const cells = z.flat().map((value, at) => [value, ...data.slice(4 * at, 4 * at + 4)])
    for (const [value, r, g, b, alpha] of cells) {
        assert.equal(alpha, Number.isNaN(value) ? 0 : 255)
        const wanted = Number.isNaN(value) ? [0, 0, 0] : colourOf(value, SCALE).match(/\d+/g)
        for (const [k, channel] of [r, g, b].entries()) assert.ok(Math.abs(channel - wanted[k]) <= 1, `${value}`)
    }
    assert.deepEqual(drawn(stack.numbers, "fillRect")[0], [0, 0, stack.layout.width, 120], "over Plotly's older cells")
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
    for (const key of ["ArrowLeft", "ArrowRight", "Enter", "x", " "]) document.activeElement.told("keydown", { key })
    assert.deepEqual(chose, [2, 1, 1])
    assert.deepEqual(stops(), [-1, 0, -1, -1])
})

test("answers out of sight have no chip, and those of an earlier picture go", () => {
    const picture = pictureOf({ units: 2, answers: ANSWERED })
    const answers = new Answers()
    answers.draw(picture, painted(picture)[0])
    const [kept] = answers.root.children
    answers.draw(picture, painted(picture)[0])
    assert.equal(answers.root.children[0], kept)
    answers.draw(picture, painted(picture, [0.5, 2.5])[0])
    assert.deepEqual(textsOf(answers.root.children), ["b", "c"])
    answers.draw({ ...picture, answers: null }, painted(picture)[0])
    assert.deepEqual([answers.root.hidden, answers.root.children.length], [true, 0])
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
