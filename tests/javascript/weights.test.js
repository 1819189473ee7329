/** Which tensors are in a file, which LSTM, GRU or RNN are they, and what is said of a file that is none? */

import assert from "node:assert/strict"
import { test } from "node:test"
import { OwnFiles } from "../../assets/browser/asking/own_files.js"
import { EMBEDDINGS } from "../../assets/browser/engine/embeddings.js"
import { foundIn } from "../../assets/browser/engine/found_weights.js"
import { modelOf, openModel, recurrent, tokens, vectors } from "../../assets/browser/engine/model.js"
import { normalBelow } from "../../assets/browser/engine/normal.js"
import { recurrentOf } from "../../assets/browser/engine/recurrent_of.js"
import { readSafetensors } from "../../assets/browser/engine/safetensors.js"
import { probabilities } from "../../assets/browser/engine/says.js"
import { sigmoidSlope, tanhSlope } from "../../assets/browser/kinds.js"
import { cell } from "../../assets/browser/shared/numbers.js"

/** A file with such a header, and so many bytes behind it. @param {any} header */
function fileOf(header, bytes = new Uint8Array(0)) {
    const text = typeof header === "string" ? header : JSON.stringify(header)
    const said = new TextEncoder().encode(text)
    const file = new Uint8Array(8 + said.length + bytes.length)
    new DataView(file.buffer).setBigUint64(0, BigInt(said.length), true)
    file.set(said, 8)
    file.set(bytes, 8 + said.length)
    return file.buffer
}
const place = (dtype, shape, ...data_offsets) => ({ dtype, shape, data_offsets })

test("numbers of each precision are read from where they lie", () => {
    const bytes = new DataView(new ArrayBuffer(44))
    const halves = [0x3c00, 0xc100, 0x0001, 0x7bff, 0x3f80, 0xc049]
    for (const [k, half] of halves.entries()) bytes.setUint16(2 * k, half, true)
    for (const [k, number] of [1.5, -2].entries()) bytes.setFloat32(12 + 4 * k, number, true)
    for (const [k, number] of [0.25, -1e-3].entries()) bytes.setFloat64(20 + 8 * k, number, true)
    const header = {
        __metadata__: { model: "m" },
        half: place("F16", [2, 2], 0, 8),
        brain: place("BF16", [2], 8, 12),
        single: place("F32", [1, 2], 12, 20),
        whole: place("I64", [1], 36, 44),
        double: place("F64", [2], 20, 36),
    }
    const { tensors, metadata } = readSafetensors(fileOf(header, new Uint8Array(bytes.buffer)))
    assert.deepEqual(metadata, { model: "m" })
    assert.deepEqual(
        Object.entries(tensors).map(([name, { shape, dtype, data }]) => [name, dtype, shape, [...data]]),
        [
            ["half", "F16", [2, 2], [1, -2.5, 2 ** -24, 65504]],
            ["brain", "BF16", [2], [1, -3.140625]],
            ["single", "F32", [1, 2], [1.5, -2]],
            ["whole", "I64", [1], []],
            ["double", "F64", [2], [0.25, Math.fround(-1e-3)]],
        ],
    )
    const special = new Uint8Array(Uint16Array.of(0x7c00, 0xfc00, 0x7e00, 0x8000).buffer)
    const { data } = readSafetensors(fileOf({ a: place("F16", [4], 0, 8) }, special)).tensors.a
    assert.deepEqual([...data], [Infinity, -Infinity, NaN, -0])
    const two = readSafetensors(fileOf({ a: place("F16", [4], 0, 8), b: place("F32", [0], 0, 0) }, special))
    assert.deepEqual(Object.keys(two.tensors), ["a", "b"])
    assert.deepEqual(readSafetensors(fileOf({})), { tensors: {}, metadata: null })
})

