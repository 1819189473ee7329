/** What do functions of a picture give back, over pictures that differ in one thing? `frozen_logs.js` keeps it. */

import { GREYS, pictureOf, wholeAnswer } from "./pictures.js"
import { figureOf, linesOf } from "./seen.js"

const { answersChanged, heldInWords, heldNowInWords } = await import("../../assets/browser/panel/change_it.js")
const { onwardOf } = await import("../../assets/browser/panel/onward.js")
const { OnwardDrawing, toldOnward } = await import("../../assets/browser/panel/onward.js")
const { fromPicture } = await import("../../assets/browser/panel/cell_words.js")
const { LSTM } = await import("../../assets/browser/panel/cell_layout.js")
const { story } = await import("../../assets/browser/panel/cell_words.js")
const { stepTable } = await import("../../assets/browser/panel/cell_panel.js")
const { element } = await import("../../assets/browser/shared/element.js")
const { shownPart } = await import("../../assets/browser/slide/memory.js")
const { Columns } = await import("../../assets/browser/state/columns.js")
const drawer = await import("../../assets/browser/state/drawer.js")
const { atStep, looked } = await import("../../assets/browser/state/looked.js")
const state = await import("../../assets/browser/state/state.js")
const { WHOLE } = await import("../../assets/browser/state/zoom.js")

const seen = value => JSON.stringify(figureOf(value ?? null))
const SCALE = { colorscale: GREYS, zmin: -1, zmax: 1 }
const cell = (unit, step, layer = 0, direction = 0) => ({ layer, direction, unit, step })
const product = (...lists) => lists.reduce((all, list) => all.flatMap(one => list.map(value => [...one, value])), [[]])

const heldSeen = () => {
    const word = step => `“w${step}”`
    const texts = [
        "",
        "w.2",
        "f.0.2.3_0",
        "f.1.2,4-6.all_0.5 w.1",
        "o.0.all.1-3_0.25",
        "c.0.1.0_-2 w.0 w.3",
        "i.0.1.2_0.126",
    ]
    const before = [..."ABCDEF"]
    const changes = [0, 1, 3, 4, 5, 6].map(n =>
        before.map((label, k) => (k < n ? (k === 1 ? "" : `${label}2`) : label)),
    )
    const sures = [
        [],
        Array(6).fill(null),
        [0.5, 0.5, 0.5, 0.5, 0.519, 0.5],
        [0.5, 0.5, 0.4, 0.5, 0.53, 0.5],
        [0.75, 0.5, 0.5, 0.5, 0.5, 0.5],
    ]
    const pictures = product(changes, sures, ["f.0.2.3_0", "w.0 w.4"]).map(([after, sure_after, holds]) => {
        const held = { holds, before, after, sure_before: Array(6).fill(0.5), sure_after }
        return { ...pictureOf({ steps: 6 }), held }
    })
    const source = { sentence: "a" }
    const now = picture => heldNowInWords(/** @type {any} */ ({ picture, source, holds: { text: "x", of: "[]" } }))
    return [
        ...texts.map(text => `held ${seen(text)} ${heldInWords(text, word)}`),
        ...pictures.flatMap(picture => linesOf(element("p", {}, ...answersChanged(picture)))),
        ...[pictures[3], { ...pictures[3], held: null }].map(
            picture => `now ${element("p", {}, ...now(picture)).textContent}`,
        ),
        `nothing ${seen(answersChanged(/** @type {any} */ ({ ...pictures[0], held: { ...pictures[0].held, before: [] } })))}`,
    ]
}

