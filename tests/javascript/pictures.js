/** What pictures do the tests show? Small ones, as an answerer gives them. */

import { readFileSync } from "node:fs"
import { afterEach, beforeEach, mock } from "node:test"
import { openModel } from "../../assets/browser/engine/model.js"
import { Columns } from "../../assets/browser/state/answer.js"
import { beginning } from "../../assets/browser/state/state.js"

export const NAMES = { source: ["sentence", "model", "hidden_dim", "file"], shown: ["quantities", "layers", "rows"] }
const QUANTITIES = ["f", "i", "g", "c", "o", "h"]

/**
 * A picture of `steps` words that `units` units of each layer and direction read; `places` are those, [layer,
 * direction].
 */
export function pictureOf({ steps = 4, units = 3, per = 1, places = [[0, 0]], ...rest } = {}) {
    const number = Math.ceil(steps / per)
    const rows = quantity =>
        Array.from({ length: units }, (_, unit) =>
            Float32Array.from({ length: number }, (_, step) => cellValue(quantity, unit, step)),
        )
    const stacks = places.map(([layer, direction]) => ({
        layer,
        direction,
        name: `layer ${layer}`,
        units: Array.from({ length: units }, (_, unit) => unit),
        figure: { data: QUANTITIES.map(name => ({ name, z: rows(name) })), layout: {} },
        places: QUANTITIES.map((_, k) => ({ top: 20 * k, height: 20 })),
        onCells: QUANTITIES.map(() => ({ numbers: false, gap: false, flat: true })),
        start: {},
        reset: {},
    }))
    const columns = { first: 0, per, number, steps }
    const labels = rest.labels ?? Array.from({ length: number }, (_, step) => `word ${step}`)
    const view = { sentence: "a b c d", model: "random", hidden_dim: units, quantities: "figcoh", layers: "", pin: "" }
    return /** @type {any} */ ({
        view,
        model: modelOf({ asks: true }),
        examples: { first: "an example" },
        notices: [],
        link: "sentence=a+b+c+d",
        pins: true,
        look: { gates: GREYS, states: GREYS },
        strips: QUANTITIES.map(quantity => ({ quantity })),
        stacks,
        labels,
        cell: null,
        resets: [],
        series: [],
        readout: null,
        ...{ range: [-0.5, steps - 0.5], fits: true },
        ...rest,
        columns: new Columns({ columns, labels }),
    })
}

/** A value that tells which cell it is of. */
export function cellValue(quantity, unit, step) {
    return (QUANTITIES.indexOf(quantity) + 1) / 10 + unit / 100 + step / 1000
}

export function stateOf(change = {}) {
    return { ...beginning({ link: {}, coarse: false, calm: false }), ...change }
}

/** The time of a picture that nobody plays. */
export const timeOf = change => ({
    ...{ at: null, playing: false, speed: 1, looping: false, calm: true, from: 0, to: 3 },
    ...change,
})

/** What an answer says of an untrained model. */
export const modelOf = change => ({ trained: "", fixed: {}, sizes: {}, right: "", layers: 1, reads: "", ...change })

export const RANGES = { input_dim: [1, 8], hidden_dim: [1, 512], n_layers: [1, 4], seed: [0, 999] }

/** What answers when the test does: each question is kept in a list, with what answers it. */
export const kept = list => question => {
    const { promise, answer, fail } = later()
    list.push({ question, answer, fail })
    return promise
}

/** A promise, and what settles it: who awaits that goes on once all that waited for the promise has had its turn. */
export function later() {
    let settle = []
    const promise = new Promise((...ways) => {
        settle = ways
    })
    const [answer, fail] = settle.map(way => async result => {
        way(result)
        await settled()
    })
    return { promise, answer, fail }
}

/** Everything that waits for nothing but its turn has had it. */
export const settled = () => new Promise(rested => setImmediate(rested))

/** So much time has passed on a clock that stands still, and what waited for it has had its turn. */
export async function tick(milliseconds) {
    mock.timers.tick(milliseconds)
    await settled()
}

/** In this file's tests the clock stands still, but for `tick`. */
export function clockStands() {
    beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }))
    afterEach(() => mock.timers.reset())
}

/** A scale from black to white. */
export const GREYS = [
    [0, "#000000"],
    [1, "#ffffff"],
]

/**
 * A picture with all that comes with it, and Plotly's layout of its strips: 100 pixels a column, 30 for the
 * words and 20 a strip.
 */
export function wholePicture(change = {}) {
    const strips = QUANTITIES.map(quantity => ({
        ...{ quantity, title: `the ${quantity}`, question: `${quantity}?` },
        scale: "gch".includes(quantity) ? "states" : "gates",
    }))
    const picture = pictureOf({
        ...{ across: 1, narrow: false, strips, reach: 1 },
        ...{ extras: [], coming: [], legend: [], overview: null, answers: null, inputs: null, held: null, file: null },
        ...{ few: "", shapes: "", proof: "", lasts: "" },
        ...change,
    })
    const { number, steps } = picture.columns
    for (const stack of picture.stacks) {
        const { layout, data } = stack.figure
        const ticks = { tickvals: [0, 1], ticktext: ["word", "&lt;b&gt;"], tickangle: 0, tickfont: { size: 13 } }
        const xaxis = { range: [-0.5, steps - 0.5], ...ticks, ticklabelstandoff: 6 }
        Object.assign(layout, { width: 100 * number, height: 150, font: { family: "sans" }, xaxis })
        stack.places = data.map((_, row) => ({ top: 30 + 20 * row, height: 20 }))
        data.forEach((trace, row) => {
            layout[row ? `yaxis${row + 1}` : "yaxis"] = { range: [stack.units.length - 0.5, -0.5] }
            Object.assign(trace, { colorscale: GREYS, zmin: "fio".includes(trace.name) ? 0 : -1, zmax: 1 })
        })
    }
    return picture
}

/** All colours of heatmaps, as Python hands them over. */
export const COLOURS = JSON.parse(
    readFileSync(new URL("../../lstm_core/plots/colours.json", import.meta.url), { encoding: "utf8" }),
)

/** What a link leaves out. */
export const VIEW = {
    ...{ sentence: "Giraffes in a field", tokens: "words", input_dim: 4, hidden_dim: 3, n_layers: 1, directions: 1 },
    ...{ seed: 2, quantities: "figcoh", layers: "", rows: "index", top: "telling", pin: "", holds: "" },
}

/** A shipped model, opened once. @param {string} name */
export function shipped(name) {
    if (!models.has(name)) {
        const bytes = readFileSync(new URL(`../../assets/models/${name}/model.safetensors`, import.meta.url))
        const { buffer, byteOffset, length } = bytes
        models.set(name, openModel(/** @type {ArrayBuffer} */ (buffer.slice(byteOffset, byteOffset + length))))
    }
    return models.get(name)
}
const models = new Map()

/** An answer, which nobody has laid out yet. */
export function wholeAnswer(change = {}) {
    const { view, stacks, ...rest } = wholePicture(change)
    const values = ({ data }) => data.map(({ name, z }) => ({ quantity: name, z }))
    const sent = stacks.map(({ figure, places, onCells, ...stack }) => ({ ...stack, values: values(figure) }))
    const units = Math.max(0, ...sent.map(({ units }) => units.length))
    const answer = { ...rest, view: { ...view, colours: "teal" }, stacks: sent, units }
    return /** @type {any} */ ({ series: [], scores: null, ...answer, answers: [], ...change.sent })
}