const tensor = (...shape) => {
    const size = shape.reduce((all, one) => all * one, 1)
    return { shape, dtype: "F32", data: Float32Array.from({ length: size }, (_, k) => k / 8) }
}
/** The weights of an LSTM, GRU (3) or RNN (1). */
function weightsOf({ blocks = 4, inputs = 3, units = 2, layers = 1, both = false, bias = true, project = 0 } = {}) {
    const named = {}
    const shown = project || units
    for (let layer = 0; layer < layers; layer++)
        for (const end of both ? [`l${layer}`, `l${layer}_reverse`] : [`l${layer}`]) {
            named[`weight_ih_${end}`] = tensor(blocks * units, layer ? shown * (both ? 2 : 1) : inputs)
            named[`weight_hh_${end}`] = tensor(blocks * units, shown)
            if (bias) for (const one of ["ih", "hh"]) named[`bias_${one}_${end}`] = tensor(blocks * units)
            if (project) named[`weight_hr_${end}`] = tensor(shown, units)
        }
    return named
}
const sizesOf = ({ weights, ...sizes }) => [...Object.values(sizes), Object.keys(weights).length].join(" ")

test("the sizes of an LSTM, GRU or RNN are those of its weights", () => {
    for (const [weights, sizes] of /** @type {[any, string][]} */ ([
        [weightsOf(), "LSTM 3 2 1 false true 0 4"],
        [weightsOf({ both: true, layers: 2, bias: false }), "LSTM 3 2 2 true false 0 8"],
        [weightsOf({ blocks: 3 }), "GRU 3 2 1 false true 0 4"],
        [weightsOf({ blocks: 1, layers: 3 }), "RNN_TANH 3 2 3 false true 0 12"],
        [weightsOf({ units: 4, project: 2, layers: 2 }), "LSTM 3 4 2 false true 2 10"],
        [weightsOf({ layers: 64, units: 1, inputs: 1 }), "LSTM 1 1 64 false true 0 256"],
        [
            Object.fromEntries(Object.entries(weightsOf()).map(([name, one]) => [name.slice(0, -3), one])),
            "LSTM 3 2 1 false true 0 4",
        ],
    ]))
        assert.equal(sizesOf(recurrentOf("m", weights)), sizes)
    const [weight] = Object.values(recurrentOf("m", weightsOf()).weights)
    assert.deepEqual([weight.rows, weight.columns], [8, 3])
    assert.equal(recurrentOf("m", weightsOf({ blocks: 1 }), "relu").kind, "RNN_RELU")
})

test("weights that contradict each other are named, with what was expected of them", () => {
    const said = (change, module = "m", sizes = {}) => {
        try {
            recurrentOf(module, { ...weightsOf(sizes), ...change })
        } catch (error) {
            return error.message
        }
        return ""
    }
    const as = "as its other weights say, got"
    for (const [change, sizes, message] of /** @type {[any, any, string][]} */ ([
        [{ weight_ih_l0: tensor(7, 3) }, {}, `Expected weight_ih_l0 of the LSTM “m” to be 8 × 3, ${as} 7 × 3.`],
        [{ bias_hh_l0: tensor(7) }, {}, `Expected bias_hh_l0 of the LSTM “m” to be 8, ${as} 7.`],
        [{ weight_ih_l1: tensor(8, 3) }, {}, `Expected weight_ih_l1 of the LSTM “m” to be 8 × 2, ${as} 8 × 3.`],
        [{ weight_ih_l1: tensor(8, 2) }, {}, `Expected weight_hh_l1 of the LSTM “m” to be 8 × 2, ${as} none.`],
        [
            { weight_ih_l2: tensor(6, 2) },
            { blocks: 3 },
            `Expected weight_ih_l1 of the GRU “m” to be 6 × 2, ${as} none.`,
        ],
        [{ weight_ih_l0: tensor(8) }, {}, `Expected weight_ih_l0 of the LSTM “m” to be a matrix, ${as} 8.`],
        [{ bias_ih_l3: tensor(8) }, {}, `Expected bias_ih_l3 of the LSTM “m” to be not to be there, ${as} 8.`],
        [{}, { inputs: 0 }, `Expected weight_ih_l0 of the LSTM “m” to be 8 × 0, ${as} 8 × 0.`],
        // With as many rows as a GRU of its projection.
        [{}, { units: 3, project: 4 }, "Expected a projection of the LSTM “m” to fewer than its 3 units, got to 4."],
        [{}, { layers: 65, units: 1 }, "Expected at most 64 layers in the LSTM “m”, got 65."],
    ]))
        assert.equal(said(change, "m", sizes), message)
    const long = "x".repeat(61)
    assert.match(said({ weight_ih_l0: tensor(1, 1) }, long), new RegExp(`“${"x".repeat(60)}…”`))
    assert.match(said({ weight_ih_l0: tensor(1, 1) }, long.slice(1)), /“x{60}”/)
    const cellOnly = { weight_ih: tensor(8, 3), weight_hh: tensor(8, 2), bias_ih: tensor(8), bias_hh: tensor(9) }
    assert.throws(() => recurrentOf("c", cellOnly), {
        message: `Expected bias_hh of the LSTM “c” to be 8, ${as} 9.`,
    })
})

