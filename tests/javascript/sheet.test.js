import assert from "node:assert/strict"
import { test } from "node:test"
import { answerOf, LINKS } from "./links.js"
import "./page.js"
import { COLOURS, wholeAnswer } from "./pictures.js"

const { memorySheet, shownPart } = await import("../../assets/browser/slide/memory.js")
const { SIZES } = await import("../../assets/browser/slide/files.js")

const WHOLE = { steps: null, units: null }
const WANTED = { title: "The title", size: "slide", theme: /** @type {const} */ ("light"), pin: null, zoom: WHOLE }

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/** Sheets of the links, of both sizes. */
const all = (
    await Promise.all(
        LINKS.map(async ({ query }) => {
            const numbers = { ...(await answerOf(query)), made: "Made by hand." }
            const sheetOf = size => memorySheet(numbers, { ...WANTED, size }, COLOURS)
            const sizes = /** @type {("slide" | "column")[]} */ (Object.keys(SIZES))
            return sizes.map(size => ({ of: `${JSON.stringify(query)}, ${size}`, numbers, ...sheetOf(size) }))
        }),
    )
).flat()
const sheets = () => all

/** All parts of a sheet with what moves and enlarges them: [part, x, y, scale]. */
function* placed(part, x = 0, y = 0, scale = 1) {
    const transform = part.getAttribute("transform") ?? ""
    const [, dx = "0", dy = "0"] = /translate\((\S+) (\S+)\)/.exec(transform) ?? []
    const at = [x + scale * +dx, y + scale * +dy]
    const inner = scale * +(/scale\((\S+)\)/.exec(transform)?.[1] ?? 1)
    yield/** @type {[any, number, number, number]} */ ([part, ...at, inner])
    for (const child of part.children) yield* placed(child, at[0], at[1], inner)
}

/** Where a part with x, y, width and height is on its sheet. @returns {Box} */
function boxOf([part, x, y, scale]) {
    const [left, top, width, height] = ["x", "y", "width", "height"].map(name => scale * +part.getAttribute(name))
    return { left: x + left, top: y + top, right: x + left + width, bottom: y + top + height }
}

const stripsOf = root => [...placed(root)].filter(([part]) => part.hasAttribute("data-quantity"))

test("every strip of every link is on its sheet, under the one before it and over the legend", () => {
    let number = 0
    for (const { root, size, numbers, of } of sheets()) {
        const strips = stripsOf(root).map(boxOf)
        assert.equal(strips.length, numbers.stacks.length * numbers.strips.length, of)
        strips.forEach((box, n) => {
            assert.ok(box.left >= 0 && box.right <= size.width && box.bottom < size.height && box.top > 0, of)
            assert.ok(box.bottom > box.top && box.right > box.left, of)
            if (n % numbers.strips.length) assert.ok(strips[n - 1].bottom < box.top, of)
        })
        number += 1
    }
    assert.equal(number, 40)
})

test("no letters of a slide are smaller than 14 pixels, and all texts begin on their sheet", () => {
    for (const { root, size, of } of sheets()) {
        for (const [part, x, y, scale] of placed(root)) {
            if (part.localName !== "text") continue
            const [letters, left, top] = ["font-size", "x", "y"].map(
                name => scale * Number.parseFloat(part.getAttribute(name)),
            )
            assert.ok(letters >= size.least - 0.01, `${of}: ${part.textContent}`)
            assert.ok(
                x + left >= 0 && x + left <= size.width && y + top > 0 && y + top < size.height,
                `${of}: ${part.textContent} ${x + left} ${y + top}`,
            )
        }
    }
})

test("answers stand side by side under their words and over the strips", () => {
    let seen = 0
    for (const { root, of } of sheets()) {
        const chips = [...placed(root)].filter(
            ([part]) => part.localName === "rect" && part.hasAttribute("fill-opacity"),
        )
        const boxes = chips.map(boxOf)
        const [first] = stripsOf(root).map(boxOf)
        boxes.forEach((box, n) => {
            assert.ok(box.bottom <= first.top, of)
            if (n) assert.ok(boxes[n - 1].right <= box.left + 0.01, of)
            seen += 1
        })
    }
    assert.ok(seen > 100)
})

test("letters on a strong answer are of the paper, on a weak one of the ink", () => {
    const inks = [new Set(), new Set()]
    for (const { root } of sheets())
        for (const [part] of placed(root)) {
            const [chip, letters] = part.hasAttribute("data-answer") ? part.children : []
            if (letters) inks[+(chip.getAttribute("fill-opacity") >= 0.84)].add(letters.getAttribute("fill"))
        }
    assert.deepEqual(
        inks.map(ink => [...ink]),
        [[COLOURS.ink.light.ink], [COLOURS.ink.light.paper]],
    )
})

