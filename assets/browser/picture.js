/** One question to the server, one picture back. */

import { Columns } from "./columns.js"
import { post } from "./questions.js"

/** question: {query, width, theme, zoom}. Answers the header, each array a list of Float32Array rows. */
export async function ask(base, question) {
    const response = await post(base, "picture", question)
    if (!response.ok) throw new Error(await response.text())
    const picture = unpack(await response.arrayBuffer())
    // A long text is not said back.
    picture.view.sentence ??= question.query.sentence
    return picture
}

/** The share of a picture's reading that is done, from 0 to 1; null while that can't be said. */
export async function howFar(base, query) {
    const response = await post(base, "progress", { query }).catch(() => null)
    return response?.ok ? (await response.json()).share : null
}

/** Every term of one cell, {layer, direction, unit, step}; null where it can't be had. */
export async function takeApart(base, query, cell) {
    const response = await post(base, "cell", { query, cell })
    return response.ok ? response.json() : null
}

/** The Python code that makes the same trace. */
export async function codeOf(base, query) {
    const response = await post(base, "download/py", { query })
    return response.text()
}

function unpack(bytes) {
    const length = new DataView(bytes).getUint32(0, true)
    const picture = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)))
    const rows = place => readRows(bytes, 4 + length, place)
    for (const stack of picture.stacks) {
        for (const trace of stack.figure.data) {
            for (const key of ["z", "other", "mean"]) if (trace[key]) trace[key] = rows(trace[key])
        }
    }
    for (const { figure } of picture.extras) {
        for (const trace of figure.data) if (trace.z) trace.z = rows(trace.z)
    }
    if (picture.overview) picture.overview = rows(picture.overview)
    picture.columns = new Columns(picture)
    return picture
}

/** float32 as they are; int16 of even steps, the least of them for NaN. */
function readRows(bytes, begin, { at, shape: [height, width], step }) {
    const numbers = step
        ? spread(new Int16Array(bytes, begin + at, height * width), step)
        : new Float32Array(bytes, begin + at, height * width)
    return Array.from({ length: height }, (_, row) => numbers.subarray(row * width, (row + 1) * width))
}

/** A loop: Float32Array.from with a function takes ten times as long. */
function spread(whole, step) {
    const numbers = new Float32Array(whole.length)
    for (let k = 0; k < whole.length; k++) numbers[k] = whole[k] === -32768 ? NaN : whole[k] * step
    return numbers
}