test("each module with such weights is found, by its name without what wraps it", () => {
    const at = (module, sizes = {}) =>
        Object.fromEntries(Object.entries(weightsOf(sizes)).map(([name, one]) => [`${module}.${name}`, one]))
    const names = all => foundIn(all).map(({ name, lstm }) => `${name} ${lstm.kind}`)
    assert.deepEqual(names({ ...at("module._orig_mod.a.rnn"), ...at("b", { blocks: 3 }) }), ["a.rnn LSTM", "b GRU"])
    assert.deepEqual(names(weightsOf()), [" LSTM"])
    assert.deepEqual(names(at("module")), [" LSTM"])
    assert.deepEqual(names(at("modules")), ["modules LSTM"])
    for (const [all, got] of /** @type {[any, string][]} */ ([
        [{}, "0 tensors: none at all."],
        [{ "a.weight_ih": tensor(1), "a.bias": tensor(1) }, "Equinox's in “a”: open them in Python."],
        [{ a: tensor(1), b: tensor(1), c: tensor(1), d: tensor(1) }, "4 tensors: “a”, “b”, “c”."],
        [
            { weight_ih_l0000: tensor(1), my_weight_ih_l0: tensor(1) },
            "2 tensors: “weight_ih_l0000”, “my_weight_ih_l0”.",
        ],
    ]))
        assert.throws(
            () => foundIn(all),
            ({ message }) => message.endsWith(`got ${got}`),
        )
})

test("of several layers the one whose name and place are nearest feeds and reads a module", () => {
    const at = (module, sizes = {}) =>
        Object.fromEntries(Object.entries(weightsOf(sizes)).map(([name, one]) => [`${module}.${name}`, one]))
    const beside = (before, after = {}, module = "a.b.rnn") => {
        const { embedding, linear } = foundIn({ ...before, ...at(module), ...after })[0].beside()
        return [embedding?.shape[0] ?? 0, linear?.weight.shape[0] ?? 0]
    }
    const [emb, fc] = [n => tensor(n, 3), n => tensor(n, 2)]
    assert.deepEqual(beside({ "a.c.emb.weight": emb(5), "a.b.emb.weight": emb(6), "x.emb.weight": emb(7) }), [6, 0])
    assert.deepEqual(beside({ "a.c.emb.weight": emb(5), "x.emb.weight": emb(7) }), [5, 0])
    assert.deepEqual(beside({ "x.y.emb.weight": emb(5), "y.emb.weight": emb(7) }, { "z.emb.weight": emb(8) }), [7, 0])
    assert.deepEqual(beside({ "x.fc.weight": fc(5) }, { "y.fc.weight": fc(6), "z.fc.weight": fc(7) }), [0, 6])
    assert.deepEqual(beside({ "x.fc.weight": fc(5), "a.b.fc.weight": fc(4) }, { "y.fc.weight": fc(6) }), [0, 4])
    assert.deepEqual(beside({ weight: emb(9) }, {}, "rnn"), [9, 0])
    assert.deepEqual(beside({ "emb.weight": emb(0) }), [0, 0])
    assert.deepEqual(beside({ "emb.weight": tensor(5, 3, 1) }), [0, 0])
    assert.deepEqual(beside({ "emb.weight_v": emb(5) }), [0, 0])
    assert.deepEqual(beside({}, { "fc.weight": fc(4), "fc.bias": tensor(4) }), [0, 4])
    assert.deepEqual(beside({}, { "fc.weight": fc(4), "fc.bias": tensor(4, 1) }), [0, 0])
})

