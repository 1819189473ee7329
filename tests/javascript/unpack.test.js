import assert from "node:assert/strict"
import { test } from "node:test"
import { unpack } from "../../assets/browser/asking/server.js"

const NAN = -32768

/** Bytes as the server packs them: header, then the arrays, each padded to four bytes. */
function packed(header, arrays) {
    const text = new TextEncoder().encode(JSON.stringify(header))
    const padded = text.length + (-text.length & 3)
    const bodies = arrays.map(array => new Uint8Array(array.buffer))
    const bytes = new Uint8Array(4 + padded + bodies.reduce((sum, { length }) => sum + length + (-length & 3), 0))
    new DataView(bytes.buffer).setUint32(0, padded, true)
    bytes.fill(32, 4, 4 + padded).set(text, 4)
    let at = 4 + padded
    for (const body of bodies) {
        bytes.set(body, at)
        at += body.length + (-body.length & 3)
    }
    return bytes.buffer
}

const columns = { first: 0, per: 1, number: 3, steps: 3 }

test("exact numbers arrive as they are, row by row", () => {
    const z = { at: 0, shape: [2, 3], step: 0 }
    const header = { stacks: [{ values: [{ z }] }], overview: null, columns, labels: [] }
    const [stack] = unpack(packed(header, [Float32Array.of(0.1, -2, 3, 4, 5, 6)]), NAN).stacks
    assert.deepEqual(stack.values[0].z, [Float32Array.of(0.1, -2, 3), Float32Array.of(4, 5, 6)])
})

test("whole numbers are spread over their range and one of them is NaN", () => {
    const z = { at: 0, shape: [1, 3], step: 0.5 }
    const header = { stacks: [{ values: [{ z }, {}] }], overview: null, columns, labels: [] }
    const [one] = unpack(packed(header, [Int16Array.of(-4, NAN, 3)]), NAN).stacks
    assert.deepEqual(one.values[0].z, [Float32Array.of(-2, NaN, 1.5)])
    const later = { at: 8, shape: [1, 2], step: 2 }
    header.stacks[0].values = [{ z }, { z: later }]
    const [both] = unpack(packed(header, [Int16Array.of(-4, NAN, 3), Int16Array.of(1, -1)]), NAN).stacks
    assert.deepEqual(both.values[1].z, [Float32Array.of(2, -2)])
})

test("every array begins at its own byte", () => {
    const mean = { at: 8, shape: [1, 2], step: 0 }
    const data = [{ z: { at: 0, shape: [1, 2], step: 0 }, mean }]
    const overview = { at: 16, shape: [3, 1], step: 0 }
    const header = { stacks: [{ values: data }], overview, columns, labels: [] }
    const arrays = [Float32Array.of(1, 2), Float32Array.of(3, 4), Float32Array.of(5, 6, 7)]
    const picture = unpack(packed(header, arrays), NAN)
    assert.deepEqual(picture.stacks[0].values[0].mean, [Float32Array.of(3, 4)])
    assert.deepEqual(
        picture.overview,
        [5, 6, 7].map(value => Float32Array.of(value)),
    )
    assert.deepEqual(picture.columns, columns)
})

test("the input's numbers are unpacked too, and what is not there is none", () => {
    const inputs = { z: { at: 0, shape: [1, 2], step: 0 }, reach: 1 }
    const header = { stacks: [], overview: null, inputs, columns, labels: [] }
    const picture = unpack(packed(header, [Float32Array.of(1, 2)]), NAN)
    assert.deepEqual([picture.inputs.z, picture.overview], [[Float32Array.of(1, 2)], null])
})
