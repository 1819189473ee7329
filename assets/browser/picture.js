/** One question to the server, one picture back. */

import { Columns } from "./columns.js"

/** question: {query, width, theme, zoom}. Answers the header, each array a list of Float32Array rows. */
export async function ask(base, question) {
    const response = await fetch(new URL("picture", base), { method: "POST", body: JSON.stringify(question) })
    if (!response.ok) throw new Error(await response.text())
    return unpack(await response.arrayBuffer())
}

/** The share of a picture's reading that is done, from 0 to 1; null while that can't be said. */
export async function howFar(base, query) {
    const asked = fetch(new URL("progress", base), { method: "POST", body: JSON.stringify({ query }) })
    const response = await asked.catch(() => null)
    return response?.ok ? (await response.json()).share : null
}

/** Every term of one cell, {layer, direction, unit, step}; null where it can't be had. */
export async function takeApart(base, query, cell) {
    const body = JSON.stringify({ query, cell })
    const response = await fetch(new URL("cell", base), { method: "POST", body })
    return response.ok ? response.json() : null
}

/** Gives the server a file to read; answers the key that it can be asked for by. */
export async function send(base, file) {
    const address = new URL("file", base)
    address.searchParams.set("name", file.name)
    const response = await fetch(address, { method: "POST", body: file })
    if (!response.ok) throw new Error(await response.text())
    return (await response.json()).file
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