test("an LSTM that reads as many numbers as it gives has what is longer than wide as its embedding", () => {
    const all = {
        ...weightsOf({ inputs: 2 }),
        "a.weight": tensor(5, 2),
        "b.weight": tensor(2, 2),
        "c.weight": tensor(3, 2),
    }
    const { embedding, linear } = foundIn(all)[0].beside()
    assert.deepEqual([embedding?.shape[0], linear?.weight.shape[0]], [5, 2])
    const named = { ...weightsOf({ inputs: 2 }), "out_emb.weight": tensor(5, 2), "head.weight": tensor(9, 2) }
    const found = foundIn(named)[0].beside()
    assert.deepEqual([found.embedding?.shape[0], found.linear?.weight.shape[0]], [5, 9])
})

test("a token has the vector of its row, of the row for unknown ones, or zeros", () => {
    const table = { rows: 3, columns: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) }
    const rows = (settings = {}) =>
        EMBEDDINGS.rows({ rows: 3, size: 2, tokens: [], unknown: null, ...settings }, { "vectors.weight": table })
    const seen = (embedding, all) =>
        all.map(one => [embedding.knows(one), [...(embedding.vector(one) ?? ["none"])].join()])
    assert.deepEqual(seen(rows(), ["0", "2", "3", "-1", "a", "1.0"]), [
        [true, "1,2"],
        [true, "5,6"],
        ...Array(4).fill([false, "0,0"]),
    ])
    assert.deepEqual([rows().rows, rows().zeros, rows().known?.()], [3, true, ["0", "1", "2"]])
    const listed = rows({ tokens: ["x", "y"], unknown: 2 })
    assert.deepEqual(seen(listed, ["x", "y", "0", "z"]), [
        [true, "1,2"],
        [true, "3,4"],
        [false, "5,6"],
        [false, "5,6"],
    ])
    assert.deepEqual([listed.rows, listed.zeros, listed.known?.()], [undefined, false, ["x", "y"]])
    const unknown = rows({ tokens: ["x"], unknown: 0 })
    assert.deepEqual([unknown.zeros, ...seen(unknown, ["q"])], [false, [false, "1,2"]])
    const none = rows({ tokens: ["x"], unknown: -1 })
    assert.deepEqual([none.zeros, ...seen(none, ["q"])], [true, [false, "0,0"]])
    const vocabulary = EMBEDDINGS.vocabulary({ tokens: ["x", "y"], size: 2 }, { "vectors.weight": table })
    assert.deepEqual(seen(vocabulary, ["x", "y", "z"]), [
        [true, "3,4"],
        [true, "5,6"],
        [false, "1,2"],
    ])
    const scaled = { mean: { data: [1, 2] }, deviation: { data: [2, 4] } }
    const numbers = EMBEDDINGS.numbers({ columns: ["a", "b"] }, /** @type {any} */ (scaled))
    assert.deepEqual(seen(numbers, ["3 6", " 1  2 ", "3", "3 6 9", "3 x", "3 Infinity"]), [
        [true, "1,1"],
        [true, "0,0"],
        ...Array(4).fill([false, "none"]),
    ])
    const one = EMBEDDINGS.numbers(
        { columns: ["a"] },
        /** @type {any} */ ({ mean: { data: [1] }, deviation: { data: [2] } }),
    )
    assert.deepEqual(seen(one, ["x", "5"]), [
        [false, "none"],
        [true, "2"],
    ])
    for (const kind of ["word features", "reduced word features"]) {
        const weights = {
            "vectors.weight": { rows: 9, columns: 1, data: new Float32Array(9).fill(1) },
            "whole.vectors.weight": { rows: 9, columns: 1, data: new Float32Array(9).fill(1) },
            "reduce.weight": { rows: 1, columns: 1, data: Float32Array.of(2) },
            "reduce.bias": { rows: 1, columns: 1, data: Float32Array.of(0.5) },
        }
        const made = EMBEDDINGS[kind]({ buckets: 1, features: 1, size: 1 }, weights)
        // All features share one vector.
        const value = kind.startsWith("reduced") ? 2.5 : 1
        assert.deepEqual(seen(made, ["any", "any"]), [
            [true, `${value}`],
            [true, `${value}`],
        ])
    }
})

