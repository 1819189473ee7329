/** What do the small functions give back, for each step, cell and number that they may be given? */

import { COLOURS } from "./pictures.js"
import { figureOf } from "./seen.js"

const { answersRow } = await import("../../assets/browser/layout/step_axis.js")
const { columnsFor, frameOf } = await import("../../assets/browser/layout/room.js")
const { onCells } = await import("../../assets/browser/layout/stack.js")
const { rowNames } = await import("../../assets/browser/layout/step_axis.js")
const { stepAxis } = await import("../../assets/browser/layout/step_axis.js")
const { mostRows, placesOf } = await import("../../assets/browser/layout/stack.js")
const { widthOf } = await import("../../assets/browser/layout/step_axis.js")
const { barsOf, isMasked, linesOf } = await import("../../assets/browser/panel/cell_words.js")
const { short } = await import("../../assets/browser/panel/cell_drawing.js")
const words = await import("../../assets/browser/panel/cell_words.js")
const { between } = await import("../../assets/browser/picture/cover.js")
const { nearest } = await import("../../assets/browser/picture/cursor.js")
const { chipOf, strength } = await import("../../assets/browser/picture/answers.js")
const { wrapped, written } = await import("../../assets/browser/slide/files.js")
const brush = await import("../../assets/browser/state/brush.js")
const { Columns } = await import("../../assets/browser/state/columns.js")
const holds = await import("../../assets/browser/state/holds.js")
const { titleOf } = await import("../../assets/browser/state/link.js")
const time = await import("../../assets/browser/state/time.js")
const { chance, chosen } = await import("../../assets/browser/state/write_on.js")
const zoom = await import("../../assets/browser/state/zoom.js")
const { curve, rangeOf } = await import("../../assets/browser/units/row.js")
const { letters, stepOf } = await import("../../assets/browser/units/list.js")
const { linesOf: linesIn } = await import("./seen.js")

const seen = value => JSON.stringify(figureOf(value))
const range = (from, to, by = 1) => Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, k) => from + k * by)

/** What a function gives back for each list of what it is given, a line each. */
const calls = (name, call, given) => given.map(one => `${name} ${seen(one)} ${seen(call(...one) ?? null)}`)
const product = (...lists) => lists.reduce((all, list) => all.flatMap(one => list.map(value => [...one, value])), [[]])

const COLUMNS = product([0, 3, 90], [1, 2, 7], [1, 4, 9]).flatMap(([first, per, number]) =>
    [first + per * number, first + per * number - 1, first + per * number + 5].map(steps => {
        const labels = per === 1 ? range(0, number - 1).map(n => (n === 1 ? `${first + n}` : `w${n}`)) : []
        return new Columns({ columns: { first, per, number, steps }, labels })
    }),
)
const columnsSeen = () =>
    COLUMNS.flatMap(columns => {
        const { first, per, number, steps, end, complete, range: whole, positions, timed } = columns
        const about = `columns ${first} ${per} ${number} ${steps}`
        const places = range(-1, number).map(column => [
            columns.step(column),
            columns.edges(column),
            columns.name(column),
            columns.where(column),
        ])
        const found = [first - 1, first, first + per - 1, first + per, end - 1, end, end + 1].map(step => [
            columns.of(step),
            columns.word(step),
            columns.quoted(step),
        ])
        const zooms = range(-1, number).map(column => zoom.around(columns, column))
        const sights = product([-0.5, first - 0.5, first + 1.5, first + 2], [first + 2.5, end - 0.5, end + 3]).map(
            steps => zoom.columnsInSight(columns, { steps, units: null }),
        )
        return [
            about,
            ...[[end, complete, whole, positions, timed], places, found, zooms, sights].map(part => ` ${seen(part)}`),
        ]
    })

const times = product([null, -1, 0, 0.4, 2, 2.999, 5.98, 6], [0, 2], [5, 8], [0.5, 4], [true, false]).map(
    ([at, from, to, speed, looping]) => ({
        ...{ at, playing: looping, speed, looping, calm: speed === 4, from, to },
    }),
)
const timesSeen = () => [
    ...calls(
        "now",
        time.now,
        times.map(one => [one]),
    ),
    ...calls(
        "read",
        time.readAt,
        times.map(one => [one]),
    ),
    ...calls("moved", time.moved, product(times, [-1, 1])),
    ...calls(
        "toggled",
        time.toggled,
        times.map(one => [one]),
    ),
    ...calls(
        "played",
        time.played,
        times.map(one => [one]),
    ),
    ...calls("passed", time.passed, product(times, [0, 16, 700, 5000])),
    ...calls(
        "in columns",
        time.inColumns,
        product(
            times,
            [
                [0, 5],
                [1, 5],
                [2, 3],
            ],
            [true, false],
        ),
    ),
    ...calls(
        "read by",
        time.readBy,
        product(
            [[0], [0, 1], [1, 2, 3]],
            [null, 0, 1, 3, 4],
            product([0, 2], [0, 0.2, 0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1]).map(([read, part]) => ({ read, part })),
        ),
    ),
]