test("the legend has each scale from its first colour to its last, between what its ends are called", () => {
    const { root } = all[0]
    const scales = root.querySelectorAll("linearGradient")
    assert.ok(scales.length > 1)
    for (const scale of scales) {
        const offsets = scale.children.map(stop => +stop.getAttribute("offset"))
        assert.deepEqual([offsets[0], offsets.at(-1)], [0, 1])
        const parts = scale.parentNode.children
        const at = parts.indexOf(scale)
        const [name, low, box, high] = [at + 1, at + 2, at + 3, at + 4].map(n => parts[n])
        assert.equal(box.getAttribute("fill"), `url(#${scale.getAttribute("id")})`)
        const xs = [name, low, box, high].map(part => +part.getAttribute("x"))
        const widths = [name, low].map(part => 6 * part.textContent.length).concat(+box.getAttribute("width"))
        for (const [n, width] of widths.entries()) assert.equal(xs[n + 1] - xs[n], width + 8)
    }
})

test("a forecast is dotted, and numbers that are read are not", () => {
    for (const { root, numbers, of } of sheets()) {
        const dashes = [...placed(root)].flatMap(([part]) =>
            part.localName === "polyline" ? [part.getAttribute("stroke-dasharray")] : [],
        )
        const lines = name => numbers.series.reduce((sum, one) => sum + (one[name]?.length ?? 0), 0)
        assert.deepEqual(dashes, [...Array(lines("values")).fill(null), ...Array(lines("foreseen")).fill("2 3")], of)
    }
})