test("a model reads its text as it says, in rows of as many numbers as it has columns", () => {
    const read = (reads, text, size = 1) => tokens(/** @type {any} */ ({ reads, embedding: { size } }), text)
    assert.deepEqual(read("words", "a b."), ["a", "b", "."])
    assert.deepEqual(read("characters", "a b"), ["a", " ", "b"])
    assert.deepEqual(read("symbols", "a b"), ["a", "b"])
    assert.deepEqual(read("numbers", "1, 2;3\n4 5", 2), ["1 2", "3 4", "5"])
    assert.deepEqual(read("numbers", "1 2 3 4", 2), ["1 2", "3 4"])
    const embedding = { size: 2, vector: token => (token === "x" ? Float32Array.of(1, 2) : null) }
    assert.deepEqual([...vectors(/** @type {any} */ ({ embedding }), ["x", "y", "x"])], [1, 2, NaN, NaN, 1, 2])
})

test("a file of weights that is no model of ours, or one of a kind that there is not, says so", () => {
    assert.throws(() => openModel(fileOf({})), /Expected a model that lstm_core.save_model wrote, got other weights/)
    const sizes = { input_size: 1, hidden_size: 1, num_layers: 1, bidirectional: false, bias: true }
    const settings = { embedding: { kind: "bags" }, lstm: sizes }
    assert.throws(() => modelOf(settings, {}), /Expected one of vocabulary, rows, numbers.*, got bags/)
    assert.throws(() => recurrent({ ...sizes, kind: "QRNN" }, {}), /Expected an LSTM, GRU or RNN, got QRNN/)
    assert.throws(() => recurrent({ ...sizes, kind: "RNN", nonlinearity: "sin" }, {}), /got RNN_SIN/)
    assert.deepEqual(
        [recurrent(sizes, {}), recurrent({ ...sizes, kind: "RNN", nonlinearity: "relu", proj_size: 2 }, {})].map(
            ({ kind, projSize }) => [kind, projSize],
        ),
        [
            ["LSTM", 0],
            ["RNN_RELU", 2],
        ],
    )
})

test("the slope between two points is that of the line through them, and at one point that of the curve", () => {
    const near = (one, other) => assert.ok(Math.abs(one - other) < 1e-9, `${one} is not ${other}`)
    const sigmoid = z => 1 / (1 + Math.exp(-z))
    for (const [a, b] of [
        [0.5, -2],
        [-2, 0.5],
        [3, 1],
    ]) {
        near(sigmoidSlope([a, b]), (sigmoid(a) - sigmoid(b)) / (a - b))
        near(tanhSlope([a, b]), (Math.tanh(a) - Math.tanh(b)) / (a - b))
    }
    near(sigmoidSlope([0.7, 0.7]), sigmoid(0.7) * (1 - sigmoid(0.7)))
    near(tanhSlope([0.7, 0.7]), 1 - Math.tanh(0.7) ** 2)
})