const pictureOf = (steps, rows) => ({
    columns: new Columns({ columns: { first: 0, per: 1, number: steps, steps }, labels: [] }),
    stacks: rows ? [{ units: range(1, rows) }] : [],
})
const ZOOMS = ["", "0-3", "2-9", "2-2", "3-2", "0-3.0-1", ".1-2", "x", "2-9.0-3.4", "0-9.0-4"]
const PICTURED = product([4, 10], [0, 2, 5]).map(([steps, rows]) => pictureOf(steps, rows))
const zoomsSeen = () => {
    const zooms = ZOOMS.map(text => zoom.zoomOf(text))
    const named = PICTURED.map((_, n) => n)
    return [
        ...calls(
            "zoom of",
            zoom.zoomOf,
            ZOOMS.map(text => [text]),
        ),
        ...calls(
            "text",
            one => [zoom.zoomText(one), zoom.isZoomed(one)],
            [...zooms, { steps: [-0.4, 3.2], units: [4.9, 0.2] }].map(one => [one]),
        ),
        ...calls("within", (one, n) => zoom.zoomWithin(one, PICTURED[n]), product(zooms, named)),
        ...calls(
            "kept",
            (one, m, n) => zoom.keptZoom(one, PICTURED[m] ?? null, PICTURED[n]),
            product(zooms, [...named, 99], named),
        ),
        ...calls("scaled", (one, n, by) => zoom.scaled(one, PICTURED[n], by), product(zooms, named, [0.5, 1, 2])),
        ...calls(
            "brush of",
            brush.brushOf,
            ["", "1-2", "2-1", "2-2", "1234567-2", "1-", "a-b", "01-3"].map(text => [text]),
        ),
        ...calls("stretched", brush.stretched, product([null, [2, 4], [3, 3]], [2, 3, 4], [0, 2, 3, 6])),
        ...calls(
            "brush within",
            (one, n) => brush.brushWithin(one, PICTURED[n]),
            product([null, [0, 3], [2, 4], [9, 9]], named),
        ),
    ]
}

const HOLDS = [
    "",
    "w.1",
    "f.0.2.3_0",
    "f.0.2,4-6.3_0.5 w.3 w.1",
    "f.0.all.all_1 i.1.0.2_0.25",
    "c.0.1.all.1_-2",
    "f.0.2.3_0 f.0.2.3_1",
]
const TARGETS = [
    { gate: "f", layer: 0, direction: 0, units: [2], steps: [3] },
    { gate: "f", layer: 0, direction: 0, units: null, steps: [3] },
    { gate: "f", layer: 0, direction: 0, units: [2, 4, 5], steps: null },
    { gate: "i", layer: 1, direction: 0, units: [0], steps: [2] },
    { gate: "c", layer: 0, direction: 1, units: [1], steps: [0] },
]
const CELLS = product([0, 1], [0, 1], [0, 1, 2, 4, 7], [0, 2, 3]).map(([layer, direction, unit, step]) => ({
    layer,
    direction,
    unit,
    step,
}))
const holdsSeen = () => [
    ...calls(
        "holds of",
        holds.holdsOf,
        HOLDS.map(text => [text]),
    ),
    ...calls(
        "written",
        text => holds.written(holds.holdsOf(text)),
        HOLDS.map(text => [text]),
    ),
    ...calls(
        "scope",
        holds.scopeOf,
        HOLDS.map(text => [text]),
    ),
    ...calls("named", holds.named, [[null], [[]], [[0]], [[0, 1]], [[0, 2, 3, 4, 7]], [[1, 3]]]),
    ...calls("with", (text, target) => holds.withHold(text, { ...target, value: 0.75 }), product(HOLDS, TARGETS)),
    ...calls("without", holds.withoutHold, product(HOLDS, TARGETS)),
    ...calls("held", (text, target) => holds.isHeld(text, { ...target, value: 0 }), product(HOLDS, TARGETS)),
    ...calls("word", holds.withoutWord, product(HOLDS, [0, 1, 3])),
    ...calls("left out", holds.isLeftOut, product(HOLDS, [0, 1, 3])),
    ...calls("letters", holds.lettersHeld, product(HOLDS, CELLS)),
]

