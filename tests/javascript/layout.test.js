import assert from "node:assert/strict"
import { test } from "node:test"
import { laidOut } from "../../assets/browser/layout/picture.js"
import { columnsFor, frameOf, stepsInSight } from "../../assets/browser/layout/room.js"
import { stepAxis } from "../../assets/browser/layout/step_axis.js"
import { LOW } from "../../assets/browser/picture/cursor.js"
import { Columns } from "../../assets/browser/state/answer.js"
import { answerOf, LINKS } from "./links.js"
import { COLOURS, wholeAnswer } from "./pictures.js"

const room = { width: 1000, height: 600, theme: /** @type {const} */ ("light"), steps: null }
const ANSWERS = await Promise.all(LINKS.map(({ query }) => answerOf(query)))
/** Each answer in rooms of three widths. */
const LAID = ANSWERS.flatMap(numbers => [1000, 620, 360].map(width => laidOut(numbers, { ...room, width }, COLOURS)))

test("the numbers on an axis of values are round and within them", async () => {
    const numbers = await answerOf({ model: "series", sentence: "1, 2, 3" })
    Object.assign(numbers.series[0], { low: [0.3], high: [7.7] })
    const [{ axes }] = laidOut(numbers, room, COLOURS).extras
    assert.deepEqual(axes[0].ticks, [5])
})

test("where a step has no word the axis has whole numbers of steps, also of a few in a long text", () => {
    const columns = new Columns({ columns: { first: 0, per: 1, number: 4000, steps: 4000 }, labels: [] })
    const ticks = (width, range) => stepAxis(columns, width, range, 0).axis.tickvals.join()
    assert.equal(ticks(1680, [1000.5, 1004.5]), "1001,1002,1003,1004")
    assert.equal(ticks(336, [999.5, 1019.5]), "1000,1005,1010,1015")
    assert.equal(ticks(336, [-0.5, 3999.5]), "0,1000,2000,3000")
})

test("strips stand one under the other, in order, and within their stack", () => {
    for (const { stacks } of LAID) {
        for (const { places, figure } of stacks) {
            places.forEach(({ top, height }, n) => {
                const above = n ? places[n - 1].top + places[n - 1].height : 0
                assert.ok(height > 0 && top > above)
                assert.ok(top + height <= figure.layout.height)
            })
        }
    }
})

test("c is the highest strip wherever it is shown", () => {
    for (const { strips, stacks } of LAID) {
        const row = strips.findIndex(({ quantity }) => quantity === "c")
        for (const { places } of stacks) {
            if (row >= 0) assert.equal(Math.max(...places.map(({ height }) => height)), places[row].height)
        }
    }
})

test("answers and x have their room between the words and the strips", () => {
    let seen = 0
    for (const { answers, inputs, stacks } of LAID) {
        const rows = [answers?.place, inputs?.place, stacks[0]?.places[0]].filter(Boolean)
        rows.slice(1).forEach(({ top }, n) => {
            assert.ok(rows[n].top + rows[n].height <= top)
            seen += 1
        })
    }
    assert.ok(seen > 40)
})

test("in a low window every strip is as high as its name and its question, whatever stands above", () => {
    for (const numbers of ANSWERS.filter(({ answers, units }) => answers.length && units <= 16)) {
        const { stacks } = laidOut(numbers, { ...room, height: 300 }, COLOURS)
        for (const { height } of stacks[0].places) assert.ok(height >= 24, `${height}`)
    }
})

test("in the lowest window c of three units has its numbers, and all other strips a frame around a cell", () => {
    const inputs = { quantity: "x", letter: "x", z: Array.from({ length: 4 }, () => new Float32Array(4)), names: [] }
    const answer = wholeAnswer({ units: 3, inputs })
    answer.answers = Array.from({ length: answer.columns.number }, () => ({ label: "NOUN", share: 0.79 }))
    const { stacks, strips, answers } = laidOut(answer, { ...room, height: 100 }, COLOURS)
    assert.ok(answers)
    strips.forEach(({ quantity }, row) => {
        const { places, onCells } = stacks[0]
        if (quantity === "c") assert.equal(onCells[row].numbers, true)
        else assert.ok(places[row].height / 3 >= LOW)
    })
})