test("half of all lies below 0, and as much beyond a number as before its opposite", () => {
    assert.equal(normalBelow(0.5), 0)
    const known = {
        0.975: 1.959963984540054,
        0.9: 1.2815515655446004,
        0.86: 1.0803193408149558,
        1e-20: -9.26234008979841,
    }
    for (const [share, number] of Object.entries(known)) {
        assert.ok(Math.abs(normalBelow(+share) - number) < 1e-9)
        if (+share > 1e-9) assert.ok(Math.abs(normalBelow(1 - +share) + number) < 1e-9)
    }
})

test("scores mean probabilities that sum to one, however large, each its own, or values in the data's units", () => {
    const of = (about, ...row) => [...probabilities(/** @type {any} */ (about), Float32Array.from(row))]
    assert.deepEqual(of({ gives: "classes" }, 1000, 0, 1000), [0.5, 0, 0.5])
    assert.deepEqual(of({ gives: "classes" }, -1000, -1000), [0.5, 0.5])
    assert.deepEqual(of({ gives: "set" }, 0, -1000), [0.5, 0])
    const restored = { mean: { data: [1, 2] }, deviation: { data: [2, 4] } }
    assert.deepEqual(of({ gives: "value", restored }, 3, 0.5), [7, 4])
    assert.deepEqual(of({ gives: "value", restored: null }, 3, 0.5), [3, 0.5])
})

test("a cell of a CSV is quoted where it must be, and is never run", () => {
    for (const [value, written] of /** @type {[any, string][]} */ ([
        ...[null, undefined, Number.NaN, ""].map(none => [none, ""]),
        [-1.5, "-1.5"],
        [0, "0"],
        ["a,b", '"a,b"'],
        ['say "a"', '"say ""a"""'],
        ["a\nb", '"a\nb"'],
        ["a\rb", '"a\rb"'],
        ["=1+1", "'=1+1"],
        ["-1", "'-1"],
        ["@a,", '"\'@a,"'],
        ["a=b", "a=b"],
    ]))
        assert.equal(cell(value), written)
})

const shipped = /** @type {any} */ ({ by: { words: { examples: { other: "a text" } } } })
/** A file of weights. */
function named(tensors, name = "mine.safetensors", metadata = undefined) {
    let end = 0
    const header = Object.entries(tensors).map(([name, { shape, data }]) => {
        end += data.byteLength
        return [name, place("F32", shape, end - data.byteLength, end)]
    })
    const bytes = new Uint8Array(end)
    let at = 0
    for (const { data } of Object.values(tensors)) {
        bytes.set(new Uint8Array(data.buffer), at)
        at += data.byteLength
    }
    return new File(
        [fileOf({ ...(metadata && { __metadata__: metadata }), ...Object.fromEntries(header) }, bytes)],
        name,
    )
}
const opened = async (tensors, sentence = "") => {
    const titles = {}
    const files = new OwnFiles(titles, shipped)
    const source = await files.take(named(tensors))
    return { ...files.open({ ...source, sentence, seed: 3 }), titles, source }
}

test("a file of several models has a title for each, and one of a single model its own name", async () => {
    const at = module =>
        Object.fromEntries(Object.entries(weightsOf()).map(([name, one]) => [`${module}.${name}`, one]))
    const titles = {}
    const files = new OwnFiles(titles, shipped)
    assert.deepEqual(await files.take(named({ ...at("a"), ...at("b") })), { model: "own-1", file: "" })
    assert.deepEqual(await files.take(named(at("c"), "third.safetensors")), { model: "own-3", file: "" })
    assert.deepEqual(titles, {
        "own-1": "mine.safetensors: a",
        "own-2": "mine.safetensors: b",
        "own-3": "third.safetensors",
    })
    assert.deepEqual([files.has("own-2"), files.has("own-4")], [true, false])
    const broken = { ...at("d"), ...at("e") }
    broken["e.weight_hh_l0"].data[3] = NaN
    const { model } = await files.take(named(broken))
    assert.equal(files.open({ model, sentence: "", seed: 3 }).isOwn, true)
    assert.throws(() => files.open({ model: "own-5", sentence: "", seed: 3 }), /^Error: Expected finite numbers/)
})

