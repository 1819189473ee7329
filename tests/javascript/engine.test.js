/** Which tensors are in a file, which model are they, and what does it compute? PyTorch judges in `browser/test_engine.py`. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { OwnFiles } from "../../assets/browser/asking/own_files.js"
import { EMBEDDINGS } from "../../assets/browser/engine/embeddings.js"
import { foundIn, recurrentOf } from "../../assets/browser/engine/found_weights.js"
import { openModel, recurrent, tokens, vectors } from "../../assets/browser/engine/model.js"
import { probabilities, run, runWithout } from "../../assets/browser/engine/run.js"
import { readSafetensors } from "../../assets/browser/engine/safetensors.js"
import { asUpdate, KINDS } from "../../assets/browser/kinds.js"
import { cell } from "../../assets/browser/shared/numbers.js"

/** A file with such a header, and so many bytes behind it. @param {any} header */
function fileOf(header, bytes = new Uint8Array(0)) {
    const said = new TextEncoder().encode(JSON.stringify(header))
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
        whole: place("I64", [1], 36, 44),
        double: place("F64", [2], 20, 36),
        brain: place("BF16", [2], 8, 12),
        single: place("F32", [1, 2], 12, 20),
    }
    const { tensors, metadata } = readSafetensors(fileOf(header, new Uint8Array(bytes.buffer)))
    assert.deepEqual(metadata, { model: "m" })
    assert.deepEqual(
        Object.entries(tensors).map(([name, { shape, data }]) => [name, shape, ...data]),
        [
            ["half", [2, 2], 1, -2.5, 2 ** -24, 65504],
            ["double", [2], 0.25, Math.fround(-1e-3)],
            ["brain", [2], 1, -3.140625],
            ["single", [1, 2], 1.5, -2],
        ],
    )
    const special = new Uint8Array(Uint16Array.of(0x7c00, 0xfc00, 0x7e00, 0x8000).buffer)
    const { data } = readSafetensors(fileOf({ a: place("F16", [4], 0, 8) }, special)).tensors.a
    assert.deepEqual([...data], [Infinity, -Infinity, NaN, -0])
    const twice = { a: place("F16", [4], 0, 8), b: place("F16", [1], 6, 8) }
    assert.throws(() => readSafetensors(fileOf(twice, special)), /a file whose header does not fit/)
    assert.throws(() => openModel(fileOf({})), /got weights that lstm_core.save_model did not write/)
    assert.throws(() => recurrent({ kind: "QRNN" }, {}), /got QRNN/)
})