const VALUES = [
    -2.5,
    -0.995,
    -0.0049,
    -0.0001,
    0,
    0.0005,
    0.3333,
    0.49999,
    0.5,
    1,
    1.25,
    9.994,
    9.995,
    12.345,
    99.94,
    99.95,
    1234.5,
    NaN,
]
const SUMS = product([-1.3, 0, 0.5], [0, 0.004, 0.7, 1], [0.25, 1], [-0.9, 0.6]).map(([before, f, i, g], n) => {
    const [kept, written] = [f * before, i * g]
    const c = n % 5 ? kept + written : 0.5
    return {
        before,
        recalled: 0.1,
        f,
        kept,
        i,
        g,
        written,
        c,
        tanh: Math.tanh(c),
        o: 0.5,
        h: 0.5 * Math.tanh(c),
        held: ["", "f", "c", "io"][n % 4],
    }
})
const FOUND = [null, "", "tanh(c)", "o ⊙ tanh(c)"]
const tellsOf = kind => one => [
    words.told({ ...one, ...kind }),
    linesOf({ ...one, ...kind }),
    barsOf(linesOf({ ...one, ...kind })),
    isMasked({ ...one, ...kind }),
]
const sumsSeen = () => [
    ...FOUND.flatMap(found =>
        calls(
            `sum ${found}`,
            tellsOf({ found }),
            SUMS.map(one => [one]),
        ),
    ),
    ...["gru", "rnn"].flatMap(kind =>
        calls(
            `sum ${kind}`,
            tellsOf({ kind }),
            SUMS.map(one => [one]),
        ),
    ),
]

const wordsSeen = () => [
    ...calls(
        "short",
        short,
        VALUES.map(value => [value]),
    ),
    ...calls(
        "strength",
        strength,
        [null, 0, 0.25, 0.5, 0.6, 0.69, 0.7, 0.75, 0.8, 0.9, 1].map(share => [share]),
    ),
    ...product([null, 0, 0.5, 0.69, 0.7, 0.75, 0.8, 1], [true, false]).flatMap(([share, shares]) =>
        linesIn(chipOf({ step: 3, label: "A", share }, shares)),
    ),
    ...calls(
        "nearest",
        nearest,
        product(
            [
                [-0.5, 3.5],
                [7.5, 2.5],
            ],
            [0, 0.1, 0.25, 0.5, 0.999, 1],
        ),
    ),
    ...calls("chance", chance, product([0, 1, 77], range(0, 5))),
    ...calls(
        "chosen",
        (sample, temperature, step, coming) => chosen(coming, { sample, temperature, seed: 3 }, step),
        product([true, false], [0.1, 1, 3], range(0, 7), [
            [],
            [{ label: "a", share: 1 }],
            [{ share: 0.5 }, { share: 0.3 }, { share: null }],
        ]),
    ),
    ...calls("wrapped", wrapped, product(["", "one two three four", "a bb ccc dddd", "averylongword b"], range(3, 12))),
    ...calls(
        "written",
        (size, width) => ({ ...written("one two three four five six", size, width, {}), lines: 0 }),
        product([11.5, 14, 22], [60, 100, 240]),
    ),
    ...calls(
        "title",
        sentence => titleOf(/** @type {any} */ ({ picture: { file: null }, source: { sentence } })),
        [69, 70, 71, 72].map(n => ["x".repeat(n)]),
    ),
    ...calls("file", file => titleOf(/** @type {any} */ ({ picture: { file }, source: {} })), [
        ["a.txt: 3 kB"],
        ["a: b: 3 kB"],
        ["a"],
    ]),
]

const rowsSeen = () =>
    product(range(1, 30), [20, 55, 110, 111, 330], [null, 0, 3]).map(([n, height, pinned]) => {
        const [units, z] = [range(0, n - 1), Array(n).fill(0)]
        const data = [
            { name: "f", z },
            { name: "c", z },
            { name: "h", z: [0] },
        ]
        const places = [
            { top: 10, height },
            { top: 400, height },
            { top: 800, height },
        ]
        const yaxis = { range: [n - 0.5, -0.5] }
        const stack = {
            units,
            places,
            data,
            layout: { yaxis, yaxis2: { range: n > 9 ? [n - 3.5, 2.5] : [n - 0.5, -0.5] }, yaxis3: yaxis },
        }
        return `row names ${n} ${height} ${pinned} ${seen(rowNames(/** @type {any} */ (stack), pinned))}`
    })

