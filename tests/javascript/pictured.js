/** What does the page make of recordings, and what does it compute itself? `tests/pictured.py` asks, a line a question. */

import { createInterface } from "node:readline"
import { Here } from "../../assets/browser/asking/here.js"
import { pictureOf, unpack } from "../../assets/browser/asking/server.js"
import { shipped } from "./pictures.js"

/** @type {any} */
let page = null

/** Numbers as their bytes, because JSON has no NaN. */
const sent = (_, value) =>
    value instanceof Float32Array
        ? { row: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") }
        : value

/** What the page computes, with what is said of the model. */
const computed = ({ about, ...question }) => {
    const open = async ({ model }) => ({
        ...{ model: model === "random" ? null : shipped(model), about, proof: "", sizes: {}, notices: [] },
    })
    return new Here(page.told, open).picture({ ...question, cell: null })
}

for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line)
    if (asked.told) page = asked
    else {
        const made = asked.content
            ? pictureOf(
                  unpack(Uint8Array.from(Buffer.from(asked.content, "base64")).buffer, page.nan),
                  { query: asked.query, cell: null },
                  page.told,
              )
            : await computed(asked)
        process.stdout.write(`${JSON.stringify(made, sent)}\n`)
    }
}