const tensor = (...shape) => {
    const size = shape.reduce((all, one) => all * one, 1)
    return { shape, data: Float32Array.from({ length: size }, (_, k) => k / 8) }
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
/** Such weights in a module of that name. */
const at = (module, sizes = {}) =>
    Object.fromEntries(Object.entries(weightsOf(sizes)).map(([name, one]) => [`${module}.${name}`, one]))

test("the sizes of an LSTM, GRU or RNN are those of its weights; others are refused", () => {
    const sizesOf = ({ weights, ...sizes }) => [...Object.values(sizes), Object.keys(weights).length].join(" ")
    const ofCell = Object.fromEntries(Object.entries(weightsOf()).map(([name, one]) => [name.slice(0, -3), one]))
    for (const [weights, sizes] of /** @type {[any, string][]} */ ([
        [weightsOf(), "LSTM 3 2 1 false true 0 4"],
        [weightsOf({ both: true, layers: 2, bias: false }), "LSTM 3 2 2 true false 0 8"],
        [weightsOf({ blocks: 3 }), "GRU 3 2 1 false true 0 4"],
        [weightsOf({ blocks: 1, layers: 3 }), "RNN_TANH 3 2 3 false true 0 12"],
        [weightsOf({ units: 4, project: 2, layers: 2 }), "LSTM 3 4 2 false true 2 10"],
        [ofCell, "LSTM 3 2 1 false true 0 4"],
    ]))
        assert.equal(sizesOf(recurrentOf("m", weights)), sizes)
    assert.equal(recurrentOf("m", weightsOf({ blocks: 1 }), "relu").kind, "RNN_RELU")
    for (const [change, sizes] of /** @type {[any, any][]} */ ([
        [{ weight_ih_l0: tensor(7, 3) }, {}],
        [{ bias_hh_l0: tensor(7) }, {}],
        [{ weight_ih_l1: tensor(8, 2) }, {}],
        [{ weight_ih_l0: tensor(8) }, {}],
        [{ bias_ih_l3: tensor(8) }, {}],
        [{}, { inputs: 0 }],
        [{}, { blocks: 2 }],
        [{}, { units: 3, project: 4 }],
    ]))
        assert.throws(() => recurrentOf("m", { ...weightsOf(sizes), ...change }), /got weights of “m” whose names/)
})

test("each module with such weights is found, by its name without what wraps it", () => {
    const names = all => foundIn(all).map(({ name, lstm }) => `${name} ${lstm.kind}`)
    assert.deepEqual(names({ ...at("module._orig_mod.a.rnn"), ...at("b", { blocks: 3 }) }), ["a.rnn LSTM", "b GRU"])
    assert.deepEqual([...names(weightsOf()), ...names(at("modules"))], [" LSTM", "modules LSTM"])
    assert.throws(() => foundIn({ a: tensor(1), b: tensor(1), c: tensor(1), d: tensor(1) }), /4 tensors: “a”, “b”, “c”/)
})

test("what feeds an LSTM and what reads it is told by its name, its shape and its place", () => {
    const [emb, fc] = [n => tensor(n, 3), n => tensor(n, 2)]
    for (const [before, after, expected, module = "a.b.rnn"] of /** @type {any[]} */ ([
        [{ "a.c.emb.weight": emb(5), "a.b.emb.weight": emb(6), "x.emb.weight": emb(7) }, {}, [6, 0]],
        [{ "a.c.emb.weight": emb(5), "x.emb.weight": emb(7) }, {}, [5, 0]],
        [{ "x.y.emb.weight": emb(5), "y.emb.weight": emb(7) }, { "z.emb.weight": emb(8) }, [7, 0]],
        [{ "x.fc.weight": fc(5) }, { "y.fc.weight": fc(6), "z.fc.weight": fc(7) }, [0, 6]],
        [{ "x.fc.weight": fc(5), "a.b.fc.weight": fc(4) }, { "y.fc.weight": fc(6) }, [0, 4]],
        [{ weight: emb(9) }, {}, [9, 0], "rnn"],
        [{ "emb.weight": tensor(5, 3, 1) }, {}, [0, 0]],
        [{ "emb.weight": emb(5), "emb.bias": tensor(5) }, {}, [0, 0]],
        [{}, { "fc.weight": fc(4), "fc.bias": tensor(4, 1) }, [0, 0]],
        // By their shapes alone.
        [{ "a.weight": emb(5) }, { "b.weight": fc(4) }, [5, 4]],
    ])) {
        const { embedding, weight } = foundIn({ ...before, ...at(module), ...after })[0].beside()
        assert.deepEqual([embedding?.shape[0] ?? 0, weight?.shape[0] ?? 0], expected, JSON.stringify(expected))
    }
    // Of equal widths what is longer than wide is the embedding.
    const all = { ...weightsOf({ inputs: 2 }), "a.weight": tensor(5, 2), "b.weight": tensor(2, 2) }
    const { embedding, weight } = foundIn(all)[0].beside()
    assert.deepEqual([embedding?.shape[0], weight?.shape[0]], [5, 2])
})

test("a token has the vector of its row, of the row for unknown ones, or zeros", () => {
    const table = { rows: 3, columns: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) }
    const rows = (tokens, unknown = null) =>
        EMBEDDINGS.rows({ rows: 3, size: 2, tokens, unknown }, { "vectors.weight": table })
    const seen = (embedding, all) => all.map(one => [embedding.knows(one), ...(embedding.vector(one) ?? ["none"])])
    const none = [false, 0, 0]
    assert.deepEqual(seen(rows([]), ["0", "2", "3", "-1", "a"]), [[true, 1, 2], [true, 5, 6], none, none, none])
    assert.deepEqual(seen(rows(["x", "y"], 2), ["x", "y", "0"]), [
        [true, 1, 2],
        [true, 3, 4],
        [false, 5, 6],
    ])
    assert.deepEqual([rows([]).zeros, rows(["x"], 0).zeros, rows(["x"]).zeros], [true, false, true])
    assert.deepEqual(seen(rows(["x"]), ["q"]), [none])
    const scaled = /** @type {any} */ ({ mean: { data: [1, 2] }, deviation: { data: [2, 4] } })
    const numbers = EMBEDDINGS.numbers({ columns: ["a", "b"] }, scaled)
    assert.deepEqual(seen(numbers, [" 3  6 ", "3", "3 6 9", "3 x", "3 Infinity"]), [
        [true, 1, 1],
        ...Array(4).fill([false, "none"]),
    ])
    const embedding = /** @type {any} */ ({ size: 2, vector: token => (token === "x" ? [1, 2] : null) })
    assert.deepEqual([...vectors(/** @type {any} */ ({ embedding }), ["x", "y", "x"])], [1, 2, NaN, NaN, 1, 2])
    assert.deepEqual(tokens(/** @type {any} */ ({ reads: "numbers", embedding }), "1, 2;3\n4 5"), ["1 2", "3 4", "5"])
})

