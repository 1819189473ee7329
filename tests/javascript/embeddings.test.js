import assert from "node:assert/strict"
import { test } from "node:test"
import { EMBEDDINGS } from "../../assets/browser/engine/embeddings.js"

const table = { rows: 3, columns: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) }

test("a token that a table does not know has the row of the unknown, also the first, or zeros", () => {
    for (const [unknown, vector, zeros] of [
        [0, [1, 2], false],
        [2, [5, 6], false],
        [null, [0, 0], true],
    ]) {
        const embedding = EMBEDDINGS.rows(
            { rows: 3, size: 2, tokens: ["a", "b", "c"], unknown },
            { "vectors.weight": table },
        )
        assert.deepEqual([embedding.knows("d"), [...embedding.vector("d")], embedding.zeros], [false, vector, zeros])
        assert.deepEqual([embedding.knows("b"), [...embedding.vector("b")]], [true, [3, 4]])
    }
})

test("a table without a list of tokens takes the numbers of its rows", () => {
    const embedding = EMBEDDINGS.rows({ rows: 3, size: 2, tokens: [], unknown: null }, { "vectors.weight": table })
    assert.deepEqual([embedding.rows, embedding.zeros, embedding.known()], [3, true, ["0", "1", "2"]])
    for (const [token, knows, vector] of [
        ["2", true, [5, 6]],
        ["3", false, [0, 0]],
        ["x", false, [0, 0]],
    ])
        assert.deepEqual([embedding.knows(token), [...embedding.vector(token)]], [knows, vector])
})
