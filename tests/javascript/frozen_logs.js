/**
 * What was seen in each session of `sessions.js`, and of each part of `parts.js`? `tests/frozen` keeps it; run by
 * itself, this module writes it anew. Python writes what a page is told.
 */

import { readFileSync, writeFileSync } from "node:fs"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync } from "node:zlib"
import { partsOf } from "./parts.js"
import { pictured } from "./pictured.js"
import { rooms } from "./rooms.js"
import { areAlike, inShort } from "./seen.js"
import { SESSIONS } from "./sessions.js"
import { tables } from "./tables.js"
import { played } from "./visitor.js"

const fileOf = name => new URL(`../frozen/${name}`, import.meta.url)
const LOGS = fileOf("logs.json.br")
const told = JSON.parse(`${gunzipSync(readFileSync(fileOf("told.json.gz")))}`)

/** By name, what makes the lines of a log. @type {Record<string, () => Promise<string[]>>} */
export const logs = Object.fromEntries([
    ...Object.entries(SESSIONS).map(([name, session]) => [name, async () => inShort(await played(told, session))]),
    ...Object.entries({ ...partsOf(told), ...rooms, ...tables, ...pictured }).map(([name, see]) => [
        name,
        async () => inShort(await see()),
    ]),
])

/** What was kept, by name. @returns {Record<string, string[]>} */
export const kept = () => JSON.parse(`${brotliDecompressSync(readFileSync(LOGS))}`)

/** Where two logs begin to differ; "" if they do not. @param {string[]} before @param {string[]} now */
export function difference(before, now) {
    const at = before.findIndex((line, k) => k >= now.length || !areAlike(line, now[k]))
    if (at < 0) return now.length > before.length ? `more: ${now[before.length]}` : ""
    const section = before.slice(0, at + 1).findLast(line => line.startsWith("##")) ?? ""
    return `line ${at} ${section}\nwas: ${before[at]}\nnow: ${now[at]}`
}

if (argv[1] === fileURLToPath(import.meta.url)) {
    const seen = {}
    for (const [name, see] of Object.entries(logs)) seen[name] = await see()
    const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS }
    writeFileSync(LOGS, brotliCompressSync(JSON.stringify(seen), { params }))
}
