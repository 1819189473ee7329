import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { OwnFiles } from "../../assets/browser/asking/own_files.js"
import { foundIn } from "../../assets/browser/engine/found_weights.js"

const shipped = /** @type {any} */ ({ by: { words: { examples: { other: "a text" } } } })

/** The weights of an LSTM of one unit, by their shapes. */
const lstm = (features, module = "") => ({
    [`${module}weight_ih_l0`]: [4, features],
    [`${module}weight_hh_l0`]: [4, 1],
})
const sizeOf = shape => shape.reduce((size, one) => size * one, 1)

/** A file with weights of these shapes. */
function fileOf(shapes) {
    let end = 0
    const header = Object.entries(shapes).map(([name, shape]) => {
        const place = { dtype: "F32", shape, data_offsets: [end, end + 4 * sizeOf(shape)] }
        end += 4 * sizeOf(shape)
        return [name, place]
    })
    const said = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
    const length = new BigUint64Array([BigInt(said.length)])
    return new File([length, said, new Uint8Array(end)], "mine.safetensors")
}

test("a file whose model has as many numbers a step as may be is opened, and with one more it is refused", async () => {
    const files = new OwnFiles({}, shipped)
    // Six quantities of one unit, and the input.
    assert.deepEqual(await files.take(fileOf(lstm(250_000 - 6))), { model: "own-1", file: "" })
    await assert.rejects(
        files.take(fileOf(lstm(250_000 - 5))),
        /mine.safetensors can’t be opened. Expected at most 250,000 numbers .* got 250,001/,
    )
})

test("weights without a vocabulary read numbers, or rows of their embedding, and any other text by its seed", async () => {
    const embedded = { "emb.weight": [5, 2], ...lstm(2, "rnn.") }
    for (const [shapes, examples, reads] of /** @type {[any, string[], string[]][]} */ ([
        [lstm(2), ["a wave", "other"], ["0.5, 1\n2, 3", ""]],
        [lstm(65), ["other"], ["1, 2"]],
        [embedded, ["rows of its embedding", "other"], ["1 2", "4", ""]],
    ])) {
        const files = new OwnFiles({}, shipped)
        const { model } = await files.take(fileOf(shapes))
        const opened = sentence => files.open({ model, sentence, seed: 3 })
        assert.deepEqual(Object.keys(opened("").about.examples), examples)
        for (const text of reads) assert.deepEqual(opened(text).notices, [], text)
        for (const text of ["hello", "7 x"]) {
            const { notices, model } = opened(text)
            assert.match(notices.join(), /no vocabulary: each word has a vector drawn from the seed 3/)
            assert.equal(model.embedding.vector("hello").length, model.lstm.inputSize)
        }
    }
    const files = new OwnFiles({}, shipped)
    const { about } = files.open({ ...(await files.take(fileOf(lstm(2)))), sentence: "", seed: 0 })
    const wave = about.examples["a wave"].split("\n")
    assert.deepEqual([wave.length, wave[0], wave[3]], [24, "0.00,0.84", "0.84,0.91"])
    const rows = await files.take(fileOf(embedded))
    assert.equal(files.open({ ...rows, sentence: "", seed: 0 }).about.examples["rows of its embedding"], "0 1 2 3 4")
})

test("a file that says what its model reads is opened as it says, unless its weights say something else", async () => {
    const bytes = readFileSync(new URL("../../assets/models/counter/model.safetensors", import.meta.url))
    const files = new OwnFiles({}, shipped)
    const source = await files.take(new File([bytes], "counter.safetensors"))
    const { model, notices } = files.open({ ...source, sentence: "aab", seed: 0 })
    assert.deepEqual(
        [model.name, notices, files.has("own-1"), files.titles],
        ["counter", [], true, { "own-1": "counter.safetensors" }],
    )
    const other = Buffer.from(bytes)
    const at = other.indexOf("num_layers")
    other[other.indexOf("1", at)] = "2".charCodeAt(0)
    await assert.rejects(files.take(new File([other], "counter.safetensors")), /parts contradict each other/)
})

test("what feeds an LSTM and what reads it is told by its name, its shape and its place", () => {
    for (const [shapes, embedding, linear] of [
        [{ "emb.weight": [5, 2], ...lstm(2, "rnn."), "fc.weight": [3, 1], "fc.bias": [3] }, 5, 3],
        // By their shapes.
        [{ "a.weight": [5, 2], ...lstm(2, "rnn."), "b.weight": [3, 1] }, 5, 3],
        [{ "a.weight": [5, 3], ...lstm(2, "rnn."), "b.weight": [3, 2] }, 3, null],
        // Of the same part of the model, then before it and behind it, then near it.
        [
            {
                "n.emb.weight": [5, 2],
                "m.emb.weight": [6, 2],
                ...lstm(2, "n.rnn."),
                "n.fc.weight": [3, 1],
                "m.fc.weight": [4, 1],
            },
            5,
            3,
        ],
        [
            {
                "fc1.weight": [4, 1],
                "emb1.weight": [5, 2],
                ...lstm(2, "rnn."),
                "emb2.weight": [6, 2],
                "fc2.weight": [3, 1],
            },
            5,
            3,
        ],
        [
            {
                "emb1.weight": [5, 2],
                "emb2.weight": [6, 2],
                ...lstm(2, "rnn."),
                "fc1.weight": [3, 1],
                "fc2.weight": [4, 1],
            },
            6,
            3,
        ],
        // With a bias none is an embedding, and one of another length is no bias.
        [
            { "emb.weight": [5, 2], "emb.bias": [5], ...lstm(2, "rnn."), "fc.weight": [3, 1], "fc.bias": [2] },
            null,
            null,
        ],
    ]) {
        const tensors = Object.entries(shapes).map(([name, shape]) => [
            name,
            { shape, dtype: "F32", data: new Float32Array(sizeOf(shape)) },
        ])
        const found = foundIn(/** @type {any} */ (Object.fromEntries(tensors)))[0].beside()
        assert.deepEqual(
            [found.embedding?.shape[0] ?? null, found.linear?.weight.shape[0] ?? null],
            [embedding, linear],
            JSON.stringify(shapes),
        )
    }
})