/** A picture whose model says labels by so many units, of which some are shown. */
function answering({ of = 5, shown = 3, gives = "classes", labels = 3, scale = 0 }) {
    const picture = pictureOf({ units: shown, steps: 4 })
    const all = Array.from({ length: labels + 2 }, (_, k) => `a label that is ${k}`.slice(9 * (k % 2)))
    const rows = by => Array.from({ length: labels }, (_, k) => Float32Array.from({ length: 4 }, (_, t) => by(k, t)))
    const readout = {
        ...{ gives, units: of, of: all.length, labels: all, bias: all.map((_, k) => k / 4 - 0.5) },
        best: rows((k, t) => (k + t) % all.length),
        scores: rows((k, t) => 2 - k - t / 3),
        said: rows((k, t) => (k ? 0.1 / k : 0.6 + t / 10)),
        ...{ mean: scale ? all.map(() => 3) : [], deviation: scale ? all.map(() => scale) : [] },
    }
    const weights = picture.stacks[0].units.map(unit =>
        Float32Array.from(all, (_, k) => ((unit * 5 + k * 3) % 7) / 3 - 1),
    )
    picture.stacks[0].weights = weights
    return { ...picture, readout, held: null }
}
const onwardSeen = () =>
    product([1, 2, 3, 4, 5, 9], [1, 3], ["classes", "set", "value"], [1, 3], [0, 2.5]).flatMap(
        ([of, shown, gives, labels, scale]) => {
            if (shown > of) return []
            const picture = /** @type {any} */ (answering({ of, shown, gives, labels, scale }))
            return [0, 3].flatMap(step => {
                const onward = onwardOf(picture, cell(shown - 1, step), 0.25 - step / 2)
                const drawing = new OnwardDrawing()
                drawing.show(onward, /** @type {any} */ ({ states: SCALE }), LSTM)
                return [
                    `onward ${of} ${shown} ${gives} ${seen(onward)}`,
                    `told${toldOnward(onward)}`,
                    `high ${drawing.height}`,
                    ...linesOf(drawing.root),
                ]
            })
        },
    )
const noneSeen = () => {
    const picture = /** @type {any} */ (answering({}))
    return [
        onwardOf(picture, cell(0, 4), 0.5),
        onwardOf(picture, cell(0, 0), undefined),
        onwardOf({ ...picture, readout: null }, cell(0, 0), 0.5),
        onwardOf({ ...picture, held: { holds: "w.1" } }, cell(0, 1), 0.5),
        onwardOf({ ...picture, stacks: [{ ...picture.stacks[0], weights: null }] }, cell(0, 1), 0.5),
    ].map(one => `none ${seen(one)}`)
}

const partsSeen = () => {
    const numbers = change => {
        const { columns, ...rest } = wholeAnswer({
            units: 5,
            places: [
                [0, 0],
                [1, 0],
            ],
            few: "2 of 5 units: those",
        })
        return {
            ...rest,
            columns: new Columns({ columns, labels: [] }),
            units: 5,
            model: { layers: 2 },
            letters: null,
            ...change,
        }
    }
    const [two] = [numbers({})]
    const zooms = [null, [-0.5, 1.5], [0.5, 2.5], [0.5, 1.5], [1.2, 1.4]].flatMap(steps =>
        [null, [3.5, 0.5], [1.5, 0.5]].map(units => ({ steps, units })),
    )
    const changes = [
        {},
        { units: 9 },
        { model: { layers: 3 } },
        { stacks: two.stacks.slice(1) },
        { view: { rows: "activity" } },
        { strips: two.strips.slice(2, 4) },
        { strips: two.strips.slice(3, 4) },
        { letters: { c: "h", f: "z" } },
    ]
    return product(changes, zooms).map(
        ([change, zoom]) => `part ${shownPart(numbers({ view: { rows: "index" }, ...change }), zoom)}`,
    )
}

const stackSeen = () => {
    const places = [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
    ]
    const pictures = [
        pictureOf({ places }),
        pictureOf({ places: places.slice(0, 1) }),
        pictureOf({ places: [] }),
        pictureOf({ steps: 9, per: 2 }),
        pictureOf({ units: 0 }),
        pictureOf({ steps: 1 }),
    ]
    const peak = pictureOf({ places })
    peak.stacks[2].figure.data[3].z[1][3] = 5
    peak.stacks[2].figure.data[3].z[2][2] = -5
    const bare = pictureOf({})
    bare.stacks[0].figure.data = bare.stacks[0].figure.data.filter(({ name }) => name !== "c")
    const all = [...pictures, peak, bare]
    const time = { at: null, playing: false, speed: 1, looping: false, calm: true, from: 0, to: 3 }
    const pins = [null, cell(1, 2), cell(2, 3, 0, 1), cell(9, 0), cell(0, 9)]
    return all.flatMap((picture, n) => [
        ...product(pins, pins, [null, 0.999, 2.5]).map(([pin, hover, at]) => {
            const one = /** @type {any} */ ({ picture, pin, hover, zoom: WHOLE, time: { ...time, at } })
            const { picture: _, ...there } = /** @type {any} */ (picture.stacks.length ? atStep(one, 2) : {})
            return `looked ${n} ${seen([looked(one), there, state.pinIn(picture, pin), state.followed(one), state.atTime(one, one.time), state.zoomed(one, { steps: [0.5, 2.5], units: null })])}`
        }),
        ...picture.stacks.flatMap((stack, k) =>
            product(stack.units, [0, 1, 2, 3]).flatMap(([unit, step]) => {
                const at = { ...cell(unit, step), layer: stack.layer, direction: stack.direction }
                return [
                    `sum ${n} ${k} ${seen(fromPicture({ ...picture, resets: [2] }, { ...stack, reset: { c: [[7, 8, 9]] }, start: { c: [1, 2, 3] } }, at))}`,
                ]
            }),
        ),
        ...picture.stacks.slice(0, 1).flatMap(stack => linesOf(stepTable(picture, stack, cell(1, 2)))),
        ...picture.stacks
            .slice(0, 1)
            .map(
                stack =>
                    `story ${seen(story({ ...picture, held: null, answers: null }, cell(0, 1), fromPicture(picture, stack, cell(0, 1))))}`,
            ),
    ])
}

