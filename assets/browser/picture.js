/** One question to the server, one picture back. */

/** question: {query, width, theme, zoom}. Answers the header, each z a list of Float32Array rows. */
export async function ask(base, question) {
    const response = await fetch(new URL("picture", base), { method: "POST", body: JSON.stringify(question) })
    if (!response.ok) throw new Error(await response.text())
    return unpack(await response.arrayBuffer())
}

/** Every term of one cell, {layer, unit, step}; null where it can't be had. */
export async function takeApart(base, query, cell) {
    const body = JSON.stringify({ query, cell: { direction: 0, ...cell } })
    const response = await fetch(new URL("cell", base), { method: "POST", body })
    return response.ok ? response.json() : null
}

function unpack(bytes) {
    const length = new DataView(bytes).getUint32(0, true)
    const picture = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)))
    const numbers = new Float32Array(bytes, 4 + length)
    for (const stack of picture.stacks) {
        for (const trace of stack.figure.data) trace.z = rows(numbers, trace.z)
    }
    return picture
}

function rows(numbers, { at, shape: [height, width] }) {
    return Array.from({ length: height }, (_, row) => numbers.subarray(at + row * width, at + (row + 1) * width))
}