test("scores mean probabilities that sum to one, however large, each its own, or values in the data's units", () => {
    const of = (about, ...row) => [...probabilities(/** @type {any} */ (about), Float32Array.from(row))]
    assert.deepEqual(of({ gives: "classes" }, 1000, 0, 1000), [0.5, 0, 0.5])
    assert.deepEqual(of({ gives: "set" }, 0, -1000), [0.5, 0])
    const restored = { mean: { data: [1, 2] }, deviation: { data: [2, 4] } }
    assert.deepEqual(of({ gives: "value", restored }, 3, 0.5), [7, 4])
    assert.deepEqual(of({ gives: "value", restored: null }, 3, 0.5), [3, 0.5])
})

test("a cell of a CSV is quoted where it must be, and is never run", () => {
    const all = [null, Number.NaN, "", -1.5, 0, "a,b", 'say "a"', "a\nb", "=1+1", "-1", "@a,", "a=b"]
    const written = ["", "", "", "-1.5", "0", '"a,b"', '"say ""a"""', '"a\nb"', "'=1+1", "'-1", '"\'@a,"', "a=b"]
    assert.deepEqual(all.map(cell), written)
})

const [STEPS, FEATURES, UNITS] = [6, 2, 3]
const numbers = (length, from) => Float32Array.from({ length }, (_, k) => Math.sin(from + 1.7 * k))

for (const [kind, blocks, inGap] of /** @type {[string, number, any][]} */ ([
    ["LSTM", 4, { f: 1, i: 0, g: 0 }],
    ["GRU", 3, { z: 1, n: 0 }],
    ["RNN_TANH", 1, {}],
]))
    test(`${kind}: a word that is left out changes no state; c is what is kept of it and what is let in`, () => {
        const weights = weightsOf({ blocks, inputs: FEATURES, units: UNITS, both: true, bias: false })
        const lstm = recurrentOf("m", weights, "tanh")
        for (const [k, { data }] of Object.values(lstm.weights).entries()) data.set(numbers(data.length, k))
        const [x, left, without] = [numbers(STEPS * FEATURES, 3), [1, 3, 4], [0, 2, 5]]
        const read = Float32Array.from(left.flatMap(t => [...x.subarray(t * FEATURES, (t + 1) * FEATURES)]))
        const [[expected], whole] = [run(lstm, read), runWithout(lstm, x, [], without)]
        for (const [direction, values] of whole[0].entries()) {
            // The step whose state each step has; at the first steps none was read yet.
            const before = direction ? [0, 0, 1, 1, 2, -1] : [-1, 0, 0, 1, 2, 2]
            for (const letter of KINDS[kind].quantities)
                for (let t = 0; t < STEPS; t++) {
                    const from = before[t] * UNITS
                    const last = from < 0 ? [0, 0, 0] : expected[direction][letter].slice(from, from + UNITS)
                    const isGap = !left.includes(t) && letter in inGap
                    assert.deepEqual(
                        [letter, t, ...values[letter].slice(t * UNITS, (t + 1) * UNITS)],
                        [letter, t, ...(isGap ? Array(UNITS).fill(inGap[letter]) : last)],
                    )
                }
        }
        for (const [direction, { f, i, g, c }] of asUpdate(lstm, whole, without)[0].entries())
            for (const [at, value] of c.entries()) {
                const before = c[at + (direction ? UNITS : -UNITS)] ?? 0
                assert.ok(Math.abs(f[at] * before + i[at] * g[at] - value) < 1e-6, `${direction} ${at}`)
                if (without.includes(Math.floor(at / UNITS))) assert.deepEqual([f[at], i[at]], [1, 0])
            }
    })

