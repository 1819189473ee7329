import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { EMBEDDINGS } from "../../assets/browser/engine/embeddings.js"
import { normalBelow } from "../../assets/browser/engine/normal.js"
import { shake256 } from "../../assets/browser/engine/shake.js"
import { wordVectors } from "../../assets/browser/engine/word_vectors.js"

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

test("the bytes that words are drawn from are those of SHAKE-256", () => {
    for (const length of [0, 1, 5, 135, 136, 137, 300])
        for (const count of [8, 136, 300]) {
            const message = Uint8Array.from({ length }, (_, k) => (7 * k + 3) % 256)
            const expected = createHash("shake256", { outputLength: count }).update(message).digest()
            assert.deepEqual([...shake256(message, count)], [...expected], `${length} ${count}`)
        }
})

test("a normal number lies where its share of the distribution is below it, equally far on both sides", () => {
    // Shares below 0, 1, 2, 3 and 5, by the tables; then below −10 and −7.5.
    const below = [0.5, 0.8413447460685429, 0.9772498680518208, 0.9986501019683699, 0.9999997133484281]
    for (const [k, share] of below.entries()) {
        assert.ok(Math.abs(normalBelow(share) - [0, 1, 2, 3, 5][k]) < 1e-6)
        assert.ok(Math.abs(normalBelow(share) + normalBelow(1 - share)) < 1e-6)
    }
    assert.ok(Math.abs(normalBelow(7.619853024160527e-24) + 10) < 1e-9)
    assert.ok(Math.abs(normalBelow(3.190891672910896e-14) + 7.5) < 1e-9)
})

test("a word has the same first numbers whatever size is asked for, and others for another seed", () => {
    const short = wordVectors(["a", "b", "a"], 2, 5)
    const long = wordVectors(["a", "b"], 4, 5)
    assert.deepEqual([...short], [...long.slice(0, 2), ...long.slice(4, 6), ...long.slice(0, 2)])
    assert.deepEqual([...wordVectors(["a"], 2, 5)], [...short.slice(0, 2)])
    assert.notDeepEqual([...wordVectors(["a"], 2, 6)], [...short.slice(0, 2)])
})