test("x is folded until it is named: the strips have its height", () => {
    const inputs = { quantity: "x", letter: "x", z: Array.from({ length: 4 }, () => new Float32Array(4)), names: [] }
    const laid = quantities => {
        const answer = wholeAnswer({ units: 3, inputs })
        return laidOut({ ...answer, view: { ...answer.view, quantities } }, room, COLOURS)
    }
    const [folded, open] = [laid("ifgoch"), laid("xifgoch")]
    assert.deepEqual([folded.inputs, folded.readsX, !!open.inputs], [null, true, true])
    const heights = ({ stacks }) => stacks[0].places.map(({ height }) => height)
    assert.ok(heights(open).every((height, k) => height < heights(folded)[k]))
})

test("on a phone six strips fill the room above the sheet: c with its numbers, or the highest", () => {
    const phone = units => {
        const numbers = wholeAnswer({ units })
        numbers.answers = Array.from({ length: numbers.columns.number }, () => ({ label: "NOUN", share: 0.79 }))
        return laidOut(numbers, { ...room, width: 362, height: 282 }, COLOURS)
    }
    const { stacks, inputs, answers } = phone(3)
    const [{ places, onCells, figure }] = stacks
    assert.deepEqual([inputs, figure.layout.height <= 282, onCells[3].numbers], [null, true, true])
    // A name stands between the answers and the first strip, and between two strips.
    const ends = [answers.place.top + answers.place.height, ...places.map(({ top, height }) => top + height)]
    assert.ok(places.every(({ top, height }, n) => top - ends[n] >= 15 && height >= 14))
    const { figure: many, places: all } = phone(12).stacks[0]
    assert.ok(
        many.layout.height <= 283 && all[3].height >= 3 * all[0].height,
        `${many.layout.height}: ${all[3].height}`,
    )
})

test("h has the scale of c only where it is a projection, whose size has no end", () => {
    const drawn = change => {
        const { stacks, legend } = laidOut(wholeAnswer({ reach: 5, ...change }), room, COLOURS)
        const h = stacks[0].figure.data.find(({ name }) => name === "h")
        return { end: h.zmax, begin: h.zmin, said: legend.slice(1).map(({ name, high }) => `${name} to ${high}`) }
    }
    assert.deepEqual(drawn({}), { end: 1, begin: -1, said: ["states g h to +1", "memory c to +5"] })
    assert.deepEqual(drawn({ projects: true }), { end: 5, begin: -5, said: ["states g to +1", "memory c h to +5"] })
})

test("a picture is asked for with a column a pixel, of each of the stacks that stand side by side", () => {
    const sides = number => Array.from({ length: number }, (_, layer) => ({ layer, direction: 0 }))
    assert.equal(columnsFor([], 1000), columnsFor(sides(1), 1000))
    assert.ok(columnsFor(sides(2), 1000) < columnsFor(sides(1), 1000) / 2)
    const both = [
        { layer: 0, direction: 0 },
        { layer: 0, direction: 1 },
    ]
    assert.equal(frameOf(both, 9, { width: 1000, height: null }).across, 2)
    assert.equal(frameOf(both, 9, { width: 400, height: null }).across, 1)
})

const answer = await answerOf({ model: "counter", sentence: "aabb" })

/** An answer with so many layers. */
function layersOf(number) {
    return { ...answer, stacks: Array.from({ length: number }, (_, layer) => ({ ...answer.stacks[0], layer })) }
}

test("three layers stand side by side on a laptop, four in two rows of two, and one above the other on a phone", () => {
    const across = (layers, width) => laidOut(layersOf(layers), { ...room, width }, COLOURS).across
    assert.deepEqual([across(3, 912), across(4, 912), across(2, 654), across(2, 362)], [3, 2, 2, 1])
})

test("what the model says stands over its last layer, and on a phone over the first, which is seen first", () => {
    const over = (layers, width) => laidOut(layersOf(layers), { ...room, width }, COLOURS).answers.over
    assert.deepEqual([over(1, 912), over(3, 912), over(4, 912), over(2, 362)], [0, 2, 3, 0])
})

test("words are level where none touches the next; else they slant on a sheet, and the page has those that have room", () => {
    const columns = new Columns({
        columns: { first: 0, per: 1, number: 4, steps: 4 },
        labels: ["Giraffes", "in", "a", "field"],
    })
    const over = (width, sheet) => {
        const { tickangle, ticktext } = stepAxis(columns, width, [-0.5, 3.5], 0, sheet).axis
        return [tickangle, ticktext.join(" ")]
    }
    assert.deepEqual(over(40 * 4, false), [0, "Giraffes in a field"])
    assert.deepEqual(over(30 * 4, true), [-60, "Giraffes in a field"])
    assert.deepEqual(over(30 * 4, false), [0, "Giraffes a field"])
    assert.deepEqual(over(10 * 4, false), [0, "0"])
})

