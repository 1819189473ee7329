import assert from "node:assert/strict"
import { test } from "node:test"
import { OwnFiles } from "../../assets/browser/asking/own_files.js"

const shipped = /** @type {any} */ ({ by: { words: { examples: {} } } })

/** A file with the weights of an LSTM of one unit. */
function fileOf(features) {
    const sizes = { weight_ih_l0: features, weight_hh_l0: 1 }
    let end = 0
    const header = Object.entries(sizes).map(([name, columns]) => {
        const place = { dtype: "F32", shape: [4, columns], data_offsets: [end, end + 16 * columns] }
        end += 16 * columns
        return [name, place]
    })
    const said = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
    const length = new BigUint64Array([BigInt(said.length)])
    return new File([length, said, new Uint8Array(end)], "mine.safetensors")
}

test("a file whose model has as many numbers a step as may be is opened, and with one more it is refused", async () => {
    const files = new OwnFiles({}, shipped)
    // Six quantities of one unit, and the input.
    assert.deepEqual(await files.take(fileOf(250_000 - 6)), { model: "own-1", file: "" })
    await assert.rejects(
        files.take(fileOf(250_000 - 5)),
        /mine.safetensors can’t be opened. Expected at most 250,000 numbers .* got 250,001/,
    )
})