const STATES = {
    colorscale: COLOURS.states.teal.light.map((colour, k, all) => [k / (all.length - 1), colour]),
    zmin: -2,
    zmax: 2,
}
const unitsSeen = () => [
    ...calls(
        "step",
        (tokens, between, room) => stepOf({ tokens: Array(tokens).fill("a"), between }, room),
        product([0, 1, 3, 40], ["", " "], range(0, 600, 37)),
    ),
    ...product([1, 6.4, 7, 12, 14.6, 21.9, 60], ["", " "]).flatMap(([step, between]) =>
        linesIn(letters({ tokens: ["a", "bcd", "字字字", "longer words"], between }, step)),
    ),
    ...product(
        [[], [0], [0.5, -1, null, 2, 2, 0.04, 0.1, -0.3], [null], [-1, -2]],
        [undefined, [1, 1, 0, null, 0.5, 0.5, 1], [0, 0]],
        [26, 48],
    ).flatMap(([c, truth, high]) => {
        const row = /** @type {any} */ ({ number: 3, c, truth })
        return [`range ${seen(rangeOf(row))}`, ...linesIn(curve(row, 10, STATES, high))]
    }),
]

/** Which pixels some columns have, also where they begin before or end behind the part in sight. */
const betweenSeen = () =>
    calls(
        "between",
        (n, from, to, sight) =>
            between({ columns: COLUMNS[n], layout: { width: 300, xaxis: { range: sight } } }, from, to),
        product(
            range(0, COLUMNS.length - 1, 5),
            [-1, 0, 2],
            [0, 2, 3],
            [
                [-0.5, 9.5],
                [2.5, 5.5],
            ],
        ),
    )

const SIDES = [
    [[0, 0]],
    ...[1, 2, 3].map(n => product(range(0, n), [0, 1])),
    ...[2, 3, 4, 7].map(n => range(0, n - 1).map(layer => [layer, 0])),
].map(sides => sides.map(([layer, direction]) => ({ layer, direction })))
const TEXTS = [[], ["a"], ["il"], ["i", "l"], ["word", "other"], ["a", "antidisestablishmentarian", "b", "c"]]
const texted = (labels, first = 0) => {
    const number = labels.length || 9
    return new Columns({ columns: { first, per: 1, number, steps: first + number + 3 }, labels })
}
const layoutsSeen = () => [
    ...calls("answers", answersRow, product(TEXTS, range(4, 60, 0.5))),
    ...calls("on cells", onCells, product([2.9, 3, 3.1, 5.9, 6, 6.1, 15.9, 16, 16.1], [5.9, 6, 6.1, 39.9, 40, 40.1])),
    ...calls(
        "rows",
        (named, height, top) => mostRows([...named], height, top),
        product(["c", "f", "fc", "figcoh"], range(60, 700, 7), [34, 110]),
    ),
    ...calls(
        "places",
        (named, rows, height, gap) =>
            placesOf(
                [...named].map(quantity => ({ quantity, rows })),
                rows,
                height,
                gap,
                50,
                20,
            ),
        product(["c", "fo", "fc", "figcoh"], [1, 3, 8, 16, 17, 70], [null, ...range(200, 900, 50)], [10, 30]),
    ),
    ...calls(
        "width",
        widthOf,
        ["", "a", "fl", "\u10ff", "\u1100", "\u218f", "\u2190", "\u24ff", "\u2500", "🦒b"].map(text => [text]),
    ),
    ...TEXTS.flatMap(labels =>
        calls(
            "axis",
            (width, sight, below) => stepAxis(texted(labels, 2), width, sight, below),
            product(
                [8, 31, 32, 60, 64, 90, 120, 200, 300, 500, 900],
                [
                    [1.5, 5.5],
                    [2.5, 4.5],
                    [-0.5, 90.5],
                ],
                [0, 26],
            ),
        ),
    ),
    ...range(0, SIDES.length - 1).flatMap(n => [
        ...calls(
            "columns for",
            width => columnsFor(SIDES[n], width),
            range(200, 1500, 25).map(width => [width]),
        ),
        ...calls(
            "frame",
            (width, presenting, sheet, given, steps) =>
                frameOf(SIDES[n], steps, { width, height: 500, presenting, sheet }, given),
            product([419, 420, 499, 500, 700, 1000, 1400], [true, false], [true, false], [true, false], [2, 100]),
        ),
    ]),
]

const TABLES = {
    layouts: layoutsSeen,
    ...{ columns: columnsSeen, times: timesSeen, zooms: zoomsSeen, holds: holdsSeen, sums: sumsSeen, words: wordsSeen },
    ...{ "row names": rowsSeen, "units over a text": unitsSeen, pixels: betweenSeen },
}
/** By name, what makes the lines of each table. @type {Record<string, () => Promise<string[]>>} */
export const tables = Object.fromEntries(
    Object.entries(TABLES).map(([name, see]) => [`a table of ${name}`, async () => see()]),
)