const shipped = /** @type {any} */ ({ by: { words: { examples: { other: "a text" } } } })
/** A file of weights. */
function named(tensors, name = "mine.safetensors") {
    let end = 0
    const header = Object.entries(tensors).map(([name, { shape, data }]) => {
        end += data.byteLength
        return [name, place("F32", shape, end - data.byteLength, end)]
    })
    const bytes = Buffer.concat(Object.values(tensors).map(({ data }) => Buffer.from(data.buffer)))
    return new File([fileOf(Object.fromEntries(header), bytes)], name)
}
const opened = async (tensors, sentence = "") => {
    const files = new OwnFiles({}, shipped)
    return files.open({ ...(await files.take(named(tensors))), sentence, seed: 3 })
}

test("weights are told from a text by their name or by how they begin, and others are refused with a sentence", async () => {
    const files = new OwnFiles({}, shipped)
    for (const name of ["weights", "a.SafeTensors"]) assert.ok(await files.take(new File([named(weightsOf())], name)))
    for (const bytes of ["a text {", "0000000{", "\0\0\0\0\0\0\0\0x", "\x01\0\0\0\x01\0\0\0{", ""])
        assert.equal(await files.take(new File([bytes], "a.txt")), null, JSON.stringify(bytes))
    const large = /** @type {any} */ ({ name: "a.txt", size: 1e8 })
    for (const file of [new File([""], "a.pt"), new File([""], "a.H5"), large])
        await assert.rejects(files.take(file), /Expected a .safetensors of less than 100 MB. Save the weights so:/)
    await assert.rejects(
        files.take(new File(["\x02\0\0\0\0\0\0\0{]"], "a")),
        /^Error: a can’t be opened. Expected a whole/,
    )
    const wide = named(weightsOf({ inputs: 250_000, units: 1 }))
    await assert.rejects(files.take(wide), /got 250006 numbers to look at for each step/)
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
        [model?.labels, model?.gives, model?.linear?.weight.rows, ...(model?.linear?.bias.data ?? []), notices],
        [["0", "1", "2", "3", "4"], "classes", 5, 0, 0, 0, 0, 0, []],
    )
    assert.deepEqual([about.foresees, sizes, isOwn, proof.slice(0, 11)], [false, {}, true, "not checked"])
    const one = await opened({ ...weightsOf(), "fc.weight": tensor(1, 2), "fc.bias": tensor(1) }, "1 2 3")
    assert.deepEqual([one.model?.gives, one.model?.labels, one.model?.name], ["value", ["0"], "LSTM"])
    assert.deepEqual([...(one.model?.embedding.vector("1 2 3") ?? [])], [1, 2, 3])
    const wave = one.about.examples["a wave"].split("\n")
    assert.deepEqual([wave.length, wave[0], wave[3]], [24, "0.00,0.84,0.91", "0.84,0.91,0.14"])
    const none = await opened(weightsOf({ blocks: 1 }))
    assert.deepEqual([none.model?.gives, none.model?.labels, none.model?.linear], ["hidden", [], null])
    assert.deepEqual(none.notices, ["The file does not say whether its RNN has tanh or relu: tanh is assumed."])
    for (const text of ["hello", "7x"]) {
        const drawn = await opened(all, text)
        assert.match(drawn.notices[0], /drawn from the seed 3 and the word, .* Numbers alone, as in “0 1 2”, are read/)
        assert.deepEqual([drawn.model?.reads, drawn.model?.embedding.knows("anything")], ["words", true])
    }
    assert.match((await opened(weightsOf(), "hello")).notices[0], /as for an untrained LSTM\.$/)
})