const DRAWERS = [
    {},
    { why: "1" },
    { why: "0", path: "2" },
    { why: "1", path: "2.1", label: "NOUN" },
    { why: "1", path: "1234567" },
    { why: "1", path: "2." },
]
const drawersSeen = () =>
    DRAWERS.map(link => {
        const one = drawer.drawerOf(/** @type {any} */ (link))
        return `drawer ${seen([link, one, drawer.inLink(one), drawer.eventText(one.event)])}`
    })

const NAMES = { source: ["sentence", "model", "tokens", "hidden_dim"], shown: ["rows"] }
/** What is on screen after a picture has come upon another one. */
const arrivedSeen = () => {
    const view = {
        sentence: "a b c d",
        model: "one",
        tokens: "words",
        hidden_dim: 3,
        rows: "index",
        pin: "0.1.2",
        holds: "f.0.1.all_0",
    }
    const came = change => ({ ...pictureOf({}), view, examples: { first: "a b c d" }, ...change })
    const other = { ...view, sentence: "x y", model: "two" }
    const sizes = { sizes: { hidden_dim: [4, 16] } }
    const pictures = [
        came({}),
        came({ view: other, examples: { own: "x y" } }),
        came({ view: { ...view, model: "two" }, examples: { own: "x y" } }),
        came({ view: other, examples: { own: "x y" }, unreadable: true }),
        came({ unreadable: true, stacks: [], notices: ["Not", "so."] }),
        came({ view: other, unreadable: true, stacks: [], notices: ["Not."] }),
        came({ ...pictureOf({ steps: 2 }), view }),
        came({ ...pictureOf({ steps: 4, units: 2 }), view, cell: cell(1, 2) }),
        came({ model: sizes, notices: ["Not trained."], view: { ...view, hidden_dim: 4 } }),
        came({ model: sizes, notices: [], view: { ...view, hidden_dim: 4 } }),
        came({ ...pictureOf({ steps: 9, per: 2 }), view }),
        came({ examples: {} }),
    ]
    const time = { at: 1.999, playing: false, speed: 1, looping: false, calm: true, from: 0, to: 3 }
    const lasts = [null, pictures[0], pictures[1], pictures[7], pictures[10]]
    const pins = [null, cell(1, 2), cell(2, 3)]
    const zooms = [
        { steps: null, units: null },
        { steps: [0.5, 2.5], units: null },
        { steps: null, units: [1.5, 0.5] },
    ]
    const begun = state.beginning({ link: { at: "2", pin: "0.1.2" }, coarse: false, calm: false })
    return product(
        [0, 1, 2, 3, 4],
        pins,
        zooms,
        [null, [1, 3]],
        pictures.map((_, n) => n),
    ).map(([m, pin, zoom, brush, n]) => {
        const picture = lasts[m]
        const source = {
            sentence: n % 2 ? "x y" : "a b c d",
            model: n % 3 ? "two" : "one",
            tokens: "words",
            hidden_dim: 3,
        }
        const one = /** @type {any} */ ({
            ...begun,
            picture,
            pin,
            zoom,
            brush,
            source: picture ? source : {},
            time: picture ? time : begun.time,
        })
        const { picture: _, terms, ...next } = /** @type {any} */ (state.arrived(one, pictures[n], NAMES))
        return `arrived ${m} ${n} ${seen({ ...next, terms: !!terms })}`
    })
}

/** By name, what makes the lines of each table. @type {Record<string, () => Promise<string[]>>} */
export const pictured = Object.fromEntries(
    Object.entries({
        ...{ "what is held": heldSeen, "the way to the answer": onwardSeen, "no way": noneSeen },
        ...{ "parts on a sheet": partsSeen, stacks: stackSeen, drawers: drawersSeen, "what has come": arrivedSeen },
    }).map(([name, see]) => [`of pictures, ${name}`, async () => see()]),
)