test("what a text starts from stands at the left of the strips, and the numbers of its units beside it", () => {
    const numbers = wholeAnswer()
    numbers.stacks[0].start = { c: [0.5, 0, 0] }
    const { root } = memorySheet({ ...numbers, made: "" }, WANTED, COLOURS)
    const moved = [...placed(root)].map(([part]) => part.getAttribute("transform"))
    assert.deepEqual(
        moved.filter(one => /^translate\(-/.test(one)),
        ["translate(-51 0)", "translate(-21 0)"],
    )
})

test("a word that is left out is veiled in its column, from the first strip to the last", () => {
    const held = { holds: "w.1", before: [..."abcd"] }
    const { root } = memorySheet({ ...wholeAnswer(), held, made: "" }, WANTED, COLOURS)
    const [veil, ...others] = [...placed(root)]
        .filter(([part]) => part.getAttribute("fill-opacity") === "0.85")
        .map(boxOf)
    const strips = stripsOf(root).map(boxOf)
    const [{ left, right, top }, { bottom }] = [strips[0], strips.at(-1)]
    const wide = (right - left) / 4
    for (const [side, at] of Object.entries({ left: left + wide, right: left + 2 * wide, top, bottom }))
        assert.ok(Math.abs(veil[side] - at) < 0.01, `${side}: ${veil[side]}, not ${at}`)
    assert.equal(others.length, 0)
})

test("a pinned cell is framed and told on a sheet that has it in sight", () => {
    const pin = { layer: 0, direction: 0, unit: 1, step: 2 }
    const shown = zoom => {
        const { root, played } = memorySheet({ ...wholeAnswer(), made: "" }, { ...WANTED, pin, zoom }, COLOURS)
        return [root.querySelectorAll(".gs-pin").length, played.story?.lines.length ?? 0]
    }
    for (const [steps, units, seen] of [
        [null, null, [6, 4]],
        [
            [1.5, 3.5],
            [1.5, 0.5],
            [6, 2],
        ],
        [[2.5, 3.5], null, [0, 0]],
        [null, [2.5, 1.5], [0, 0]],
    ])
        assert.deepEqual(shown({ steps, units }), seen, `${steps} ${units}`)
})

test("the frame of a pinned cell lies in its column, under what covers that until it is read", () => {
    const pin = { layer: 0, direction: 0, unit: 0, step: 3 }
    const { root, played } = memorySheet({ ...wholeAnswer(), made: "" }, { ...WANTED, pin }, COLOURS)
    const [{ edges, words, bottom }] = played.areas
    for (const [part, x, y, scale] of [...placed(root)].filter(([{ classList }]) => classList.contains("gs-pin"))) {
        const [left, top, right, low] = `${part.getAttribute("d")}`
            .split(/[MHVz ]/)
            .filter(Boolean)
            .map(Number)
        assert.ok(x + scale * (left - 1) >= edges[3] - 0.01 && x + scale * (right + 1) <= edges[4] + 0.01)
        assert.ok(y + scale * (top - 1) >= words && y + scale * (low + 1) <= bottom)
    }
})

test("a sheet is played over its strips, from its first column in sight to its last", () => {
    for (const { root, played, numbers, of } of sheets()) {
        const strips = stripsOf(root).map(boxOf)
        const own = played.areas.filter(({ words, top }) => words > top)
        assert.equal(own.length, numbers.stacks.length, of)
        own.forEach(({ edges, words, bottom, direction }, n) => {
            const [first, last] = [strips[n * numbers.strips.length], strips[(n + 1) * numbers.strips.length - 1]]
            assert.ok(Math.abs(edges[0] - first.left) < 0.01 && Math.abs(edges.at(-1) - first.right) < 0.01, of)
            assert.equal(edges.length, played.number + 1, of)
            assert.ok(words <= first.top && bottom >= last.bottom, of)
            assert.equal(direction, numbers.stacks[n].direction)
        })
    }
})

test("a cell has the colour of its value, from one end of the scale to the other", () => {
    const numbers = wholeAnswer({ units: 1 })
    numbers.stacks[0].values.find(({ quantity }) => quantity === "c").z = [Float32Array.of(-1, 0, 1, 0)]
    const { root } = memorySheet({ ...numbers, made: "" }, WANTED, COLOURS)
    const [[c]] = stripsOf(root).filter(([part]) => part.getAttribute("data-quantity") === "c")
    const scale = COLOURS.states.teal.light
    const channels = colour => `rgb(${[1, 3, 5].map(k => Number.parseInt(colour.slice(k, k + 2), 16)).join()})`
    const fills = c.children.map(path => path.getAttribute("fill"))
    assert.deepEqual([fills.length, fills[0], fills[2]], [3, channels(scale[0]), channels(scale.at(-1))])
})

test("a sheet of a few steps has their cells, and none beside them", () => {
    const zoom = { steps: [0.5, 2.5], units: null }
    const { root } = memorySheet({ ...wholeAnswer({ units: 1 }), made: "" }, { ...WANTED, zoom }, COLOURS)
    for (const [strip] of stripsOf(root))
        assert.equal(strip.children.flatMap(path => path.getAttribute("d").match(/M/g)).length, 2)
})

test("without numbers there is no sheet, and the sentence says what to do", () => {
    assert.throws(() => memorySheet(wholeAnswer({ stacks: [] }), WANTED, COLOURS), /type a sentence/)
})

test("it is said which part is on a sheet, and nothing of a whole", () => {
    const stack = units => ({ layer: 0, direction: 0, units: Array(units).fill(0) })
    const letters = all => [...all].map(quantity => ({ quantity }))
    const numbers = (change = {}) =>
        /** @type {any} */ ({
            ...{ columns: { steps: 1_200 }, units: 5, few: "", model: { layers: 3 }, view: { rows: "index" } },
            ...{ stacks: [0, 1, 2].map(layer => ({ ...stack(5), layer })), strips: letters("figcoh"), ...change },
        })
    const said = (change, zoom = {}) => shownPart(numbers(change), { ...WHOLE, ...zoom })
    assert.equal(said({}), "")
    assert.equal(said({ strips: letters("fch") }), "Shown: f, c and h of the six quantities. ")
    const own = { f: "z", i: "1 − z", g: "n", o: "r", c: "h" }
    assert.equal(said({ strips: letters("figoc"), letters: own }), "")
    assert.equal(said({ strips: letters("fc"), letters: own }), "Shown: z and h of the five quantities. ")
    assert.equal(
        said({}, { steps: [0.6, 1_003.4], units: [3.2, 2.9] }),
        "Shown: steps 1 to 1,003 of 1,200, unit 3 of 5. ",
    )
    // Less than a cell is in sight: that cell.
    assert.equal(said({}, { steps: [2.1, 2.2] }), "Shown: step 2 of 1,200. ")
    assert.equal(said({ view: { rows: "activity" } }, { units: [2.5, 0.5] }), "Shown: rows (by activity) 1 to 2 of 5. ")
    assert.equal(said({ stacks: [stack(5), { ...stack(5), layer: 2 }] }), "Shown: layers 0 and 2 of 3. ")
    const few = {
        units: 64,
        few: "12 of 64 units: the most telling",
        stacks: [0, 1, 2].map(layer => ({ ...stack(12), layer })),
    }
    assert.equal(said(few), "Shown: 12 of 64 units: the most telling. ")
    assert.equal(said(few, { units: [3.5, 1.5] }), "Shown: 2 of 64 units: the most telling. ")
})
