/** Where is everything in a picture, in rooms of all widths and heights? `frozen_logs.js` keeps it. */

import { COLOURS, wholeAnswer } from "./pictures.js"
import { figureOf } from "./seen.js"

const { laidOut } = await import("../../assets/browser/layout/picture.js")
const { Columns } = await import("../../assets/browser/state/columns.js")

const range = (from, to, by = 1) => Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, k) => from + k * by)

const seen = value => JSON.stringify(figureOf(value))
const TEXT = ["The", "old", "dog", "that", "barked", "at", "the", "antidisestablishmentarian", "ran", "字字"]
const said = (labels, share = 0.75) => labels.map((label, step) => ({ step, label, share }))
const line = (change = {}) => ({
    ...{
        title: "value",
        question: "what?",
        labels: ["a"],
        names: ["a"],
        values: [new Float32Array(10)],
        foreseen: null,
    },
    ...{ low: [-3], high: [7.5], read: true, ...change },
})
const numbersOf = ({ labels = TEXT, units = 12, places = [[0, 0]], ...sent }) => {
    const numbers = wholeAnswer({ steps: labels.length, units, places, labels, sent: { units, ...sent } })
    return { ...numbers, columns: new Columns(numbers) }
}
/** A picture in bins: the least, the largest and the mean of each. */
const binned = ({ stacks, ...numbers }) => ({
    ...numbers,
    stacks: stacks.map(({ values, ...stack }) => ({
        ...stack,
        values: values.map(({ quantity, z }) => ({ quantity, z, other: z, mean: z })),
    })),
})
const X = n => ({ z: Array.from({ length: n }, () => new Float32Array(10)), reach: 1 })

/** What is laid out in rooms of all widths. */
const PICTURES = {
    words: numbersOf({ answers: said(TEXT.map(word => word.slice(0, 4))), inputs: X(4) }),
    letters: numbersOf({ labels: [..."abcdefghij"], answers: said([..."bcdefghijk"]), units: 3 }),
    numbers: numbersOf({
        ...{ labels: range(0, 9).map(String), units: 40, inputs: X(2) },
        series: [
            line(),
            line({
                ...{ labels: ["a", "b", "c"], names: ["x<", "y", "z"], values: X(3).z, foreseen: X(3).z },
                ...{ low: [0, -200, 5], high: [0, 1e4, 5.25], read: false },
            }),
        ],
    }),
    "many units": numbersOf({ units: 65, answers: said(TEXT) }),
    "four stacks": numbersOf({
        units: 8,
        places: [
            [0, 0],
            [0, 1],
            [1, 0],
            [1, 1],
        ],
        answers: said(["a", ..."bcdefghij"]),
    }),
    "six stacks": numbersOf({
        units: 17,
        places: [0, 1, 2].flatMap(n => [
            [n, 0],
            [n, 1],
        ]),
        inputs: X(9),
    }),
    bins: binned(numbersOf({ units: 30, few: "30 of 64 units: those that move the answers most" })),
    scores: numbersOf({
        units: 5,
        scores: { title: "says", question: "what?", labels: ["a", "b<", "c"], z: X(3).z },
    }),
    "two hundred letters": numbersOf({ labels: range(0, 199).map(n => "abcdefghijklmnopqrs"[n % 19]), units: 2 }),
}

function placesSeen(numbers, room) {
    const { stacks, extras, answers, inputs, across, narrow, few } = laidOut(numbers, room, COLOURS)
    const axisOf = ({ xaxis, width, height, ...axes }) => [
        ...[width, height, xaxis.range, xaxis.tickvals, xaxis.ticktext, xaxis.tickangle, xaxis.ticklabelstandoff],
        Object.entries(axes).flatMap(([name, axis]) =>
            name.startsWith("yaxis") ? [axis.domain, axis.range, axis.tickvals] : [],
        ),
    ]
    const stackSeen = ({ figure, places, onCells, unread, units, start, reset, weights }) => [
        ...[
            places.map(({ top, height }) => [top, height]),
            onCells,
            unread,
            units,
            start,
            reset,
            weights,
            axisOf(figure.layout),
        ],
        figure.data.map(({ z, other, zmin, zmax, xgap, ygap }) => [z.length, other?.length, zmin, zmax, xgap, ygap]),
    ]
    const extraSeen = ({ figure, labels }) => [
        labels,
        axisOf(figure.layout),
        figure.data.map(({ xgap, ygap, line }) => [xgap, ygap, line]),
    ]
    return [
        across,
        narrow,
        few,
        answers && { ...answers, said: 0 },
        inputs?.place,
        stacks.map(stackSeen),
        extras.map(extraSeen),
    ]
}

/** A line for each room; so many rooms a part. */
function laidOutIn(numbers, roomOf) {
    const widths = range(180, 1420, numbers.stacks.length > 1 ? 5 : 2)
    return widths.map(width =>
        `in ${Math.floor(width / 80)} ${seen(placesSeen(numbers, roomOf(width)))}`.replace(" ", "-"),
    )
}
const LIGHT = "light"
const ROOMS = {
    "as high as they like": width => ({ width, height: null, theme: LIGHT, steps: null }),
    "that are low": width => ({ width, height: 280 + ((width * 7) % 500), theme: LIGHT, steps: null }),
    "in a lecture": width => ({
        ...{ width, height: 240 + ((width * 3) % 330), theme: LIGHT, steps: width % 2 ? [1.5, 6.5] : null },
        ...{ presenting: true, pin: width % 3 ? { layer: 1, direction: 1, unit: 7 } : null },
    }),
    "on a sheet": width => ({ width, height: 300 + (width % 200), theme: LIGHT, steps: [-0.5, 4.5], sheet: true }),
}

/** By name, what makes the lines of each picture in all rooms. @returns {Record<string, () => Promise<string[]>>} */
export const rooms = Object.fromEntries(
    Object.entries(PICTURES).flatMap(([name, numbers]) =>
        Object.entries(ROOMS).map(([where, roomOf]) => [
            `${name} in rooms ${where}`,
            async () => laidOutIn(numbers, roomOf),
        ]),
    ),
)