test("weights are told from a text by their name, or by how they begin", async () => {
    const files = new OwnFiles({}, shipped)
    const renamed = name => new File([named(weightsOf())], name)
    assert.ok(await files.take(renamed("weights")))
    assert.ok(await files.take(renamed("a.SafeTensors")))
    for (const bytes of [
        "a text {",
        "0000000{",
        "\0\0\0\0\0\0\0\0x",
        "\x01\0\0\0\0\0\0\x01{",
        "\x01\0\0\0\x01\0\0\0{",
        "",
    ])
        assert.equal(await files.take(new File([bytes], "a.txt")), null, JSON.stringify(bytes))
    await assert.rejects(
        files.take(new File(["\x02\0\0\0\0\0\0\0{]"], "a")),
        /a can’t be opened. Expected a safetensors/,
    )
    for (const name of ["a.pt", "a.H5", "a.npz"])
        await assert.rejects(files.take(new File([""], name)), /This page reads .safetensors. Save the weights so:/)
    const large = size => /** @type {any} */ ({ name: "a.txt", size, slice: () => new Blob([]) })
    await assert.rejects(files.take(large(1e8)), /less than 100,000,000 bytes, got 100,000,000: it was not read/)
    assert.equal(await files.take(large(1e8 - 1)), null)
})

test("what is said of one's own model is what its weights say", async () => {
    const all = { "emb.weight": tensor(9, 3), ...weightsOf({ both: true, layers: 2 }), "fc.weight": tensor(5, 4) }
    const { model, about, sizes, proof, isOwn, notices } = await opened(all, "0 8")
    assert.deepEqual(about.model, {
        trained: "your own file, which stays in this browser",
        fixed: { input_dim: 3, hidden_dim: 2, n_layers: 2, directions: 2 },
        ...{ sizes: {}, right: "", layers: 2, reads: "words", asks: true },
    })
    assert.deepEqual(about.examples, { "rows of its embedding": "0 1 2 3 4 5 6 7", other: "a text" })
    assert.deepEqual(
        [model?.labels, model?.gives, model?.linear?.weight.rows, model?.linear?.bias.rows, model?.reads, notices],
        [["0", "1", "2", "3", "4"], "classes", 5, 5, "words", []],
    )
    assert.deepEqual([about.foresees, sizes, isOwn, proof.slice(0, 11)], [false, {}, true, "not checked"])
    assert.deepEqual([...(model?.linear?.bias.data ?? [])], [0, 0, 0, 0, 0])
    const biased = await opened({ ...all, "fc.bias": tensor(5) })
    assert.deepEqual([...(biased.model?.linear?.bias.data ?? [])], [0, 0.125, 0.25, 0.375, 0.5])
    const one = await opened({ ...weightsOf(), "fc.weight": tensor(1, 2) }, "1 2 3")
    assert.deepEqual(
        [one.model?.gives, one.model?.labels, one.model?.name, one.about.model.fixed.directions],
        ["value", ["0"], "LSTM", 1],
    )
    assert.deepEqual([...(one.model?.embedding.vector("1 2 3") ?? [])], [1, 2, 3])
    const none = await opened(weightsOf({ blocks: 1 }))
    assert.deepEqual([none.model?.gives, none.model?.labels, none.model?.linear], ["hidden", [], null])
    assert.deepEqual(none.notices, ["The file does not say whether its RNN has tanh or relu: tanh is assumed."])
    const drawn = await opened(all, "hello")
    assert.match(
        drawn.notices[0],
        /vector drawn from the seed 3 and the word, .* Numbers alone, as in “0 1 2”, are read/,
    )
    assert.deepEqual([drawn.model?.reads, drawn.model?.embedding.knows("anything")], ["words", true])
    assert.match((await opened(weightsOf(), "hello")).notices[0], /as for an untrained LSTM\.$/)
})