test("a page shows as many columns as have room for level words and answers, from the first one that it is told", () => {
    const labels = Array.from({ length: 30 }, (_, step) => ["the", "river", "extraordinarily"][step % 3])
    const columns = new Columns({ columns: { first: 0, per: 1, number: 30, steps: 30 }, labels })
    const answers = labels.map((_, step) => ({ step, label: "NOUN", share: 0.5 }))
    const seen = (first, more = {}) => stepsInSight({ columns, answers }, 720, { steps: null, first, ...more })
    assert.deepEqual(seen(0).range, [-0.5, 12.5])
    assert.deepEqual([seen(9).range, seen(99).range, seen(0).fits], [[8.5, 21.5], [16.5, 29.5], false])
    assert.deepEqual(seen(9, { steps: [2.5, 4.5] }).range, [2.5, 4.5])
    assert.deepEqual(seen(9, { sheet: true }).range, [-0.5, 29.5])
    // Steps of a series are numbers, which need no room.
    Object.assign(columns, { timed: true })
    assert.deepEqual([seen(0).range, seen(0).fits], [[-0.5, 29.5], true])
})

test("an answer without numbers is a picture without strips, and its words stay", () => {
    const laid = laidOut(wholeAnswer({ stacks: [], shapes: "(4, 3)" }), room, COLOURS)
    assert.deepEqual([laid.stacks, laid.legend, laid.shapes, laid.strips.length], [[], [], "(4, 3)", 6])
})

test("a starting state that was given takes room beside the strips, and one of zeros none", () => {
    const wide = start => {
        const numbers = wholeAnswer()
        numbers.stacks[0].start = start
        return laidOut(numbers, room, COLOURS).stacks[0].figure.layout.width
    }
    assert.equal(wide({ c: [0, 0, 0] }) - wide({ c: [0, 0.1, 0] }), 22)
})

const lecture = { ...room, width: 900, height: 420, presenting: true }

test("a lecture shows as many rows as can be read, the pinned one and those whose c changes most", () => {
    const numbers = wholeAnswer({ units: 40 })
    const c = numbers.stacks[0].values.find(({ quantity }) => quantity === "c").z
    c[7][1] = 5
    c[30][2] = -9
    const pin = { layer: 0, direction: 0, unit: 19 }
    const { stacks, few, inputs } = laidOut(numbers, { ...lecture, pin }, COLOURS)
    const [{ units, places, figure, onCells }] = stacks
    assert.ok(units.length < 16 && [7, 19, 30].every(unit => units.includes(unit)))
    assert.deepEqual(
        units,
        [...units].sort((a, b) => a - b),
    )
    assert.deepEqual(figure.data[3].z[units.indexOf(30)], c[30])
    assert.equal(few, `${units.length} of 40 units: those whose c changes most`)
    const page = laidOut({ ...numbers, few: "38 of 40 units: those that move the answers most" }, lecture, COLOURS)
    assert.match(page.few, /^\d+ of 40 units: those that move the answers most, by change of c$/)
    assert.deepEqual([figure.data[3].meta.units, inputs], [units, null])
    const end = places[5].top + places[5].height
    assert.ok(end <= 420 && end > 400)
    assert.equal(onCells[3].numbers, true)
    assert.equal(numbers.stacks[0].units.length, 40)
})

test("a lecture shows the layers that stand side by side, with the pinned one or the last", () => {
    const places = [0, 1, 2, 3].flatMap(layer => [
        [layer, 0],
        [layer, 1],
    ])
    const layers = pin =>
        laidOut(wholeAnswer({ places }), { ...lecture, width: 620, pin }, COLOURS).stacks.map(({ layer }) => layer)
    assert.deepEqual(layers(null), [3, 3])
    assert.deepEqual(layers({ layer: 1, direction: 1, unit: 0 }), [1, 1])
    assert.deepEqual(layers({ layer: 0, direction: 0, unit: 0 }), [0, 0])
})

test("a lecture shows three layers beside a panel, and says which it shows where there are more", () => {
    const shown = (number, width) => {
        const places = Array.from({ length: number }, (_, layer) => [layer, 0])
        return laidOut(wholeAnswer({ places }), { ...lecture, width }, COLOURS)
    }
    assert.deepEqual([shown(3, 690).stacks.length, shown(3, 690).few], [3, ""])
    assert.equal(shown(4, 690).few, "only layer 2 and layer 3")
})
